"""What nearly every start needs of the settings, kept between processes.

To check the settings takes pydantic, whose import costs as much as reading an ad does. What was found right once is
right as long as the file, the environment and the code are the same; no secret is among it.
"""

import os
from pathlib import Path
from typing import NamedTuple

import orjson

from zorya import compiled

_CODE = Path(__file__).with_name("settings.py")
_ANY_TEXT = "ZORYA__DATABASE_URL"
"""Decides nothing here, is any text and may hold a password."""


class Start(NamedTuple):
    """Of the settings in force. `cache_dir` and `models_dir` as `zorya.settings.Settings` has them."""

    cache_dir: Path
    models_dir: Path
    model_recipe: str
    log_level: str


class _NotKept(Exception):
    """There is no home yet, or the file names another one."""

    def __init__(self, start: Start) -> None:
        super().__init__()
        self.start = start


def started() -> Start:
    """The settings in force, and compiled data files are kept from here on; raises SettingsError."""
    home = Path(os.environ.get("ZORYA__HOME") or os.environ.get("ZORYA_HOME") or ".zorya").absolute()
    config = Path(os.environ.get("ZORYA_CONFIG", home / "zorya.toml"))

    def build() -> list[str]:
        from zorya.settings import load_settings

        settings = load_settings()
        start = Start(settings.cache_dir, settings.models_dir, settings.model_recipe, settings.log_level)
        if not home.is_dir() or start.cache_dir.resolve() != (home / "cache").resolve():
            raise _NotKept(start)
        return [str(value) for value in start]

    compiled.keep_in(home / "cache")
    try:
        files = [config] if config.is_file() else []
        cache, models, recipe, level = compiled.compiled("settings", files, _CODE, build, also=_surroundings())
    except _NotKept as exc:
        compiled.keep_in(exc.start.cache_dir)
        return exc.start
    return Start(Path(cache), Path(models), recipe, level)


def _surroundings() -> bytes:
    """The folder and the variables that settings may depend on."""
    variables = sorted((name, value) for name, value in os.environ.items() if name.upper().startswith("ZORYA"))
    return orjson.dumps(
        [str(Path.cwd()), [(name, "" if name.upper() == _ANY_TEXT else value) for name, value in variables]]
    )

"""What a start knows of the settings is what the settings say, kept or not."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from zorya.compiled import keep_in
from zorya.errors import SettingsError
from zorya.settings import load_settings
from zorya.started import Start, started


@pytest.fixture(autouse=True)
def _nothing_kept_afterwards() -> Iterator[None]:
    yield
    keep_in(None)


def _of_settings() -> Start:
    settings = load_settings()
    return Start(settings.cache_dir, settings.models_dir, settings.model_recipe, settings.log_level)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_it_makes_no_home(home: Path) -> None:
    assert started() == _of_settings()
    assert not home.exists()


def test_it_is_what_the_settings_say_also_after_a_change(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    assert started() == started() == _of_settings()
    assert (home / "cache" / "settings.bin").is_file()
    _write(home / "zorya.toml", 'log_level = "ERROR"')
    assert started() == _of_settings()
    assert started().log_level == "ERROR"
    monkeypatch.setenv("ZORYA__LOG_LEVEL", "DEBUG")
    assert started() == _of_settings()
    assert started().log_level == "DEBUG"


def test_a_home_of_another_folder_is_kept_in_that_folder_only(home: Path, tmp_path: Path) -> None:
    _write(home / "zorya.toml", f"home = '{tmp_path / 'elsewhere'}'")
    assert started() == _of_settings()
    assert started().models_dir == tmp_path / "elsewhere" / "models"
    assert not (home / "cache").exists()


def test_a_wrong_setting_is_told_every_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    started()
    monkeypatch.setenv("ZORYA__LOG_LEVEL", "LOUD")
    for _ in range(2):
        with pytest.raises(SettingsError, match="log_level"):
            started()


def test_a_second_start_loads_no_pydantic(home: Path) -> None:
    home.mkdir()
    code = "import sys; from zorya.started import started; started(); print('pydantic' in sys.modules)"
    told = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ).stdout
        for _ in range(2)
    ]
    assert told == ["True\n", "False\n"]


def test_no_password_is_kept_nor_decides(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    monkeypatch.setenv("ZORYA__DATABASE_URL", "postgresql://zorya:hunter2@localhost/zorya")
    started()
    kept = (home / "cache" / "settings.bin").read_bytes()
    assert b"hunter2" not in kept
    monkeypatch.setenv("ZORYA__DATABASE_URL", "postgresql://zorya:another@localhost/zorya")
    started()
    assert (home / "cache" / "settings.bin").read_bytes() == kept

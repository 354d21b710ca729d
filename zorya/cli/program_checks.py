"""What `zorya doctor` says of programs beside Zorya that are here, or are not."""

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path

from zorya.cli.checks import Check


def airflow() -> Check:
    is_here = importlib.util.find_spec("airflow") is not None
    how = "installed" if is_here else "not installed: `zorya run` works without, `make run` installs it"
    return Check("airflow", "ok" if is_here else "info", how)


def translation(folder: Path) -> Check:
    """Of the extra, and the models in their folder."""
    from labeling.translating import Translators, is_installed

    is_here, names = is_installed(), ", ".join(pair.name for pair in Translators(folder).pairs())
    models = f"models: {names}" if names else "no model yet: docs/how-to/read-in-your-language.md"
    how = models if is_here else "not installed; docs/how-to/read-in-your-language.md"
    return Check("translation", "ok" if is_here else "info", how)


def programs() -> Iterator[Check]:
    """Needed by the tests only."""
    postgres = shutil.which("initdb") or next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    for name, found in (("postgresql", postgres), ("chromium", chromium)):
        yield Check(name, "info", str(found) if found else "not found; only the tests need it (`make test` says how)")

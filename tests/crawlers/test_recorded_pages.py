"""Recorded pages of boards: each reads as a person found right. `zorya source record` adds to them."""

from pathlib import Path

import pytest

from crawlers.catalog import load_source
from crawlers.recorded import IN_REPOSITORY, problems, recordings
from zorya.settings import REPOSITORY

FOLDERS = recordings(IN_REPOSITORY)


def _source_file(folder: Path) -> Path:
    """The source as it is now; an invented board's file lies with its pages."""
    found = [path for path in (REPOSITORY / "crawlers" / "sources").rglob(f"{folder.name}.yml")]
    return found[0] if found else folder / f"{folder.name}.yml"


def test_there_are_recordings() -> None:
    assert len(FOLDERS) >= 3


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_recorded_pages_read_as_a_person_found_right(folder: Path) -> None:
    wrong = problems(folder, load_source(_source_file(folder)))
    assert wrong == [], "\n".join(wrong)

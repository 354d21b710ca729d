"""A match that changes forces a new revision."""

import shutil
from pathlib import Path

import pytest

from models import indicator_lock
from models.catalogue import FOLDER
from models.catalogue_files import load_specs
from models.indicator_spec import IndicatorSpec
from zorya.errors import DataFileError

PAY = "c_pay.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One file of the catalogue, locked."""
    shutil.copy(FOLDER / PAY, tmp_path)
    indicator_lock.lock(load(tmp_path), tmp_path)
    return tmp_path


def load(folder: Path) -> list[IndicatorSpec]:
    return load_specs(folder)


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / PAY
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def says(folder: Path) -> list[str]:
    return [str(fault) for fault in indicator_lock.faults(load(folder), folder)]


def test_shipped_catalogue_is_locked() -> None:
    assert [str(fault) for fault in indicator_lock.faults(load_specs(), FOLDER)] == []


def test_new_phrase_without_a_new_revision_is_told(folder: Path) -> None:
    edit(folder, "        present:\n", "        present:\n          - 'golden mountains'\n")
    (fault,) = says(folder)
    assert "C1 matches changed" in fault
    assert "run `zorya indicators lock`" in fault


def test_lock_raises_the_revision_in_the_file_and_is_then_content(folder: Path) -> None:
    before = {spec.code: spec.revision for spec in load(folder)}
    edit(folder, "        present:\n", "        present:\n          - 'golden mountains'\n")
    assert indicator_lock.lock(load(folder), folder) == (["C1"], [])
    assert {spec.code: spec.revision for spec in load(folder)} == before | {"C1": before["C1"] + 1}
    assert says(folder) == []


def test_a_new_entry_is_told_apart_from_a_match_that_changed(folder: Path) -> None:
    specs = load(folder)
    (folder / indicator_lock.NAME).unlink()
    assert indicator_lock.lock(specs[1:], folder).new == sorted(spec.code for spec in specs[1:])
    outcome = indicator_lock.lock(specs, folder)
    assert outcome == ([], [specs[0].code])
    assert str(outcome) == f"locked for the first time: {specs[0].code}"
    assert str(indicator_lock.lock(specs, folder)) == "no match changed"


def test_better_words_for_people_need_no_revision(folder: Path) -> None:
    spec = load(folder)[0]
    edit(folder, spec.why, "Said more simply.")
    assert says(folder) == []
    assert indicator_lock.lock(load(folder), folder) == ([], [])


def test_entry_that_is_gone_is_told_and_not_unlocked(folder: Path) -> None:
    lock = folder / indicator_lock.NAME
    lock.write_text(lock.read_text("utf-8") + "  C99: {revision: 1, match: '0123456789abcdef'}\n", "utf-8")
    assert "never used again" in says(folder)[0]
    with pytest.raises(DataFileError, match="C99 is gone"):
        indicator_lock.lock(load(folder), folder)


def test_revision_that_falls_is_told(folder: Path) -> None:
    spec = load(folder)[0]
    lock = folder / indicator_lock.NAME
    lock.write_text(lock.read_text("utf-8").replace(f"revision: {spec.revision},", "revision: 99,", 1), "utf-8")
    assert "revisions only rise" in says(folder)[0]

"""A ruleset names everything that decides how an ad is read: the same name promises the same reading."""

import shutil
from pathlib import Path

import pytest

from models import catalogue as module
from models.catalogue import LEXICONS, Catalogue, catalogue, word_files

SOME = ["negation.yml", "contacts.yml", "wages.yml", "transliteration.yml", "facts/housing.yml"]


def test_the_word_lists_are_all_of_them() -> None:
    assert {file.relative_to(LEXICONS).as_posix() for file in word_files()} >= set(SOME)


@pytest.mark.parametrize("name", SOME)
def test_an_edited_word_list_is_another_ruleset(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = catalogue()
    copy = tmp_path / "lexicons"
    shutil.copytree(LEXICONS, copy)
    monkeypatch.setattr(module, "LEXICONS", copy)
    specs = shipped.specs[:1]
    before = Catalogue(specs, shipped.frame).ruleset
    assert Catalogue(specs, shipped.frame).ruleset == before
    with (copy / name).open("a", encoding="utf-8") as file:
        file.write("# one more word\n")
    assert Catalogue(specs, shipped.frame).ruleset != before


@pytest.mark.parametrize("name", ["DECISION_RULE", "LANGUAGE_TABLE"])
def test_another_decision_rule_or_table_of_languages_is_another_ruleset(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = catalogue()
    copy = Path(shutil.copy(getattr(module, name), tmp_path))
    monkeypatch.setattr(module, name, copy)
    before = Catalogue(shipped.specs[:1], shipped.frame).ruleset
    with copy.open("a", encoding="utf-8") as file:
        file.write("# one more line\n")
    assert Catalogue(shipped.specs[:1], shipped.frame).ruleset != before

"""Titles and reasons of indicators in the languages of pages and mails."""

import re
from typing import get_args

import pytest

from models.catalogue import Catalogue, catalogue
from models.indicator_spec import Told, UiLanguage
from models.linked_spec import linked_file

ACTIVE = [spec for spec in (*catalogue().specs, *linked_file().indicators) if spec.status == "active"]
ALIEN = {
    "ro": r"[а-яіїєґ]",
    "uk": r"[ыэёъ]",
    "ru": r"[іїєґ]",
    "nl": r"[а-яіїєґăâîșț]",
}
"""Letters that a language does not have: a text that landed under the wrong key."""


@pytest.mark.parametrize("spec", ACTIVE, ids=lambda spec: spec.code)
def test_title_and_why_are_told_in_every_language_of_the_pages(spec: Told) -> None:
    assert set(spec.titles) == set(spec.whys) == set(get_args(UiLanguage))
    assert all(text.strip() for text in (*spec.titles.values(), *spec.whys.values()))


@pytest.mark.parametrize("language", get_args(UiLanguage))
def test_no_translation_stands_under_the_wrong_language(language: str) -> None:
    texts = [texts[language] for spec in ACTIVE for texts in (dict(spec.titles), dict(spec.whys))]
    assert not [text for text in texts if re.search(ALIEN[language], text, re.IGNORECASE)]


def test_title_falls_back_to_english() -> None:
    spec = catalogue().by_code["B1"]
    assert spec.title_in("ro") == spec.titles["ro"]
    assert spec.title_in("de") == spec.title


def test_a_better_translation_leaves_the_ruleset_as_it_is() -> None:
    shipped = catalogue()
    spec = shipped.specs[0]
    told = spec.model_copy(update={"titles": {**spec.titles, "ro": "alt titlu"}, "drafts": ()})
    assert Catalogue([told], shipped.frame).ruleset == Catalogue([spec], shipped.frame).ruleset

"""Cards of stored models: whole or not, as Markdown and as a page."""

import json
from pathlib import Path

import pytest

from models.registry.card import TITLES, card_of
from models.registry.card_page import html, markdown
from models.registry.exhibits import FOLDER, SECTIONS, Exhibit, put
from models.registry.files import save
from models.registry.manifest import Manifest
from zorya.errors import ModelError

WHOLE = Exhibit(("It misses <b>much</b>.",), ("slice", "AP"), (("hu | cs", ".71"),), "zorya model eval", "2026-11-26")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One stored model, with every section measured."""
    about = Manifest("linear", "v1", "linear", "c" * 64, "r1", {"seed": 1, "blocks": {"n": [3, 5]}}, "2026-11-26")
    save(tmp_path, {"a.bin": b"x"}, about)
    for section in SECTIONS:
        put(tmp_path, "linear", "v1", section, WHOLE)
    return tmp_path


def test_a_measured_model_has_a_whole_card(folder: Path) -> None:
    card = card_of(folder, "linear", "v1")
    assert card.missing == {}
    assert list(card.sections) == list(TITLES)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_missing_section_is_named_with_the_verb_that_fills_it(folder: Path, section: str) -> None:
    (folder / "linear" / "v1" / FOLDER / f"{section}.json").unlink()
    card = card_of(folder, "linear", "v1")
    assert card.missing == {section: SECTIONS[section]}
    assert "**Missing.**" in markdown(card)
    assert 'class="missing"' in html(card)


def test_a_model_without_a_recipe_has_no_whole_card(folder: Path) -> None:
    save(folder, {"a.bin": b"x"}, Manifest("linear", "v2", "linear", "c" * 64, "r1", {}, "2026-11-26"))
    assert "recipe" in card_of(folder, "linear", "v2").missing


def test_what_measuring_found_cannot_break_the_page(folder: Path) -> None:
    card = card_of(folder, "linear", "v1")
    assert "<b>" not in markdown(card) + html(card)
    assert r"| hu \| cs | .71 |" in markdown(card)


def test_the_card_says_what_it_was_made_of(folder: Path) -> None:
    text = markdown(card_of(folder, "linear", "v1"))
    for each in ("c" * 64, "r1", "file a.bin", "blocks.n", "3, 5", "the seed corpus of invented ads alone"):
        assert each in text


@pytest.mark.parametrize(
    "spoilt", ["[", "[]", '{"says": 1}', '{"evil": 1}', json.dumps({"columns": ["a"], "rows": [["1", "2"]]})]
)
def test_a_spoilt_section_is_named_with_its_remedy(folder: Path, spoilt: str) -> None:
    (folder / "linear" / "v1" / FOLDER / "bias_audit.json").write_text(spoilt)
    with pytest.raises(ModelError, match=r"bias_audit\.json: .* run `zorya model audit` again"):
        card_of(folder, "linear", "v1")


def test_only_measured_sections_are_kept(folder: Path) -> None:
    with pytest.raises(ModelError, match="no measured section"):
        put(folder, "linear", "v1", "../limits", WHOLE)

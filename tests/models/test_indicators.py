"""Every example of every indicator is a test; so is the form of the files."""

from pathlib import Path

import pytest

from models.catalogue import FOLDER, WARNING_FRAME, catalogue
from models.catalogue_files import load_specs
from models.indicator_spec import WarningFrame
from models.phrases import PhraseError, parse_phrase
from zorya.datafiles import load
from zorya.domain.findings import State, Strength
from zorya.domain.languages import CONTENT_LANGUAGES
from zorya.errors import DataFileError

EXAMPLES = [
    pytest.param(spec.code, language, id=f"{spec.code}-{language}")
    for spec in load_specs()
    for language in sorted(spec.examples)
]


@pytest.mark.parametrize(("code", "language"), EXAMPLES)
def test_examples_of_an_indicator(code: str, language: str) -> None:
    spec = catalogue().by_code[code]
    wanted = State.CONTRADICTED if spec.contradicted_only else State.PRESENT
    examples = spec.examples[language]
    found = {
        text: {hit.code: hit.state for hit in catalogue().read(text, language).hits}.get(code) is wanted
        for text in (*examples.hit, *examples.miss)
    }
    assert found == dict.fromkeys(examples.hit, True) | dict.fromkeys(examples.miss, False)


def test_catalogue_covers_groups_a_to_g_in_ten_languages() -> None:
    active = [spec for spec in catalogue().specs if spec.status == "active"]
    assert len(active) >= 25
    assert {spec.code[0] for spec in active} == set("ABCDEFG")
    spoken = [lists for spec in active for lists in (spec.phrases or {}, *spec.lists.values()) if lists]
    assert all(set(lists) == set(CONTENT_LANGUAGES) for lists in spoken)
    assert all(spec.phrases or spec.lists for spec in active)


def test_no_text_indicator_is_strong() -> None:
    assert all(spec.strength is not Strength.STRONG for spec in catalogue().specs)


def test_negation_contradicts() -> None:
    hits = {
        hit.code: hit.state for hit in catalogue().read("Fără taxe, contract semnat înainte de plecare.", "ro").hits
    }
    assert hits.get("D5") is not State.PRESENT


def test_spans_cover_what_the_ad_wrote() -> None:
    text = "Angajăm fete 18–25 ani,\ncazare asigurată."
    for hit in catalogue().read(text, "ro").hits:
        for start, end in hit.spans:
            assert text[start:end].strip() == text[start:end] != ""


def test_hidden_word_is_itself_an_indicator() -> None:
    reading = catalogue().read("Срочно! Рaб0та для девушек", "ru")
    assert "E6" in {hit.code for hit in reading.hits if hit.state is State.PRESENT}


def test_warning_that_quotes_a_lure_is_no_lure() -> None:
    text = (
        "Ostrzegamy: oferty typu „praca dla dziewczyn, załatwimy dokumenty” bywają pułapką handlarzy ludźmi. "
        "Zadzwoń na telefon zaufania dla ofiar handlu ludźmi."
    )
    reading = catalogue().read(text, "pl")
    assert reading.warns
    assert not [hit for hit in reading.hits if hit.state is State.PRESENT]


def test_warning_frame_examples() -> None:
    frame = load(WARNING_FRAME, WarningFrame)
    assert set(frame.phrases) == set(CONTENT_LANGUAGES)


def test_single_word_counts_only_in_its_own_language() -> None:
    english = catalogue().read("Police escort for the convoy, laptop webcam for sale.", "en")
    assert not {"F4", "F5"} & {hit.code for hit in english.hits}


@pytest.mark.parametrize(
    "phrase", ["{money} dziennie", "... praca", "a* b", "praca ...", "praca {nonsense}", "praca? dla"]
)
def test_wrong_phrase_is_refused_with_a_reason(phrase: str) -> None:
    with pytest.raises(PhraseError):
        parse_phrase(phrase)


def test_error_in_an_indicator_file_names_file_and_line(tmp_path: Path) -> None:
    source = (FOLDER / "c_pay.yml").read_text(encoding="utf-8").replace("strength: weak", "strength: strong", 1)
    broken = tmp_path / "c_pay.yml"
    broken.write_text(source, encoding="utf-8")
    line = source[: source.index("strength: strong")].count("\n") + 1
    with pytest.raises(DataFileError, match=f"c_pay.yml:{line}:"):
        load_specs(tmp_path)


def test_code_used_twice_is_refused(tmp_path: Path) -> None:
    source = (FOLDER / "c_pay.yml").read_text(encoding="utf-8")
    for name in ("one.yml", "two.yml"):
        (tmp_path / name).write_text(source, encoding="utf-8")
    with pytest.raises(DataFileError, match="codes are unique"):
        load_specs(tmp_path)

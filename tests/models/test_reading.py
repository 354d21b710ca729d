"""Language, facts, places of single ads."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.facts import find_facts
from models.places import find_places
from models.reading import complete
from zorya.domain.ads import Posting
from zorya.domain.languages import CONTENT_LANGUAGES, identify
from zorya.labelled import load_corpus
from zorya.settings import Settings


@pytest.mark.parametrize("language", CONTENT_LANGUAGES)
def test_language_of_the_seed_corpus_is_recognised(language: str) -> None:
    ads = [ad for ad in load_corpus(Settings().corpus_dir).ads if ad.language == language]
    right = sum(identify(f"{ad.title}\n{ad.body}") == language for ad in ads)
    assert right / len(ads) >= 0.95


@pytest.mark.parametrize("text", ["", "123 456", "👧💶✈️", "\x00\x00", "qq zz"])
def test_language_of_no_text_is_unknown(text: str) -> None:
    assert identify(text) is None


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("fete 18-25 ani", 18, 25),
        ("девушки от 18 до 30 лет", 18, 30),
        ("od 18 do 35 lat", 18, 35),
        ("до 30 лет", None, 30),
    ],
)
def test_age_band(text: str, low: int | None, high: int) -> None:
    band = find_facts(text).age
    assert band is not None
    assert (band.low, band.high) == (low, high)


@pytest.mark.parametrize("text", ["8-12 години на ден", "1500-2000 евро", "10-12 h", "20-30 km"])
def test_other_ranges_are_no_ages(text: str) -> None:
    assert find_facts(text).age is None


@pytest.mark.parametrize(
    ("text", "country"),
    [("Lucru în Olanda", "nl"), ("работа в Германии", "de"), ("робота в Нідерландах", "nl"), ("praca w Holandii", "nl"),
     ("munka Ausztriában", "at"), ("работа в Кишиневе", "md"), ("práce v Rakousku", "at")],
)  # fmt: skip
def test_place_has_its_country(text: str, country: str) -> None:
    assert [place.country for place in find_places(text)] == [country]


def test_complete_fills_what_the_page_left_open(ad: Callable[..., Posting]) -> None:
    done = complete(ad("Lucru în Olanda", "Angajăm la seră, 2 000 euro pe lună, +44 7700 900 123"))
    assert done.language == "ro"
    assert done.places[0].country == "nl"
    assert done.pay is not None
    assert done.pay.eur_month == 2000
    assert done.contacts[0].value == "+447700900123"


def test_corpus_error_names_file_and_line(tmp_path: Path) -> None:
    from zorya.errors import DataFileError

    (tmp_path / "xx.jsonl").write_text('{"id": "1"\n', encoding="utf-8")
    with pytest.raises(DataFileError, match=r"xx\.jsonl:1"):
        load_corpus(tmp_path)

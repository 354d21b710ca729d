"""Ages and working time: sentences in ten languages, and what a number must not be taken for."""

from pathlib import Path

import pytest
import yaml

from models.facts import find_facts
from zorya.domain.languages import CONTENT_LANGUAGES

SENTENCES = yaml.safe_load(Path(__file__).with_name("facts_in_numbers.yml").read_text("utf-8"))
AGES = [pytest.param(*row, id=row[0]) for rows in SENTENCES["ages"].values() for row in rows]
HOURS = [pytest.param(*row, id=row[0]) for rows in SENTENCES["hours"].values() for row in rows]


def test_sentences_cover_ten_languages() -> None:
    for rows in SENTENCES.values():
        assert {language for language, sentences in rows.items() if len(sentences) >= 3} == set(CONTENT_LANGUAGES)


@pytest.mark.parametrize(("text", "low", "high"), AGES)
def test_ages_wanted(text: str, low: int | None, high: int | None) -> None:
    band = find_facts(text).age
    assert (band and band.low, band and band.high) == (low, high)


@pytest.mark.parametrize(("text", "day", "week", "days"), HOURS)
def test_working_time(text: str, day: float | None, week: float | None, days: float | None) -> None:
    hours = find_facts(text).hours
    assert (hours.day, hours.week, hours.days) == (day, week, days)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("Căutăm fete 18–25 ani, urgent", "18–25 ani"),
        ("18 éves kortól lehet", "18 éves kortól"),
        ("wiek:\n18-30", "18-30"),
        ("𝟏𝟖-𝟐𝟓 years", "𝟏𝟖-𝟐𝟓 years"),
    ],
)
def test_span_of_an_age_is_what_the_ad_wrote(text: str, span: str) -> None:
    band = find_facts(text).age
    assert band is not None
    assert text[slice(*band.span)] == span


@pytest.mark.parametrize(
    "text", ["16:00-20:00", "fete, 20-25 €/oră", "women 20-25 hours", "+44 7700 900 123", "18-25 km"]
)
def test_other_numbers_are_no_ages(text: str) -> None:
    assert find_facts(text).age is None

"""Dates as boards write them, in ten languages, seen from one Tuesday."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.dates import parse_date

TODAY = date(2026, 11, 24)
NOVEMBER_5 = date(2026, 11, 5)
AGO = {days: TODAY - timedelta(days=days) for days in (0, 1, 2, 3, 7, 14, 30)}

FIGURES = [
    ("2026-11-03T10:00:00+02:00", date(2026, 11, 3)),
    ("2026/11/03", date(2026, 11, 3)),
    ("2026. 11. 03.", date(2026, 11, 3)),
    ("20261103", date(2026, 11, 3)),
    ("01.02.2026", date(2026, 2, 1)),
    ("3/11/26", date(2026, 11, 3)),
    ("11/23/2026", date(2026, 11, 23)),
    ("23.11, 14:30", date(2026, 11, 23)),
    ("24.12", date(2025, 12, 24)),
    ("Fri, 20 Nov 2026 08:00:00 GMT", date(2026, 11, 20)),
    ("Fri, 20 Nov 2026 23:30:00 +0200", date(2026, 11, 20)),
    ("1795000000", date(2026, 11, 18)),
    ("1795000000123", date(2026, 11, 18)),
]
WORDS = {
    "en": "0 today | 1 Posted yesterday at 9 | 3 3 days ago | 7 a week ago | 0 2h ago | 0 an hour ago | "
    "0 just now | 0 Posted on Tuesday | 2 Sunday",
    "ro": "0 Azi, 12:00 | 1 ieri la 9 | 2 alaltăieri | 2 acum 2 zile | 7 acum o săptămână | "
    "3 Adăugat în urmă cu 3 zile | 1 luni | 3 sâmbătă",
    "ru": "0 сегодня в 14:30 | 1 вчера в 10:30 | 2 Позавчера | 3 3 дня назад | 7 неделю назад | "
    "0 Обновлено 5 часов назад | 14 2 недели назад | 30 месяц назад | 3 в субботу",
    "uk": "0 сьогодні | 1 вчора о 18:00 | 2 позавчора | 2 2 дні тому | 7 тиждень тому | 0 5 годин тому | "
    "0 щойно | 2 у неділю",
    "bg": "0 днес, 10:00 | 1 вчера | 2 онзи ден | 2 преди 2 дни | 7 преди седмица | 0 преди 3 часа | 3 в събота",
    "pl": "0 dzisiaj o 12:00 | 1 wczoraj | 2 przedwczoraj | 3 dodane 3 dni temu | 7 tydzień temu | "
    "0 przed chwilą | 2 w niedzielę | 0 30 minut temu",
    "hu": "0 ma 10:20 | 1 tegnap | 2 tegnapelőtt | 3 3 napja | 0 2 órája | 7 egy hete | "
    "3 3 nappal ezelőtt | 3 szombaton",
    "cs": "0 dnes | 1 včera 8:15 | 2 předevčírem | 3 před 3 dny | 7 před týdnem | 3 v sobotu",
    "nl": "0 vandaag | 1 gisteren | 2 eergisteren | 3 3 dagen geleden | 7 een week geleden | 2 zondag",
    "de": "0 Heute, 09:15 | 1 gestern | 2 vorgestern | 3 vor 3 Tagen | 7 vor einer Woche | "
    "0 vor 2 Stunden | 3 am Samstag",
}
"""By language: how many days before TODAY, and how it is said."""
MONTHS = [
    ("en", "November 5, 2026"),
    ("en", "5th of November"),
    ("en", "Posted: 5 Nov"),
    ("ro", "5 noi."),
    ("ro", "5 noiembrie 2026, ora 10:15"),
    ("ru", "Опубликовано 5 ноября"),
    ("ru", "5 нояб. 2026 г."),
    ("uk", "5 листопада 2026 р."),
    ("uk", "опубліковано 5 лист."),
    ("bg", "5 ноември 2026 г."),
    ("pl", "Dodano: 5 listopada 2026"),
    ("pl", "5 lis 2026"),
    ("hu", "2026. november 5."),
    ("hu", "nov. 5."),
    ("cs", "5. listopadu 2026"),
    ("nl", "5 november 2026"),
    ("de", "5. November 2026"),
]
MISSES = ["2031-01-01", "1066-10-14", "99.99.2026", "31.02.2026", "soon", "30+ days ago", "more than 30 days ago"]
MISSES += [
    "",
    "3 dny",
    "5 positions open",
    "10 marketing jobs",
    "24/7",
    "tel. 0123 456",
    "maybe",
    "более 30 дней назад",
]
MISSES += [
    "ponad 30 dni temu",
    "9" * 120,
    "00000000",
    "5 декабря 2031",
    "w 3 dni nauczymy cię pracy przy taśmie",
    "12:30",
]


def _parts(row: str) -> tuple[str, str, str]:
    return row.partition(" ")


@pytest.mark.parametrize(("text", "expected"), FIGURES)
def test_figures_need_no_language(text: str, expected: date) -> None:
    assert parse_date(text, today=TODAY) == expected


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [(name, text, int(days)) for name, rows in WORDS.items() for days, _, text in map(_parts, rows.split(" | "))],
)
def test_a_day_told_by_its_distance(language: str, text: str, days: int) -> None:
    assert parse_date(text, today=TODAY, languages=(language,)) == AGO[days]
    assert parse_date(text, today=TODAY) == AGO[days]


@pytest.mark.parametrize(("language", "text"), MONTHS)
def test_a_day_of_a_named_month(language: str, text: str) -> None:
    assert parse_date(text, today=TODAY, languages=(language,)) == NOVEMBER_5
    assert parse_date(text, today=TODAY) == NOVEMBER_5


@pytest.mark.parametrize("text", MISSES)
def test_what_names_no_day_gives_none(text: str) -> None:
    assert parse_date(text, today=TODAY, languages=("en", "pl", "cs", "ru")) is None


def test_a_day_without_a_year_is_the_last_one() -> None:
    assert parse_date("28 декабря", today=TODAY) == date(2025, 12, 28)


def test_hours_are_years_when_a_bulgarian_says_so() -> None:
    assert parse_date("преди 2 години", today=TODAY, languages=("bg",)) == TODAY - timedelta(days=730)


def test_monday_is_short_in_dutch_and_today_in_hungarian() -> None:
    assert parse_date("ma 23 nov", today=TODAY, languages=("nl",)) == date(2026, 11, 23)
    assert parse_date("ma", today=TODAY, languages=("hu",)) == TODAY


def test_a_language_beyond_the_ten_is_read_too() -> None:
    assert parse_date("5 de noviembre de 2026", today=TODAY) == NOVEMBER_5


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_any_text_gives_a_past_day_or_none(text: str) -> None:
    found = parse_date(text, today=TODAY, languages=("ru",))
    assert found is None or date(1990, 1, 1) <= found <= TODAY + timedelta(days=1)


def test_a_long_field_costs_no_more_than_a_short_one() -> None:
    begun = time.perf_counter()
    parse_date("вчера " * 100_000, today=TODAY)
    assert time.perf_counter() - begun < 0.5

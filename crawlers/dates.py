"""Dates as boards write them: ISO, RFC 822, Unix time, day-month-year, and the words of the ten languages.

What our own tables read costs microseconds; dateparser, which knows two hundred languages and costs milliseconds, is
asked last, and only for a text that may hold a date.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from itertools import pairwise

from crawlers import date_words

_ISO = re.compile(r"(?<!\d)(\d{4})(?:[-/]|\.\s?)(\d{1,2})(?:[-/]|\.\s?)(\d{1,2})(?!\d)")
_DMY = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_DAY_MONTH = re.compile(r"\D{0,30}?(\d{1,2})[./]([01]\d)\.?(?:,?\s.{0,3}?\d{1,2}[:.]\d{2})?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T\d{4,6}Z?)?")
_UNIX = re.compile(r"[12]\d{9}(?:\d{3})?(?:\.\d+)?")
_RFC = re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? \d{1,2} |\d{1,2} [A-Z][a-z]{2} \d{2,4} \d\d:", re.IGNORECASE)
_DAY_NAME = re.compile(r"(?<!\d)(\d{1,2})(?:\.|st|nd|rd|th|-?го|-?е)?,?[\s-](?:of |de )?([^\W\d_]{3,12})")
_NAME_DAY = re.compile(r"([^\W\d_]{3,12})\.?\s(\d{1,2})(?:st|nd|rd|th)?(?!\d|:)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_WORD = re.compile(r"[^\W\d_]+")
_AMOUNT = re.compile(r"(?<![\d.,:])(\d{1,3})\s?([^\W\d_]{1,12})")
_AT_LEAST = re.compile(
    r"\d\s?\+|[>≥]\s?\d|(?:over|more than|peste|более|больше|понад|повече от|ponad|meer dan|über)\s\d"
)
_SPELLING = str.maketrans("łі", "lи", "'’")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def parse_date(text: str, *, today: date, languages: tuple[str, ...] = ()) -> date | None:
    """The day a text names, never later than tomorrow nor before 1990; None when it names none.

    `30+ days ago` is a bound and no day: None. A day without a year is the last one that was.
    """
    return _read(" ".join(text[:400].split())[:120], today, languages)


@lru_cache(maxsize=4096)
def _read(text: str, today: date, languages: tuple[str, ...]) -> date | None:
    if not text:
        return None
    found, settled = _in_figures(text, today)
    if not settled:
        folded = _fold(text)
        if _AT_LEAST.search(folded):
            return None
        found = _named_month(folded, today) or _relative(folded, today) or _named_day(folded, today, languages)
        if found is None and not _is_duration(folded):
            found = _by_dateparser(text, today, languages)
    return found if found and date(1990, 1, 1) <= found <= today + timedelta(days=1) else None


def _in_figures(text: str, today: date) -> tuple[date | None, bool]:
    """(day, whether figures settle it): forms that need no language."""
    if match := _ISO.search(text):
        return _day(int(match[1]), int(match[2]), int(match[3])), True
    if match := _DMY.search(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        year += 2000 if year < 100 else 0
        return _day(year, month, day) or (_day(year, day, month) if match[2] == "/" else None), True
    if match := _COMPACT.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3])), True
    if _UNIX.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).date(), True
    if match := _DAY_MONTH.fullmatch(text):
        return _last(today, int(match[2]), int(match[1])), True
    if _RFC.match(text):
        try:
            return parsedate_to_datetime(text).date(), True
        except (ValueError, TypeError, IndexError):
            return None, False
    return None, text.isdigit()


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _last(today: date, month: int, day: int) -> date | None:
    """The last such day of a year up to tomorrow; for 29 February that may be some years ago."""
    tries = (_day(today.year - back, month, day) for back in range(5))
    return next((found for found in tries if found and found <= today + timedelta(days=1)), None)


def _fold(text: str) -> str:
    """Lower case without accents; `ł` is `l`, `і` is `и`, `ё` is `е`."""
    bare = "".join(char for char in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(char))
    return bare.translate(_SPELLING)


@cache
def _table(kind: str) -> tuple[dict[str, int], dict[str, int]]:
    """(words, stems) → index, of one of the word lists of `date_words`."""
    lists: Mapping[str, Sequence[str]] = {
        "months": date_words.MONTHS,
        "weekdays": date_words.WEEKDAYS,
        "units": tuple(date_words.UNITS.values()),
        "days": (date_words.TODAY, date_words.YESTERDAY, date_words.BEFORE_YESTERDAY),
        "ago": (date_words.AGO,),
    }
    words: dict[str, int] = {}
    stems: dict[str, int] = {}
    for index, line in enumerate(lists[kind]):
        for word in _fold(line).split():
            (stems if word.endswith("*") else words).setdefault(word.rstrip("*"), index)
    return words, stems


def _index(kind: str, word: str) -> int | None:
    words, stems = _table(kind)
    if word in words:
        return words[word]
    return next((stems[word[:size]] for size in range(len(word), 2, -1) if word[:size] in stems), None)


def _named_month(text: str, today: date) -> date | None:
    """`5 ноября 2026`, `23 noi.`, `November 5, 2026`, `2026. november 5.`"""
    for pattern, named, numbered in ((_DAY_NAME, 2, 1), (_NAME_DAY, 1, 2)):
        for match in pattern.finditer(text):
            month = _index("months", match[named])
            if month is None:
                continue
            year = _YEAR.search(text, match.end()) or _YEAR.search(text)
            day = int(match[numbered])
            return _day(int(year[1]), month + 1, day) if year else _last(today, month + 1, day)
    return None


def _relative(text: str, today: date) -> date | None:
    """`acum 2 zile`, `3 napja`, `неделю назад`: a mark of "ago", a unit and, unless it is one, a number."""
    words = _WORD.findall(text)
    if not any(_index("ago", word) is not None for word in words):
        return None
    units = list(date_words.UNITS)
    for match in _AMOUNT.finditer(text):
        if (unit := _index("units", match[2])) is not None:
            return _ago(today, int(match[1]), _bulgarian_year(units[unit], match[2], words))
    if re.search(r"\d", text):
        return None
    named = [found for word in words if len(word) > 1 and (found := _index("units", word)) is not None]
    return _ago(today, 1, units[named[-1]]) if named else None


def _is_duration(text: str) -> bool:
    """`3 days` without a mark of "ago": so long, not then."""
    return any(_index("units", match[2]) is not None for match in _AMOUNT.finditer(text))


def _bulgarian_year(unit: str, word: str, words: list[str]) -> str:
    """`години` are hours in Ukrainian and, after `преди`, years in Bulgarian."""
    return "year" if word.startswith("годин") and "преди" in words else unit


def _ago(today: date, number: int, unit: str) -> date | None:
    """Hours count from noon: the time of day is not known."""
    hours = {"minute": number / 60, "hour": float(number)}.get(unit, 24.0 * number * _DAYS.get(unit, 0))
    return (datetime.combine(today, time(12)) - timedelta(hours=hours)).date()


def _named_day(text: str, today: date, languages: tuple[str, ...]) -> date | None:
    """`вчера`, `Azi, 12:00`, `w środę`: a day said by its distance or its name."""
    words = _WORD.findall(text)
    pairs = [f"{one}+{other}" for one, other in pairwise(words)]
    triples = ["+".join(words[index : index + 3]) for index in range(len(words) - 2)]
    for word in (*triples, *pairs, *words):
        if (back := _table("days")[0].get(word)) is not None:
            return today - timedelta(days=back)
    if words and words[0] == "ma" and (not languages or "hu" in languages):  # Hungarian; also Dutch for Monday
        return today
    weekday = next((found for word in words[:4] if (found := _table("weekdays")[0].get(word)) is not None), None)
    return today - timedelta(days=(today.weekday() - weekday) % 7) if weekday is not None else None


def _by_dateparser(text: str, today: date, languages: tuple[str, ...]) -> date | None:
    """Other languages and rare forms; a text of more than eight words is prose and holds no date of its own."""
    if not re.search(r"\d", text) or not re.search(r"[^\W\d_]{2}", text) or text.count(" ") > 7:
        return None
    import dateparser

    options = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "past",
        "RELATIVE_BASE": datetime.combine(today, time(12)),
        "RETURN_AS_TIMEZONE_AWARE": False,
        "REQUIRE_PARTS": ["day", "month"],
    }
    for choice in (list(languages), None) if languages else (None,):
        try:
            found = dateparser.parse(text, languages=choice, settings=options)
        except (ValueError, OverflowError, TypeError, RecursionError):
            continue
        if found:
            day: date = found.date()
            return day
    return None

"""Dates as boards write them: ISO, RFC 822, day-month-year, and relative words of the ten languages."""

import re
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_DMY = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?!\d)")
_TODAY = (
    "today|just now|azi|astăzi|astazi|сегодня|сьогодні|днес|dzisiaj|dziś|dzis|ma|dnes|vandaag|heute|только что|щойно"
)
_YESTERDAY = "yesterday|ieri|вчера|вчора|wczoraj|tegnap|včera|gisteren|gestern"
_ALIASES = tuple(
    (re.compile(rf"^\W*(?:{words})\b", re.IGNORECASE), days)
    for words, days in (
        (_TODAY, 0),
        (_YESTERDAY, 1),
        ("позавчера|позавчора|alaltăieri|przedwczoraj|vorgestern|eergisteren", 2),
    )
)


def parse_date(text: str, *, today: date, languages: tuple[str, ...] = ()) -> date | None:
    """The day a text names, never later than tomorrow; None when it names none."""
    text = " ".join(text.split())[:120]
    if not text:
        return None
    found = _certain(text) or _alias(text, today) or _by_dateparser(text, today, languages)
    return found if found and date(1990, 1, 1) <= found <= today + timedelta(days=1) else None


def _certain(text: str) -> date | None:
    """Forms that need no language."""
    for pattern, order in ((_ISO, (0, 1, 2)), (_DMY, (2, 1, 0))):
        if match := pattern.search(text):
            year, month, day = (int(match.groups()[index]) for index in order)
            return _day(year + 2000 if year < 100 else year, month, day)
    if re.fullmatch(r"\d{10}(?:\d{3})?", text):
        return datetime.fromtimestamp(int(text[:10]), UTC).date()
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError):
        return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _alias(text: str, today: date) -> date | None:
    return next((today - timedelta(days=days) for pattern, days in _ALIASES if pattern.search(text)), None)


def _by_dateparser(text: str, today: date, languages: tuple[str, ...]) -> date | None:
    if not re.search(r"\d", text):
        return None
    import dateparser

    base = datetime.combine(today, time(12))
    options = {
        "DATE_ORDER": "DMY",
        "PREFER_DATES_FROM": "past",
        "RELATIVE_BASE": base,
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    for choice in (
        [language for language in languages if language != "ro"] + ["ro"] if "ro" in languages else list(languages),
        None,
    ):
        try:
            found = dateparser.parse(text, languages=choice or None, settings=options)
        except (ValueError, OverflowError, TypeError, RecursionError):
            continue
        if found:
            day: date = found.date()
            return day
    return None

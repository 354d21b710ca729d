"""Working time in numbers: `12 ore pe zi`, `40-Stunden-Woche`, `heti 6 nap`, `смены по 12 часов`."""

import re

from models.facts.numbers import Around, lists
from models.facts.record import Hours
from models.facts.telling import merged
from models.phrases import Words
from models.word_list import WordList
from zorya.domain.findings import Span

_LONGEST_DAY, _LONGEST_WEEK, _LATEST_RANGE = 24, 120, 16
_TIGHT = re.compile(r"[\s\-–—.]*")
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d)?")


def find_hours(words: Words, numbers: list[int]) -> Hours:
    """Hours a day, hours a week and days a week; the first statement of each counts."""
    around, words_of = Around(words), lists("hours")
    found: dict[str, float] = {}
    spans: list[Span] = []
    for index in numbers:
        told = _told(around, index, words_of)
        if told and told[0] not in found:
            kind, value, first, after = told
            found[kind] = value
            spans.append(words.original_span(first, after))
    return Hours(found.get("day"), found.get("week"), found.get("days"), merged(spans)) if found else Hours()


def _told(around: Around, index: int, of: dict[str, WordList]) -> tuple[str, float, int, int] | None:
    """(kind, value, first word, word after) of the working time that a number ends."""
    words = around.words.words
    unit = index + 1
    if unit >= len(words) or not _NUMBER.fullmatch(words[index]) or not _TIGHT.fullmatch(around.gap(index)):
        return None
    value = float(words[index].replace(",", "."))
    ranged = index > 0 and around.range_end(index - 1, lists("age")["joined"]) == index
    first = index - 1 if ranged else index
    if words[unit] in of["unit"]:
        kind, after = _period(around, unit, of, ("week", "day"))
        if kind is None:
            kind, first = _period_before(around, first, of)
        longest = _LATEST_RANGE if ranged else _LONGEST_DAY
        fits = kind is not None and 1 <= value <= (longest if kind == "day" else _LONGEST_WEEK)
        return (kind, value, first, after) if kind and fits else None
    if words[unit] in of["days"] and 1 <= value <= 7:
        kind, after = _period(around, unit, of, ("week",))
        if kind is None and "week" in (_period_before(around, first, of)[0] or ""):
            kind, first = _period_before(around, first, of)
        free = any(word in of["rest"] for word in around.after(unit, 4))
        return ("days", value, first, after) if kind and not free else None
    return None


def _period(around: Around, unit: int, of: dict[str, WordList], kinds: tuple[str, ...]) -> tuple[str | None, int]:
    """Day or week as said after the unit, and the index after the word that says it."""
    for ahead, word in enumerate(around.after(unit, 3), start=1):
        if word[0].isdigit():
            break
        for kind in kinds:
            if word in of[f"per_{kind}"]:
                return kind, unit + ahead + 1
    return None, unit + 1


def _period_before(around: Around, first: int, of: dict[str, WordList]) -> tuple[str | None, int]:
    """Day or week as said before the number, and the index of the word that says it."""
    for back, word in enumerate(around.before(first, 3), start=1):
        for kind in ("day", "week"):
            if word in of[f"{kind}_before"]:
                return kind, first - back
        if word not in of["fill"]:
            break
    return None, first

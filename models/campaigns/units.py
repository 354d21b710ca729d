"""An ad as units to compare: words, signs, and what the reader knows as one thing (a contact, a place, pay, ages).

Words are compared as the normaliser reads them, so that a copy in disguise is the same text; every unit keeps its
original characters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import regex

from models.disguise import lookalikes
from models.facts.ages import find_age
from models.facts.fact_file import FactFile
from models.facts.numbers import numbers
from models.folding import fold
from models.normalise import Normalised, normalise
from models.phrases import Words
from models.places import find_mentions
from zorya.compiled import compiled
from zorya.datafiles import load
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.pay import find_pay
from zorya.domain.portraits import SlotKind
from zorya.redact import contact_spans

LONGEST = 1_000
"""Units of one ad that are compared; few ads have half of them."""
_FURTHEST = 20 * LONGEST
"""Characters of one ad that are looked at."""
STARTS = Path(__file__).parents[1] / "lexicons" / "facts" / "start.yml"
_TOKEN = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]\p{M}*"
    r"|\p{L}[\p{L}\p{M}]*(?:(?:'|\p{N}+)[\p{L}\p{M}]+)*|\p{N}+(?:[.,]\p{N}+)*|[^\s\p{So}\p{Sk}\p{Cn}\p{Co}]"
)
"""Scripts that set no space between words go sign by sign; pictures are ornament, not text."""
_SPACED = 3
"""Single letters with a space between from which they are one word, spaced out."""
_DIGITS = regex.compile(r"\p{N}")
_NUMERIC_DATE = regex.compile(
    r"(?<![\d.,/-])(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])(?:\1(?:19|20)?\d\d|(?=\W))(?![\d%])"
)
_CONTACT_KINDS = {
    ContactKind.EMAIL: SlotKind.EMAIL,
    ContactKind.URL: SlotKind.LINK,
    **dict.fromkeys((ContactKind.PHONE, ContactKind.WHATSAPP, ContactKind.VIBER), SlotKind.PHONE),
    **dict.fromkeys((ContactKind.TELEGRAM, ContactKind.INSTAGRAM, ContactKind.VK), SlotKind.HANDLE),
}
CONTACTS = frozenset({*_CONTACT_KINDS.values(), SlotKind.CONTACT})


@dataclass(frozen=True, slots=True)
class Unit:
    """`key` is what it is compared by; `shown` what people see instead of a contact. `kind` is None for plain words
    and signs.
    """

    start: int
    end: int
    key: str
    kind: SlotKind | None = None
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Ad:
    """One ad to compare: its posting, its text (title and body) and its units in order."""

    id: str
    text: str
    units: tuple[Unit, ...]
    language: str | None = None
    cut: bool = False


def ad_of(id: str, text: str, *, contacts: Iterable[Contact] = (), language: str | None = None) -> Ad:
    """The units of a text whose contacts are known; their spans are offsets into it."""
    read = text[:_FURTHEST]
    normalised = normalise(read)
    units = _units(normalised, _marks(read, normalised, contacts))
    return Ad(id, read, tuple(units[:LONGEST]), language, cut=len(units) > LONGEST or len(read) < len(text))


def _marks(text: str, normalised: Normalised, contacts: Iterable[Contact]) -> list[Unit]:
    """What the reader knows, in order and without overlap; of two that do, the surer one stays."""
    found = [
        Unit(span.start, span.end, f"{_CONTACT_KINDS[span.kind]}:{span.value}", _CONTACT_KINDS[span.kind], span.shown)
        for span in contact_spans(text, contacts)
    ]
    mentions = find_mentions(text, normalised)
    for pay in find_pay(text):
        found += _around_digits(text, pay.start, pay.end, SlotKind.PAY)
    found += [Unit(*span, fold(text[slice(*span)]), SlotKind.DATE) for span in _dates(text, normalised)]
    words = Words(text, normalised)
    if age := find_age(words, numbers(words)):
        found += _around_digits(text, *age.span, SlotKind.AGE)
    found += [Unit(*span, f"{place.name}|{place.country}", SlotKind.PLACE) for place, span in mentions]
    taken: list[Unit] = []
    for unit in found:
        if unit.start < unit.end and all(unit.end <= other.start or other.end <= unit.start for other in taken):
            taken.append(unit)
    return sorted(taken, key=lambda unit: unit.start)


def _around_digits(text: str, start: int, end: int, kind: SlotKind) -> list[Unit]:
    """From the first digit to the last as one unit: `18-25`, `1 500 до 2 000`; the words around it stay words."""
    digits = [match.start() for match in _DIGITS.finditer(text, start, end)]
    if not digits:
        return []
    first, last = digits[0], digits[-1] + 1
    return [Unit(first, last, "".join(fold(text[first:last]).split()), kind)]


def _dates(text: str, normalised: Normalised) -> list[tuple[int, int]]:
    """Original spans of days: `12.05.2026`, `15 мая`, `May 15`."""
    spans = [match.span() for match in _NUMERIC_DATE.finditer(text)]
    found = list(_TOKEN.finditer(normalised.text))
    for index, match in enumerate(found):
        if match.group() not in _months():
            continue
        for other in (index - 1, index - 2, index + 1):
            beside = found[other].group() if 0 <= other < len(found) else ""
            if beside.isdigit() and 1 <= int(beside) <= 31 and (other != index - 2 or found[index - 1].group() == "."):
                first, last = sorted((other, index))
                spans.append(normalised.original_span(found[first].start(), found[last].end()))
                break
    return spans


@cache
def _months() -> frozenset[str]:
    def build() -> list[str]:
        return [word for lists in load(STARTS, FactFile).words.values() for word in fold(lists["month"]).split()]

    return frozenset(compiled("months", (STARTS,), STARTS.parents[2], build))


def _units(normalised: Normalised, marks: Sequence[Unit]) -> list[Unit]:
    """Tokens of the normalised text, and the marks in the place of those they cover."""
    units: list[Unit] = []
    waiting = list(reversed(marks))
    for match in _TOKEN.finditer(normalised.text):
        start, end = normalised.original_span(*match.span())
        while waiting and waiting[-1].start < end:
            _put(units, waiting.pop())
        _put(units, Unit(start, end, match.group().translate(_shapes()), _plain_kind(match)))
    return _closed_up(units)


def _closed_up(units: Sequence[Unit]) -> list[Unit]:
    """Units with words that were spaced out (`c a z a r e`) as one each, where the normaliser did not know them."""
    found: list[Unit] = []
    run: list[Unit] = []

    def end_run() -> None:
        if len(run) >= _SPACED:
            found.append(Unit(run[0].start, run[-1].end, "".join(unit.key for unit in run)))
        else:
            found.extend(run)
        run.clear()

    for unit in units:
        single = (
            unit.kind is None and len(unit.key) == 1 and unit.key.isalpha() and unit.key.lower() != unit.key.upper()
        )
        if run and (not single or unit.start - run[-1].end != 1):
            end_run()
        if single:
            run.append(unit)
        else:
            found.append(unit)
    end_run()
    return found


@cache
def _shapes() -> dict[int, str]:
    """Cyrillic letters → the Latin ones drawn alike: `євpo` is `євро`, whether the word is known to anyone or not."""
    tables = lookalikes()
    alike = ((ours, shape[0]) for ours, shape in tables.to_latin.items())
    return str.maketrans({ours: shape for ours, shape in alike if ours in tables.to_cyrillic.get(shape, "")})


def _plain_kind(match: Any) -> SlotKind | None:
    return SlotKind.NUMBER if match.group()[0].isdigit() else None


def _put(units: list[Unit], unit: Unit) -> None:
    """Add a unit. One that shares characters with the last is one with it: what is surer gives its name to both."""
    if not units or unit.start >= units[-1].end:
        units.append(unit)
        return
    last = units[-1]
    named = unit if _rank(unit) > _rank(last) else last
    key = last.key + unit.key if _rank(unit) == _rank(last) == 0 else named.key
    units[-1] = replace(named, start=min(last.start, unit.start), end=max(last.end, unit.end), key=key)


def _rank(unit: Unit) -> int:
    return 2 if unit.kind in CONTACTS else 0 if unit.kind in {None, SlotKind.NUMBER} else 1

"""The words around contacts: `models/lexicons/contacts.yml` and what is compiled from it, once in a process."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path

from pydantic import Field, field_validator

from zorya.datafiles import DataModel, load
from zorya.domain.ads import ContactKind

FILE = Path(__file__).parents[1] / "lexicons" / "contacts.yml"
APOSTROPHES = "'’ʼ`´"
_WHOLE = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss"})
"""Letters that Unicode does not take apart."""
_MARKS = re.compile(f"[{APOSTROPHES}]")


class Numerals(DataModel):
    """How a language reads digits out. Each entry may hold alternatives: `two|twice`."""

    digits: tuple[str, ...] = Field(min_length=10, max_length=10)
    teens: tuple[str, ...] = Field(min_length=10, max_length=10)
    tens: tuple[str, ...] = Field(min_length=8, max_length=8)
    hundreds: tuple[str, ...] = Field(max_length=9)
    joins: tuple[str, ...] = ()
    times: dict[str, int] = Field(default_factory=dict)
    compound: str | None = None

    @field_validator("compound")
    @classmethod
    def _names_both(cls, value: str | None) -> str | None:
        if value is not None and not ("{unit}" in value and "{tens}" in value):
            raise ValueError("needs both {unit} and {tens}")
        return value


class ContactWords(DataModel):
    """The schema of `contacts.yml`; the file says what each list is for."""

    channels: dict[ContactKind, tuple[str, ...]]
    other_networks: tuple[str, ...]
    no_handles: tuple[str, ...]
    dialled: tuple[str, ...]
    phone: tuple[str, ...]
    no_phone: tuple[str, ...]
    units: tuple[str, ...]
    at: dict[str, tuple[str, ...]]
    dot: tuple[str, ...]
    plus: tuple[str, ...]
    numbers: dict[str, Numerals]


def bare(word: str) -> str:
    """Lower case, without marks on letters and without apostrophes: `П'ять` → `пять`, `șase` → `sase`."""
    low = _MARKS.sub("", word.lower())
    if low.isascii():
        return low
    apart = unicodedata.normalize("NFD", low.translate(_WHOLE))
    return "".join(char for char in apart if unicodedata.category(char) != "Mn")


@cache
def words() -> ContactWords:
    """The shipped word lists."""
    return load(FILE, ContactWords)


def alternation(entries: Iterable[str], *, end: bool = True) -> str:
    """A regular expression of lexicon entries, longest first; `*` is any ending, marks on letters may be missing."""
    forms: set[str] = set()
    for entry in entries:
        for form in {entry.lower(), bare(entry)}:
            stem = form.removesuffix("*")
            tail = r"\w*" if form.endswith("*") else (r"(?!\w)" if end and stem[-1].isalnum() else "")
            forms.add(r"\s".join(map(re.escape, stem.split(" "))) + tail)
    return "|".join(sorted(forms, key=lambda form: (-len(form), form)))


@cache
def number_words() -> dict[str, str]:
    """Number word, bare and lower case → its digits (`двенадцать` → `12`)."""
    table: dict[str, str] = {}
    for numerals in words().numbers.values():
        for word, digits in _numbers_of(numerals):
            table.setdefault(bare(word), digits)
    return table


@cache
def joins() -> frozenset[str]:
    """Words between tens and units."""
    return frozenset(bare(word) for numerals in words().numbers.values() for word in numerals.joins)


@cache
def times() -> dict[str, int]:
    """Words that repeat the next digit."""
    return {bare(word): n for numerals in words().numbers.values() for word, n in numerals.times.items()}


@cache
def reading_words() -> frozenset[str]:
    """Every number word as written and bare: what a text is looked over for first."""
    written = {
        form.lower().replace("'", mark)
        for mark in APOSTROPHES
        for numerals in words().numbers.values()
        for entry in (*numerals.digits, *numerals.teens, *numerals.tens, *numerals.hundreds)
        for form in entry.split("|")
    }
    return frozenset(written | number_words().keys())


def _numbers_of(numerals: Numerals) -> Iterator[tuple[str, str]]:
    below: list[tuple[str, str]] = []
    for base, entries in ((0, numerals.digits), (10, numerals.teens)):
        below += [(form, str(base + place)) for place, entry in enumerate(entries) for form in entry.split("|")]
    tens = [(form, 20 + 10 * place) for place, entry in enumerate(numerals.tens) for form in entry.split("|")]
    below += [(form, str(value)) for form, value in tens]
    if numerals.compound:
        units = [(form, int(value)) for form, value in below if 1 <= int(value) <= 9]
        for (ten, value), (unit, more) in product(tens, units):
            below.append((numerals.compound.format(unit=unit, tens=ten), str(value + more)))
    yield from below
    for place, entry in enumerate(numerals.hundreds):
        for form in entry.split("|"):
            yield form, str(100 * (place + 1))
            if numerals.compound:
                yield from ((form + word, str(100 * (place + 1) + int(value))) for word, value in below if value != "0")

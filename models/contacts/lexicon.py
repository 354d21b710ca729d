"""The words around contacts: `models/lexicons/contacts.yml` and what is compiled from it, once in a process."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from zorya.compiled import compiled

FILE = Path(__file__).parents[1] / "lexicons" / "contacts.yml"
APOSTROPHES = "'’ʼ`´"
_WHOLE = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss"})
"""Letters that Unicode does not take apart."""
_MARKS = re.compile(f"[{APOSTROPHES}]")


def bare(word: str) -> str:
    """Lower case, without marks on letters and without apostrophes: `П'ять` → `пять`, `șase` → `sase`."""
    low = _MARKS.sub("", word.lower())
    if low.isascii():
        return low
    apart = unicodedata.normalize("NFD", low.translate(_WHOLE))
    return "".join(char for char in apart if unicodedata.category(char) != "Mn")


class ContactWords(NamedTuple):
    """What is sought of the lexicon; the file says what each list is for."""

    channels: Mapping[str, Sequence[str]]
    other_networks: Sequence[str]
    no_handles: frozenset[str]
    dialled: Sequence[str]
    phone: Sequence[str]
    no_phone: Sequence[str]
    units: Sequence[str]
    at: Mapping[str, Sequence[str]]
    dot: Sequence[str]
    plus: Sequence[str]
    number_words: Mapping[str, str]
    """Number word, bare and lower case → its digits (`двенадцать` → `12`)."""
    reading_words: frozenset[str]
    """Every number word as written and bare: what a text is looked over for first."""
    joins: frozenset[str]
    """Words between tens and units."""
    times: Mapping[str, int]
    """Words that repeat the next digit."""


@cache
def words() -> ContactWords:
    """The shipped word lists, compiled once in a process."""
    kept = compiled("contacts", [FILE], FILE.parents[1], _compiled)
    sets = {name: frozenset(kept[name]) for name in ("no_handles", "reading_words", "joins")}
    return ContactWords(**(kept | sets))


def _compiled() -> dict[str, Any]:
    from models.contacts import lexicon_file
    from zorya.datafiles import load

    lists = load(FILE, lexicon_file.ContactWords)
    numbers = lists.numbers.values()
    table: dict[str, str] = {}
    for numerals in numbers:
        for word, digits in lexicon_file.numbers_of(numerals):
            table.setdefault(bare(word), digits)
    written = {
        form.lower().replace("'", mark)
        for mark in APOSTROPHES
        for numerals in numbers
        for entry in (*numerals.digits, *numerals.teens, *numerals.tens, *numerals.hundreds)
        for form in entry.split("|")
    }
    return lists.model_dump(mode="json", exclude={"numbers"}) | {
        "number_words": table,
        "reading_words": sorted(written | table.keys()),
        "joins": sorted({bare(word) for numerals in numbers for word in numerals.joins}),
        "times": {bare(word): n for numerals in numbers for word, n in numerals.times.items()},
    }


def alternation(entries: Iterable[str], *, end: bool = True) -> str:
    """A regular expression of lexicon entries, longest first; `*` is any ending, marks on letters may be missing."""
    forms: set[str] = set()
    for entry in entries:
        for form in {entry.lower(), bare(entry)}:
            stem = form.removesuffix("*")
            tail = r"\w*" if form.endswith("*") else (r"(?!\w)" if end and stem[-1].isalnum() else "")
            forms.add(r"\s".join(map(re.escape, stem.split(" "))) + tail)
    return "|".join(sorted(forms, key=lambda form: (-len(form), form)))

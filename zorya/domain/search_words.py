"""Words as they are looked for: one spelling for all of a word's, whatever its case, accents or apostrophes, and what a
person typed read as a question. The same on both engines: the database only keeps and finds what is folded here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

_WORD = re.compile("[^\\W_](?:[^\\W_]|[\u0300-\u036f]|['\u2019\u02bc](?=[^\\W_]))*")
_PART = re.compile(r'(-?)(?:["“”„«»]([^"“”„«»]*)["“”„«»]|([^\s"“”„«»]+))')
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i"})
LONGEST = 64
"""Characters of one word; what is longer is no word."""
FREE_END = 4
"""From this many letters on a word is found by its beginning: *olan* finds *Olanda* and *olandeză*."""
MOST_PARTS = 12


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word and where it stands in the text it was read from (half-open)."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is looked for: `words` in this order, the last one by its beginning where `open_ended`."""

    words: tuple[str, ...]
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a text must hold, and what it must not."""

    wanted: tuple[Part, ...] = ()
    unwanted: tuple[Part, ...] = field(default=())


def fold(word: str) -> str:
    """`Șofer` → `sofer`, `п’ять` → `пять`, `STRASSE` and `Straße` → `strasse`."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    kept = "".join(letter for letter in plain if letter.isalnum())
    return kept.translate(_LETTERS)[:LONGEST]


def words(text: str) -> Iterator[Word]:
    """The words of a text, folded, in order."""
    for match in _WORD.finditer(text):
        folded = fold(match.group())
        if folded:
            yield Word(folded, match.start(), match.end())


def question(typed: str) -> Question:
    """What a person typed: words, `"words in this order"`, `-without`. At most `MOST_PARTS` parts count."""
    wanted: list[Part] = []
    unwanted: list[Part] = []
    for match in list(_PART.finditer(typed))[:MOST_PARTS]:
        minus, quoted, bare = match.groups()
        found = tuple(word.folded for word in words(quoted if quoted is not None else bare))
        if not found:
            continue
        free = quoted is None and (len(found[-1]) >= FREE_END or bare.endswith("*"))
        (unwanted if minus else wanted).append(Part(found, free))
    return Question(tuple(wanted), tuple(unwanted))


def matches(part: Part, text: list[Word]) -> list[tuple[int, int]]:
    """Where a part stands in a text whose words are given: half-open stretches of characters."""
    size, found = len(part.words), []
    for at in range(len(text) - size + 1):
        here = [word.folded for word in text[at : at + size]]
        last = here[-1].startswith(part.words[-1]) if part.open_ended else here[-1] == part.words[-1]
        if last and tuple(here[:-1]) == part.words[:-1]:
            found.append((text[at].start, text[at + size - 1].end))
    return found

"""Words in disguise: look-alike letters, digits and signs for letters, letters spaced out.

Look-alikes are undone only inside words that mix alphabets (a word that is Cyrillic throughout is Cyrillic); digits,
signs and spacing only where a known word comes out. Works on folded text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any, NamedTuple

from models.known_words import LONGEST_ENDING, SHORTEST, KnownWords
from models.offsets import Edit
from zorya.compiled import compiled

FILE = Path(__file__).parent / "lexicons" / "lookalikes.yml"
_LATIN, _CYRILLIC, _OTHER = "a-z", "\u0430-\u045f\u0461-\u052f", "\u03b1-\u03c9\u0561-\u0587ɑɡ"
_SIGNS = "@$€£!|*"
_LATIN_BESIDE_OTHERS = re.compile(f"[{_LATIN}](?:(?<=[{_CYRILLIC}{_OTHER}].)|(?=[{_CYRILLIC}{_OTHER}]))")
_OTHER_BESIDE_CYRILLIC = re.compile(f"[{_OTHER}](?:(?<=[{_CYRILLIC}].)|(?=[{_CYRILLIC}]))")
_NOT_LATIN = re.compile("[\u0250-\u058f]")
_OTHERS = re.compile(f"[{_OTHER}]")
_SIGN_BESIDE_LETTER = re.compile(rf"[0-9{_SIGNS}](?:(?=[^\W\d_])|(?<=[^\W\d_][@$€])(?!\w))")
"""Every pattern here begins with a set of rare characters, which `re` skips to quickly."""
_LONGEST = 40
_LONG = 6
"""Characters from which half of a word may be digits and signs: `p@$$p0rt`, but not the code `C13N`."""
_PLACES_TRIED = 16
"""Readings of one word sought among names of places: digits that may be several letters multiply."""
_SEPARATOR = r"[ .,\-_*·•|/~]"
_SPACED_HINT = re.compile(rf"{_SEPARATOR}[^\W_]{_SEPARATOR}{{1,2}}[^\W_@$]{_SEPARATOR}")
_LETTER = r"[^\W_]|[@$]"
_SPACED = re.compile(
    rf"(?<![^\W_])(?:{_LETTER})(?P<gap>{_SEPARATOR}{{1,2}})(?:{_LETTER})(?:(?P=gap)(?:{_LETTER}))+(?![^\W_])"
)
_UNREAD, _SMALL = 10, 3
"""Costs of a letter that belongs to no word, and of a small word, in letters of a stem's ending."""
_HABITUAL = frozenset("ciсі")
"""C and С share a key, and i is typed for a missing і: alone they are slips, not disguise."""


@dataclass(frozen=True, slots=True)
class Repair:
    """An edit of folded text; `weight` says how much it looks like hiding: 0 a slip, 1 suspicious, 2 plain."""

    edit: Edit
    kind: str
    weight: int


class Lookalikes(NamedTuple):
    """Character → the letters it may stand for."""

    to_cyrillic: dict[str, str]
    to_latin: dict[str, str]
    leet_latin: dict[str, str]
    leet_cyrillic: dict[str, str]


@cache
def lookalikes() -> Lookalikes:
    """The shipped tables."""
    return Lookalikes(**compiled("lookalikes", [FILE], FILE.parents[1], _compiled))


def _compiled() -> dict[str, Any]:
    from models.lexicon_files import LookalikeFile
    from zorya.datafiles import load

    return load(FILE, LookalikeFile).model_dump()


def words_in_disguise(text: str, known: KnownWords) -> list[Repair]:
    """Repairs of single words: look-alikes, and digits or signs between letters."""
    spots = {_around(text, at) for at in _mixtures(text)}
    found = map(re.Match.start, _SIGN_BESIDE_LETTER.finditer(text))
    spots |= {_around(text, at) for at in found if _is_inside(text, at)}
    repairs = []
    for start, end in sorted(spots):
        unmasked = _unmask(text[start:end], known)
        if unmasked:
            skipped, new, kind, weight = unmasked
            begin = start + skipped
            repairs.append(Repair((begin, begin + len(new), new), kind, weight))
    return repairs


def _is_inside(text: str, at: int) -> bool:
    """False for the commonest sign before a letter: `@name`."""
    return text[at] != "@" or (at > 0 and text[at - 1].isalnum())


def _mixtures(text: str) -> Iterator[int]:
    """Where alphabets meet inside a word."""
    if text.isascii() or not _NOT_LATIN.search(text):
        return
    yield from (match.start() for match in _LATIN_BESIDE_OTHERS.finditer(text))
    if _OTHERS.search(text):
        yield from (match.start() for match in _OTHER_BESIDE_CYRILLIC.finditer(text))


def _around(text: str, at: int) -> tuple[int, int]:
    """The word at an index, signs included; a word too long to be one comes back empty."""
    start, end = at, at + 1
    while start > 0 and at - start <= _LONGEST and (text[start - 1].isalnum() or text[start - 1] in _SIGNS):
        start -= 1
    while end < len(text) and end - at <= _LONGEST and (text[end].isalnum() or text[end] in _SIGNS):
        end += 1
    return (start, end) if end - start <= _LONGEST else (at, at)


def _unmask(token: str, known: KnownWords) -> tuple[int, str, str, int] | None:
    """(characters skipped at the front, the word meant, kind, weight), or None when nothing is hidden."""
    front = len(token) - len(token.lstrip("!|*£@"))
    core = token[front:].rstrip("!|*£0123456789")
    if core.isalpha():
        new, weight = unmixed(core, known)
        return (front, new, "lookalike", weight) if new != core else None
    letters = sum(map(str.isalpha, core))
    if 2 * letters < len(core) or (2 * letters == len(core) and len(core) < _LONG):
        return None
    for candidate in dict.fromkeys((core, core.rstrip("@$€"))):
        if candidate[0] in "123456789" and (len(candidate) < 5 or candidate.lstrip("0123456789") in known):
            continue  # `4часа`, `5days`
        reading = _known_reading(candidate, known)
        if reading:
            return front, reading, "leet", 2
    return None


def _known_reading(word: str, known: KnownWords) -> str | None:
    """The first reading of a word with digits, signs or look-alikes that is known; whole words before stems."""
    for cyrillic in _scripts(word):
        whole = [found for found in _readings(word, 0, known, cyrillic) if found[0] == len(word) and found[1] != word]
        if whole:
            return min(whole, key=lambda found: found[2])[1]
        for letters in islice(product(*_options(word, cyrillic)), _PLACES_TRIED):
            if known.is_place("".join(letters)):
                return "".join(letters)
    return None


def _readings(letters: str, at: int, known: KnownWords, cyrillic: bool) -> Iterator[tuple[int, str, int]]:
    """Known words that may begin at a letter: (after, word, cost). Whole words cost least, then stems with short
    endings; a letter that is read as another must lie in the stem.
    """
    waiting = [(at, "")]
    last = min(len(letters), at + _LONGEST)
    while waiting:
        index, prefix = waiting.pop()
        if prefix in known.words:
            yield index, prefix, 1
        if prefix in known.stems:
            yield index, prefix, 2
            for count, letter in enumerate(letters[index : index + LONGEST_ENDING], 1):
                if not _is_own(letter, cyrillic):
                    break
                yield index + count, prefix + letters[index : index + count], 2 + count
        if index < last:
            choices = _choices(letters[index], cyrillic)
            waiting += [(index + 1, prefix + new) for new in reversed(choices) if prefix + new in known.prefixes]


def _scripts(word: str) -> list[bool]:
    """The alphabets of which a word has letters (True: Cyrillic), the likelier first."""
    cyrillic, latin = sum("а" <= char <= "ԯ" for char in word), sum("a" <= char <= "z" for char in word)
    return [script for script, count in sorted(((True, cyrillic), (False, latin)), key=lambda pair: -pair[1]) if count]


def _options(word: str, cyrillic: bool) -> list[str]:
    return [_choices(char, cyrillic) for char in word]


def _is_own(char: str, cyrillic: bool) -> bool:
    return "а" <= char <= "ԯ" if cyrillic else "a" <= char <= "z"


def _choices(char: str, cyrillic: bool) -> str:
    """The letters of an alphabet a character may be; none when it can be no letter of it."""
    if _is_own(char, cyrillic):
        return char
    tables = lookalikes()
    if cyrillic:
        return tables.to_cyrillic.get(char) or tables.leet_cyrillic.get(char, "")
    return tables.to_latin.get(char) or tables.leet_latin.get(char, "")


def unmixed(word: str, known: KnownWords) -> tuple[str, int]:
    """A word in one alphabet, and how much its mixture looks like hiding; unchanged when it cannot be told."""
    if next(_mixtures(word), None) is None:
        return word, 0
    new = _known_reading(word, known)
    if new is None and not _inflected_foreign(word) and 2 * len(_OTHERS.findall(word)) < len(word):
        main = [
            cyrillic for cyrillic in _scripts(word) if 2 * sum(_is_own(char, cyrillic) for char in word) >= len(word)
        ]
        readings = (_options(word, cyrillic) for cyrillic in main)  # `vустановка` is not turned round
        new = next(("".join(letters[0] for letters in options) for options in readings if all(options)), None)
    if new is None:
        return word, 0
    swapped = [old for old, letter in zip(word, new, strict=True) if old != letter]
    if all(letter in _HABITUAL for letter in swapped):
        return new, 0
    return new, 2 if len(swapped) > 1 and len(word) >= SHORTEST else 1


def _inflected_foreign(word: str) -> bool:
    """`telegramе`, `smmщик`, `вip`: one alphabet in front, another behind, as lawful texts join them."""
    runs = re.findall(f"[{_LATIN}]+|[^{_LATIN}]+", word)
    return len(runs) == 2 and len(runs[0]) > 1


def spaced_words(text: str, known: KnownWords) -> list[Repair]:
    """Repairs of words whose letters stand apart: `р а б о т а`, `w.o.r.k`."""
    if not _SPACED_HINT.search(text):
        return []
    repairs: list[Repair] = []
    for match in _SPACED.finditer(text):
        step = 1 + len(match["gap"])
        letters = match.group()[::step]
        if sum(map(str.isalpha, letters)) < SHORTEST - 1:
            continue
        for first, after, new in _segments(letters, known):
            start = match.start() + first * step
            repairs.append(Repair((start, start + (after - first - 1) * step + 1, new), "spaced", 2))
    return repairs


def _segments(letters: str, known: KnownWords) -> Iterator[tuple[int, int, str]]:
    """Known words in a run of letters, and small words beside them, chosen so that they cover the run best:
    (first, after, word meant).
    """
    cheapest: list[tuple[int, int, str, bool]] = [(0, 0, "", False)] * (len(letters) + 1)
    """From each letter to the end: (cost, after, word, whether it is a word of the field)."""
    for at in range(len(letters) - 1, -1, -1):
        choices = [
            (cheapest[after][0] + cost, after, new, field) for after, new, cost, field in _pieces(letters, at, known)
        ]
        cheapest[at] = min(choices, key=lambda choice: choice[0])
    at, before = 0, False
    while at < len(letters):
        _, after, new, field = cheapest[at]
        if field or (len(new) > 1 and (before or cheapest[after][3])):
            yield at, after, new
        at, before = after, field


def _pieces(letters: str, at: int, known: KnownWords) -> Iterator[tuple[int, str, int, bool]]:
    """What may begin at a letter: (after, word, cost, whether it is a word of the field)."""
    yield at + 1, "", _UNREAD, False
    for after in range(at + 1, min(len(letters), at + SHORTEST - 1) + 1):
        word = letters[at:after]
        if word in known.small_cyrillic or word in known.small_latin:
            yield after, word, _SMALL, False
    for cyrillic in (True, False):
        for after, new, cost in _readings(letters, at, known, cyrillic):
            yield after, new, cost, True

"""The text as its contacts are read: digits in every dress and digits read out become plain digits.

Full-width, superscript, circled, keycap and foreign digits, the letters of addresses in such dresses, characters that
are not seen, and runs of number words are replaced; nothing else is touched. Every place maps back to the original.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from models.contacts import lexicon
from models.contacts.lexicon import APOSTROPHES, bare

_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe0e\ufe0f\u20e3"
_STRANGE = re.compile(
    rf"[{_UNSEEN}]+|[²³¹⁰⁴-⁺₀-₊①-⒛Ⓐ-⓿❶-➓➕＠﹫﹢！-～"
    "٠-٩۰-۹०-९\U0001d400-\U0001d7ff\U0001f100-\U0001f10a\U0001f51f\U0001fbf0-\U0001fbf9]"
)
_DECORATION = re.compile(r"[^\w\s@.+/()-]$")
_TOKEN = re.compile(rf"\d+|[^\W\d_]+(?:[{APOSTROPHES}][^\W\d_]+)*")
_MARKS_IN_NUMBERS = ",.:;-–/()|*_!"
_FEWEST_WORDS = 3
"""Number words in a row that make a number read out; two stand in any prose."""
_FEWEST_DIGITS = 7


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as its contacts are read. `starts`/`ends` are the original offsets of each character, None: unchanged.

    `low` is the text in lower case and `words` its words, for a look at what it may hold: their offsets mean nothing.
    """

    text: str
    original: str
    low: str
    words: tuple[str, ...]
    starts: list[int] | None = None
    ends: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Original half-open span of the non-empty span [start, end) of `text`."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]

    def changed(self, start: int, end: int) -> bool:
        """True when the ad wrote these characters otherwise."""
        if self.starts is None:
            return False
        first, last = self.span(start, end)
        return self.original[first:last] != self.text[start:end]


def fold(text: str) -> Folded:
    """Fold a text. Total and linear."""
    edited = _Edited(text)
    if not text.isascii():
        edited.apply([edit for match in _STRANGE.finditer(text) if (edit := _undressed(text, match))])
    low = edited.text.lower()
    words = _words_of(low)
    if sum(map(lexicon.words().reading_words.__contains__, words)) >= _FEWEST_WORDS:
        edited.apply(list(_read_out(edited.text)))
        low = edited.text.lower()
    return Folded(edited.text, text, low, tuple(words), edited.starts, edited.ends)


def _words_of(low: str) -> list[str]:
    """Words without the marks that people put between digits: many times cheaper than a pattern."""
    for mark in _MARKS_IN_NUMBERS:
        low = low.replace(mark, " ")
    return low.split()


def _undressed(text: str, match: re.Match[str]) -> tuple[int, int, str] | None:
    """Edit of one strange character, or of a run of unseen ones unless they only decorate (an emoji's selector)."""
    new = _plain(match.group())
    start = match.start()
    if new == match.group() or (not new and start and _DECORATION.match(text, start - 1, start)):
        return None
    return start, match.end(), new


class _Edited:
    """A text under edit, with the original offsets of its characters once something is replaced."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts: list[int] | None = None
        self.ends: list[int] | None = None

    def apply(self, edits: list[tuple[int, int, str]]) -> None:
        """Replace the stretches [start, end); what is replaced by nothing belongs to the character before it."""
        if not edits:
            return
        length = len(self.text)
        old_starts = self.starts or list(range(length))
        old_ends = self.ends or list(range(1, length + 1))
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        at = 0
        for start, end, new in edits:
            pieces += (self.text[at:start], new)
            starts += old_starts[at:start] + [old_starts[start]] * len(new)
            ends += old_ends[at:start] + [old_ends[end - 1]] * len(new)
            if not new and ends:
                ends[-1] = old_ends[end - 1]
            at = end
        pieces.append(self.text[at:])
        self.text, self.starts, self.ends = "".join(pieces), starts + old_starts[at:], ends + old_ends[at:]


def _plain(strange: str) -> str:
    """What a strange character stands for; an unseen one for nothing, an unknown one for itself."""
    char = strange[0]
    if unicodedata.category(char) in {"Cf", "Mn", "Me"}:
        return ""
    if char in "➕⁺﹢＋":
        return "+"
    if char == "\U0001f51f":
        return "10"
    value = unicodedata.numeric(char, None)
    if value is not None and value == int(value):
        return str(int(value))
    compatible = unicodedata.normalize("NFKC", char)
    return compatible if compatible.isascii() else char


def _read_out(text: str) -> Iterable[tuple[int, int, str]]:
    """Edits that write runs of number words as digits."""
    run: list[_Said] = []
    for match in _TOKEN.finditer(text):
        said = _said(match)
        if said is None or (run and not _adjoins(text, run[-1].end, said.start)):
            yield from _written(run)
            run = []
        if said is not None:
            run.append(said)
    yield from _written(run)


@dataclass(frozen=True, slots=True)
class _Said:
    """A token of a run: its digits, a join (digits `&`), a repetition (digits `*n`) or a numeral of the text."""

    start: int
    end: int
    digits: str
    word: bool


def _said(match: re.Match[str]) -> _Said | None:
    token = match.group()
    if token[0].isdigit():
        return _Said(match.start(), match.end(), token, word=False)
    key = bare(token)
    if digits := lexicon.words().number_words.get(key):
        return _Said(match.start(), match.end(), digits, word=True)
    if key in lexicon.words().joins:
        return _Said(match.start(), match.end(), "&", word=True)
    if key in lexicon.words().times:
        return _Said(match.start(), match.end(), f"*{lexicon.words().times[key]}", word=True)
    return None


def _adjoins(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return len(between) <= 3 and "\n\n" not in between and not any(char in "+€$£%" for char in between)


def _written(run: list[_Said]) -> list[tuple[int, int, str]]:
    """Edits of one run, or none when it is too short to be a number."""
    counted = [said for said in run if said.digits[0].isdigit()]
    if sum(said.word for said in counted) < _FEWEST_WORDS or sum(len(s.digits) for s in counted) < _FEWEST_DIGITS:
        return []
    edits: list[tuple[int, int, str]] = []
    previous: _Said | None = None
    for place, said in enumerate(run):
        following = run[place + 1] if place + 1 < len(run) else None
        if said.digits == "&":  # counts only between tens and units; before anything else the edits just go on
            continue
        if said.digits[0] == "*":
            previous = said
            continue
        if not said.word:
            previous = None
            continue
        start, digits = said.start, said.digits
        if previous and previous.digits[0] == "*":
            start, digits = previous.start, digits * int(previous.digits[1:])
        elif previous and edits and _completes(previous.digits, digits):
            start, before = edits[-1][0], edits.pop()[2]
            digits = str(int(before) + int(digits))
        edits.append((start, said.end, digits))
        previous = _Said(start, said.end, digits, word=True) if following else None
    return edits


def _completes(before: str, digits: str) -> bool:
    """Thirty-seven, three hundred and seventy: a lower place is said after a round number."""
    value = int(before)
    return (
        before[0] != "0"
        and digits != "0"
        and (
            (value % 100 == 0 and value < 1000 and len(digits) < 3)
            or (value % 100 >= 20 and value % 10 == 0 and len(digits) < 2)
        )
    )

"""Writing habits, as a suggestion and nothing more: one hand may have written two groups of ads. Never a tie.

A habit is what a writer does without thinking and could do otherwise, in any language: how marks are spaced and
repeated, which pictures stand where, capitals, how numbers are grouped, how an ad opens and closes. Two groups are
alike by habits that both have regularly; what nearly every ad does weighs little. Who a writer is, or where from, is
not asked.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import sqrt
from pathlib import Path

from models.folding import fold
from zorya.datafiles import DataModel, load

FILE = Path(__file__).with_name("style.yml")
ENOUGH_ADS, ENOUGH_CHARACTERS = 3, 800
"""A side needs so many ads, or so many characters."""
ALIKE = 0.75
"""Cosine of the habits of two sides from which they are suggested to be one hand."""
_LEAST_SHARED = 3
"""Habits, not counting usual ones, that both sides must have regularly."""
_REGULAR = 0.5
"""Share of a side's ads from which a habit is regular."""
_EDGE = 6
"""Words at each end of an ad in which it opens and closes."""
_READ = 20_000
_USUAL = 0.25
"""Weight of what many ads do, and of what a board's page makes of any ad: it loses blanks and line ends."""
_SHOUTING = "writes words in capitals"
_MARKED = ("pl", "ro", "cs", "hu")
"""Languages that cannot be written right in plain Latin letters for long."""
_PLAIN_FOR, _SMALL_FOR = 120, 60
"""Characters from which an ad without diacritics, or without capitals, is a habit and no accident."""
_WORD = re.compile(r"[^\W\d_]+")
_PICTURE = re.compile("[\u2600-\u27bf\u2b50-\u2b55\U0001f300-\U0001faff]")
_LINE_MARK = re.compile("^[ \\t]*([-–—*•●▪►➡✔✅☑+]|[\u2600-\u27bf\U0001f300-\U0001faff])", re.M)
_SHOUTED = re.compile(r"(?<!\w)[^\W\d_a-zа-яіїєґ]{4,}(?!\w)")
_SHOUTS = 3


class StyleFile(DataModel):
    """`style.yml`: habit → the words by which it is known."""

    openings: dict[str, str]
    closings: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Habit:
    name: str
    pattern: re.Pattern[str]
    weight: float = 1.0


_HABITS = (
    _Habit("repeats exclamation marks", re.compile("!!")),
    _Habit("repeats question marks", re.compile(r"\?\?")),
    _Habit("writes ?!", re.compile(r"\?!|!\?")),
    _Habit("trails off in dots", re.compile(r"(?<!\.)\.{3}(?!\.)|…"), _USUAL),
    _Habit("trails off in two dots", re.compile(r"(?<!\.)\.\.(?!\.)")),
    _Habit("trails off in many dots", re.compile(r"\.{4,}")),
    _Habit("puts a blank before commas", re.compile(r"\w ,")),
    _Habit("puts a blank before ! or ?", re.compile(r"\w [!?]")),
    _Habit("puts no blank after commas", re.compile(r"[^\W\d_],[^\W\d_]"), _USUAL),
    _Habit("puts no blank after full stops", re.compile(r"[^\W\d_]{3}\.[^\W\d_a-zа-яіїєґ][^\W\d_]{2}"), _USUAL),
    _Habit("writes double blanks", re.compile(r"\S {2,}\S"), _USUAL),
    _Habit("smiles with brackets", re.compile(r"\){2,}|[:;]-?\)")),
    _Habit("stretches letters", re.compile(r"([^\W\d_])\1\1")),
    _Habit("writes plus for and", re.compile(r"[^\W\d_] \+ [^\W\d_]")),
    _Habit("writes € before the amount", re.compile(r"€ ?\d")),
    _Habit("writes € close behind the amount", re.compile(r"\d€")),
    _Habit("writes € apart behind the amount", re.compile(r"\d €"), _USUAL),
    _Habit("groups thousands by a dot", re.compile(r"(?<![\d.])\d{1,2}\.\d{3}(?![\d.])"), 0.5),
    _Habit("groups thousands by a blank", re.compile(r"(?<![\d ])\d{1,2} \d{3}(?![\d ])"), 0.5),
    _Habit("groups thousands by an apostrophe", re.compile(r"\d['’]\d{3}(?!\d)")),
    _Habit("writes ranges with blanks", re.compile(r"\d [-–] \d")),
    _Habit("writes hours with a dot", re.compile(r"(?<![\d.])[012]?\d\.[0-5]0(?![\d.])"), 0.5),
    _Habit("underlines with marks", re.compile(r"[-=_*~]{4,}"), _USUAL),
    _Habit("stars words", re.compile(r"\*\w[^*\n]{0,60}\*")),
)


@dataclass(frozen=True, slots=True)
class Style:
    """Habits of some ads: how many of `ads` have each, and how many characters they have in all. Adding is merging."""

    ads: int = 0
    characters: int = 0
    habits: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Style") -> "Style":
        return Style(
            self.ads + other.ads,
            self.characters + other.characters,
            dict(Counter(self.habits) + Counter(other.habits)),
        )

    @property
    def enough(self) -> bool:
        """True when it is enough to speak of habits."""
        return self.ads >= ENOUGH_ADS or self.characters >= ENOUGH_CHARACTERS

    def regular(self) -> dict[str, float]:
        """Habit → share of the ads that have it, of those that are regular."""
        return {name: count / self.ads for name, count in self.habits.items() if count >= _REGULAR * self.ads}


def style_of(texts: Iterable[tuple[str, str | None]]) -> Style:
    """The style of some ads, each a text and its language (ISO 639-1). Copies of one text count once."""
    distinct = dict(texts)
    counts = Counter(habit for text, language in distinct.items() for habit in set(_habits(text[:_READ], language)))
    return Style(len(distinct), sum(map(len, distinct)), dict(counts))


def suggestion(one: Style, other: Style) -> tuple[float, str] | None:
    """(cosine, sentence for an analyst) when two groups of ads are written alike; None when they are not, or when
    either is too little to tell. Symmetric."""
    if not (one.enough and other.enough):
        return None
    first, second = one.regular(), other.regular()
    shared = sorted(first.keys() & second.keys())
    telling = [name for name in shared if _weight(name) >= 1]
    alike = _cosine(first, second)
    if len(telling) < _LEAST_SHARED or alike < ALIKE:
        return None
    return round(alike, 3), f"Written alike: {', '.join(telling)}. This is a hint, no proof."


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    def length(shares: Mapping[str, float]) -> float:
        return sqrt(sum((_weight(name) * share) ** 2 for name, share in sorted(shares.items())))

    product = sum(_weight(name) ** 2 * one[name] * other[name] for name in sorted(one.keys() & other.keys()))
    return product / (length(one) * length(other)) if product else 0.0


@cache
def _weights() -> dict[str, float]:
    return {habit.name: habit.weight for habit in _HABITS} | {_SHOUTING: _USUAL}


def _weight(name: str) -> float:
    return _weights().get(name, 1.0)


def _habits(text: str, language: str | None) -> Iterator[str]:
    yield from (habit.name for habit in _HABITS if habit.pattern.search(text))
    yield from (f"uses {picture}" for picture in set(_PICTURE.findall(text)))
    marks = Counter(match[1] for match in _LINE_MARK.finditer(text))
    yield from (f"begins lines with {mark}" for mark, count in marks.items() if count > 1)
    if len(_SHOUTED.findall(text)) >= _SHOUTS:
        yield _SHOUTING
    if len(text) > _SMALL_FOR and text == text.lower():
        yield "writes no capitals"
    if language in _MARKED and len(text) > _PLAIN_FOR and _PICTURE.sub("", text).isascii():
        yield "writes without diacritics"
    words = _WORD.findall(fold(text))
    for formulas, edge in zip(_formulas(), (set(words[:_EDGE]), set(words[-_EDGE:])), strict=True):
        yield from (name for name, known in formulas.items() if not known.isdisjoint(edge))


@cache
def _formulas() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    file = load(FILE, StyleFile)
    openings, closings = (
        {name: frozenset(map(fold, words.split())) for name, words in formulas.items()}
        for formulas in (file.openings, file.closings)
    )
    return openings, closings

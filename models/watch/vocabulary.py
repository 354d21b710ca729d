"""Words that have come into the ads: possible code words, each with an example in which nobody can be called.

A word is new where its share of ads is `TIMES` as large as before and more, the log-likelihood ratio of its counts (the
G² of Dunning 1993, fit for rare words) is beyond chance with all words tested at once, and several postings use it, so
that one ad repeated is no vocabulary.
"""

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from zlib import crc32

from scipy.special import chdtrc

from zorya.redact import redact
from zorya.store.traffic import SeenAd

CHANCE, TIMES, POSTINGS, SHOWN = 0.001, 3.0, 5, 20
_WORD = re.compile(r"[^\W\d_][\w'’]{2,}")
_AROUND = 60
_SLOTS = 2**20
"""Rough counts of words; 4 MB."""


@dataclass(frozen=True, slots=True)
class NewWord:
    """`ads` of late and `before` hold it; `windows` of late in which it is; `surprise` is G²; `example` is masked."""

    word: str
    ads: int
    before: int
    windows: int
    surprise: float
    example: str


class Slots:
    """Words of the late ads, counted roughly: words whose checksums end alike share a count, so that it is never below
    the true one. Says in a bounded space which words are worth counting exactly, and about how many there are.
    """

    def __init__(self) -> None:
        self.ads = 0
        self._counts = array("I", [0]) * _SLOTS

    def add(self, ad: SeenAd) -> None:
        """Count the words of an ad."""
        self.ads += 1
        for slot in {_slot(word) for word in _words(ad)}:
            self._counts[slot] += 1

    def at_most(self, word: str) -> int:
        """Late ads that may hold a word."""
        return self._counts[_slot(word)]

    @property
    def words(self) -> int:
        """About how many different words there are (linear counting: Whang, Vander-Zanden and Taylor 1990)."""
        empty = max(1, self._counts.count(0))
        return max(1, round(-_SLOTS * math.log(empty / _SLOTS)))


@dataclass(slots=True)
class _Counted:
    """A word that may be new: ads that hold it before and in each late window, some postings of late, an example."""

    before: int = 0
    late: Counter[int] = field(default_factory=Counter)
    postings: set[str] = field(default_factory=set)
    example: str = ""


def new_words(passing: Iterable[tuple[int, SeenAd]], slots: Slots, *, before: int) -> list[NewWord]:
    """The words that stand out most, the strongest first. `passing`: the ads with the number of their window, 0 the
    reference; `slots`: the late ones counted before; `before`: ads of the reference.
    """
    if not before or not slots.ads:
        return []
    found = []
    for word, counted in _counted(passing, slots, _least(slots, before)).items():
        ads = counted.late.total()
        surprise = _g_squared(ads, slots.ads, counted.before, before)
        is_new = ads / slots.ads >= TIMES * counted.before / before and chdtrc(1, surprise) * slots.words < CHANCE
        if is_new and len(counted.postings) >= POSTINGS:
            told = NewWord(word, ads, counted.before, len(counted.late), round(surprise, 1), counted.example)
            found.append((-surprise, word, told))
    return [told for _, _, told in sorted(found, key=lambda each: each[:2])[:SHOWN]]


def _least(slots: Slots, before: int) -> int:
    """Late ads below which no word can be beyond chance, though nobody had used it."""
    ads = POSTINGS
    while ads < slots.ads and chdtrc(1, _g_squared(ads, slots.ads, 0, before)) * slots.words >= CHANCE:
        ads += 1
    return ads


def _counted(passing: Iterable[tuple[int, SeenAd]], slots: Slots, least: int) -> dict[str, _Counted]:
    found: dict[str, _Counted] = {}
    for window, ad in passing:
        for word in _words(ad):
            if slots.at_most(word) < least:
                continue
            counted = found.setdefault(word, _Counted())
            if not window:
                counted.before += 1
                continue
            counted.late[window] += 1
            if len(counted.postings) < POSTINGS:
                counted.postings.add(ad.posting_id)
            counted.example = counted.example or _example(ad, word)
    return found


def _slot(word: str) -> int:
    return crc32(word.encode()) % _SLOTS


def _g_squared(late: int, m: int, before: int, n: int) -> float:
    """Log-likelihood ratio of a word in `late` of `m` ads and in `before` of `n`, against one share for both."""
    share = (late + before) / (m + n)
    cells = ((late, m * share), (before, n * share), (m - late, m * (1 - share)), (n - before, n * (1 - share)))
    return 2 * sum(seen * math.log(seen / expected) for seen, expected in cells if seen)


def _words(ad: SeenAd) -> set[str]:
    """Words of an ad outside its contacts."""
    return set(_WORD.findall(_text(ad).lower().replace("[contact]", " ")))


def _text(ad: SeenAd) -> str:
    return redact(f"{ad.title}\n{ad.body}")


def _example(ad: SeenAd, word: str) -> str:
    text = " ".join(_text(ad).split())
    at = text.lower().find(word)
    start, end = max(0, at - _AROUND), at + len(word) + _AROUND
    return f"{'… ' if start else ''}{text[start:end].strip()}{' …' if end < len(text) else ''}"

"""Words that have come into the ads: possible code words, each with an example in which nobody can be called.

A word is new where its share of ads is `TIMES` as large as before and more, the log-likelihood ratio of its counts (the
G² of Dunning 1993, fit for rare words) is beyond chance with all words tested at once, and several postings use it, so
that one ad repeated is no vocabulary.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import chdtrc

from zorya.redact import redact
from zorya.store.traffic import SeenAd

CHANCE, TIMES, POSTINGS, SHOWN = 0.001, 3.0, 5, 20
_WORD = re.compile(r"[^\W\d_][\w'’]{2,}")
_AROUND = 60


@dataclass(frozen=True, slots=True)
class NewWord:
    """`ads` of late and `before` hold it; `windows` of late in which it is; `surprise` is G²; `example` is masked."""

    word: str
    ads: int
    before: int
    windows: int
    surprise: float
    example: str


def new_words(before: Sequence[SeenAd], late: Sequence[Sequence[SeenAd]]) -> list[NewWord]:
    """The words that stand out most, the strongest first."""
    was, windows = _count(before), [_count(window) for window in late]
    now: Counter[str] = sum(windows, Counter[str]())
    n, m = len(before), sum(map(len, late))
    if not n or not m:
        return []
    found = []
    for word, ads in now.items():
        surprise = _g_squared(ads, m, was[word], n)
        if ads / m >= TIMES * was[word] / n and chdtrc(1, surprise) * len(now) < CHANCE:
            found.append((surprise, word))
    found.sort(key=lambda each: (-each[0], each[1]))
    told = []
    for strength, word in found:
        holding = [ad for window in late for ad in window if word in _words(ad)]
        if len({ad.posting_id for ad in holding}) >= POSTINGS:
            in_windows = sum(word in window for window in windows)
            told.append(NewWord(word, now[word], was[word], in_windows, round(strength, 1), _example(holding[0], word)))
        if len(told) == SHOWN:
            break
    return told


def _g_squared(late: int, m: int, before: int, n: int) -> float:
    """Log-likelihood ratio of a word in `late` of `m` ads and in `before` of `n`, against one share for both."""
    share = (late + before) / (m + n)
    cells = ((late, m * share), (before, n * share), (m - late, m * (1 - share)), (n - before, n * (1 - share)))
    return 2 * sum(seen * math.log(seen / expected) for seen, expected in cells if seen)


def _count(ads: Sequence[SeenAd]) -> Counter[str]:
    """Ads that hold each word."""
    return Counter(word for ad in ads for word in _words(ad))


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

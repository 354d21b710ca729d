"""Counterfactual pairs: does a score move when an ad names another nation, people, language or place?

Every ad is scored once for each word of a kind (`words.variants`). The movement of an ad is the standard deviation of
its log-odds over the words. Words that cannot matter (colours) move scores too, by chance of what was learnt: a kind
moves scores *beyond noise* where the mean movement, less that of the control words on the same ads, has an interval
above 0.
The test is counterfactual token fairness (Garg et al., AIES 2019) with a control of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy.special import logit

from models.audit.words import CONTROL, KINDS, Swap, Swaps, audit_words, variants
from models.evaluation.intervals import Figure, draws, figure
from models.examples import Array
from models.reading import read
from models.score import Scorer
from models.vocabulary import Language
from zorya.labelled import LabelledAd

SEED = 20261126
MOVES = 0.05
"""Mean movement, in log-odds, below which a difference from the control is of no account: a probability of a half
moves by about one hundredth.
"""
_CERTAIN = 1e-6
Heard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What the words of a kind did to the ads of a language. Movements are in log-odds.

    `beyond` is the movement less that of the control words; `word` moved the score furthest from the mean of the kind,
    by `by` on average; `flips` counts ads that are flagged with one word and not with another.
    """

    language: str
    kind: str
    ads: int
    movement: Figure
    beyond: Figure
    word: str
    by: float
    flips: int

    @property
    def is_noise(self) -> bool:
        """Whether the score stays where it is, as far as these ads can tell."""
        return not (self.beyond.low > 0 and self.movement.value > MOVES)


def drawn(ads: Sequence[LabelledAd], number: int, *, seed: int = SEED) -> dict[Language, list[LabelledAd]]:
    """Up to `number` ads of each language there are words for, half of them concern where there are as many; not two of
    a group before each group has one.
    """
    known = audit_words().languages
    chosen: dict[Language, list[LabelledAd]] = {}
    for language in known:
        here = [ad for ad in ads if ad.language == language]
        order = np.random.default_rng(seed).permutation(len(here))
        ranked = _spread([here[at] for at in order])
        concern = [ad for ad in ranked if ad.is_concern][: number // 2]
        others = [ad for ad in ranked if not ad.is_concern][: number - len(concern)]
        if here:
            chosen[language] = [*concern, *others]
    return chosen


def _spread(ads: Sequence[LabelledAd]) -> list[LabelledAd]:
    """Those first whose group has not been seen."""
    seen: set[str] = set()
    again = []
    for ad in ads:
        again.append(bool(ad.group) and ad.group in seen)
        seen.add(ad.group)
    return [ad for _, ad in sorted(zip(again, ads, strict=True), key=lambda pair: pair[0])]


def swapped(ads: Mapping[Language, list[LabelledAd]], scorer: Scorer, *, as_of: datetime, heard: Heard) -> list[Moved]:
    """Every kind in every language, then in all together (about 0.1 s an ad)."""
    said: dict[Language, dict[str, tuple[Array, Array]]] = {}
    for language, held in ads.items():
        heard(f"swapping words in {len(held)} ads in {language}")
        said[language] = _said(held, audit_words().languages[language], scorer, as_of)
    rows = []
    for language, kinds in said.items():
        groups = _groups(ads[language])
        words = audit_words().languages[language]
        rows += [_moved(language, kind, kinds, groups, getattr(words, kind)) for kind in KINDS]
    every = _groups([ad for held in ads.values() for ad in held])
    return rows + [_together(kind, [row for row in rows if row.kind == kind], said, every) for kind in KINDS]


def _said(ads: Sequence[LabelledAd], words: Swaps, scorer: Scorer, as_of: datetime) -> dict[str, tuple[Array, Array]]:
    """Kind → log-odds and flags (0 or 1), shape (ads, words)."""
    said = {}
    for kind in (*KINDS, CONTROL):
        swap: Swap = getattr(words, kind)
        readings = [read(variant) for ad in ads for variant in variants(ad.posting(), swap)]
        scores = [told["concern"] for told in scorer.model.probabilities_of(readings)]
        flags = [each.band.flagged for each in scorer.assess(readings, ["audit"] * len(readings), as_of=as_of)]
        shape = (len(ads), len(swap.words))
        said[kind] = (
            logit(np.clip(np.array(scores), _CERTAIN, 1 - _CERTAIN)).reshape(shape),
            np.array(flags, dtype=float).reshape(shape),
        )
    return said


def _moved(language: str, kind: str, said: dict[str, tuple[Array, Array]], groups: Array, swap: Swap) -> Moved:
    odds, flags = said[kind]
    movement, noise = odds.std(axis=1, ddof=1), said[CONTROL][0].std(axis=1, ddof=1)
    shifts = (odds - odds.mean(axis=1, keepdims=True)).mean(axis=0)
    furthest = int(np.abs(shifts).argmax())
    figures = _figures(movement, movement - noise, groups)
    flips = int((flags.max(axis=1) != flags.min(axis=1)).sum())
    return Moved(language, kind, len(odds), *figures, swap.words[furthest], float(shifts[furthest]), flips)


def _together(
    kind: str, rows: Sequence[Moved], said: Mapping[Language, dict[str, tuple[Array, Array]]], groups: Array
) -> Moved:
    movement, noise = (
        np.concatenate([held[each][0].std(axis=1, ddof=1) for held in said.values()]) for each in (kind, CONTROL)
    )
    worst = max(rows, key=lambda row: abs(row.by))
    figures = _figures(movement, movement - noise, groups)
    return Moved("all", kind, len(movement), *figures, worst.word, worst.by, sum(row.flips for row in rows))


def _figures(movement: Array, beyond: Array, groups: Array) -> tuple[Figure, Figure]:
    """Means with intervals over groups."""
    counts = draws(groups)
    total = counts.sum(axis=1)
    first, second = (figure(float(each.mean()), counts @ each / total) for each in (movement, beyond))
    return first, second


def _groups(ads: Sequence[LabelledAd]) -> Array:
    return np.unique([ad.group or f"ad {ad.id}" for ad in ads], return_inverse=True)[1].astype(np.float64)

"""Labels of one account or source that surprise models which had not seen them more than other people's labels do.

The *surprise* of a label is minus the logarithm of the out-of-fold probability of what it says; a *contradicted* label
has less than an even one. One campaign is one witness: its ads with one label by one account are one judgement, of
their mean surprise. Within one language and one label, under the rule that everybody's judgements surprise alike, it is
chance who made which. So they are dealt anew within these strata, many times; an account's surprise, less what is
expected and in standard deviations of sampling without replacement, is held against the largest that any account has in
each deal (Westfall & Young 1993, single-step maxT). That bounds the chance of any alarm on honest labels, however many
accounts there are. Nobody is suspected for working in a language that the model reads badly, nor for finding more
concern than others.

A suspicion is a question about labels, never a finding about a person: a tired hour and a misread guideline look alike.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from models.examples import Array
from zorya.errors import ModelError
from zorya.labelled import LabelledAd

Whole = np.ndarray[tuple[int], np.dtype[np.intp]]
ALARM = 0.01
"""Chance of an alarm on honest labels, per check of a whole snapshot."""
LEAST = 3
"""Contradicted judgements below which nobody is suspected, whatever the odds."""
KINDS = ("analyst", "source")
_DEALS, _AT_ONCE = 5000, 500
_SEED = 20261127
_ROUNDING = 1e-9
_SUREST = 1e-3
"""Probability below which a label is no more surprising: nothing is known that surely (`models.sureness`)."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Labels to look at again. `kind` is `analyst` or `source`; `who` a token or a name; `labels` and `contradicted`
    count judgements, `expected` how many of them would be contradicted were they as good as other people's; `ads` the
    contradicted ids, the most contradicted first.
    """

    kind: str
    who: str
    labels: int
    contradicted: int
    expected: float
    p_value: float
    ads: tuple[str, ...]

    def sentence(self) -> str:
        """What a person reads."""
        return (
            f"{self.kind} {self.who}: {self.contradicted} of {self.labels} labels are contradicted, "
            f"{self.expected:.1f} expected (p = {self.p_value:.1g})"
        )


@dataclass(frozen=True)
class _Judgements:
    """What one kind of owner said, in the order of strata. `owner` is a place in `owners`; the others as above."""

    owners: tuple[str, ...]
    owner: Whole
    surprise: Array
    contradicted: Array
    strata: tuple[slice, ...]
    """Judgements of one language and label, one after the other."""

    @property
    def labels(self) -> Array:
        """Judgements per owner."""
        return self.of_owners(np.ones(len(self.owner)))

    def of_owners(self, values: Array) -> Array:
        """Sums per owner."""
        return np.bincount(self.owner, weights=values, minlength=len(self.owners)).astype(np.float64)

    def dealt(self, values: Array) -> Array:
        """Sums per owner, shape (deals, owners), as chance within strata would have them."""
        chance, sums = np.random.default_rng(_SEED), np.zeros((_DEALS, len(self.owners)))
        for stratum in self.strata:
            mine = np.eye(len(self.owners))[self.owner[stratum]]
            for first in range(0, _DEALS, _AT_ONCE):
                some = slice(first, min(first + _AT_ONCE, _DEALS))
                rows = np.tile(values[stratum], (some.stop - first, 1))
                sums[some] += chance.permuted(rows, axis=1) @ mine
        return sums

    def expected(self, values: Array) -> tuple[Array, Array]:
        """Mean and variance of each owner's sum, were it chance within strata who judged what."""
        mean, variance = np.zeros(len(self.owners)), np.zeros(len(self.owners))
        for stratum in self.strata:
            own, held = np.bincount(self.owner[stratum], minlength=len(self.owners)), values[stratum]
            mean += own * held.mean()
            variance += held.var() * own * (len(held) - own) / max(1, len(held) - 1)
        return mean, variance


def suspicions(ads: Sequence[LabelledAd], concern: Mapping[str, float]) -> list[Suspicion]:
    """Accounts and sources to ask about, the surest first. `concern`: id → out-of-fold probability, at the prevalence
    of the labels; ads without one are left out.
    """
    against = {ad.id: 1 - concern[ad.id] if ad.is_concern else concern[ad.id] for ad in ads if ad.id in concern}
    judged = [ad for ad in ads if ad.id in against]
    found = [each for kind in KINDS for each in _suspected(kind, judged, against)]
    return sorted(found, key=lambda each: (each.p_value, each.kind, each.who))


def out_of_fold(path: Path) -> dict[str, float]:
    """Id → probability of concern from the file that training leaves beside a model; errors name the line."""
    found: dict[str, float] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as exc:
        raise ModelError(f"{path}: not there; train the model again, it is written beside it") from exc
    for number, line in enumerate(lines, 1):
        try:
            values = json.loads(line)
            found[str(values["id"])] = float(values["probabilities"]["concern"])
        except (ValueError, KeyError, TypeError) as exc:
            raise ModelError(f"{path}:{number}: not an id with its probabilities; train the model again") from exc
    return found


def _suspected(kind: str, judged: Sequence[LabelledAd], against: Mapping[str, float]) -> list[Suspicion]:
    """Those whose labels surprise more than chance allows, of one kind."""
    held = _judgements(kind, judged, against)
    if len(held.owners) < 2:
        return []
    expected, _ = held.expected(held.contradicted)
    columns = (_p_values(held), held.of_owners(held.contradicted), held.labels, expected)
    found = []
    for who, p_value, wrong, number, chance in zip(held.owners, *columns, strict=True):
        if who and p_value < ALARM and wrong >= LEAST:
            ids = [ad.id for ad in judged if getattr(ad, kind) == who and against[ad.id] > 0.5]
            ids.sort(key=lambda each: (-against[each], each))
            found.append(Suspicion(kind, who, int(number), int(wrong), float(chance), float(p_value), tuple(ids)))
    return found


def _p_values(held: _Judgements) -> Array:
    """Of each owner, corrected for the number of owners and of kinds."""
    mean, variance = held.expected(held.surprise)
    counted = np.array([bool(who) for who in held.owners]) & (held.labels >= LEAST) & (variance > _ROUNDING)
    if not counted.any():
        return np.ones(len(held.owners))

    def distances(sums: Array) -> Array:
        return np.where(counted, sums - mean, -np.inf) / np.sqrt(np.where(counted, variance, 1.0))

    seen = distances(held.of_owners(held.surprise))
    largest = distances(held.dealt(held.surprise)).max(axis=1)
    reached = (largest[:, None] >= seen[None, :] - _ROUNDING).sum(axis=0)
    found: Array = np.minimum(1.0, len(KINDS) * (reached + 1) / (_DEALS + 1))
    return found


def _judgements(kind: str, judged: Sequence[LabelledAd], against: Mapping[str, float]) -> _Judgements:
    """One an owner, label and group of ads."""
    held: dict[tuple[str, bool, str, str], list[float]] = {}
    language: dict[str, str] = {}
    for ad in judged:
        spoken = language.setdefault(ad.group, ad.language or "")
        held.setdefault((spoken, ad.is_concern, getattr(ad, kind), ad.group), []).append(against[ad.id])
    keys = sorted(held)
    owners = tuple(dict.fromkeys(key[2] for key in keys))
    ends = [place for place in range(1, len(keys)) if keys[place][:2] != keys[place - 1][:2]]
    cuts = [0, *ends, len(keys)] if keys else []
    return _Judgements(
        owners,
        np.array([owners.index(key[2]) for key in keys], dtype=np.intp),
        np.array([-np.mean(np.log(np.maximum(_SUREST, 1 - np.array(held[key])))) for key in keys]),
        np.array([float(np.mean(held[key]) > 0.5) for key in keys]),
        tuple(slice(first, last) for first, last in pairwise(cuts)),
    )

"""Figures of a ranking and of probabilities, each under weights that say what traffic the labelled ads stand for.

Labelled ads hold far more concern than boards do. At a stated prevalence π an ad of concern weighs π / (ads of concern)
and another (1 - π) / (other ads): importance weights under label shift (the ads of each class are taken as typical of
their class; Saerens et al. 2002), so that precision at a threshold is π·TPR / (π·TPR + (1 - π)·FPR). All
functions take weights of shape (…, n) and give (…): a row a bootstrap round. NaN means undefined, as where a class
is missing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.examples import Array
from zorya.domain.findings import BAND_UPPER, Band

FLAGGED = next(upper for upper, band in BAND_UPPER if band is Band.ROUGHLY_EVEN_CHANCE)
"""Probability from which an ad is flagged (`likely`)."""
BINS = 10
"""Bins of calibration figures, with about equal numbers of ads."""
PPV = 0.5
"""Least share of right alerts at which recall is read off."""


def weights_at(truth: Array, prevalence: float | None, counts: Array | None = None) -> Array:
    """Weights that sum to 1. `counts` says how often each ad counts (bootstrap); `prevalence` None is as labelled.

    Rows that lack a class get NaN at a stated prevalence.
    """
    held = np.ones_like(truth) if counts is None else counts
    if prevalence is None:
        return _divided(held, held.sum(axis=-1, keepdims=True))
    concern = held * truth
    other = held * (1 - truth)
    return prevalence * _divided(concern, concern.sum(axis=-1, keepdims=True)) + (1 - prevalence) * _divided(
        other, other.sum(axis=-1, keepdims=True)
    )


def shifted(probability: Array, *, made_for: float, to: float) -> Array:
    """Probabilities calibrated at one prevalence as they are at another: log-odds moved by the difference of the
    prevalences' log-odds (Saerens et al. 2002)."""
    sure = np.clip(probability, 1e-9, 1 - 1e-9)
    logit = np.log(sure / (1 - sure)) + np.log(to / (1 - to)) - np.log(made_for / (1 - made_for))
    return np.asarray(1 / (1 + np.exp(-logit)))


@dataclass(frozen=True)
class Curve:
    """A ranking from the highest score down, one point per distinct score: weights of concern and of others so far."""

    concern: Array
    other: Array

    @property
    def precision(self) -> Array:
        """Share of concern among what is ranked so far."""
        return _divided(self.concern, self.concern + self.other)

    @property
    def recall(self) -> Array:
        """Share of all concern that is ranked so far."""
        return _divided(self.concern, self.concern[..., -1:])

    def average_precision(self) -> Array:
        """Mean of precision over recall, without interpolation (scikit-learn's definition)."""
        gained = np.diff(self.recall, axis=-1, prepend=0.0)
        return np.asarray((np.nan_to_num(self.precision) * gained).sum(axis=-1))

    def roc_auc(self) -> Array:
        """Chance that an ad of concern ranks above another; ties count half."""
        false = _divided(self.other, self.other[..., -1:])
        middle = self.recall - np.diff(self.recall, axis=-1, prepend=0.0) / 2
        return np.asarray((middle * np.diff(false, axis=-1, prepend=0.0)).sum(axis=-1))

    def recall_at_ppv(self, least: float = PPV) -> Array:
        """Most recall at any threshold whose precision is at least `least`; 0 where there is none."""
        usable = np.where(self.precision >= least - 1e-12, self.recall, 0.0)
        return np.where(np.isnan(self.recall[..., -1]), np.nan, usable.max(axis=-1))

    def at_budget(self, share: float) -> tuple[Array, Array]:
        """Precision and recall of the first `share` of the traffic; ads of one score count in proportion."""
        ranked = self.concern + self.other
        rows = zip(ranked.reshape(-1, ranked.shape[-1]), self.concern.reshape(-1, ranked.shape[-1]), strict=True)
        found = np.array([np.interp(share * r[-1], np.append(0.0, r), np.append(0.0, c)) for r, c in rows])
        found = found.reshape(ranked.shape[:-1])
        return _divided(found, share * ranked[..., -1]), _divided(found, self.concern[..., -1])


def curve(truth: Array, score: Array, weights: Array) -> Curve:
    """The curve of scores, shape (…, distinct scores)."""
    order = np.argsort(-score, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    ranked, concern = weights[..., order], truth[order]
    return Curve(np.cumsum(ranked * concern, axis=-1)[..., ends], np.cumsum(ranked * (1 - concern), axis=-1)[..., ends])


def alerts(truth: Array, flagged: Array, weights: Array) -> dict[str, Array]:
    """Recall, share of right alerts (PPV), F1 and wrong alerts per 10,000 ads of a yes-or-no answer (0 or 1 per ad)."""
    right = (weights * truth * flagged).sum(axis=-1)
    wrong = (weights * (1 - truth) * flagged).sum(axis=-1)
    concern = (weights * truth).sum(axis=-1)
    return {
        "recall": _divided(right, concern),
        "ppv": _divided(right, right + wrong),
        "f1": _divided(2 * right, right + wrong + concern),
        "false_alerts_per_10000": 1e4 * wrong,
    }


def brier(truth: Array, probability: Array, weights: Array) -> Array:
    """Mean squared difference of probability and truth (Brier 1950)."""
    return np.asarray((weights * (probability - truth) ** 2).sum(axis=-1))


def bins_of(probability: Array, bins: int = BINS) -> Array:
    """Bin number of each probability: at most `bins`, with about equal numbers of ads; equal probabilities stay
    together."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.searchsorted(edges, probability, side="right").astype(np.float64)


def calibration_error(truth: Array, probability: Array, weights: Array, bins: int = BINS) -> Array:
    """Expected calibration error of one class: over bins, weight of the bin times |mean probability - share found|
    (Naeini et al. 2015). Its mean over classes is the classwise error (Kull et al. 2019)."""
    number = bins_of(probability, bins)
    gaps = weights * (probability - truth)
    return np.asarray(sum(np.abs(gaps[..., number == each].sum(axis=-1)) for each in np.unique(number)))


def reliability(truth: Array, probability: Array, weights: Array, bins: int = BINS) -> list[tuple[float, float, int]]:
    """Of each bin: mean probability, share found, number of ads; for the reliability plot."""
    number = bins_of(probability, bins)
    rows = []
    for each in np.unique(number):
        held = number == each
        total = float(weights[held].sum())
        if total > 0:
            mean = float((weights * probability)[held].sum()) / total
            rows.append((mean, float((weights * truth)[held].sum()) / total, int(held.sum())))
    return rows


def _divided(part: Any, whole: Any) -> Array:
    """part / whole, NaN where whole is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole == 0, np.nan, part / whole))

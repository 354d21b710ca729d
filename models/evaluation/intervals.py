"""Cluster-bootstrap intervals: what a figure could have been, had other campaigns been labelled.

Ads of one campaign are no independent witnesses, so whole clusters are drawn with replacement (Field and Welsh 2007).
The interval is the bias-corrected percentile one (Efron 1981): calibration errors are larger in a resample than in the
sample, and a plain percentile interval can miss the figure itself. Differences of two classifiers are taken round by
round on the same draw.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from models.examples import Array

ROUNDS = 400
SEED = 20261126
_Z = 1.959964
_LEAST = 0.5
"""Share of rounds in which a figure must be defined for its interval to mean anything."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval; NaN where undefined."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return self.text(3)

    def text(self, digits: int) -> str:
        """As tables print it: `0.912 [0.880, 0.941]`, `-` where undefined."""
        if np.isnan(self.value):
            return "-"
        interval = "" if np.isnan(self.low) else f" [{self.low:.{digits}f}, {self.high:.{digits}f}]"
        return f"{self.value:.{digits}f}{interval}"

    def plain(self) -> dict[str, float | None]:
        """As JSON holds it."""
        values: dict[str, Any] = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if np.isnan(value) else round(float(value), 6) for name, value in values.items()}


def draws(clusters: Array, *, rounds: int = ROUNDS, seed: int = SEED) -> Array:
    """How often each ad counts in each round, shape (rounds, n); ads of one cluster count alike."""
    numbers = np.unique(clusters, return_inverse=True)[1]
    size = int(numbers.max()) + 1 if len(numbers) else 0
    drawn = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=rounds)
    return drawn[:, numbers].astype(np.float64)


def figure(value: Any, over_rounds: Array) -> Figure:
    """A figure with the interval of its values over the rounds; none where it is undefined in most of them. Where
    nearly all rounds lie on one side of the figure the correction overshoots: the interval then ends at the figure."""
    held = over_rounds[~np.isnan(over_rounds)]
    if np.isnan(value) or len(held) < _LEAST * len(over_rounds):
        return Figure(float(value), float("nan"), float("nan"))
    below = np.mean(held < value) + np.mean(held == value) / 2
    bias = 2 * ndtri(np.clip(below, 0.5 / len(held), 1 - 0.5 / len(held)))
    low, high = np.quantile(held, ndtr(np.array([bias - _Z, bias + _Z])))
    return Figure(float(value), min(float(low), float(value)), max(float(high), float(value)))

"""From a score to log-odds, as it is used: the standard library alone. Learnt by `models.classifiers.calibration`."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

FAMILIES = ("platt", "beta", "isotonic")
LIMIT = 35.0
"""Log-odds beyond which nothing changes."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A map that never falls. `numbers`: of `platt` slope and intercept (Platt 1999); of `beta` a, b and c in
    `a ln p - b ln(1 - p) + c` with p the logistic function of the score (Kull et al. 2017); of `isotonic` as many
    scores, ascending, and the log-odds there, between which it is straight and outside which it is level.
    """

    family: str
    numbers: tuple[float, ...]

    def __post_init__(self) -> None:
        wanted = {"platt": 2, "beta": 3}.get(self.family)
        fits = len(self.numbers) == wanted if wanted else bool(self.numbers) and len(self.numbers) % 2 == 0
        if self.family not in FAMILIES or not fits or not all(map(math.isfinite, self.numbers)):
            raise ValueError(f"no calibration: {self.family} with {len(self.numbers)} numbers")

    def log_odds(self, score: float) -> float:
        """Calibrated log-odds of a score."""
        if self.family == "platt":
            slope, intercept = self.numbers
            return slope * score + intercept
        if self.family == "beta":
            a, b, c = self.numbers
            return b * softplus(score) - a * softplus(-score) + c
        half = len(self.numbers) // 2
        return _between(self.numbers[:half], self.numbers[half:], score)


def softplus(value: float) -> float:
    """`ln(1 + e^value)`, safe for any number."""
    return max(value, 0.0) + math.log1p(math.exp(-abs(value)))


def sigmoid(value: float) -> float:
    """Logistic function, safe for any number."""
    return 1.0 / (1.0 + math.exp(-max(-LIMIT, min(LIMIT, value))))


def _between(places: Sequence[float], heights: Sequence[float], at: float) -> float:
    after = bisect_right(places, at)
    if after == 0:
        return heights[0]
    if after == len(places):
        return heights[-1]
    share = (at - places[after - 1]) / (places[after] - places[after - 1])
    return heights[after - 1] + share * (heights[after] - heights[after - 1])

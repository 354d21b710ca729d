"""A fitted linear classifier as it is used: tables of numbers, the standard library alone.

What scikit-learn learned is copied out once, when a model is stored; scoring never imports it. Both say the same
(tests/models/test_served.py). An ad has some hundred words: to load numpy takes as long as to score some thirty ads
without it (docs/adr/0006), so only long lists of ads are added up over arrays, to the same digits.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.calibrated import LIMIT, Calibration
from models.features import indicator_features, masked_text
from models.function_words import says_something
from models.reading import Reading
from models.served_text import TextTable
from models.serving import FromLogOdds, left_possible

MANY = 64
"""Ads from which numpy is worth its loading."""
_TELLING = 0.02
"""Log-odds that a word must add to be named as a reason."""
_MARKS = frozenset({"xcontact"})
"""Words that stand for something else."""


@dataclass(frozen=True)
class ServedModel(FromLogOdds):
    """`named[name]` and `intercepts` have a number per target, in the order of `targets`."""

    text: TextTable | None
    named: dict[str, tuple[float, ...]]
    targets: tuple[str, ...]
    intercepts: tuple[float, ...]
    calibrations: dict[str, Calibration]
    prior_shift: float
    """Added to log-odds: from the prevalence of the labels to that of deployment."""
    possible: tuple[float, float]
    """Log-odds of concern before that shift: *yes* is possible from the first on, *no* up to the second
    (`models.classifiers.conformal`).
    """

    def __post_init__(self) -> None:
        lanes = len(self.text.units) - 1 if self.text else len(self.targets)
        if "concern" not in self.targets or {*map(len, self.named.values()), len(self.intercepts), lanes} != {
            len(self.targets)
        }:
            raise ValueError("coefficients do not fit the targets")
        numbers = [*self.intercepts, self.prior_shift, *(number for row in self.named.values() for number in row)]
        if not all(map(math.isfinite, numbers)) or any(map(math.isnan, self.possible)):
            raise ValueError("numbers of the model are not finite")

    @property
    def shift(self) -> float:
        """`prior_shift`."""
        return self.prior_shift

    @property
    def answers(self) -> tuple[str, ...]:
        """`targets`."""
        return self.targets

    def log_odds_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """Of each reading: target → calibrated log-odds at the prevalence of the labels; over arrays where they are
        many.
        """
        if self.text is None:
            return [self._log_odds(reading, None) for reading in readings]
        texts = map(masked_text, readings)
        if len(readings) < MANY:
            found: Iterable[Sequence[float]] = map(self.text.scores, map(self.text.totals, texts))
        else:
            from models.served_batch import scores

            found = scores(self.text, list(texts))
        return [self._log_odds(reading, each) for reading, each in zip(readings, found, strict=True)]

    def answers_left(self, probability: float) -> tuple[bool, bool]:
        """As `models.serving.Served` has it."""
        return left_possible(probability, self.shift, self.possible)

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """Words of this ad that raised the concern score most, with their contribution in log-odds; function words
        (`не`) are left out.
        """
        if self.text is None:
            return []
        told = self.text.contributions(masked_text(reading), self.targets.index("concern"))
        telling = [
            (word, amount)
            for word, amount in told.items()
            if amount > _TELLING and word.upper() != word.lower() and word not in _MARKS and says_something(word)
        ]
        return sorted(telling, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def _log_odds(self, reading: Reading, text: Sequence[float] | None) -> dict[str, float]:
        scores = list(self.intercepts)
        for name, value in indicator_features(reading).items():
            if name in self.named:
                scores = [score + value * each for score, each in zip(scores, self.named[name], strict=True)]
        if text is not None:
            scores = list(map(sum, zip(scores, text, strict=True)))
        return {
            target: max(-LIMIT, min(LIMIT, self.calibrations[target].log_odds(score)))
            for target, score in zip(self.targets, scores, strict=True)
        }

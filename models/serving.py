"""What scoring asks of any stored model, whatever its recipe."""

import math
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import Protocol

from models.calibrated import sigmoid
from models.reading import Reading
from zorya.domain.findings import MODIFIERS, PATTERNS

_SURE = 1e-12


class Served(Protocol):
    """A loaded model."""

    def probabilities(self, reading: Reading) -> dict[str, float]:
        """Calibrated probability of `concern` and of each pattern it knows, at the deployment prevalence."""
        ...

    def probabilities_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """`probabilities` of each, the same digits; cheaper for many."""
        ...

    def answers_left(self, probability: float) -> tuple[bool, bool] | None:
        """Whether *no* and *yes* are possible at this probability of concern (`models.classifiers.conformal`); None
        where the model has no held-out ads to say so.
        """
        ...

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """Words of this ad that raised the score most, with their contribution in log-odds; none where the model
        does not know them.
        """
        ...


class FromLogOdds(ABC):
    """A model that gives calibrated log-odds at the prevalence of its labels."""

    @property
    @abstractmethod
    def shift(self) -> float:
        """Added to log-odds: from the prevalence of the labels to that of deployment."""

    @property
    @abstractmethod
    def answers(self) -> tuple[str, ...]:
        """The targets it has log-odds of, `concern` among them."""

    @abstractmethod
    def log_odds_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """Of each reading: target → calibrated log-odds at the prevalence of the labels."""

    def probabilities_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """Of each reading: target → probability at the deployment prevalence."""
        return [
            {target: sigmoid(value + self.shift) for target, value in odds.items()}
            for odds in self.log_odds_of(readings)
        ]

    def probabilities(self, reading: Reading) -> dict[str, float]:
        """`probabilities_of` one."""
        return self.probabilities_of([reading])[0]

    def answers_left(self, probability: float) -> tuple[bool, bool] | None:
        """As `Served` has it."""
        return None

    @abstractmethod
    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """As `Served` has it."""


def check_targets(targets: Collection[str]) -> None:
    """Raise ValueError unless these are `concern` and patterns, each once: a model answers nothing else."""
    if "concern" not in targets or len(set(targets)) < len(targets) or not set(targets) <= _TARGETS:
        raise ValueError("targets are not `concern` and patterns")


_TARGETS = {"concern", *PATTERNS, *MODIFIERS}


def left_possible(probability: float, shift: float, possible: tuple[float, float]) -> tuple[bool, bool]:
    """Whether *no* and *yes* are possible. `possible`: log-odds before the shift, from which on *yes* is and up to
    which *no* is.
    """
    sure = min(max(probability, _SURE), 1 - _SURE)
    odds = math.log(sure / (1 - sure)) - shift
    yes_from, no_to = possible
    return odds <= no_to, odds >= yes_from

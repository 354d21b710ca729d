"""What scoring asks of any stored model, whatever its recipe."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import Protocol

from models.calibrated import sigmoid
from models.reading import Reading
from zorya.domain.findings import MODIFIERS, PATTERNS


class Served(Protocol):
    """A loaded model."""

    def probabilities(self, reading: Reading) -> dict[str, float]:
        """Calibrated probability of `concern` and of each pattern it knows, at the deployment prevalence."""
        ...

    def probabilities_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """`probabilities` of each, the same digits; cheaper for many."""
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

    @abstractmethod
    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """As `Served` has it."""


def check_targets(targets: Collection[str]) -> None:
    """Raise ValueError unless these are `concern` and patterns, each once: a model answers nothing else."""
    if "concern" not in targets or len(set(targets)) < len(targets) or not set(targets) <= _TARGETS:
        raise ValueError("targets are not `concern` and patterns")


_TARGETS = {"concern", *PATTERNS, *MODIFIERS}

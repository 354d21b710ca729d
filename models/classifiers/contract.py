"""The contract of recipes and baselines, in training and in evaluation."""

from collections.abc import Sequence
from typing import Protocol

from models.examples import Array, Example
from models.reading import Reading


class Fitted(Protocol):
    """A classifier that has learnt."""

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Target → calibrated probability per reading, shape (n,), at the deployment prevalence; always `concern`."""
        ...


class Classifier(Protocol):
    """A way to learn. Fitting is deterministic: same examples in the same order, same probabilities."""

    @property
    def name(self) -> str:
        """As reports print it: the recipe's or the baseline's name."""
        ...

    def fit(self, examples: Sequence[Example]) -> Fitted:
        """Learn from examples (labels, weights and groups are theirs); raises ModelError where they cannot teach it."""
        ...

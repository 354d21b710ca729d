"""Labelled ads as they were read: what a classifier learns from and is measured on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.features import fact_features, masked_text
from models.reading import Reading, read
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.labelled import LabelledAd

Array = np.ndarray[Any, np.dtype[np.float64]]
TARGETS = ("concern", *PATTERNS, *MODIFIERS)
"""What a model gives a probability of; the first is the score."""


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled ad and its reading."""

    ad: LabelledAd
    reading: Reading
    _made: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was made of the reading: once, however often it is learnt from and under whatever label
    (`dataclasses.replace`)."""

    @property
    def text(self) -> str:
        """`models.features.masked_text` of the reading."""
        return str(self._once("text", masked_text))

    @property
    def fact_features(self) -> dict[str, float]:
        """`models.features.fact_features` of the reading."""
        return dict(self._once("facts", fact_features))

    def _once(self, name: str, make: Callable[[Reading], Any]) -> Any:
        if name not in self._made:
            self._made[name] = make(self.reading)
        return self._made[name]

    def truth(self, target: str) -> bool:
        """Whether a person found the target in the ad."""
        return self.ad.is_concern if target == "concern" else target in self.ad.patterns


def read_examples(ads: Iterable[LabelledAd]) -> list[Example]:
    """Read every ad once, in order (about 3 ms each)."""
    return [Example(ad, read(ad.posting())) for ad in ads]


def truths(examples: Iterable[Example], target: str) -> Array:
    """0 or 1 per example, shape (n,)."""
    return np.array([float(example.truth(target)) for example in examples])


def weights_of(examples: Iterable[Example]) -> Array:
    """How much each label counts, shape (n,), in (0, 1]."""
    return np.array([example.ad.weight for example in examples])

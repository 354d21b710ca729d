"""A fitted classifier as it is used: arrays and term lists, numpy alone.

What scikit-learn learned is copied out once, when a model is stored; scoring never imports it. Both say the same
(tests/models/test_served.py).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from models.features import indicator_features, masked_text
from models.reading import Reading

WORD = r"[^\W\d_][\w']+"
"""A word of the word block."""
_WORD = re.compile(WORD)
Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Terms:
    """One block of n-grams: terms in the order of their columns, their inverse document frequency, their lengths."""

    terms: tuple[str, ...]
    idf: Array
    ngrams: tuple[int, int]

    @cached_property
    def columns(self) -> dict[str, int]:
        """Term → column."""
        return dict(zip(self.terms, range(len(self.terms)), strict=True))

    def weigh(self, found: Iterable[str]) -> dict[int, float]:
        """Column → sublinear tf-idf of the terms found, of Euclidean length 1 together."""
        known = self.columns
        counts = Counter(known[term] for term in found if term in known)
        weights = {column: (1.0 + math.log(count)) * float(self.idf[column]) for column, count in counts.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        return {column: weight / length for column, weight in weights.items()}


@dataclass(frozen=True)
class ServedModel:
    """Blocks of columns in this order: letters, words, named features. `coefficients` has a row per column and a column
    per target.
    """

    chars: Terms
    words: Terms
    named: tuple[str, ...]
    weights: dict[str, float]
    targets: tuple[str, ...]
    coefficients: Array
    intercepts: Array
    calibrations: dict[str, tuple[float, float]]
    """Slope and intercept of each target's logistic map from score to probability."""
    prior_shift: float
    _named_columns: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first = len(self.chars.terms) + len(self.words.terms)
        object.__setattr__(self, "_named_columns", {name: first + place for place, name in enumerate(self.named)})

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Calibrated probability of each target, one per ad."""
        scores = np.array([self._scores(reading) for reading in readings]).reshape(len(readings), len(self.targets))
        result: dict[str, Array] = {}
        for place, target in enumerate(self.targets):
            slope, intercept = self.calibrations[target]
            result[target] = sigmoid(slope * scores[:, place] + intercept + self.prior_shift)
        return result

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """Words and word pairs of this ad that raised the concern score most, with their contribution in log-odds."""
        offset, concern = len(self.chars.terms), self.targets.index("concern")
        told = [
            (
                self.words.terms[column],
                weight * self.weights["text"] * float(self.coefficients[offset + column, concern]),
            )
            for column, weight in self.words.weigh(_word_ngrams(masked_text(reading), self.words.ngrams)).items()
        ]
        return sorted((pair for pair in told if pair[1] > 0.02), key=lambda pair: (-pair[1], pair[0]))[:limit]

    def _scores(self, reading: Reading) -> Array:
        """Score of each target before calibration."""
        text, of_text, offset = masked_text(reading), self.weights["text"], len(self.chars.terms)
        row = {column: of_text * w for column, w in self.chars.weigh(_char_ngrams(text, self.chars.ngrams)).items()}
        words = self.words.weigh(_word_ngrams(text, self.words.ngrams))
        row |= {offset + column: of_text * weight for column, weight in words.items()}
        for name, value in indicator_features(reading).items():
            if name in self._named_columns:
                row[self._named_columns[name]] = self.weights["indicators"] * value
        values = np.fromiter(row.values(), dtype=np.float64, count=len(row))
        return np.asarray(values @ self.coefficients[list(row)] + self.intercepts)


def sigmoid(value: Array) -> Array:
    """Logistic function, safe for any number."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(value, -35, 35))))


def _char_ngrams(text: str, lengths: tuple[int, int]) -> Iterator[str]:
    """Letter sequences inside words, a space standing for their edges; of scikit-learn's `char_wb`."""
    for word in text.lower().split():
        edged = f" {word} "
        for length in range(lengths[0], lengths[1] + 1):
            yield edged[:length]
            for start in range(1, len(edged) - length + 1):
                yield edged[start : start + length]
            if len(edged) <= length:
                break  # a short word counts once


def _word_ngrams(text: str, lengths: tuple[int, int]) -> Iterator[str]:
    words = _WORD.findall(text.lower())
    for length in range(lengths[0], lengths[1] + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])

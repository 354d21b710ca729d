"""A fitted classifier as it is used: rows of numbers and term lists, the standard library alone.

What scikit-learn learned is copied out once, when a model is stored; scoring never imports it. Both say the same
(tests/models/test_served.py). An ad has some hundred terms: to load numpy takes as long as to score some thirty ads
without it (docs/adr/0006), and a sum in a fixed order gives the same digits on every machine.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from operator import itemgetter, mul

from models.features import indicator_features, masked_text
from models.function_words import says_something
from models.reading import Reading

WORD = r"[^\W\d_][\w']+"
"""A word of the word block."""
_WORD = re.compile(WORD)
_WORDS_KEPT = 1 << 14
"""Words whose letter sequences are remembered."""


@dataclass(frozen=True)
class Terms:
    """One block of n-grams: terms in the order of their columns, their inverse document frequency, their lengths."""

    terms: tuple[str, ...]
    idf: Sequence[float]
    ngrams: tuple[int, int]

    @cached_property
    def columns(self) -> dict[str, int]:
        """Term → column."""
        return dict(zip(self.terms, range(len(self.terms)), strict=True))

    def weigh(self, found: Iterable[int]) -> dict[int, float]:
        """Column → sublinear tf-idf of the columns found, of Euclidean length 1 together."""
        idf = self.idf
        weights = {
            column: idf[column] if count == 1 else (1.0 + math.log(count)) * idf[column]
            for column, count in Counter(found).items()
        }
        length = math.sqrt(sum(map(mul, weights.values(), weights.values())))
        return {column: weight / length for column, weight in weights.items()}

    def in_letters(self, text: str) -> Iterator[int]:
        """Columns of the letter sequences of a text."""
        return chain.from_iterable(map(self._letters_of, text.lower().split()))

    def in_words(self, text: str) -> Iterator[int]:
        """Columns of the words and word sequences of a text."""
        known = self.columns
        return (known[term] for term in _word_ngrams(text, self.ngrams) if term in known)

    @cached_property
    def _letters_of(self) -> Callable[[str], tuple[int, ...]]:
        known, lengths = self.columns, self.ngrams

        @lru_cache(_WORDS_KEPT)
        def columns(word: str) -> tuple[int, ...]:
            return tuple(known[term] for term in _char_ngrams(word, lengths) if term in known)

        return columns


@dataclass(frozen=True)
class ServedModel:
    """Blocks of columns in this order: letters, words, named features. `coefficients` has a row per target, in it a
    number per column.
    """

    chars: Terms
    words: Terms
    named: tuple[str, ...]
    weights: dict[str, float]
    targets: tuple[str, ...]
    coefficients: tuple[Sequence[float], ...]
    intercepts: tuple[float, ...]
    calibrations: dict[str, tuple[float, float]]
    """Slope and intercept of each target's logistic map from score to probability."""
    prior_shift: float
    _named_columns: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        first = len(self.chars.terms) + len(self.words.terms)
        object.__setattr__(self, "_named_columns", {name: first + place for place, name in enumerate(self.named)})

    def probabilities(self, reading: Reading) -> dict[str, float]:
        """Calibrated probability of each target."""
        result: dict[str, float] = {}
        for target, score in zip(self.targets, self._scores(reading), strict=True):
            slope, intercept = self.calibrations[target]
            result[target] = sigmoid(slope * score + intercept + self.prior_shift)
        return result

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """Words and word pairs of this ad that raised the concern score most, with their contribution in log-odds;
        those of function words alone (`не`) are left out.
        """
        offset, concern = len(self.chars.terms), self.coefficients[self.targets.index("concern")]
        told = [
            (self.words.terms[column], weight * self.weights["text"] * concern[offset + column])
            for column, weight in self.words.weigh(self.words.in_words(masked_text(reading))).items()
        ]
        telling = [(term, amount) for term, amount in told if amount > 0.02 and says_something(term)]
        return sorted(telling, key=lambda pair: (-pair[1], pair[0]))[:limit]

    def _scores(self, reading: Reading) -> list[float]:
        """Score of each target before calibration."""
        text, of_text, offset = masked_text(reading), self.weights["text"], len(self.chars.terms)
        row = {column: of_text * weight for column, weight in self.chars.weigh(self.chars.in_letters(text)).items()}
        words = self.words.weigh(self.words.in_words(text))
        row |= {offset + column: of_text * weight for column, weight in words.items()}
        for name, value in indicator_features(reading).items():
            if name in self._named_columns:
                row[self._named_columns[name]] = self.weights["indicators"] * value
        values = tuple(row.values())
        pick = itemgetter(*row) if len(row) > 1 else lambda numbers: [numbers[column] for column in row]
        return [
            sum(map(mul, values, pick(numbers)), intercept)
            for numbers, intercept in zip(self.coefficients, self.intercepts, strict=True)
        ]


def sigmoid(value: float) -> float:
    """Logistic function, safe for any number."""
    return 1.0 / (1.0 + math.exp(-max(-35.0, min(35.0, value))))


def _char_ngrams(word: str, lengths: tuple[int, int]) -> Iterator[str]:
    """Letter sequences of a word, a space standing for its edges; of scikit-learn's `char_wb`."""
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

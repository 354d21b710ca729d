"""How far two partitions agree, on all ads or on the pairs that touch some of them.

Pairwise precision and recall count pairs of ads in one campaign. A part of the ads is judged by the pairs with at
least one of its ads in them: a merge with a stranger outside the part counts against it.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence, Set
from dataclasses import dataclass
from importlib import import_module
from typing import Any

Partition = Mapping[str, Hashable]
"""Ad → the campaign it is in."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs that are together in truth, in what was found, and in both."""

    true: int
    found: int
    both: int

    def __sub__(self, other: "Pairs") -> "Pairs":
        return Pairs(self.true - other.true, self.found - other.found, self.both - other.both)

    @property
    def precision(self) -> float:
        """1 where nothing was found."""
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """1 where there was nothing to find."""
        return self.both / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def pairs(truth: Partition, found: Partition, among: Set[str] | None = None) -> Pairs:
    """Pairs among the ads given, or all of them."""
    ads = truth.keys() if among is None else among
    cells = Counter((truth[ad], found[ad]) for ad in ads)
    rows, columns = Counter[Hashable](), Counter[Hashable]()
    for (row, column), count in cells.items():
        rows[row] += count
        columns[column] += count
    return Pairs(_pairs_within(rows), _pairs_within(columns), _pairs_within(cells))


def pairs_touching(truth: Partition, found: Partition, part: Set[str]) -> Pairs:
    """Pairs of which at least one ad is of the part."""
    return pairs(truth, found) - pairs(truth, found, truth.keys() - part)


def pairs_across(truth: Partition, found: Partition, side: Mapping[str, str]) -> Pairs:
    """Pairs of ads of two different sides (languages)."""
    left = pairs(truth, found)
    for name in set(side.values()):
        left -= pairs(truth, found, {ad for ad in truth if side[ad] == name})
    return left


def rand_and_v(truth: Partition, found: Partition, ads: Sequence[str]) -> tuple[float, float]:
    """Adjusted Rand index and V-measure of the ads given (scikit-learn's)."""
    metrics: Any = import_module("sklearn.metrics")
    one, other = [str(truth[ad]) for ad in ads], [str(found[ad]) for ad in ads]
    return float(metrics.adjusted_rand_score(one, other)), float(metrics.v_measure_score(one, other))


def _pairs_within(counts: Mapping[Any, int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts.values())

"""The numpy alignment is the best one: it scores what a plain dynamic program over all alignments scores."""

from functools import cache

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.campaigns.alignment import align

_OPEN, _EXTEND = 10, 3
_WAYS = ("pair", "down", "right")
_NEVER = -(10**6)
_SEQUENCE = st.lists(st.integers(0, 4), max_size=7)


def _gap(length: int) -> int:
    return -(_OPEN + _EXTEND * (length - 1)) if length else 0


def _best(scores: list[list[int]], other: list[int]) -> int:
    """Highest score of any alignment, by definition: after each pair a gap of any length in either sequence."""

    @cache
    def score(i: int, j: int, last: str) -> int:
        if i == j == 0:
            return 0
        if last == "pair":
            before = [score(i - 1, j - 1, way) for way in _WAYS] if i and j else [_NEVER]
            return max(before) + (scores[i - 1][other[j - 1]] if i and j else 0)
        others = [way for way in _WAYS if way != last]
        steps = [(k, 0) for k in range(1, i + 1)] if last == "down" else [(0, k) for k in range(1, j + 1)]
        return max((_gap(a + b) + score(i - a, j - b, way) for a, b in steps for way in others), default=_NEVER)

    return max(score(len(scores), len(other), way) for way in _WAYS)


def _scored(scores: list[list[int]], other: list[int], path: list[int]) -> int:
    """Score of one alignment; a gap in one sequence may follow a gap in the other."""
    total, at, down = 0, 0, 0
    for row, beside in enumerate([*path, len(other)]):
        if row < len(path) and beside < 0:
            down += 1
            continue
        total += _gap(down) + _gap(beside - at)
        if row < len(path):
            total += scores[row][other[beside]]
        at, down = beside + 1, 0
    return total


@given(_SEQUENCE, st.lists(_SEQUENCE, min_size=1, max_size=4), st.integers(0, 9))
def test_no_alignment_scores_more(one: list[int], others: list[list[int]], seed: int) -> None:
    table = np.random.default_rng(seed).integers(-8, 21, size=(5, 5), dtype=np.int32)
    scores = table[one] if one else np.zeros((0, 5), dtype=np.int32)
    paths = align(scores, [np.array(other, dtype=np.int32) for other in others])
    for other, path in zip(others, paths, strict=True):
        assert _scored(scores.tolist(), other, path) == _best(scores.tolist(), other)

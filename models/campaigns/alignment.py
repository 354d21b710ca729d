"""Alignment of many token sequences to one, in numpy: global, with affine gaps (Gotoh 1982).

Row by row over the one sequence, for all others at once: horizontal gaps are a running maximum, so that no Python loop
runs over pairs of tokens. Integer scores: the same input gives the same alignment on every machine.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

Ints = np.ndarray[Any, np.dtype[np.int32]]
Flags = np.ndarray[Any, np.dtype[np.uint8]]

_OPEN, _EXTEND = 10, 3
"""Cost of the first token of a gap and of each further one; scores of tokens are on the same scale."""
_CELLS = 1 << 24
"""Cells of the table held at once; the others wait in batches."""
_DOWN, _RIGHT, _DOWN_ON, _RIGHT_ON = 1, 2, 4, 8
_LOWEST = np.int32(-(1 << 29))


def align(scores: Ints, others: Sequence[Ints]) -> list[list[int]]:
    """For each other sequence: per token of the one the position beside it, -1 where there is a gap.

    Tokens of the others are codes; `scores[i, code]` says what token i of the one is worth beside that code. Positions
    rise; tokens of the other that stand beside nothing are insertions.
    """
    found: list[list[int]] = []
    widest = max((len(other) for other in others), default=0)
    batch = max(1, _CELLS // ((len(scores) + 1) * (widest + 1)))
    for start in range(0, len(others), batch):
        part = others[start : start + batch]
        steps = _table(scores, part)
        found += [_path(steps[:, row], len(scores), len(other)) for row, other in enumerate(part)]
    return found


def _table(scores: Ints, others: Sequence[Ints]) -> Flags:
    """Steps of the best alignments: [token of the one + 1, other, token of other + 1]."""
    width = max(len(other) for other in others)
    codes = np.zeros((len(others), width), dtype=np.int32)
    for row, other in enumerate(others):
        codes[row, : len(other)] = other
    ramp = np.arange(width + 1, dtype=np.int32) * _EXTEND
    steps = np.zeros((len(scores) + 1, len(others), width + 1), dtype=np.uint8)
    steps[0, :, 1:] = _RIGHT
    steps[0, :, 2:] |= _RIGHT_ON
    best = np.repeat((_EXTEND - _OPEN - ramp)[None, :], len(others), axis=0)
    best[:, 0] = 0
    down = np.full_like(best, _LOWEST)
    for at, row_scores in enumerate(scores):
        opened, going = best - _OPEN, down - _EXTEND
        down = np.maximum(opened, going)
        diagonal = best[:, :-1] + row_scores[codes]
        beside = down.copy()
        np.maximum(diagonal, down[:, 1:], out=beside[:, 1:])
        right, right_on = _right(beside, ramp)
        best = np.maximum(beside, right)
        step = np.where(going > opened, _DOWN_ON, 0).astype(np.uint8)
        step |= np.where(right_on, _RIGHT_ON, 0).astype(np.uint8)
        step |= np.where(right >= beside, _RIGHT, 0).astype(np.uint8)
        step[:, 1:] |= np.where((right < beside)[:, 1:] & (diagonal <= down[:, 1:]), _DOWN, 0).astype(np.uint8)
        steps[at + 1] = step
    return steps


def _right(beside: Ints, ramp: Ints) -> tuple[Ints, np.ndarray[Any, np.dtype[np.bool_]]]:
    """Best score of ending in a horizontal gap, and whether it began before the cell to the left."""
    right = np.full_like(beside, _LOWEST)
    right[:, 1:] = np.maximum.accumulate(beside + ramp, axis=1)[:, :-1] - _OPEN - ramp[:-1]
    on = np.zeros(beside.shape, dtype=np.bool_)
    on[:, 1:] = right[:, 1:] > beside[:, :-1] - _OPEN
    return right, on


def _path(steps: Flags, tall: int, wide: int) -> list[int]:
    """Per token of the one sequence the position beside it, read back from the last cell."""
    beside = [-1] * tall
    row, column, gap = tall, wide, 0
    while row or column:
        step = steps.item(row, column)
        gap = gap or step & (_DOWN | _RIGHT)
        if gap == _DOWN or not column:
            row -= 1
            gap = _DOWN if step & _DOWN_ON else 0
        elif gap == _RIGHT:
            column -= 1
            gap = _RIGHT if step & _RIGHT_ON else 0
        else:
            row, column = row - 1, column - 1
            beside[row] = column
    return beside

"""Many ads at a time: the sums of `models.served_text`, over arrays. The same whole numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.grams_batch import Counts, found_in
from models.served_text import TextTable

_CHUNK = 200
"""Ads at a time: what is made of them stays in the processor's cache."""


def totals(table: TextTable, texts: Sequence[str]) -> Counts:
    """`table.totals` of each masked text, shape (ads, lanes). No slot is out of bounds; to clip saves the check."""
    sums = np.zeros((len(texts), len(table.units)), np.int64)
    for at in range(0, len(texts), _CHUNK):
        for sort in found_in(texts[at : at + _CHUNK], table.letters):
            sums[at : at + _CHUNK] += _segments(table.by_slot.take(sort.slots, axis=0, mode="clip"), sort.counts)
    return sums


def scores(table: TextTable, texts: Sequence[str]) -> list[list[float]]:
    """`table.scores(table.totals(text))` of each masked text: the same operations, the same digits."""
    sums, units = totals(table, texts), np.array(table.units)
    lengths = np.sqrt(np.maximum(sums[:, :1], 0) * units[0])
    found: list[list[float]] = np.divide(
        sums[:, 1:] * units[1:], lengths, out=np.zeros((len(sums), len(units) - 1)), where=lengths > 0
    ).tolist()
    return found


def _segments(values: Any, counts: Counts) -> Counts:
    """Sums of so many rows after another, a row for each of `counts`."""
    sums = np.zeros((len(counts), values.shape[1]), np.int64)
    filled = counts > 0
    if len(values):
        sums[filled] = np.add.reduceat(values, (np.cumsum(counts) - counts)[filled], axis=0, dtype=np.int64)
    return sums

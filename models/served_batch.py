"""Many ads at a time: the sums of `models.served_text`, over arrays. The same whole numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.grams import SLOTS
from models.grams_batch import Counts, found_in
from models.served_text import TextTable

_CHUNK = 200
"""Ads at a time: what is made of them stays in the processor's cache."""


def totals(table: TextTable, texts: Sequence[str]) -> Counts:
    """`table.totals` of each masked text, shape (ads, lanes)."""
    lanes = np.frombuffer(table.table, "<i4").reshape(len(table.units), SLOTS)
    sums = np.zeros((len(texts), len(lanes)), np.int64)
    for at in range(0, len(texts), _CHUNK):
        found = found_in(texts[at : at + _CHUNK], table.letters)
        for sort in found:
            for lane, numbers in enumerate(lanes):
                sums[at : at + _CHUNK, lane] += _segments(numbers.take(sort.slots), sort.counts)
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
    """Sums of so many values after another, shape of `counts`."""
    sums = np.zeros(len(counts), np.int64)
    filled = counts > 0
    if len(values):
        sums[filled] = np.add.reduceat(values, (np.cumsum(counts) - counts)[filled], dtype=np.int64)
    return sums

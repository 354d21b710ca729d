"""The text part of a fitted classifier as it is used: a table of whole numbers, and sums over the words of an ad.

The table has a lane for the squared length of an ad's vector and one for the score of each target; a lane has a number
for each slot (`models.grams`). Whole numbers add up to the same in any order, so one ad at a time in plain Python,
which is all a start may load (docs/adr/0006), and many at a time over arrays (`models.served_batch`) give the same
digits.
"""

import math
import sys
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

from models.grams import SLOTS, pair_slots, word_hash, word_slots, words_of

Totals = tuple[int, ...]
_WORDS_KEPT = 1 << 16
"""Words whose sums are remembered: most words of an ad stood in one before it."""
NUMBER = 4
"""Bytes of a number."""
LARGEST = 1 << 30
"""No number of the table is larger."""


@dataclass(frozen=True)
class TextTable:
    """`letters`: the length of a letter sequence. `table`: of each lane SLOTS numbers, little-endian, signed.
    `units[lane]`: what 1 means there.
    """

    letters: int
    units: tuple[float, ...]
    table: memoryview

    def __post_init__(self) -> None:
        if len(self.table) != SLOTS * len(self.units) * NUMBER:
            raise ValueError(f"a text table of {len(self.table)} bytes does not fit {len(self.units)} lanes")
        if not all(unit > 0 and math.isfinite(unit) for unit in self.units) or not 3 <= self.letters <= 8:
            raise ValueError("units or letters of the text table cannot be")

    def totals(self, text: str) -> Totals:
        """The sum of each lane over the words and pairs of a masked text."""
        known = list(map(self.of_word, words_of(text)))
        if not known:
            return (0,) * len(self.units)
        lanes: list[int] = list(map(sum, zip(*(sums for _, sums in known), strict=True)))
        if len(known) > 1:
            pairs = self._summed(pair_slots([value for value, _ in known]))
            lanes = list(map(sum, zip(lanes, pairs, strict=True)))
        return tuple(lanes)

    def scores(self, totals: Sequence[int]) -> list[float]:
        """The score of each target of an ad with these sums: its vector has the Euclidean length 1."""
        length = math.sqrt(max(0, totals[0]) * self.units[0])
        return [
            total * unit / length if length else 0.0 for total, unit in zip(totals[1:], self.units[1:], strict=True)
        ]

    def contributions(self, text: str, target: int) -> dict[str, float]:
        """What each word of a masked text adds to the score of a target, without its pairs; in order."""
        length = math.sqrt(max(0, self.totals(text)[0]) * self.units[0])
        unit = self.units[target + 1] / length if length else 0.0
        return {word: self.of_word(word)[1][target + 1] * unit for word in words_of(text)}

    @cached_property
    def of_word(self) -> Callable[[str], tuple[int, Totals]]:
        """The hash of a word, and the sum of each lane over it."""
        letters, summed = self.letters, self._summed

        @lru_cache(_WORDS_KEPT)
        def known(word: str) -> tuple[int, Totals]:
            return word_hash(word), summed(word_slots(word, letters))

        return known

    @cached_property
    def by_slot(self) -> Any:
        """The table as an array of shape (SLOTS, lanes), for `models.served_batch`: the numbers of a slot lie side by
        side, so that one access to memory brings them all.
        """
        import numpy as np

        return np.ascontiguousarray(np.frombuffer(self.table, "<i4").reshape(len(self.units), SLOTS).T)

    def _summed(self, slots: Sequence[int]) -> Totals:
        if len(slots) == 1:
            return tuple(lane[slots[0]] for lane in self._lanes)
        pick = itemgetter(*slots)
        return tuple(sum(pick(lane)) for lane in self._lanes)

    @cached_property
    def _lanes(self) -> Sequence[Sequence[int]]:
        if sys.byteorder == "big":
            swapped = array("i", self.table.tobytes())
            swapped.byteswap()
            numbers: memoryview[int] = memoryview(swapped)
        else:
            numbers = self.table.cast("i")
        return [numbers[at : at + SLOTS] for at in range(0, len(numbers), SLOTS)]

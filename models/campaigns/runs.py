"""Arrays that grow, and an index in sorted runs: eight bytes an entry, whatever has been added before.

A run is a sorted array of 64-bit words: 40 bits of a hash, 24 of a number. Runs are merged when the older is less than
four times the newer, so that a look-up visits few and an entry is moved a logarithmic number of times (O'Neil et al.,
The Log-Structured Merge-Tree, 1996). Forty bits are not the whole hash: whoever asks compares what it finds.
"""

from typing import Any

import numpy as np

from models.campaigns.sketch import Ints, Words64, ragged

MOST = 1 << 24
"""Numbers that fit beside a hash."""
_NUMBER = np.uint64(MOST - 1)
_RATIO = 4
_SPARE = 16
"""One part in so many is kept free, so that few additions move an array."""


class Column:
    """Rows of one kind, numbered as added."""

    def __init__(self, kind: Any, width: int | None = None) -> None:
        self._rows = np.zeros((0,) if width is None else (0, width), dtype=kind)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> Any:
        """All rows; writing into them changes the column."""
        return self._rows[: self._count]

    @property
    def nbytes(self) -> int:
        """Bytes held, those kept free too."""
        return self._rows.nbytes

    def add(self, rows: Any) -> None:
        """Add rows at the end."""
        count = self._count + len(rows)
        if count > len(self._rows):
            grown = np.zeros((count + count // _SPARE, *self._rows.shape[1:]), dtype=self._rows.dtype)
            grown[: self._count] = self.rows
            self._rows = grown
        self._rows[self._count : count] = rows
        self._count = count


class Runs:
    """Hash → the numbers that were filed under it."""

    def __init__(self) -> None:
        self._runs: list[Words64] = []

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(run.nbytes for run in self._runs)

    def add(self, hashes: Words64, numbers: Ints) -> None:
        """File numbers under hashes, both of one length."""
        if not len(hashes):
            return
        self._runs.append(np.sort((hashes & ~_NUMBER) | numbers.astype(np.uint64)))
        while len(self._runs) > 1 and len(self._runs[-2]) < _RATIO * len(self._runs[-1]):
            last = self._runs.pop()
            self._runs[-1] = np.concatenate([self._runs[-1], last])
            self._runs[-1].sort()

    def counts(self, hashes: Words64) -> Ints:
        """How many entries each of some hashes (best in order) has."""
        found = np.zeros(len(hashes), dtype=np.int64)
        for run in self._runs:
            starts, ends = _within(run, hashes)
            found += ends - starts
        return found

    def under(self, hashes: Words64) -> tuple[Ints, Ints]:
        """(position among the hashes, number) of every entry under some hashes, or under others that begin alike."""
        which, numbers = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        order = np.argsort(hashes)
        ordered = hashes[order]
        for run in self._runs:
            starts, ends = _within(run, ordered)
            which.append(np.repeat(order, ends - starts))
            numbers.append((run[ragged(starts, ends - starts)] & _NUMBER).astype(np.int64))
        return np.concatenate(which), np.concatenate(numbers)


def _within(run: Words64, hashes: Words64) -> tuple[Ints, Ints]:
    """Where the entries under each of some hashes (quickest in order) begin and end; most have none."""
    prefixes = hashes & ~_NUMBER
    starts = np.searchsorted(run, prefixes)
    ends = starts.copy()
    hit = np.flatnonzero(run[np.minimum(starts, len(run) - 1)] & ~_NUMBER == prefixes)
    ends[hit] = np.searchsorted(run, prefixes[hit] | _NUMBER, side="right")
    return starts, ends

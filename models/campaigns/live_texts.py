"""The distinct texts of a live index in arrays: found by rank, by band and by segment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.campaigns.alike import compared
from models.campaigns.boilerplate import Wholes
from models.campaigns.edges import NEAR_TEXT, REFERENCES
from models.campaigns.live_segments import LiveSegments
from models.campaigns.runs import Column, Runs
from models.campaigns.sketch import BANDS, BUCKETS, MIN_SHINGLES, Flags, Ints, Signature, Words64, mix
from models.campaigns.texts import Own, Sketched, sketched_without

Wordings = Callable[[Ints], Sequence[str]]
"""Numbers of texts → their wordings."""
_BAND_SALT = np.arange(1, BANDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Neighbours:
    """Pairs of texts of one bucket by number: `strong` where they tie, `full` where the bucket has more texts than its
    references."""

    one: Ints
    other: Ints
    strong: Flags
    full: Flags


class LiveTexts:
    """Texts numbered as they came. `wordings` reads texts again: where a segment turns out to be boilerplate."""

    def __init__(self, wordings: Wordings) -> None:
        self._wordings = wordings
        self.ranks, self.signatures = Column(np.uint64), Column(np.uint8, BUCKETS)
        self.sketched, self._percent = Column(np.bool_), Column(np.uint8)
        self._by_rank, self._bands, self._segments = Runs(), Runs(), LiveSegments(self.ranks)
        self._filed = 0

    def __len__(self) -> int:
        return len(self.ranks)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        parts = (self.ranks, *self._own_columns(), self._by_rank, self._bands, self._segments)
        return sum(each.nbytes for each in parts)

    @property
    def boilerplate(self) -> Words64:
        """Segments that were found to be boilerplate, in order."""
        return self._segments.boilerplate

    def numbers_of(self, ranks: Words64) -> Ints:
        """Number of the text of each rank (distinct, ascending), -1 where there is none yet."""
        which, numbers = self._by_rank.under(ranks)
        same = self.ranks.rows[numbers] == ranks[which]
        found = np.full(len(ranks), -1, dtype=np.int64)
        found[which[same]] = numbers[same]
        return found

    def add(self, ranks: Words64, wholes: Wholes, sketched: Sketched) -> Ints:
        """Add texts that are new, sketched without `boilerplate`; gives their numbers."""
        numbers = np.arange(len(self), len(self) + len(ranks))
        self.ranks.add(ranks)
        self._by_rank.add(ranks, numbers)
        for column, fresh in zip(self._own_columns(), _own_rows(sketched), strict=True):
            column.add(fresh)
        self._segments.add(wholes)
        return numbers

    def own(self, numbers: Ints) -> Own:
        """What some texts say of their own."""
        signatures, sketched, percent = (column.rows[numbers] for column in self._own_columns())
        return Own(signatures, sketched, percent / 100, *self._segments.own(numbers))

    def neighbours(self, numbers: Ints) -> Neighbours:
        """The pairs of these texts with those of their buckets whose ties they may change: texts that are near, and
        everybody where a bucket has more than its references."""
        sketched = numbers[self.sketched.rows[numbers]]
        words = self._words(sketched)
        by_band, band_mates = self._bands.under(mix(words + _BAND_SALT).ravel())
        same = self._words(band_mates, by_band % BANDS) == words.ravel()[by_band]
        by_band, band_mates = _distinct(by_band[same], band_mates[same])
        segments, holders = self._segments.own(sketched)
        by_segment, segment_mates = self._segments.under(segments)
        tying = self.sketched.rows[segment_mates]
        by_segment, segment_mates = by_segment[tying], segment_mates[tying]
        buckets = np.concatenate([by_band, words.size + by_segment])
        sources = np.concatenate([by_band // BANDS, holders[by_segment]])
        mates = np.concatenate([band_mates, segment_mates])
        full = np.bincount(buckets, minlength=1)[buckets] > REFERENCES
        pairs, at = np.unique(sources << 32 | mates, return_inverse=True)
        full = np.bincount(at[full], minlength=len(pairs)) > 0
        one, other = sketched[pairs >> 32], pairs & 0xFFFFFFFF
        alike = compared(self.signatures.rows, one, other)
        kept = (full | (alike >= NEAR_TEXT)) & (one != other)
        percent = self._percent.rows
        strong = alike >= np.maximum(percent[one], percent[other]) / 100
        return Neighbours(one[kept], other[kept], strong[kept], full[kept])

    def settle(self) -> Ints:
        """Judge the segments that new texts hold; texts that hold one whose answer is another now are sketched anew.
        Gives their numbers."""
        flipped = self._segments.settle()
        changed = np.unique(self._segments.under(flipped)[1])
        if len(changed):
            self._sketch_anew(changed)
        self._file(np.arange(self._filed, len(self)))
        self._filed = len(self)
        return changed

    def _own_columns(self) -> tuple[Column, Column, Column]:
        return self.signatures, self.sketched, self._percent

    def _words(self, numbers: Ints, bands: Ints | None = None) -> Words64:
        """Bands of some texts, or one band of each."""
        words: Words64 = self.signatures.rows.view("<u8")
        return words[numbers] if bands is None else words[numbers, bands]

    def _file(self, numbers: Ints) -> None:
        sketched = numbers[self.sketched.rows[numbers]]
        self._bands.add(mix(self._words(sketched) + _BAND_SALT).ravel(), np.repeat(sketched, BANDS))

    def _sketch_anew(self, changed: Ints) -> None:
        before = self._words(changed)
        rows = _own_rows(sketched_without(self.boilerplate, self._wordings(changed)))
        for column, fresh in zip(self._own_columns(), rows, strict=True):
            column.rows[changed] = fresh
        moved = (self._words(changed) != before).any(axis=1)
        self._file(changed[moved & (changed < self._filed)])


def _distinct(which: Ints, numbers: Ints) -> tuple[Ints, Ints]:
    """Pairs, each once: a text that was sketched anew may have been filed twice under one band."""
    pairs = np.unique(which << 32 | numbers)
    return pairs >> 32, pairs & 0xFFFFFFFF


def _own_rows(sketched: Sketched) -> tuple[Signature, Flags, Ints]:
    """Signature, whether there is enough to tie by wording, and the bar in percent."""
    percent = np.round(sketched.bars * 100).astype(np.int64)
    return sketched.signatures, sketched.whole >= MIN_SHINGLES, percent

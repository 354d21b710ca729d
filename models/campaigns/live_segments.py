"""The segments of a live index: which texts hold each, and which are boilerplate among all of them.

A segment is judged again only once texts enough have come into its sample for the answer to be another.
"""

import numpy as np

from models.campaigns.boilerplate import MIN_TEXTS, SAMPLE, Wholes, judged
from models.campaigns.runs import Column, Runs
from models.campaigns.sketch import Flags, Ints, Words64, among, ragged

_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)
_MANY = 4 * SAMPLE
"""Texts from which the sample of a segment is kept, so that these need not all be looked at."""


class LiveSegments:
    """Segments of texts numbered as they came; `ranks` are those of the texts."""

    def __init__(self, ranks: Column) -> None:
        self._ranks = ranks
        self._holders, self._held, self._ends = Runs(), Column(np.uint64), Column(np.uint32)
        self._whole, self._phrases = Column(np.uint32), Column(np.uint16)
        self._ends.add([0])
        self._judged, self._lasts, self._common, self._sampled = np.zeros((4, 0), dtype=np.uint64)
        self._bears = np.zeros(0, dtype=np.uint8)
        self._samples = np.zeros((0, SAMPLE), dtype=np.uint32)
        self._settled = 0

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        columns = (self._holders, self._held, self._ends, self._whole, self._phrases)
        arrays = (self._judged, self._lasts, self._common, self._sampled, self._bears, self._samples)
        return sum(each.nbytes for each in (*columns, *arrays))

    @property
    def boilerplate(self) -> Words64:
        """Segments that were found to be boilerplate, in order."""
        return self._common

    def add(self, wholes: Wholes) -> None:
        """Add texts."""
        first = len(self._whole)
        numbers = np.repeat(np.arange(first, first + len(wholes.shingles)), np.diff(wholes.starts))
        self._holders.add(wholes.hashes, numbers)
        self._ends.add(wholes.starts[1:] + len(self._held))
        self._held.add(wholes.hashes)
        self._whole.add(wholes.shingles)
        self._phrases.add(wholes.phrases)

    def own(self, numbers: Ints) -> tuple[Words64, Ints]:
        """Segments of some texts that are no boilerplate, and the place of the text that holds each."""
        segments, holders = self._of(numbers)
        own = ~among(segments, self._common)
        return segments[own], holders[own]

    def under(self, segments: Words64) -> tuple[Ints, Ints]:
        """(place of the segment, text that holds it)."""
        which, holders = self._holders.under(segments)
        held, at = self._of(holders)
        same = np.bincount(at[held == segments[which][at]], minlength=len(holders)) > 0
        return which[same], holders[same]

    def settle(self) -> Words64:
        """Judge the segments that new texts hold; gives those whose answer is another now."""
        fresh, before = np.arange(self._settled, len(self._whole)), self._common
        self._settled = len(self._whole)
        segments, at = self._of(fresh)
        due = self._due(segments, fresh[at])
        if not len(due):
            return due
        which, holders = self._lowest(due)
        texts = np.unique(holders)
        rows, ends = np.searchsorted(texts, holders), np.searchsorted(which, np.arange(len(due)), side="right")
        sizes = np.diff(ends, prepend=0)
        samples = [rows[end - size : end] for end, size in zip(ends.tolist(), sizes.tolist(), strict=True)]
        answers, bears = judged(self._wholes(texts), samples)
        lasts = np.where(sizes == SAMPLE, self._ranks.rows[holders[ends - 1]], _LAST)
        self._remember(due, lasts, answers, bears)
        return np.setxor1d(before, self._common)

    def _due(self, segments: Words64, texts: Ints) -> Words64:
        """Segments to be judged, given the new texts that hold each: such as have texts enough, and whose answer may
        be another for those that are of their sample."""
        at, known = _places(self._judged, segments)
        low = known.copy()
        low[known] = self._ranks.rows[texts[known]] < self._lasts[at[known]]
        self._sample(segments[low], texts[low])
        came = np.bincount(at[low], minlength=len(self._judged))
        due = self._judged[came > self._bears]
        self._bears -= np.minimum(came, self._bears).astype(np.uint8)
        unknown = np.unique(segments[~known])
        return np.union1d(due, unknown[self._holders.counts(unknown) >= MIN_TEXTS])

    def _sample(self, segments: Words64, texts: Ints) -> None:
        """Keep the samples that are kept up to date."""
        at, kept = _places(self._sampled, segments)
        at, texts = at[kept], texts[kept]
        touched = np.unique(at)
        which = np.concatenate([np.repeat(touched, SAMPLE), at])
        texts = np.concatenate([self._samples[touched].ravel().astype(np.int64), texts])
        self._samples[touched] = self._first(which, texts)[1].reshape(-1, SAMPLE)

    def _lowest(self, segments: Words64) -> tuple[Ints, Ints]:
        """(place of the segment, text) of the `SAMPLE` texts of lowest rank under each, in order of rank."""
        _, kept = _places(self._sampled, segments)
        others = np.flatnonzero(~kept)
        which, texts = self.under(segments[others])
        counts = np.bincount(which, minlength=len(others))
        which, texts = self._first(others[which], texts)
        many = others[counts >= _MANY]
        if len(many):
            rows = texts[np.isin(which, many)].reshape(-1, SAMPLE)
            words = np.concatenate([self._sampled, segments[many]])
            order = np.argsort(words)
            self._sampled, self._samples = words[order], np.concatenate([self._samples, rows.astype(np.uint32)])[order]
        sampled = np.flatnonzero(kept)
        known = self._samples[np.searchsorted(self._sampled, segments[sampled])].astype(np.int64)
        return self._first(np.concatenate([which, np.repeat(sampled, SAMPLE)]), np.concatenate([texts, known.ravel()]))

    def _first(self, which: Ints, texts: Ints) -> tuple[Ints, Ints]:
        """Of the texts under each number those of lowest rank, `SAMPLE` at most."""
        order = np.lexsort((self._ranks.rows[texts], which))
        which, texts = which[order], texts[order]
        first = np.arange(len(which)) - np.searchsorted(which, which) < SAMPLE
        return which[first], texts[first]

    def _of(self, numbers: Ints) -> tuple[Words64, Ints]:
        starts, ends = self._ends.rows[numbers].astype(np.int64), self._ends.rows[numbers + 1].astype(np.int64)
        return self._held.rows[ragged(starts, ends - starts)], np.repeat(np.arange(len(numbers)), ends - starts)

    def _wholes(self, numbers: Ints) -> Wholes:
        """Some texts as they stand."""
        segments, holders = self._of(numbers)
        starts = np.searchsorted(holders, np.arange(len(numbers) + 1))
        return Wholes(self._whole.rows[numbers].astype(np.int64), segments, starts, self._phrases.rows[numbers])

    def _remember(self, segments: Words64, lasts: Words64, answers: Flags, bears: Ints) -> None:
        kept = ~among(self._judged, segments)
        words = np.concatenate([self._judged[kept], segments])
        order = np.argsort(words)
        self._judged, self._lasts = words[order], np.concatenate([self._lasts[kept], lasts])[order]
        self._bears = np.concatenate([self._bears[kept], bears.astype(np.uint8)])[order]
        self._common = np.union1d(np.setdiff1d(self._common, segments), segments[answers])


def _places(ordered: Words64, words: Words64) -> tuple[Ints, Flags]:
    """Place of each word among others in order, and whether it is one of them."""
    at = np.minimum(np.searchsorted(ordered, words), max(0, len(ordered) - 1))
    return at, ordered[at] == words if len(ordered) else np.zeros(len(words), dtype=bool)

"""The distinct texts of a live index in arrays: found by rank, by band and by segment, and which segments are
boilerplate among all of them."""

from collections.abc import Callable, Sequence

import numpy as np

from models.campaigns.alike import compared
from models.campaigns.boilerplate import MIN_TEXTS, SAMPLE, Wholes, are_boilerplate
from models.campaigns.edges import NEAR_TEXT, REFERENCES
from models.campaigns.runs import Column, Runs
from models.campaigns.sketch import BANDS, BUCKETS, MIN_SHINGLES, Flags, Ints, Signature, Words64, among, mix, ragged
from models.campaigns.texts import Own, Sketched, sketched_without

Wordings = Callable[[Ints], Sequence[str]]
"""Numbers of texts → their wordings."""
_LAST = np.uint64(0xFFFFFFFFFFFFFFFF)
_BAND_SALT = np.arange(1, BANDS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


class LiveTexts:
    """Texts numbered as they came. `wordings` reads texts again: where a segment turns out to be boilerplate."""

    def __init__(self, wordings: Wordings) -> None:
        self._wordings = wordings
        self.ranks, self.signatures = Column(np.uint64), Column(np.uint8, BUCKETS)
        self._shingles, self._sketched, self._percent = Column(np.uint32), Column(np.bool_), Column(np.uint8)
        self._by_rank, self._bands, self._segments = Runs(), Runs(), Runs()
        self._whole, self._phrases = Column(np.uint32), Column(np.uint16)
        self._held, self._lengths, self._kin = Column(np.uint64), Column(np.uint16), Column(np.uint16)
        self._ends = Column(np.uint64)
        self._ends.add([0])
        self._judged, self._lasts, self._common = np.zeros((3, 0), dtype=np.uint64)
        self._touched: tuple[list[Words64], list[Words64]] = ([], [])
        self._filed = 0

    def __len__(self) -> int:
        return len(self.ranks)

    @property
    def boilerplate(self) -> Words64:
        """Segments that were found to be boilerplate, in order."""
        return self._common

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        held = (self._whole, self._phrases, self._held, self._lengths, self._kin, self._ends)
        columns = (self.ranks, *self._own_columns(), *held)
        judged = self._judged.nbytes + self._lasts.nbytes + self._common.nbytes
        runs = self._by_rank.nbytes + self._bands.nbytes + self._segments.nbytes
        return (
            sum(each.nbytes for each in columns)
            + runs
            + judged
            + sum(each.nbytes for pending in self._touched for each in pending)
        )

    def numbers_of(self, ranks: Words64) -> Ints:
        """Number of the text of each rank (distinct, ascending), -1 where there is none yet."""
        which, numbers = self._by_rank.under(ranks)
        same = self.ranks.rows[numbers] == ranks[which]
        found = np.full(len(ranks), -1, dtype=np.int64)
        found[which[same]] = numbers[same]
        return found

    def add(self, ranks: Words64, wholes: Wholes, sketched: Sketched) -> Ints:
        """Add texts that are new, sketched without `boilerplate`; gives their numbers."""
        rows = _own_rows(sketched)
        numbers = np.arange(len(self), len(self) + len(ranks))
        self.ranks.add(ranks)
        self._by_rank.add(ranks, numbers)
        for column, fresh in zip(self._own_columns(), rows, strict=True):
            column.add(fresh)
        held = np.diff(wholes.starts)
        self._segments.add(wholes.hashes, np.repeat(numbers, held))
        self._ends.add(wholes.starts[1:] + len(self._held))
        for whole, fresh in ((self._whole, wholes.shingles), (self._phrases, wholes.phrases)):
            whole.add(fresh)
        for part, fresh in ((self._held, wholes.hashes), (self._lengths, wholes.lengths), (self._kin, wholes.kin)):
            part.add(fresh)
        self._touched[0].append(wholes.hashes)
        self._touched[1].append(np.repeat(ranks, held))
        return numbers

    def own(self, numbers: Ints) -> Own:
        """What some texts say of their own."""
        signatures, shingles, sketched, percent = (column.rows[numbers] for column in self._own_columns())
        segments, holders = self._own_segments(numbers)
        return Own(signatures, shingles.astype(np.int64), sketched, percent / 100, segments, holders)

    def mates(self, numbers: Ints) -> Ints:
        """These texts, and those of their buckets whose ties they may change: texts that are near, and everybody where
        a bucket has more than its references."""
        sketched = numbers[self._sketched.rows[numbers]]
        words = self._words(sketched)
        by_band, band_mates = self._under(self._bands, mix(words + _BAND_SALT).ravel())
        same = self._words(band_mates)[np.arange(len(band_mates)), by_band % BANDS] == words.ravel()[by_band]
        segments, holders = self._own_segments(sketched)
        by_segment, segment_mates = self._under(self._segments, segments)
        held = self._hold(segment_mates, segments[by_segment])
        sources = np.concatenate([by_band[same] // BANDS, holders[by_segment[held]]])
        bucket = np.concatenate([by_band[same], words.size + by_segment[held]])
        found = np.concatenate([band_mates[same], segment_mates[held]])
        full = np.bincount(bucket, minlength=1)[bucket] > REFERENCES
        near = full | (compared(self.signatures.rows, sketched[sources], found) >= NEAR_TEXT)
        return np.unique(np.concatenate([numbers, found[near]]))

    def _under(self, runs: Runs, keys: Words64) -> tuple[Ints, Ints]:
        """(position of the key, sketched text under it), each once."""
        order = np.argsort(keys)
        which, found = runs.under(keys[order])
        sketched = self._sketched.rows[found]
        pairs = np.unique(order[which[sketched]] << 32 | found[sketched])
        return pairs >> 32, pairs & 0xFFFFFFFF

    def _own_segments(self, numbers: Ints) -> tuple[Words64, Ints]:
        """Segments of some texts that are no boilerplate, and the place of the text that holds each."""
        starts, ends = self._ends.rows[numbers].astype(np.int64), self._ends.rows[numbers + 1].astype(np.int64)
        segments = self._held.rows[ragged(starts, ends - starts)]
        own = ~among(segments, self._common)
        return segments[own], np.repeat(np.arange(len(numbers)), ends - starts)[own]

    def _hold(self, numbers: Ints, segments: Words64) -> Flags:
        """Whether each of these texts has the segment beside it, and not one whose hash begins alike."""
        starts, ends = self._ends.rows[numbers].astype(np.int64), self._ends.rows[numbers + 1].astype(np.int64)
        same = self._held.rows[ragged(starts, ends - starts)] == np.repeat(segments, ends - starts)
        at = np.repeat(np.arange(len(numbers)), ends - starts)
        return np.bincount(at[same], minlength=len(numbers)) > 0

    def settle(self) -> Ints:
        """Judge the segments that new texts hold; texts that hold one whose answer is another now are sketched anew.
        Gives their numbers."""
        before, touched = self._common, self._to_judge()
        changed = np.zeros(0, dtype=np.int64)
        if len(touched):
            self._judge(touched)
            changed = np.unique(self._segments.under(np.setxor1d(before, self._common))[1])
            self._sketch_anew(changed)
        self._file(np.arange(self._filed, len(self)))
        self._filed = len(self)
        return changed

    def _to_judge(self) -> Words64:
        """Segments that stand in texts enough, and in a new one of a rank low enough to be of their sample."""
        segments, ranks = (np.concatenate([np.zeros(0, dtype=np.uint64), *each]) for each in self._touched)
        self._touched = ([], [])
        order = np.lexsort((ranks, segments))
        segments, first = np.unique(segments[order], return_index=True)
        ranks = ranks[order][first]
        at = np.minimum(np.searchsorted(self._judged, segments), max(0, len(self._judged) - 1))
        lasts = np.full(len(segments), _LAST)
        if len(self._judged):
            lasts = np.where(self._judged[at] == segments, self._lasts[at], _LAST)
        open_still = segments[(ranks < lasts) | (lasts == _LAST)]
        enough: Words64 = open_still[self._segments.counts(open_still) >= MIN_TEXTS]
        return enough

    def _own_columns(self) -> tuple[Column, Column, Column, Column]:
        return self.signatures, self._shingles, self._sketched, self._percent

    def _words(self, numbers: Ints) -> Words64:
        words: Words64 = np.ascontiguousarray(self.signatures.rows[numbers]).view("<u8").reshape(-1, BANDS)
        return words

    def _file(self, numbers: Ints) -> None:
        sketched = numbers[self._sketched.rows[numbers]]
        self._bands.add(mix(self._words(sketched) + _BAND_SALT).ravel(), np.repeat(sketched, BANDS))

    def _sketch_anew(self, changed: Ints) -> None:
        before = self._words(changed).copy()
        rows = _own_rows(sketched_without(self._common, self._wordings(changed)))
        for column, fresh in zip(self._own_columns(), rows, strict=True):
            column.rows[changed] = fresh
        moved = (self._words(changed) != before).any(axis=1)
        self._file(changed[moved & (changed < self._filed)])

    def _judge(self, segments: Words64) -> None:
        """Answer anew for these segments."""
        which, holders = self._segments.under(segments)
        order = np.lexsort((self.ranks.rows[holders], which))
        which, holders = which[order], holders[order]
        held = self._hold(holders, segments[which])
        which, holders = which[held], holders[held]
        first = np.arange(len(which)) - np.searchsorted(which, np.arange(len(segments)))[which] < SAMPLE
        texts = np.unique(holders[first])
        rows = np.searchsorted(texts, holders[first])
        wholes = self._wholes(texts)
        ends = np.searchsorted(which[first], np.arange(len(segments)), side="right")
        samples = [rows[end - size : end] for end, size in zip(ends, np.diff(ends, prepend=0), strict=True)]
        answers = are_boilerplate(wholes, samples)
        full = np.diff(ends, prepend=0) == SAMPLE
        lasts = np.where(full, self.ranks.rows[holders[first]][ends - 1], _LAST)
        self._remember(segments, lasts, answers)

    def _wholes(self, numbers: Ints) -> Wholes:
        """Some texts as they stand."""
        starts, ends = self._ends.rows[numbers].astype(np.int64), self._ends.rows[numbers + 1].astype(np.int64)
        at = ragged(starts, ends - starts)
        lengths, bounds = self._lengths.rows[at].astype(np.int64), np.append(0, np.cumsum(ends - starts))
        shingles = self._whole.rows[numbers].astype(np.int64)
        return Wholes(shingles, self._held.rows[at], lengths, self._kin.rows[at], bounds, self._phrases.rows[numbers])

    def _remember(self, segments: Words64, lasts: Words64, answers: Flags) -> None:
        kept = ~np.isin(self._judged, segments)
        judged = np.concatenate([self._judged[kept], segments])
        order = np.argsort(judged)
        self._judged, self._lasts = judged[order], np.concatenate([self._lasts[kept], lasts])[order]
        self._common = np.union1d(np.setdiff1d(self._common, segments), segments[answers])


def _own_rows(sketched: Sketched) -> tuple[Signature, Ints, Flags, Ints]:
    """Signature, shingles, whether there is enough to tie by wording, and the bar in percent."""
    percent = np.round(sketched.bars * 100).astype(np.int64)
    return sketched.signatures, sketched.shingles, sketched.whole >= MIN_SHINGLES, percent

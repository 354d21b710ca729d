"""Near-duplicate text: one-permutation MinHash over character 5-grams of masked wording, in numpy, any script.

A wording is what `models.campaigns.wording` leaves of an ad: segments (sentences, lines), one a line. Shingles never
cross a segment, so that moved sentences cost nothing and a segment can be left out. Signatures are 128 bytes (the
lowest eight bits of each minimum: Li & König 2010), stable across processes (no salted hashes); a band of eight of
them is one 64-bit word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

BUCKETS = 128
BANDS = 16
_SHINGLE = 5
MIN_SHINGLES = 24
"""Shorter texts have too little of their own to be tied by wording."""
_BREAK = "\n"
_CHUNK = 60_000
"""Characters shingled at once: half the time of a million at once, measured."""
_EMPTY, _LARGEST = np.uint32(0xFFFFFFFF), np.uint64(0xFFFFFFFFFFFFFFFF)
_EVERY_BYTE, _TOP_BYTE = np.uint64(0x0101010101010101), np.uint64(56)
"""A word times the first holds the sum of its bytes in the top one."""
_CHANCE = 1 / 256
"""Two bytes of different minima agree this often."""
Signature = np.ndarray[Any, np.dtype[np.uint8]]
_LONGEST = 255
"""Shingles of a segment that its hash counts."""
_KIN_BITS, _KIN, _TAIL = np.uint64(16), np.uint64(0xFFFF), np.uint64(0xFFFFFF)
Words16 = np.ndarray[Any, np.dtype[np.uint16]]
Words64 = np.ndarray[Any, np.dtype[np.uint64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class TextSketch:
    """Signature of one wording (128 bytes) and the number of its shingles."""

    signature: bytes
    shingles: int

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """One key a band, `t:<band>:<hex>`; texts of similarity J share one with probability 1 - (1 - J^8)^16."""
        words = np.frombuffer(self.signature, dtype="<u8")
        return tuple(f"t:{band}:{int(word):016x}" for band, word in enumerate(words))


@dataclass(frozen=True)
class Signatures:
    """Sketches of a batch: `values` n × 128 bytes, `shingles` n counts. Rows under `MIN_SHINGLES` mean nothing."""

    values: Signature
    shingles: Ints

    def one(self, row: int) -> TextSketch | None:
        """The sketch of one row, None when its text is too short to be tied by wording."""
        count = int(self.shingles[row])
        return TextSketch(self.values[row].tobytes(), count) if count >= MIN_SHINGLES else None


@dataclass(frozen=True)
class Shingles:
    """The shingles of a batch of wordings, in order. Every segment has an owner, also one without a shingle."""

    hashes: Words64
    segments: Ints
    """Segment of each shingle, counted through the batch."""
    owners: Ints
    """Wording of each segment."""
    wordings: int

    @cached_property
    def lengths(self) -> Ints:
        """Number of shingles of each segment."""
        return np.bincount(self.segments, minlength=len(self.owners)).astype(np.int64)

    @cached_property
    def least(self) -> Words64:
        """The least shingle of each segment, the largest word for one without a shingle."""
        found = np.full(len(self.owners), _LARGEST)
        some = np.flatnonzero(self.lengths)
        if len(some):
            found[some] = np.minimum.reduceat(self.hashes, (np.cumsum(self.lengths) - self.lengths)[some])
        return found

    @cached_property
    def segment_hashes(self) -> Words64:
        """Hash of each segment, 0 for one without a shingle: 40 bits of all its shingles, 8 of their number, 16 of
        the least (its kin)."""
        sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(self.hashes, dtype=np.uint64)])
        ends = np.cumsum(self.lengths)
        tails = np.minimum(self.lengths, _LONGEST).astype(np.uint64) << _KIN_BITS | self.least & _KIN
        return np.where(self.lengths > 0, mix(sums[ends] - sums[ends - self.lengths]) & ~_TAIL | tails, np.uint64(0))

    @cached_property
    def wording_hashes(self) -> Words64:
        """Hash of each wording: the same whatever the order of its segments."""
        sums = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(mix(self.segment_hashes), dtype=np.uint64)])
        ends = np.searchsorted(self.owners, np.arange(self.wordings), side="right")
        starts = np.searchsorted(self.owners, np.arange(self.wordings), side="left")
        return mix(sums[ends] - sums[starts])

    def sketched(self, keep: np.ndarray[Any, np.dtype[np.bool_]] | None = None) -> Signatures:
        """Signatures of the wordings; `keep` says which segments count (all)."""
        hashes, owners = self.hashes, self.owners[self.segments]
        if keep is not None and not keep.all():
            chosen = keep[self.segments]
            hashes, owners = hashes[chosen], owners[chosen]
        lowest = np.full(self.wordings * BUCKETS, _EMPTY, dtype=np.uint32)
        cells = owners * BUCKETS + (hashes & np.uint64(BUCKETS - 1)).astype(np.int64)
        np.minimum.at(lowest, cells, (hashes >> np.uint64(32)).astype(np.uint32))
        counts = np.bincount(owners, minlength=self.wordings).astype(np.int64)
        return Signatures(_densified(lowest.reshape(-1, BUCKETS)), counts)


def sketch(wording: str) -> TextSketch | None:
    """Sketch of one wording, None when it is too short to be tied by wording."""
    return sketch_texts([wording]).one(0)


def similarity(one: TextSketch, other: TextSketch) -> float:
    """Estimated Jaccard similarity of two wordings' 5-grams, 0 to 1 (standard error at most 0.045)."""
    first, second = (np.frombuffer(each.signature, dtype=np.uint8) for each in (one, other))
    return float(likeness(first, second))


def likeness(ones: Signature, others: Signature) -> Any:
    """Similarity of each row of `ones` with the same row of `others`, corrected for bytes that agree by chance."""
    same = np.ascontiguousarray(ones == others).view(np.uint64)
    sums = np.add.reduce(same, axis=-1, keepdims=True) * _EVERY_BYTE >> _TOP_BYTE
    agree = sums[..., 0].astype(np.int64) / BUCKETS
    return np.maximum(0.0, (agree - _CHANCE) / (1 - _CHANCE))


def sketch_texts(wordings: Sequence[str]) -> Signatures:
    """Sketch a batch; row i belongs to wording i. Rows do not depend on what else is in the batch."""
    parts = [shingle(chunk).sketched() for chunk in chunks(wordings)]
    if not parts:
        return Signatures(np.zeros((0, BUCKETS), dtype=np.uint8), np.zeros(0, dtype=np.int64))
    return Signatures(np.concatenate([p.values for p in parts]), np.concatenate([p.shingles for p in parts]))


def shingle(wordings: Sequence[str]) -> Shingles:
    """Hash every 5-gram of a batch that stands within one segment; one arithmetic pass for the whole batch."""
    joined = f" {_BREAK.join(wordings)}{_BREAK}".replace(_BREAK, f" {_BREAK} ")
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    is_break = codes == ord(_BREAK)
    breaks = np.flatnonzero(is_break)
    whole = np.ones(max(0, len(codes) - _SHINGLE + 1), dtype=bool)
    for offset in range(_SHINGLE):
        at = breaks - offset
        whole[at[(at >= 0) & (at < len(whole))]] = False
    starts = np.flatnonzero(whole)
    hashes = np.zeros(len(whole), dtype=np.uint64)
    for offset in range(_SHINGLE):
        hashes *= np.uint64(0x100000001B3)
        hashes += codes[offset : offset + len(whole)]
    owners = np.repeat(np.arange(len(wordings)), [wording.count(_BREAK) + 1 for wording in wordings])
    return Shingles(mix(hashes[starts]), np.cumsum(is_break)[starts], owners, len(wordings))


def lengths_of(segments: Words64) -> Ints:
    """Shingles of segments by their hashes, `_LONGEST` at most."""
    return (segments >> _KIN_BITS & np.uint64(_LONGEST)).astype(np.int64)


def kin_of(segments: Words64) -> Words16:
    """Kin of segments by their hashes: segments of Jaccard similarity j have the same with probability j (one MinHash,
    Broder 1997)."""
    return (segments & _KIN).astype(np.uint16)


def mix(values: Words64) -> Words64:
    """Finaliser of splitmix64 (Steele, Lea & Flood 2014), a bijection of 64-bit words."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def among(words: Words64, ordered: Words64) -> Flags:
    """Whether each word is one of the others, which are in order."""
    if not len(ordered):
        return np.zeros(len(words), dtype=bool)
    found: Flags = ordered[np.minimum(np.searchsorted(ordered, words), len(ordered) - 1)] == words
    return found


def ragged(starts: Ints, counts: Ints) -> Ints:
    """The numbers `starts[i]` … `starts[i] + counts[i] - 1` of every i, one after the other."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - ends + counts, counts)


def chunks(wordings: Sequence[str]) -> list[Sequence[str]]:
    """The batch in pieces of about `_CHUNK` characters, so that the arrays stay in the processor's cache."""
    ends = np.cumsum([len(wording) + 1 for wording in wordings]) // _CHUNK
    cuts = [0, *(np.flatnonzero(np.diff(ends)) + 1).tolist(), len(wordings)]
    return [wordings[start:end] for start, end in pairwise(cuts) if end > start]


def _densified(minima: np.ndarray[Any, np.dtype[np.uint32]]) -> Signature:
    """Bytes of the minima. Empty buckets are filled from the next full one and its distance (Shrivastava & Li 2014),
    so that short texts compare fairly."""
    full = minima != _EMPTY
    places = np.arange(2 * BUCKETS)
    rightmost = np.where(np.concatenate([full, full], axis=1), places, 2 * BUCKETS - 1)
    nearest = np.minimum.accumulate(rightmost[:, ::-1], axis=1)[:, ::-1][:, :BUCKETS]
    distance = (nearest - places[:BUCKETS]).astype(np.uint64)
    filled = np.take_along_axis(minima, nearest % BUCKETS, axis=1).astype(np.uint64)
    return mix(filled + (distance << np.uint64(32))).astype(np.uint8)

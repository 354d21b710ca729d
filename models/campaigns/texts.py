"""The distinct texts of a set of ads: wording without boilerplate, and who states which organisation with it.

Ads of one wording that state the same organisations are one text, however many they are: a text posted 10^5 times
costs one comparison. Texts are columns of arrays: what is done to one is done to a whole set at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from models.campaigns.boilerplate import MIN_SEGMENT, MIN_TEXTS, SAMPLE, Wholes, are_boilerplate
from models.campaigns.edges import bar
from models.campaigns.sketch import (
    BUCKETS,
    MIN_SHINGLES,
    Flags,
    Floats,
    Ints,
    Shingles,
    Signature,
    TextSketch,
    Words64,
    chunks,
    mix,
    shingle,
)


@dataclass(frozen=True)
class Own:
    """What texts say of their own, row by row: `signatures` without boilerplate (n × 128 bytes), number of `shingles`,
    `sketched` where there is enough to tie by wording, `bars` the similarity that a text demands; `segments` are those
    that are none, each with its row in `holders`, ascending."""

    signatures: Signature
    shingles: Ints
    sketched: Flags
    bars: Floats
    segments: Words64
    holders: Ints

    def sketch(self, row: int) -> TextSketch | None:
        """The sketch of one text, None when it is too short to tie."""
        sketched = bool(self.sketched[row])
        return TextSketch(self.signatures[row].tobytes(), int(self.shingles[row])) if sketched else None


@dataclass(frozen=True, slots=True)
class Text:
    """One text alone: `segments` are hashes of those of at least `MIN_SEGMENT` shingles, ascending, `own` of those that
    are no boilerplate; `sketch` is None when the wording is too short to tie."""

    rank: int
    segments: tuple[int, ...]
    own: tuple[int, ...]
    sketch: TextSketch | None


@dataclass(frozen=True)
class Texts:
    """Texts in order of `ranks`, hashes that no two share in practice. `stated[i]` are the organisations of text i;
    `text_of` gives each ad its text."""

    ranks: Words64
    stated: list[frozenset[str]]
    wholes: Wholes
    own: Own
    text_of: Ints

    def one(self, row: int) -> Text:
        """One of the texts."""
        start, end = self.wholes.starts[row : row + 2].tolist()
        first, last = np.searchsorted(self.own.holders, [row, row + 1]).tolist()
        segments, own = self.wholes.hashes[start:end], self.own.segments[first:last]
        return Text(int(self.ranks[row]), tuple(segments.tolist()), tuple(own.tolist()), self.own.sketch(row))

    @cached_property
    def first(self) -> Ints:
        """The first ad of each text."""
        return np.unique(self.text_of, return_index=True)[1].astype(np.int64)

    @cached_property
    def ads(self) -> list[list[int]]:
        """Ads of each text, ascending."""
        held: list[list[int]] = [[] for _ in self.stated]
        for ad, text in enumerate(self.text_of.tolist()):
            held[text].append(ad)
        return held


def names_hash(organisations: frozenset[str]) -> int:
    """64 bits of the names that an ad states, 0 where it states none."""
    joined = "\x1f".join(sorted(organisations)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(joined, digest_size=8).digest(), "little") if organisations else 0


def ranks_of(wordings: Words64, names: Words64) -> Words64:
    """Rank of each text: a hash of its wording and of the organisations."""
    return np.where(names == 0, wordings, mix(wordings ^ names))


def texts_of(
    wordings: Sequence[str], stated: Sequence[frozenset[str]], boilerplate: frozenset[int] | None = None
) -> Texts:
    """The distinct texts of some ads, by rank; without `boilerplate` it is found among them."""
    hashes, every = wholes_of(wordings)
    names = np.array([names_hash(each) for each in stated], dtype=np.uint64)
    ranks, first, text_of = np.unique(ranks_of(hashes, names), return_index=True, return_inverse=True)
    wholes = every.rows(first)
    common = boilerplate_of(wholes) if boilerplate is None else np.array(sorted(boilerplate), dtype=np.uint64)
    own = own_of(wholes, common, lambda rows: [wordings[first[row]] for row in rows.tolist()])
    return Texts(ranks, [stated[at] for at in first.tolist()], wholes, own, text_of.astype(np.int64))


def wholes_of(wordings: Sequence[str]) -> tuple[Words64, Wholes]:
    """Hash of each wording, and each as it stands."""
    blank = np.zeros(0, dtype=np.int64)
    parts = [_wholes(shingle(chunk)) for chunk in chunks(wordings)]
    if not parts:
        none = Wholes(np.zeros((0, BUCKETS), np.uint8), blank, blank.astype(np.uint64), blank, np.zeros(1, np.int64))
        return blank.astype(np.uint64), none
    counts = np.concatenate([np.diff(part.starts) for _, part in parts])
    whole = Wholes(
        np.concatenate([part.signatures for _, part in parts]),
        np.concatenate([part.shingles for _, part in parts]),
        np.concatenate([part.hashes for _, part in parts]),
        np.concatenate([part.lengths for _, part in parts]),
        np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)]),
    )
    return np.concatenate([hashes for hashes, _ in parts]), whole


def own_of(wholes: Wholes, boilerplate: Words64, wordings: Callable[[Ints], Sequence[str]]) -> Own:
    """Sketch texts without boilerplate (sorted hashes); one that is all boilerplate ties as a whole, and as a copy.
    `wordings` gives those of some rows: only texts with boilerplate are read again."""
    signatures, shingles = wholes.signatures.copy(), wholes.shingles
    left, common = shingles.copy(), np.zeros(len(shingles), dtype=bool)
    owners = np.repeat(np.arange(len(shingles)), np.diff(wholes.starts))
    left_out = np.isin(wholes.hashes, boilerplate)
    footed = np.unique(owners[left_out])
    if len(footed):
        without = sketched_without(boilerplate, wordings(footed))
        signatures[footed], left[footed] = without.signatures, without.shingles
        common[footed] = without.shingles < MIN_SHINGLES
    bars = bar(left, common=common)
    return Own(signatures, left, shingles >= MIN_SHINGLES, bars, wholes.hashes[~left_out], owners[~left_out])


@dataclass(frozen=True)
class Without:
    """Wordings without boilerplate, row by row: the signature, of the whole where too little is left; number of
    `shingles` that are left, and of the whole."""

    signatures: Signature
    shingles: Ints
    whole: Ints


def sketched_without(boilerplate: Words64, wordings: Sequence[str]) -> Without:
    """Sketch wordings without these segments (sorted hashes), in one reading."""
    signatures, left, whole = [np.zeros((0, BUCKETS), dtype=np.uint8)], [], []
    for chunk in chunks(wordings):
        part = shingle(chunk)
        own = part.sketched(~np.isin(part.segment_hashes, boilerplate))
        common = own.shingles < MIN_SHINGLES
        if common.any():
            own.values[common] = part.sketched(common[part.owners]).values[common]
        signatures.append(own.values)
        left.append(own.shingles)
        whole.append(np.bincount(part.owners[part.segments], minlength=part.wordings))
    none = np.zeros(0, dtype=np.int64)
    return Without(np.concatenate(signatures), np.concatenate([none, *left]), np.concatenate([none, *whole]))


def boilerplate_of(wholes: Wholes) -> Words64:
    """Hashes of the segments that are boilerplate in this set of texts, which must be in order of rank; sorted."""
    order = np.argsort(wholes.hashes, kind="stable")
    hashes = wholes.hashes[order]
    starts = np.flatnonzero(np.concatenate([np.ones(min(1, len(hashes)), dtype=bool), hashes[1:] != hashes[:-1]]))
    counts = np.diff(np.append(starts, len(hashes)))
    often = np.flatnonzero(counts >= MIN_TEXTS)
    owners = np.repeat(np.arange(len(wholes.shingles)), np.diff(wholes.starts))[order]
    samples = [owners[at : at + min(count, SAMPLE)] for at, count in zip(starts[often], counts[often], strict=True)]
    common: Words64 = hashes[starts[often[are_boilerplate(wholes, samples)]]]
    return common


def _wholes(part: Shingles) -> tuple[Words64, Wholes]:
    """The hash of each wording of a batch and the wordings as they stand; a segment said twice counts as one."""
    sketched = part.sketched()
    long = np.flatnonzero(part.lengths >= MIN_SEGMENT)
    owners, hashes, lengths = part.owners[long], part.segment_hashes[long], part.lengths[long]
    order = np.lexsort((hashes, owners))
    owners, hashes, lengths = owners[order], hashes[order], lengths[order]
    new = np.concatenate(
        [np.ones(min(1, len(owners)), dtype=bool), (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])]
    )
    at = np.flatnonzero(new)
    lengths = np.add.reduceat(lengths, at) if len(at) else lengths
    counts = np.bincount(owners[at], minlength=part.wordings)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    return part.wording_hashes, Wholes(sketched.values, sketched.shingles, hashes[at], lengths, starts)

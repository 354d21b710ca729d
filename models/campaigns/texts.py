"""The distinct texts of a set of ads: wording without boilerplate, and who states which organisation with it.

Ads of one wording that state the same organisations are one text, however many they are: a text posted 10^5 times
costs one comparison. Texts are columns of arrays: what is done to one is done to a whole set at once.
"""

from collections.abc import Sequence
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
    among,
    chunks,
    lengths_of,
    mix,
    shingle,
)

_LARGEST = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True)
class Own:
    """What texts say of their own, row by row: `signatures` without boilerplate (n × 128 bytes), `sketched` where
    there is enough to tie by wording, `bars` the similarity that a text demands; `segments` are those that are none,
    each with its row in `holders`, ascending."""

    signatures: Signature
    sketched: Flags
    bars: Floats
    segments: Words64
    holders: Ints


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
        signature = self.own.signatures[row].tobytes()
        sketch = TextSketch(signature, int(self.wholes.shingles[row])) if self.own.sketched[row] else None
        return Text(int(self.ranks[row]), tuple(segments.tolist()), tuple(own.tolist()), sketch)

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
    known = np.array(sorted(boilerplate or ()), dtype=np.uint64)
    hashes, every, sketched = read_texts(wordings, known)
    names = np.array([names_hash(each) for each in stated], dtype=np.uint64)
    ranks, first, text_of = np.unique(ranks_of(hashes, names), return_index=True, return_inverse=True)
    wholes, sketched = every.rows(first), sketched.rows(first)
    if boilerplate is None:
        known = boilerplate_of(wholes)
        footed = np.unique(_holders(wholes)[among(wholes.hashes, known)])
        sketched.put(footed, sketched_without(known, [wordings[first[row]] for row in footed.tolist()]))
    own = own_of(wholes, sketched, known)
    return Texts(ranks, [stated[at] for at in first.tolist()], wholes, own, text_of.astype(np.int64))


def read_texts(wordings: Sequence[str], boilerplate: Words64) -> tuple[Words64, Wholes, "Sketched"]:
    """Hash of each wording, each as it stands and sketched without boilerplate (sorted hashes), in one reading."""
    parts = [shingle(chunk) for chunk in chunks(wordings)]
    wholes = _joined([_wholes(part) for part in parts])
    hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *(part.wording_hashes for part in parts)])
    return hashes, wholes, _all([_sketched(part, boilerplate) for part in parts])


def wholes_of(wordings: Sequence[str]) -> Wholes:
    """Each wording as it stands."""
    return _joined([_wholes(shingle(chunk)) for chunk in chunks(wordings)])


@dataclass(frozen=True)
class Sketched:
    """Wordings without boilerplate, row by row: the signature, of the whole where too little is left; number of
    `shingles` that are left, and of the whole."""

    signatures: Signature
    shingles: Ints
    whole: Ints

    def rows(self, chosen: Ints) -> "Sketched":
        """Some of them, in the order asked for."""
        return Sketched(self.signatures[chosen], self.shingles[chosen], self.whole[chosen])

    def put(self, rows: Ints, other: "Sketched") -> None:
        """Take these rows from another, in its order."""
        self.signatures[rows], self.shingles[rows] = other.signatures, other.shingles

    @property
    def bars(self) -> Floats:
        """The similarity that each demands; one that is all boilerplate ties as a copy."""
        bars: Floats = bar(self.shingles, common=(self.shingles < MIN_SHINGLES) & (self.shingles < self.whole))
        return bars


def own_of(wholes: Wholes, sketched: Sketched, boilerplate: Words64) -> Own:
    """What texts say of their own, given them sketched without boilerplate (sorted hashes)."""
    own = ~among(wholes.hashes, boilerplate)
    is_sketched = sketched.whole >= MIN_SHINGLES
    segments, holders = wholes.hashes[own], _holders(wholes)[own]
    return Own(sketched.signatures, is_sketched, sketched.bars, segments, holders)


def sketched_without(boilerplate: Words64, wordings: Sequence[str]) -> Sketched:
    """Sketch wordings without these segments (sorted hashes), in one reading."""
    return _all([_sketched(shingle(chunk), boilerplate) for chunk in chunks(wordings)])


def _all(parts: Sequence[Sketched]) -> Sketched:
    none = np.zeros(0, dtype=np.int64)
    return Sketched(
        np.concatenate([np.zeros((0, BUCKETS), dtype=np.uint8), *(part.signatures for part in parts)]),
        np.concatenate([none, *(part.shingles for part in parts)]),
        np.concatenate([none, *(part.whole for part in parts)]),
    )


def _sketched(part: Shingles, boilerplate: Words64) -> Sketched:
    own = part.sketched(~among(part.segment_hashes, boilerplate))
    whole = np.bincount(part.owners, weights=part.lengths, minlength=part.wordings).astype(np.int64)
    little = (own.shingles < MIN_SHINGLES) & (own.shingles < whole)
    if little.any():
        own.values[little] = part.sketched(little[part.owners]).values[little]
    return Sketched(own.values, own.shingles, whole)


def _holders(wholes: Wholes) -> Ints:
    """Row of the text that holds each segment."""
    return np.repeat(np.arange(len(wholes.shingles)), np.diff(wholes.starts))


def boilerplate_of(wholes: Wholes) -> Words64:
    """Hashes of the segments that are boilerplate in this set of texts, which must be in order of rank; sorted."""
    order = np.argsort(wholes.hashes, kind="stable")
    hashes = wholes.hashes[order]
    starts = np.flatnonzero(np.concatenate([np.ones(min(1, len(hashes)), dtype=bool), hashes[1:] != hashes[:-1]]))
    counts = np.diff(np.append(starts, len(hashes)))
    often = np.flatnonzero(counts >= MIN_TEXTS)
    owners = _holders(wholes)[order]
    samples = [owners[at : at + min(count, SAMPLE)] for at, count in zip(starts[often], counts[often], strict=True)]
    common: Words64 = hashes[starts[often[are_boilerplate(wholes, samples)]]]
    return common


def _joined(parts: Sequence[Wholes]) -> Wholes:
    none = np.zeros(0, dtype=np.int64)
    counts = np.concatenate([none, *(np.diff(part.starts) for part in parts)])
    return Wholes(
        np.concatenate([none, *(part.shingles for part in parts)]),
        np.concatenate([none.astype(np.uint64), *(part.hashes for part in parts)]),
        np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)]),
        np.concatenate([none.astype(np.uint16), *(part.phrases for part in parts)]),
    )


def _wholes(part: Shingles) -> Wholes:
    """The wordings of a batch as they stand; a segment said twice counts as one."""
    long = np.flatnonzero(part.lengths >= MIN_SEGMENT)
    order = long[np.lexsort((part.segment_hashes[long], part.owners[long]))]
    owners, hashes = part.owners[order], part.segment_hashes[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1])
    starts = np.searchsorted(owners[new], np.arange(part.wordings + 1))
    short = np.flatnonzero(part.lengths < MIN_SEGMENT)
    phrases = np.full(part.wordings, _LARGEST)
    np.minimum.at(phrases, part.owners[short], part.least[short])
    counted = np.concatenate([owners[new], part.owners[short]])
    lengths = np.concatenate([lengths_of(hashes[new]), part.lengths[short]])
    shingles = np.bincount(counted, weights=lengths, minlength=part.wordings).astype(np.int64)
    return Wholes(shingles, hashes[new], starts, phrases.astype(np.uint16))

"""The distinct texts of a set of ads: wording without boilerplate, and who states which organisation with it.

Ads of one wording that state the same organisations are one text, however many they are: a text posted 10^5 times
costs one comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

import numpy as np

from models.campaigns.boilerplate import MIN_SEGMENT, MIN_TEXTS, SAMPLE, Segments, is_boilerplate
from models.campaigns.edges import bar
from models.campaigns.imprint import Imprint
from models.campaigns.sketch import (
    MIN_SHINGLES,
    Shingles,
    TextSketch,
    chunks,
    mix,
    shingle,
)


@dataclass
class Text:
    """One wording with the organisations stated beside it. `rank` orders texts by hash; `sketch` is None when the
    wording is too short to tie; `whole` the signature with boilerplate; `bar` the similarity it demands; `ads` are
    numbers of ads, ascending."""

    rank: int
    organisations: frozenset[str]
    shingles: int
    segments: Segments
    whole: bytes = b""
    sketch: TextSketch | None = None
    bar: float = 1.0
    ads: list[int] = field(default_factory=list)


def rank_of(wording_hash: int, organisations: frozenset[str]) -> int:
    """Rank of a text: a hash of its wording and of the organisations, 64 bits; no two texts share one in practice."""
    if not organisations:
        return wording_hash
    names = blake2b("\x1f".join(sorted(organisations)).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    mixed = mix(np.array([wording_hash ^ int.from_bytes(names, "little")], dtype=np.uint64))
    return int(mixed[0])


def texts_of(ads: Sequence[Imprint], boilerplate: frozenset[int] | None = None) -> list[Text]:
    """The distinct texts of the ads, by rank; without `boilerplate` it is found among them."""
    found: dict[int, Text] = {}
    start = 0
    for chunk in chunks([ad.wording for ad in ads]):
        part = shingle(chunk)
        wholes = part.sketched()
        for row, (value, shingles, segments) in enumerate(_segmented(part)):
            ad = ads[start + row]
            rank = rank_of(value, ad.organisations)
            if rank not in found:
                text = found[rank] = Text(rank, ad.organisations, shingles, segments)
                text.whole, text.sketch = wholes.values[row].tobytes(), wholes.one(row)
                text.bar = bar(shingles, common=False)
            found[rank].ads.append(start + row)
        start += len(chunk)
    texts = list(found.values())
    left_out = boilerplate_of(texts) if boilerplate is None else boilerplate
    footed = [text for text in texts if not left_out.isdisjoint(text.segments)]
    _sketch_without(left_out, footed, [ads[text.ads[0]].wording for text in footed])
    return sorted(texts, key=lambda text: text.rank)


def boilerplate_of(texts: Sequence[Text]) -> frozenset[int]:
    """Hashes of the segments that are boilerplate in this set of texts."""
    holders: dict[int, list[Text]] = {}
    for text in texts:
        for segment in text.segments:
            holders.setdefault(segment, []).append(text)
    samples = {
        segment: sorted(holding, key=lambda text: text.rank)[:SAMPLE]
        for segment, holding in holders.items()
        if len(holding) >= MIN_TEXTS
    }
    return frozenset(
        segment
        for segment, sample in samples.items()
        if is_boilerplate([(text.shingles, text.segments, text.whole) for text in sample])
    )


def _segmented(part: Shingles) -> list[tuple[int, int, dict[int, int]]]:
    """Of each wording: its hash, its shingles, its segments."""
    totals = np.bincount(part.owners[part.segments], minlength=part.wordings).tolist()
    segments: list[dict[int, int]] = [{} for _ in totals]
    long = np.flatnonzero(part.lengths >= MIN_SEGMENT)
    rows = zip(part.owners[long].tolist(), part.segment_hashes[long].tolist(), part.lengths[long].tolist(), strict=True)
    for owner, value, length in rows:
        segments[owner][value] = segments[owner].get(value, 0) + length
    return list(zip(part.wording_hashes.tolist(), totals, segments, strict=True))


def _sketch_without(boilerplate: frozenset[int], texts: Sequence[Text], wordings: Sequence[str]) -> None:
    """Sketch texts that hold boilerplate without it; one that is all boilerplate ties as a whole, and as a copy."""
    left_out = np.array(sorted(boilerplate), dtype=np.uint64)
    start = 0
    for chunk in chunks(wordings):
        part = shingle(chunk)
        own = part.sketched(~np.isin(part.segment_hashes, left_out))
        for row, text in enumerate(texts[start : start + len(chunk)]):
            common = own.shingles[row] < MIN_SHINGLES
            if not common:
                text.sketch = own.one(row)
            text.bar = bar(int(own.shingles[row]), common=bool(common))
        start += len(chunk)

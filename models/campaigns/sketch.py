"""Near-duplicate text: one-permutation MinHash over character 5-grams, in numpy, any script.

Contacts, numbers and places are slots, not text: they are masked before hashing, so that a template with another
city and phone is the same. Signatures are stable across processes (no salted hashes).
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.features import masked_text
from models.reading import Reading

BUCKETS = 128
BANDS = 32
_ROWS = BUCKETS // BANDS
_SHINGLE = 5
MIN_SHINGLES = 40
"""Shorter texts have too little of their own to be tied by wording."""
_EMPTY = np.uint32(0xFFFFFFFF)
Signature = np.ndarray[Any, np.dtype[np.uint32]]
_LETTERS = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class TextSketch:
    """Signature of one ad's wording and the keys of its bands."""

    signature: Signature
    keys: tuple[str, ...]


def sketch(reading: Reading) -> TextSketch | None:
    """Sketch of an ad, None when its text is too short to be tied by wording."""
    text = _LETTERS.sub(" ", masked_text(reading)).strip()
    signature = _signature(text)
    if signature is None:
        return None
    bands = signature.reshape(BANDS, _ROWS).astype(np.uint64) + np.arange(1, _ROWS + 1).astype(np.uint64)
    mixed = _mix(np.add.reduce(_mix(bands), axis=1, dtype=np.uint64))
    return TextSketch(signature, tuple(f"t:{band}:{int(value):016x}" for band, value in enumerate(mixed)))


def similarity(one: Signature, other: Signature) -> float:
    """Estimated Jaccard similarity of two texts' 5-grams, 0 to 1."""
    return float(np.mean(one == other))


def _signature(text: str) -> Signature | None:
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    count = len(codes) - _SHINGLE + 1
    if count < MIN_SHINGLES:
        return None
    with np.errstate(over="ignore"):
        hashes = np.zeros(count, dtype=np.uint64)
        for offset in range(_SHINGLE):
            hashes = hashes * np.uint64(0x100000001B3) + codes[offset : offset + count]
        hashes = _mix(hashes)
    signature = np.full(BUCKETS, _EMPTY, dtype=np.uint32)
    np.minimum.at(
        signature, (hashes % np.uint64(BUCKETS)).astype(np.int64), (hashes >> np.uint64(32)).astype(np.uint32)
    )
    return _densify(signature)


def _densify(signature: Signature) -> Signature:
    """Fill empty buckets from the next full one (Shrivastava & Li 2014), so that short texts compare fairly."""
    if not (signature == _EMPTY).any():
        return signature
    filled = np.flatnonzero(signature != _EMPTY)
    positions = np.searchsorted(filled, np.arange(BUCKETS)) % len(filled)
    distance = (filled[positions] - np.arange(BUCKETS)) % BUCKETS
    return np.asarray(
        signature[filled[positions]] + distance.astype(np.uint32) * np.uint32(0x9E3779B1), dtype=np.uint32
    )


def _mix(values: np.ndarray[Any, np.dtype[np.uint64]]) -> np.ndarray[Any, np.dtype[np.uint64]]:
    """Finaliser of splitmix64."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return values ^ (values >> np.uint64(31))

"""What `models.grams` says, of many texts at a time, over arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.grams import BASE, BITS, HALF, MIX, TURN

Counts = np.ndarray[Any, np.dtype[np.int64]]
Hashes = np.ndarray[Any, np.dtype[np.uint32]]
_SPACE = np.uint32(32)
_UPPER = np.uint32(32 - BITS)
_INVERSE = np.uint32(pow(BASE, -1, 1 << 32))


@dataclass(frozen=True, slots=True)
class Found:
    """Slots of one sort of piece, text after text, and how many each text has."""

    slots: Counts
    counts: Counts


def found_in(texts: Sequence[str], length: int) -> tuple[Found, Found, Found]:
    """The pieces of masked texts: letter sequences of a length, words, pairs of neighbours."""
    sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 2
    joined = f" {'  '.join(texts)} ".encode("utf-32-le", "surrogatepass")
    codes = np.frombuffer(joined, "<u4").astype(np.uint32, copy=False)
    ends = np.cumsum(sizes)
    inside = codes != _SPACE
    values, whole = codes, np.ones(max(len(codes) - length + 1, 0), bool)
    for place in range(1, length):
        values = values[:-1] * np.uint32(BASE) + codes[place:]
        if place < length - 1:
            whole &= inside[place : place + len(whole)]  # only the edges of a sequence may be spaces
    starts = np.flatnonzero(whole)
    return Found(_mixed(values[starts]), _counted(starts, ends)), *_words(codes, inside, ends)


def _words(codes: Hashes, inside: "np.ndarray[Any, np.dtype[np.bool_]]", ends: Counts) -> tuple[Found, Found]:
    """Words and pairs. A word's polynomial is a difference of running sums, turned to the power it begins with."""
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    starts, stops = edges[::2], edges[1::2]
    powers = np.full(len(codes) + 1, BASE, np.uint32)
    falls = np.full(len(codes) + 1, _INVERSE, np.uint32)
    powers[0] = falls[0] = 1
    np.multiply.accumulate(powers, out=powers)
    np.multiply.accumulate(falls, out=falls)
    running = np.zeros(len(codes) + 1, np.uint32)
    np.cumsum(codes * falls[:-1], dtype=np.uint32, out=running[1:])
    hashes = (running[stops] - running[starts]) * powers[stops - 1]
    counts = _counted(starts, ends)
    texts = np.repeat(np.arange(len(ends)), counts)
    pairs = (hashes[:-1] * np.uint32(TURN) + hashes[1:])[texts[:-1] == texts[1:]]
    return Found(HALF + _mixed(hashes), counts), Found(HALF + _mixed(pairs), np.maximum(counts - 1, 0))


def _mixed(values: Hashes) -> Counts:
    return ((values * np.uint32(MIX)) >> _UPPER).astype(np.int64)


def _counted(places: Counts, ends: Counts) -> Counts:
    """How many places lie in each text, given where the texts end."""
    return np.diff(np.searchsorted(places, ends), prepend=0)

"""Which unlabelled ads people should see next: doubt, diversity and novelty, one of each near-duplicate group.

The queue chooses by it and the learning curve simulates it: a curve of another policy than the one in use would say
nothing. Greedy choice by maximal marginal relevance (Carbonell & Goldstein, SIGIR 1998), with uncertainty (Lewis &
Gale, SIGIR 1994) in the place of relevance.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

DOUBT, DIVERSITY, NOVELTY = 0.5, 0.25, 0.25
"""What counts how much; halves and quarters by design, fitted to nothing."""
NEAR = 0.5
"""Texts that share half of their 5-grams nearly agree: a verdict on one says what the other would."""
_UNKNOWN = 0.5
"""Likeness of a text too short for a sketch: neither like the others nor new."""
_CHANCE = 1 / 256
"""Two bytes of different minima agree this often."""
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to ask about. `doubt` lies in [0, 1]; `sketch` is the 128-byte signature of its text
    (`models.campaigns.sketch`), None when it is too short for one.
    """

    id: str
    doubt: float
    sketch: bytes | None


def doubt_of(probability: float) -> float:
    """Entropy of an answer with this probability, in bits: 1 at even odds, 0 when sure."""
    if not 0 < probability < 1:
        return 0.0
    return -(probability * math.log2(probability) + (1 - probability) * math.log2(1 - probability))


def choose(
    candidates: Sequence[Candidate],
    *,
    room: int,
    waiting: Sequence[bytes] = (),
    judged: Sequence[bytes] = (),
    apart: Collection[frozenset[str]] = (),
) -> list[str]:
    """Up to `room` ids in the order of choice; equal ones by id, whatever order they come in.

    Each maximises `DOUBT`·doubt + `DIVERSITY`·(1 − likeness to what is chosen or waits) + `NOVELTY`·(1 − likeness to
    what was judged). Never one that is `NEAR` to a chosen or waiting one, nor both of a pair in `apart`.
    """
    if not candidates:
        return []
    pool = sorted(candidates, key=lambda each: each.id)
    sketches, has = _stacked([each.sketch for each in pool]), np.array([bool(each.sketch) for each in pool])
    doubt = np.array([each.doubt for each in pool])
    new = 1 - np.where(has, _nearest(sketches, judged), _UNKNOWN)
    asked = _nearest(sketches, waiting)
    free = ~(has & (asked >= NEAR))
    partners = _partners(apart)
    place = {each.id: number for number, each in enumerate(pool)}
    chosen: list[str] = []
    while len(chosen) < room and free.any():
        apart_from = 1 - np.where(has, asked, _UNKNOWN)
        value = DOUBT * doubt + DIVERSITY * apart_from + NOVELTY * new
        best = int(np.argmax(np.where(free, value, -1.0)))
        chosen.append(pool[best].id)
        free[best] = False
        if has[best]:
            asked = np.maximum(asked, _likeness(sketches, sketches[best]))
            free &= ~(has & (asked >= NEAR))
        for other in partners.get(pool[best].id, ()):
            if other in place:
                free[place[other]] = False
    return chosen


def _partners(pairs: Collection[frozenset[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pair in pairs:
        for one in pair:
            found.setdefault(one, set()).update(pair - {one})
    return found


def _stacked(sketches: Sequence[bytes | None]) -> Bytes:
    """n × 128 bytes; zeros where there is none."""
    size = next((len(sketch) for sketch in sketches if sketch), 1)
    return np.frombuffer(b"".join(sketch or bytes(size) for sketch in sketches), dtype=np.uint8).reshape(-1, size)


def _nearest(sketches: Bytes, others: Sequence[bytes]) -> Floats:
    """Likeness of each to the likest of the others, 0 where there are none."""
    nearest = np.zeros(len(sketches))
    for other in others:
        nearest = np.maximum(nearest, _likeness(sketches, np.frombuffer(other, dtype=np.uint8)))
    return nearest


def _likeness(sketches: Bytes, one: Bytes) -> Floats:
    """Estimated Jaccard similarity of 5-grams, corrected for bytes that agree by chance; 0 between unlike formats."""
    if sketches.shape[1:] != one.shape:
        return np.zeros(len(sketches))
    agreeing = np.count_nonzero(sketches == one, axis=1) / len(one)
    found: Floats = np.maximum(0.0, (agreeing - _CHANCE) / (1 - _CHANCE))
    return found

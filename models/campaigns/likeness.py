"""How like ads and units are: which ads are copies of one text, and what it is worth to lay a unit beside another."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from models.campaigns.alignment import Ints
from models.campaigns.units import CONTACTS, Ad, Unit
from zorya.domain.portraits import SlotKind

Floats = np.ndarray[Any, np.dtype[np.float32]]

_AS_WRITTEN = 1e-1
"""Weight of the spelling beside the wording."""
_FOUND, _FOUND_SIGN = 20, 6
"""Worth of finding a word again, and a sign."""
_SAME_KIND, _BOTH_NUMBERS, _OTHER = 12, 4, -6
"""Of two phone numbers, two places …; of pay beside a mere number; of two units that have nothing in common."""
_NUMBERS = (SlotKind.NUMBER, SlotKind.PAY, SlotKind.AGE, SlotKind.DATE)
_MISSPELT = 0.5
"""Share of common letters (Dice) from which two words may be one, misspelt: it then costs less to lay them together."""


def shared_words(ads: Sequence[Ad]) -> Floats:
    """Jaccard similarity of the sets of plain words of each two ads; 1 for two without any."""
    return _jaccard([{unit.key for unit in ad.units if unit.kind is None} for ad in ads])


def most_alike(ads: Sequence[Ad]) -> int:
    """Which ad is most like all others: by its pairs of neighbouring units, so that order counts; of equals the one
    that is written most like the others, so that the plain copy stands for those in disguise; then the first.
    """
    read, written = [], []
    for ad in ads:
        read.append({f"{one.key} {two.key}" for one, two in pairwise(ad.units)})
        written.append({ad.text[one.start : two.end] for one, two in pairwise(ad.units) if not (one.kind or two.kind)})
    total = (_jaccard(read) + _AS_WRITTEN * _jaccard(written)).sum(axis=1, dtype=np.float64)
    return int(np.argmax(np.round(total, 5)))


def _jaccard(sets: Sequence[set[str]]) -> Floats:
    held = _indicators(sets)
    common, sizes = held @ held.T, held.sum(axis=1)
    union = sizes[:, None] + sizes[None, :] - common
    return np.where(union > 0, common / np.maximum(union, 1), np.float32(1))


def scores(one: Sequence[Unit], vocabulary: Sequence[Unit]) -> Ints:
    """What each unit of one ad is worth beside each unit of the vocabulary (for `alignment.align`)."""
    letters = _indicators([set(unit.key) if unit.kind is None else set() for unit in (*one, *vocabulary)])
    mine, theirs = letters[: len(one)], letters[len(one) :]
    total = mine.sum(axis=1)[:, None] + theirs.sum(axis=1)[None, :]
    dice = 2 * (mine @ theirs.T) / np.maximum(total, 1)
    found = np.where(dice > _MISSPELT, np.round(_OTHER * (1 - dice)), _OTHER).astype(np.int32)
    classes = np.array([_class(unit) for unit in vocabulary], dtype=np.int32)
    numbers = np.array([unit.kind in _NUMBERS for unit in vocabulary], dtype=np.bool_)
    position = {unit.key: index for index, unit in enumerate(vocabulary)}
    for row, unit in enumerate(one):
        if unit.kind in _NUMBERS:
            found[row, numbers] = _BOTH_NUMBERS
        if kind := _class(unit):
            found[row, classes == kind] = _SAME_KIND
        if unit.key in position:
            found[row, position[unit.key]] = _FOUND if unit.kind or unit.key[:1].isalnum() else _FOUND_SIGN
    return found


def _class(unit: Unit) -> int:
    """0 for plain words, else a number for the kind; contacts are of one class."""
    if unit.kind is None:
        return 0
    return 1 if unit.kind in CONTACTS else 2 + [*SlotKind].index(unit.kind)


def _indicators(sets: Sequence[set[str]]) -> Floats:
    """A row per set, a column per element, 1 where the set has it."""
    codes: dict[str, int] = {}
    rows = [[codes.setdefault(element, len(codes)) for element in sorted(each)] for each in sets]
    held = np.zeros((len(sets), len(codes) + 1), dtype=np.float32)
    for row, columns in enumerate(rows):
        held[row, columns] = 1
    return held

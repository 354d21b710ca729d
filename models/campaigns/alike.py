"""Texts that are one: every text of a bucket is compared with the bucket's references, and what clears the bar is tied.

An ad that names no organisation (a domain is no name) is tied to one that does only while the whole group names none
that conflict: on a board's template with two employers, nobody can say whose it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from models.campaigns.components import components
from models.campaigns.edges import NEAR_TEXT, REFERENCES, at_odds
from models.campaigns.names import conflict, is_named
from models.campaigns.sketch import BANDS, Flags, Floats, Ints, Signature, Words64, likeness, ragged
from models.campaigns.texts import Own, Texts

_AT_ONCE = 1 << 15
"""Pairs compared at once."""


@dataclass(frozen=True)
class TextTies:
    """`group_of` gives each text the number of its text group. Tie i is of the texts `one[i]` and `other[i]`, of
    similarity `likeness[i]`, and stands where it is `strong`; the surest first. `odd` are the texts whose group is at
    odds over its organisations."""

    group_of: Ints
    one: Ints
    other: Ints
    likeness: Floats
    strong: Flags
    odd: Flags
    comparisons: int


def tie_texts(texts: Texts, odd: frozenset[int] = frozenset()) -> TextTies:
    """Text groups of a set of texts. `odd` are ranks of texts that are at odds with texts which are not of this set."""
    one, other = _candidates(texts.own)
    comparisons = len(one)
    alike = compared(texts.own.signatures, one, other)
    near = alike >= NEAR_TEXT
    one, other, alike = one[near], other[near], alike[near]
    number, names = _numbered(texts.stated)
    agree = ~_conflicts(number[one], number[other], names)
    one, other, alike = one[agree], other[agree], alike[agree]
    over = alike >= np.maximum(texts.own.bars[one], texts.own.bars[other])
    named = np.array([is_named(each) for each in names], dtype=bool)[number]
    within = over & (named[one] == named[other])
    size = len(texts.stated)
    same_side, all_sides = components(size, one[within], other[within]), components(size, one[over], other[over])
    is_odd = _odd(all_sides, number, names)
    is_odd[all_sides[np.isin(texts.ranks, np.array(sorted(odd), dtype=np.uint64))]] = True
    at = is_odd[all_sides]
    strong = within | (over & ~at[one])
    order = np.lexsort((other, one, -alike, ~strong))
    sides = np.where(at, same_side, all_sides)
    return TextTies(sides, one[order], other[order], alike[order], strong[order], at, comparisons)


def nameless_groups(own: Own) -> Ints:
    """Group of each text where none is at odds with another over organisations."""
    one, other = _candidates(own)
    over = compared(own.signatures, one, other) >= np.maximum(own.bars[one], own.bars[other])
    return components(len(own.bars), one[over], other[over])


def compared(signatures: Signature, one: Ints, other: Ints) -> Floats:
    """Similarity of each row of the one with that of the other."""
    starts = range(0, len(one), _AT_ONCE)
    parts = [likeness(signatures[one[at : at + _AT_ONCE]], signatures[other[at : at + _AT_ONCE]]) for at in starts]
    return np.concatenate([np.zeros(0), *parts])


def full_buckets(own: Own) -> tuple[Ints, Ints]:
    """The first text of each bucket of more than `REFERENCES`, with each of the others: who stands for the bucket
    depends on all of them."""
    pairs = [np.zeros((2, 0), dtype=np.int64)]
    for keys, holders in _keys(own):
        texts, starts, later = _sorted(keys, holders)
        full = later[np.bincount(starts)[starts[later]] > REFERENCES] if len(later) else later
        pairs.append(np.array([texts[starts[full]], texts[full]]))
    first, others = np.concatenate(pairs, axis=1)
    return first, others


def _candidates(own: Own) -> tuple[Ints, Ints]:
    """Pairs of texts to compare, each once: the references of each bucket with the later texts of the bucket."""
    pairs = [np.zeros(0, dtype=np.int64)]
    for keys, holders in _keys(own):
        texts, starts, later = _sorted(keys, holders)
        before = np.minimum(later - starts[later], REFERENCES)
        pairs.append((texts[ragged(starts[later], before)] << 32) | np.repeat(texts[later], before))
    found = np.unique(np.concatenate(pairs))
    return found >> 32, found & 0xFFFFFFFF


def _keys(own: Own) -> Iterator[tuple[Words64, Ints]]:
    """Keys of buckets with the texts under them, ascending. A bucket is a band, or a segment that texts share: with one
    line of eight worded otherwise half of the pairs share no band."""
    sketched = np.flatnonzero(own.sketched)
    words = np.ascontiguousarray(own.signatures).view("<u8")
    for band in range(BANDS):
        yield words[sketched, band], sketched
    tying = own.sketched[own.holders]
    yield own.segments[tying], own.holders[tying]


def _sorted(keys: Words64, holders: Ints) -> tuple[Ints, Ints, Ints]:
    """Texts in the order of their buckets and by number within one, place of the first of each text's bucket, places of
    the texts that are not the first."""
    order = np.argsort(keys, kind="stable")
    new = np.ones(len(keys), dtype=bool)
    new[1:] = keys[order][1:] != keys[order][:-1]
    return holders[order], np.flatnonzero(new)[np.cumsum(new) - 1], np.flatnonzero(~new)


def _numbered(stated: Sequence[frozenset[str]]) -> tuple[Ints, list[frozenset[str]]]:
    """Each text's organisations by number, 0 for none, and the organisations of each number."""
    known: dict[frozenset[str], int] = {frozenset(): 0}
    return np.array([known.setdefault(each, len(known)) for each in stated], dtype=np.int64), list(known)


def _conflicts(one: Ints, other: Ints, names: Sequence[frozenset[str]]) -> Flags:
    """Pairs of organisations by number that cannot be one advertiser's."""
    found = np.zeros(len(one), dtype=bool)
    doubtful = np.flatnonzero((one != other) & (one > 0) & (other > 0))
    pairs, which = np.unique(one[doubtful] << 32 | other[doubtful], return_inverse=True)
    answers = [conflict(names[pair >> 32], names[pair & 0xFFFFFFFF]) for pair in pairs.tolist()]
    found[doubtful] = np.array(answers, dtype=bool)[which]
    return found


def _odd(group_of: Ints, number: Ints, names: Sequence[frozenset[str]]) -> Flags:
    """Groups (by their number) that state organisations which conflict."""
    stating = np.flatnonzero(number)
    pairs = np.unique(group_of[stating] << 32 | number[stating])
    groups, starts, counts = np.unique(pairs >> 32, return_index=True, return_counts=True)
    found = np.zeros(len(group_of), dtype=bool)
    for at in np.flatnonzero(counts > 1).tolist():
        said = pairs[starts[at] : starts[at] + counts[at]] & 0xFFFFFFFF
        found[groups[at]] = at_odds(names[each] for each in said.tolist())
    return found

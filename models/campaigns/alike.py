"""Texts that are one: every text of a bucket is compared with the bucket's references, and what clears the bar is tied.

An ad that names no organisation is tied to one that does only while the whole group names none that conflict: on a
board's template with two employers, nobody can say whose it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.campaigns.edges import NEAR_TEXT, REFERENCES, at_odds
from models.campaigns.forest import Forest
from models.campaigns.names import conflict
from models.campaigns.sketch import BANDS, BUCKETS, Signature, likeness
from models.campaigns.texts import Text


@dataclass(frozen=True, slots=True)
class Alike:
    """Two texts by number, their similarity, and whether the tie stands."""

    one: int
    other: int
    likeness: float
    strong: bool


@dataclass
class TextTies:
    """`group_of` gives each text the number of its text group; `ties` are spanning ties, then the weak ones; `odd` are
    the numbers of texts whose group is at odds over its organisations."""

    group_of: list[int]
    ties: list[Alike] = field(default_factory=list)
    odd: frozenset[int] = frozenset()
    comparisons: int = 0


def tie_texts(texts: Sequence[Text], odd: frozenset[int] = frozenset()) -> TextTies:
    """Text groups of a set of texts, which must be sorted by rank. `odd` are ranks of texts that are at odds with texts
    which are not of this set."""
    signatures = _signatures(texts)
    same_side, all_sides = Forest(len(texts)), Forest(len(texts))
    across, weak, comparisons = [], [], 0
    for one, others in _candidates(texts, signatures):
        wanted = [other for other in others if same_side.root(other) != same_side.root(one)]
        comparisons += len(wanted)
        for other, alike in zip(wanted, likeness(signatures[one], signatures[wanted]).tolist(), strict=True):
            first, second = texts[one], texts[other]
            if alike < NEAR_TEXT or conflict(first.organisations, second.organisations):
                continue
            if alike < max(first.bar, second.bar):
                weak.append(Alike(one, other, alike, strong=False))
            elif bool(first.organisations) == bool(second.organisations):
                same_side.tie(one, other)
                all_sides.tie(one, other)
                weak.append(Alike(one, other, alike, strong=True))
            else:
                all_sides.tie(one, other)
                across.append(Alike(one, other, alike, strong=True))
    return TextTies(*_settled(texts, same_side, all_sides, weak, across, odd), comparisons)


def _settled(
    texts: Sequence[Text],
    same_side: Forest,
    all_sides: Forest,
    within: list[Alike],
    across: list[Alike],
    known_odd: frozenset[int],
) -> tuple[list[int], list[Alike], frozenset[int]]:
    """Groups and ties once it is known which groups are at odds over their organisations."""
    stated: dict[int, set[frozenset[str]]] = {}
    for number, text in enumerate(texts):
        if text.organisations:
            stated.setdefault(all_sides.root(number), set()).add(text.organisations)
    odd = {root for root, names in stated.items() if len(names) > 1 and at_odds(names)}
    odd |= {all_sides.root(number) for number, text in enumerate(texts) if text.rank in known_odd}
    ties = list(within)
    for tie in across:
        stands = all_sides.root(tie.one) not in odd
        ties.append(tie if stands else Alike(tie.one, tie.other, tie.likeness, strong=False))
    sides = [same_side.root(n) if (root := all_sides.root(n)) in odd else root for n in range(len(texts))]
    return sides, ties, frozenset(n for n in range(len(texts)) if all_sides.root(n) in odd)


def _signatures(texts: Sequence[Text]) -> Signature:
    blank = bytes(BUCKETS)
    joined = b"".join(text.sketch.signature if text.sketch else blank for text in texts)
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, BUCKETS)


def _candidates(texts: Sequence[Text], signatures: Signature) -> Iterator[tuple[int, list[int]]]:
    """Each reference of each bucket with the later texts of the bucket."""
    words = np.ascontiguousarray(signatures).view("<u8")
    sketched = np.array([n for n, text in enumerate(texts) if text.sketch], dtype=np.int64)
    for band in range(BANDS):
        keys = words[sketched, band]
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order])) + 1
        for bucket in np.split(sketched[order], starts):
            for position, one in enumerate(bucket[:REFERENCES].tolist()):
                if position + 1 < len(bucket):
                    yield one, bucket[position + 1 :].tolist()

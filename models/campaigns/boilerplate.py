"""Boilerplate: segments that stand in many ads of otherwise different text (board footers, agency paragraphs).

Left in, they hide the ads of one advertiser behind two boards' footers and make short ads of one board look alike. A
segment is judged by a sample: of the texts that hold it, those of lowest rank. Beside a footer hardly two texts say the
same; a sentence of a campaign stands beside the rest of the campaign again and again, whatever footers some of its ads
have. The answer is a function of the set of texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.campaigns.sketch import Flags, Ints, Signature, Words64, likeness, ragged

MIN_SEGMENT = 16
"""Shingles. Shorter segments are phrases, not paragraphs: common, and part of what a template is."""
MIN_TEXTS, SAMPLE = 12, 32
"""Texts by which a segment is judged, at least and at most."""
_RARE = 0.06
"""Share of pairs that say the same beside the segment: less than where sixteen advertisers share it evenly."""
_DOUBT = 3
"""Pairs added to those that say the same: the fewer texts, the plainer they must differ."""
_SMALL = 0.16
"""Share of a text: one of seven lines. Pairs whose rests are smaller are one text with other slots; larger ones may
differ, so that a long footer under short ads is seen for what it is."""
_SAME_REST = 0.5
"""Similarity of rests, estimated."""
_AT_ONCE = 128
"""Segments judged at once: their signatures stay in the processor's cache."""
_OWNER, _HASH = np.uint64(57), np.uint64(7)
"""Bits of a hash that tell the segments of one sample apart, and those that number the sample instead."""


@dataclass(frozen=True)
class Wholes:
    """Texts as they stand, row by row: `signatures` n × 128 bytes and `shingles` of the whole wording; the segments of
    at least `MIN_SEGMENT` shingles of row i are `hashes` and `lengths` from `starts[i]` to `starts[i + 1]`, each hash
    once in a row."""

    signatures: Signature
    shingles: Ints
    hashes: Words64
    lengths: Ints
    starts: Ints

    def rows(self, chosen: Ints) -> "Wholes":
        """Some of the texts, in the order asked for."""
        counts = self.starts[chosen + 1] - self.starts[chosen]
        at = ragged(self.starts[chosen], counts)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
        return Wholes(self.signatures[chosen], self.shingles[chosen], self.hashes[at], self.lengths[at], starts)


def are_boilerplate(texts: Wholes, samples: Sequence[Ints]) -> Flags:
    """Whether each of some segments is boilerplate, given for each the rows of the texts that it is judged by: of
    those that hold it the `SAMPLE` of lowest rank, in that order. With less than `MIN_TEXTS` none is. Sentences that
    stand in the same texts are judged once."""
    numbers: dict[bytes, int] = {}
    which = [numbers.setdefault(sample.tobytes(), len(numbers)) for sample in samples]
    distinct = [np.frombuffer(each, dtype=np.int64) for each in numbers]
    answers = np.zeros(len(distinct), dtype=bool)
    judged = [at for at, sample in enumerate(distinct) if len(sample) >= MIN_TEXTS]
    for start in range(0, len(judged), _AT_ONCE):
        part = judged[start : start + _AT_ONCE]
        answers[part] = _judge(texts, [distinct[at] for at in part])
    return answers[which]


def _judge(texts: Wholes, samples: Sequence[Ints]) -> Flags:
    members = np.zeros((len(samples), SAMPLE), dtype=np.int64)
    there = np.zeros((len(samples), SAMPLE), dtype=bool)
    for row, sample in enumerate(samples):
        members[row, : len(sample)] = sample
        there[row, : len(sample)] = True
    shared = _shared(texts, members, there)
    signatures, shingles = texts.signatures[members], texts.shingles[members]
    alone = np.zeros(len(samples), dtype=np.int64)
    same, pairs = alone, alone
    for step in range(1, SAMPLE):
        both = there[:, :-step] & there[:, step:]
        alike = likeness(signatures[:, :-step], signatures[:, step:])
        counts = shingles[:, :-step], shingles[:, step:]
        same = same + (_same(alike, counts, shared.diagonal(step, 1, 2)) & both).sum(axis=1)
        pairs = pairs + both.sum(axis=1)
    few: Flags = same + _DOUBT <= _RARE * pairs
    return few


def _same(alike: Any, shingles: tuple[Ints, Ints], shared: Any) -> Any:
    """Pairs of texts that say the same beside what segments they share (`shared` shingles)."""
    total = (shingles[0] + shingles[1]).astype(float)
    in_rests = np.maximum(0.0, alike / (1 + alike) * total - shared)
    same = in_rests >= _SAME_REST * (total - 2 * shared - in_rests)
    return same | (np.maximum(*shingles) - shared < _SMALL * total / 2)


def _shared(texts: Wholes, members: Ints, there: np.ndarray[Any, np.dtype[np.bool_]]) -> Any:
    """Shingles of the first of two texts in segments that both have: samples × SAMPLE × SAMPLE."""
    sample, place = np.nonzero(there)
    rows = members[sample, place]
    counts = texts.starts[rows + 1] - texts.starts[rows]
    at = ragged(texts.starts[rows], counts)
    owner = np.repeat(sample, counts)
    keys = owner.astype(np.uint64) << _OWNER | texts.hashes[at] >> _HASH
    order = np.argsort(keys)
    keys, owners = keys[order], owner[order]
    new = np.concatenate([np.ones(1, dtype=bool), keys[1:] != keys[:-1]])
    number = np.cumsum(new) - 1
    often = np.bincount(number)[number] > 1
    columns = np.bincount(owners[new & often], minlength=len(members))
    column = np.cumsum(new & often) - 1 - (np.cumsum(columns) - columns)[owners]
    held = np.zeros((len(members), SAMPLE, int(columns.max(initial=0))), dtype=np.float32)
    kept = order[often]
    held[owner[kept], np.repeat(place, counts)[kept], column[often]] = texts.lengths[at][kept]
    return held @ (held > 0).astype(np.float32).transpose(0, 2, 1)

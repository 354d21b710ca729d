"""Boilerplate: segments that stand in many ads of otherwise different text (board footers, agency paragraphs).

Left in, they hide the ads of one advertiser behind two boards' footers and make short ads of one board look alike. A
segment is judged by a sample: of the texts that hold it, those of lowest rank. Beside a footer hardly two texts say the
same, and hardly one says nothing more; a sentence of a campaign stands beside the rest of the campaign again and again,
and of its ads some have no footer: these say nothing that the others do not say. The answer is a function of the set of
texts, found from their segments alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.campaigns.sketch import Flags, Floats, Ints, Words16, Words64, kin_of, lengths_of, ragged

MIN_SEGMENT = 16
"""Shingles. Shorter segments are phrases, not paragraphs: common, and part of what a template is."""
MIN_TEXTS, SAMPLE = 12, 32
"""Texts by which a segment is judged, at least and at most."""
_RARE = 0.12
"""Share of pairs that say the same beside the segment: less than where eight advertisers share it evenly. A footer that
is not seen for what it is makes one campaign of a board; a campaign's own sentence stands beside one text or two."""
_DOUBT = 3
"""Pairs added to those that say the same: the fewer texts, the plainer they must differ."""
_SAME_REST = 0.5
"""Similarity of rests, estimated."""
_CONTAINED = 0.09
"""Share of pairs of which one text says nothing more than the other: about one bare text of twenty. The ads of one
campaign carry different footers, or none; every ad over a footer says something of its own."""
_NOTHING = 0.06
"""Share of a text that is nothing more."""
_SMALL = 0.16
"""Share of a text: one of seven lines. Pairs whose rests are smaller are one text with other slots; larger ones may
differ, so that a long footer under short ads is seen for what it is."""
_AT_ONCE = 128
"""Segments judged at once: their texts stay in the processor's cache."""
_BEARS = 16
"""Texts that are thought of as coming into a sample, at most."""
_OWNER, _HASH, _KIN = np.uint64(57), np.uint64(7), np.uint64(17)
"""Bits of a hash that tell the segments of one sample apart, those that number the sample instead; of a kin."""
_PHRASES = 1 << 16
"""Added to the kin of a text's phrases: they are held against phrases alone."""


@dataclass(frozen=True)
class Wholes:
    """Texts as they stand, row by row: `shingles` of the whole wording; the segments of at least `MIN_SEGMENT` shingles
    of row i are `hashes` from `starts[i]` to `starts[i + 1]`, each once in a row: they tell their length and kin too
    (`sketch.lengths_of`, `sketch.kin_of`). `phrases` is the kin of all shorter segments together."""

    shingles: Ints
    hashes: Words64
    starts: Ints
    phrases: Words16

    def rows(self, chosen: Ints) -> "Wholes":
        """Some of the texts, in the order asked for."""
        counts = self.starts[chosen + 1] - self.starts[chosen]
        at = ragged(self.starts[chosen], counts)
        starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
        return Wholes(self.shingles[chosen], self.hashes[at], starts, self.phrases[chosen])


def are_boilerplate(texts: Wholes, samples: Sequence[Ints]) -> Flags:
    """Whether each of some segments is boilerplate, given for each the rows of the texts that it is judged by: of
    those that hold it the `SAMPLE` of lowest rank. With less than `MIN_TEXTS` none is."""
    return judged(texts, samples)[0]


def judged(texts: Wholes, samples: Sequence[Ints]) -> tuple[Flags, Ints]:
    """As `are_boilerplate`; and how many other texts may come into each sample, whichever they are, before the answer
    can be another. Sentences that stand in the same texts are judged once."""
    numbers: dict[bytes, int] = {}
    which = [numbers.setdefault(sample.tobytes(), len(numbers)) for sample in samples]
    distinct = [np.frombuffer(each, dtype=np.int64) for each in numbers]
    answers, bears = np.zeros(len(distinct), dtype=bool), np.zeros(len(distinct), dtype=np.int64)
    enough = [at for at, sample in enumerate(distinct) if len(sample) >= MIN_TEXTS]
    enough.sort(key=lambda at: len(distinct[at]))  # those judged at once are as wide as the widest
    for start in range(0, len(enough), _AT_ONCE):
        part = enough[start : start + _AT_ONCE]
        answers[part], bears[part] = _judge(texts, [distinct[at] for at in part])
    return answers[which], bears[which]


def _judge(texts: Wholes, samples: Sequence[Ints]) -> tuple[Flags, Ints]:
    sizes = np.array([len(sample) for sample in samples])
    rows, owner, place = np.concatenate(samples), np.repeat(np.arange(len(sizes)), sizes), ragged(sizes * 0, sizes)
    shared, akin = _shared(texts, rows, owner, place)
    whole = np.zeros((*shared.shape[:2], 1))
    whole[owner, place, 0] = texts.shingles[rows]
    rest = whole - shared
    bare, small = rest < _NOTHING * whole, rest < _SMALL * whole
    in_rests = akin - shared
    in_rests = np.minimum(in_rests, in_rests.transpose(0, 2, 1))
    same = in_rests >= _SAME_REST * (rest + rest.transpose(0, 2, 1) - in_rests)
    same |= small & small.transpose(0, 2, 1)
    places = np.arange(shared.shape[1])
    pair = (places[:, None] < places) & (places < sizes[:, None, None])
    alike = (same & pair).sum(axis=(1, 2))
    contained = ((bare | bare.transpose(0, 2, 1)) & pair).sum(axis=(1, 2))
    came = np.arange(_BEARS)[:, None]
    later = np.minimum(SAMPLE, sizes + came)
    lost = np.maximum(0, sizes + came - SAMPLE) * (SAMPLE - 1)
    pairs = later * (later - 1) // 2
    differ = (alike - lost + _DOUBT <= _RARE * pairs) & (contained - lost <= _CONTAINED * pairs)
    return differ[0], np.where(differ[0], 0, np.maximum(0, (~differ).cumprod(axis=0).sum(axis=0) - 1))


def _shared(texts: Wholes, rows: Ints, owner: Ints, place: Ints) -> tuple[Floats, Floats]:
    """Shingles of the first of two texts of a sample in segments that both have, and in those whose kin both have:
    samples × texts × texts. Text `rows[i]` has the place `place[i]` in the sample `owner[i]`."""
    counts = texts.starts[rows + 1] - texts.starts[rows]
    at = ragged(texts.starts[rows], counts)
    owners, places, lengths = np.repeat(owner, counts), np.repeat(place, counts), lengths_of(texts.hashes[at])
    shape = int(owner[-1]) + 1, int(place.max()) + 1
    keys = owners.astype(np.uint64) << _OWNER | texts.hashes[at] >> _HASH
    shared = _overlap(shape, keys, owners, places, lengths)
    ends = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])[np.cumsum(counts)]
    short = texts.shingles[rows] - np.diff(ends, prepend=0)
    kin = np.concatenate([kin_of(texts.hashes[at]).astype(np.uint64), texts.phrases[rows] + np.uint64(_PHRASES)])
    owners, places = np.concatenate([owners, owner]), np.concatenate([places, place])
    keys = owners.astype(np.uint64) << _KIN | kin
    return shared, _overlap(shape, keys, owners, places, np.concatenate([lengths, short]))


def _overlap(shape: tuple[int, int], keys: Words64, owners: Ints, places: Ints, lengths: Ints) -> Any:
    """Lengths of the first of two texts under keys that both have. A key is of one sample, its owner; `shape` is how
    many samples there are, and texts in the largest."""
    samples, most = shape
    order = np.argsort(keys)
    keys = keys[order]
    new = np.concatenate([np.ones(1, dtype=bool), keys[1:] != keys[:-1]])
    number = np.cumsum(new) - 1
    often = np.bincount(number)[number] > 1
    kept, new = order[often], new[often]
    columns = np.bincount(owners[kept[new]], minlength=samples)
    column = np.cumsum(new) - 1 - (np.cumsum(columns) - columns)[owners[kept]]
    width = int(columns.max(initial=0))
    cells = (owners[kept] * most + places[kept]) * width + column
    held = np.bincount(cells, weights=lengths[kept], minlength=samples * most * width).astype(np.float32)
    held = held.reshape(samples, most, width)
    return held @ (held > 0).astype(np.float32).transpose(0, 2, 1)

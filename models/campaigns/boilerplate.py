"""Boilerplate: segments that stand in many ads of otherwise different text (board footers, agency paragraphs).

Left in, they hide the ads of one advertiser behind two boards' footers and make short ads of one board look alike. A
segment is judged by a sample: of the texts that hold it, those of lowest rank. Beside a footer hardly two texts say the
same; a sentence of a campaign stands beside the rest of the campaign again and again, whatever footers some of its ads
have. The answer is a function of the set of texts.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from models.campaigns.sketch import likeness

MIN_SEGMENT = 16
"""Shingles. Shorter segments are phrases, not paragraphs: common, and part of what a template is."""
MIN_TEXTS, SAMPLE = 12, 32
"""Texts by which a segment is judged, at least and at most."""
_RARE = 0.06
"""Share of pairs that say the same beside the segment: less than where sixteen advertisers share it evenly."""
_DOUBT = 3
"""Pairs added to those that say the same: the fewer texts, the plainer they must differ."""
_SMALL = 0.25
"""Share of a text. Pairs whose rests are smaller are one text with other slots."""
_SAME_REST = 0.5
"""Similarity of rests, estimated."""

Segments = Mapping[int, int]
"""Of one text: hash of each segment of at least `MIN_SEGMENT` shingles → its shingles."""


def is_boilerplate(sample: Sequence[tuple[int, Segments, bytes]]) -> bool:
    """Whether a segment is boilerplate, given the sample of texts that hold it: the shingles of each, its segments and
    the signature of its whole wording."""
    if len(sample) < MIN_TEXTS:
        return False
    shingles = np.array([count for count, _, _ in sample])
    segments = [held for _, held, _ in sample]
    signatures = np.frombuffer(b"".join(whole for _, _, whole in sample), dtype=np.uint8).reshape(len(sample), -1)
    number = {segment: at for at, segment in enumerate({segment: 0 for each in segments for segment in each})}
    held = np.zeros((len(segments), len(number)))
    for row, each in enumerate(segments):
        held[row, [number[segment] for segment in each]] = list(each.values())
    shared = held @ (held > 0).T
    alike = likeness(signatures[:, None], signatures[None])
    total = (shingles[:, None] + shingles[None]).astype(float)
    in_rests = np.maximum(0.0, alike / (1 + alike) * total - shared)
    rests = total - 2 * shared
    same = in_rests >= _SAME_REST * (rests - in_rests)
    same |= np.maximum(shingles[:, None] - shared, shingles[None] - shared) < _SMALL * total / 2
    pairs = np.triu_indices(len(shingles), 1)
    return bool(same[pairs].sum() + _DOUBT <= _RARE * len(pairs[0]))

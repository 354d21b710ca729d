"""Boilerplate: segments that stand in many ads of otherwise different text (board footers, agency paragraphs).

Left in, they hide the ads of one advertiser behind two boards' footers and make short ads of one board look alike. A
segment is judged by a sample: of the texts that hold it, those of lowest rank. What nearly all of them share is common
text; when the rest of the typical text is at least a quarter of it, the segment is boilerplate. Two texts with
different rests of that size have a similarity of at most .75/1.25 = .6 and were no tie: leaving it out parts no
template. The answer is a function of the set of texts.
"""

from collections.abc import Mapping, Sequence
from statistics import median

MIN_SEGMENT = 16
"""Shingles. Shorter segments are phrases, not paragraphs: common, and part of what a template is."""
SAMPLE = 16
MIN_TEXTS = 8
_TRAVELLING = 0.75
_REST = 0.25

Segments = Mapping[int, int]
"""Of one text: hash of each segment of at least `MIN_SEGMENT` shingles → its shingles."""


def is_boilerplate(sample: Sequence[tuple[int, Segments]]) -> bool:
    """Whether a segment is boilerplate, given the sample of texts that hold it: shingles in all, and segments."""
    if len(sample) < MIN_TEXTS:
        return False
    holders: dict[int, int] = {}
    for _, segments in sample:
        for segment in segments:
            holders[segment] = holders.get(segment, 0) + 1
    common = {segment for segment, number in holders.items() if number >= _TRAVELLING * len(sample)}
    rests = [
        1 - sum(length for segment, length in segments.items() if segment in common) / max(1, shingles)
        for shingles, segments in sample
    ]
    return median(rests) >= _REST

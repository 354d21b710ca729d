"""The worst errors, for the eye: ordinary ads that scored highest and concern that scored lowest, with what was read in
them. Contacts are masked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.evaluation.running import Run
from models.reading import Reading
from zorya.domain.findings import State
from zorya.redact import contact_like, contact_spans

WORST = 12
"""Errors of each kind that are shown."""
_LONGEST = 900
"""Characters of an ad that are shown, about three paragraphs."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a shown text: `codes` are the indicators whose words stand there, `contact` a masked contact."""

    text: str
    codes: str = ""
    contact: bool = False


@dataclass(frozen=True, slots=True)
class Error:
    """One ad that was judged wrongly; `missed` is concern with a low score, else an ordinary ad with a high one."""

    id: str
    missed: bool
    probability: float
    language: str
    label: str
    source: str
    pieces: tuple[Piece, ...]
    indicators: tuple[str, ...]


def worst(run: Run, classifier: str, *, most: int = WORST) -> list[Error]:
    """Ordinary ads in order of probability from the top, then concern from the bottom: only those on the wrong side of
    the median score of the other class, so that a perfect ranking has none."""
    said, truth = run.said[classifier]["concern"], run.truth()
    if not 0 < truth.sum() < len(truth):
        return []
    high = [row for row in np.argsort(-said, kind="stable") if not truth[row] and said[row] > said[truth == 1].min()]
    low = [row for row in np.argsort(said, kind="stable") if truth[row] and said[row] < said[truth == 0].max()]
    return [_error(run, int(row), float(said[row])) for row in (*high[:most], *low[:most])]


def _error(run: Run, row: int, probability: float) -> Error:
    example = run.measured[row]
    present = [hit for hit in example.reading.indicators.hits if hit.state is State.PRESENT]
    return Error(
        id=example.ad.id,
        missed=example.ad.is_concern,
        probability=probability,
        language=example.ad.language or "unknown",
        label=example.ad.category.replace("_", " ") or example.ad.label.value.replace("_", " "),
        source=example.ad.source or example.ad.origin.value,
        pieces=pieces(example.reading),
        indicators=tuple(dict.fromkeys(f"{hit.code} {hit.title}" for hit in present)),
    )


def pieces(reading: Reading, *, longest: int = _LONGEST) -> tuple[Piece, ...]:
    """The first characters of an ad in pieces: contacts masked, words of indicators marked."""
    text = reading.text[:longest]
    masked = {span: "[contact]" for span in contact_like(reading.text)}  # also what was not read as a contact
    masked |= {(span.start, span.end): span.shown for span in contact_spans(reading.text, reading.contacts)}
    marks = [
        (start, end, hit.code)
        for hit in reading.indicators.hits
        if hit.state is State.PRESENT
        for start, end in hit.spans
        if start < longest
    ]
    made: list[Piece] = []
    at = 0
    for (start, end), shown in sorted(masked.items(), key=lambda item: (item[0][0], -item[0][1])):
        if start >= len(text):
            break
        if start >= at:
            made += [*_marked(text, at, start, marks), Piece(shown, contact=True)]
        at = max(at, min(end, len(text)))
    made += _marked(text, at, len(text), marks)
    return (*made, Piece(" …")) if len(reading.text) > longest else tuple(made)


def _marked(text: str, start: int, end: int, marks: Sequence[tuple[int, int, str]]) -> Iterable[Piece]:
    """Pieces of text[start:end]."""
    cuts = sorted({start, end, *(edge for mark in marks for edge in mark[:2] if start < edge < end)})
    for one, other in pairwise(cuts):
        codes = dict.fromkeys(code for first, last, code in marks if first <= one and other <= last)
        yield Piece(text[one:other], " ".join(codes))

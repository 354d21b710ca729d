"""Where a classifier is strong and weak: figures by language, source, sector and destination, and by pattern."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.evaluation.figures import Scores, Terms, figures, scores_of
from models.evaluation.intervals import Figure
from models.evaluation.running import Run
from models.examples import Array, Example

LEAST_ADS, LEAST_CONCERN = 15, 5
"""Ads, and ads of each class, below which a slice is only counted: its interval would be the whole scale."""
SHOWN = ("average_precision", "roc_auc", "recall", "false_alerts_per_10000", "calibration_error", "abstention")
"""Figures of a slice; as labelled, as slices are too small to be re-weighted."""


def _destination(example: Example) -> str:
    leads = {place.country for place in example.reading.places if place.role == "destination" and place.country}
    return (example.ad.destination or (leads.pop() if len(leads) == 1 else "")).upper() or "not stated"


DIMENSIONS: dict[str, Callable[[Example], str]] = {
    "language": lambda example: example.ad.language or "unknown",
    "source": lambda example: example.ad.source or example.ad.origin.value,
    "sector": lambda example: example.ad.category.replace("_", " ") or "not stated",
    "destination": _destination,
}
"""Dimension → value of an ad. Nationality and language are never features; here they audit what features do."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One row of the slice table; `figures` is empty where there are too few ads to measure."""

    dimension: str
    value: str
    ads: int
    concern: int
    figures: dict[str, Figure]


def slices(run: Run, classifier: str, terms: Terms, counts: Array) -> list[Slice]:
    """Rows of every dimension with more than one value, most ads first."""
    scores = scores_of(run, classifier, counts)
    rows: list[Slice] = []
    for dimension, value_of in DIMENSIONS.items():
        held = np.array([value_of(example) for example in run.measured])
        names, sizes = np.unique(held, return_counts=True)
        if len(names) > 1:
            order = sorted(zip(-sizes, names.tolist(), strict=True))
            rows += [_slice(dimension, name, scores.part(held == name), terms) for _, name in order]
    return rows


def by_pattern(run: Run, classifier: str, terms: Terms, counts: Array) -> list[Slice]:
    """One row a pattern and modifier that was scored."""
    said = [target for target in run.said[classifier] if target != "concern"]
    return [_slice("pattern", target, scores_of(run, classifier, counts, target), terms) for target in said]


def _slice(dimension: str, value: str, scores: Scores, terms: Terms) -> Slice:
    found = int(scores.truth.sum())
    few = len(scores.truth) < LEAST_ADS or min(found, len(scores.truth) - found) < LEAST_CONCERN
    measured = {} if few else {name: each for name, each in figures(scores, terms, None).items() if name in SHOWN}
    return Slice(dimension, value, len(scores.truth), found, measured)

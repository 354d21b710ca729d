"""What a model would rather not say: how often the answers it leaves possible hold the true one, and how often they are
no answer at all, by language.

The sets are `models.classifiers.conformal`'s. They promise a coverage of `1 - error` for ads like those held out; here
each ad is judged by a fit that saw neither it nor its group.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.evaluation.intervals import Figure, figure
from models.evaluation.running import Run
from models.examples import Array

ALL = "all"
LEAST = 5
"""Ads of a kind below which nothing is said."""
CONCERN, OTHER = "concern", "other"


@dataclass(frozen=True, slots=True)
class Kept:
    """Of the ads of one language and kind: share whose set holds the true answer, share whose set is no answer (both
    possible, or neither)."""

    language: str
    kind: str
    ads: int
    covered: Figure
    unsure: Figure

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        named = {"language": self.language, "kind": self.kind, "ads": self.ads}
        return named | {"covered": self.covered.plain(), "unsure": self.unsure.plain()}


def abstention(run: Run, classifier: str, counts: Array) -> list[Kept]:
    """Rows of all languages, then of each; none where the classifier leaves no sets. `counts`: bootstrap draws, shape
    (rounds, rows)."""
    left = run.left[classifier]
    if np.isnan(left).all():
        return []
    truth, known = run.truth(), ~np.isnan(left[:, 0])
    covered = np.where(truth > 0, left[:, 1], left[:, 0])
    unsure = (left[:, 0] == left[:, 1]).astype(np.float64)
    languages = np.array([example.ad.language or "unknown" for example in run.measured])
    rows = []
    for language in (ALL, *np.unique(languages).tolist()):
        here = known & ((languages == language) | (language == ALL))
        for kind, is_kind in ((CONCERN, truth > 0), (OTHER, truth <= 0)):
            held = here & is_kind
            if held.sum() >= LEAST:
                both = (_share(values[held], counts[:, held]) for values in (covered, unsure))
                rows.append(Kept(language, kind, int(held.sum()), *both))
    return rows


def _share(values: Array, counts: Array) -> Figure:
    with np.errstate(invalid="ignore"):
        return figure(values.mean(), (counts * values).sum(axis=1) / counts.sum(axis=1))

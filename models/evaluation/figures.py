"""Every figure of a run, with its interval, as plain values: what reports, comparisons and model cards are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.evaluation import metrics
from models.evaluation.intervals import Figure, figure
from models.evaluation.running import Run
from models.examples import Array

PREVALENCES = (0.05, 0.01, 0.001)
"""Shares of concern among ads at which figures are stated, beside the labelled ads' own."""
TRAFFIC, REVIEWS = 10_000, 100
"""Ads a day that boards bring, and ads a day that analysts can review."""
NAMES = {
    "average_precision": "average precision",
    "roc_auc": "ROC AUC",
    "precision_at_budget": "precision at the daily budget",
    "recall_at_budget": "recall at the daily budget",
    "recall_at_ppv_half": "recall at PPV ≥ .5",
    "recall": "recall, flagged",
    "ppv": "PPV, flagged",
    "f1": "F1 at even odds",
    "false_alerts_per_10000": "false alerts per 10,000",
    "brier": "Brier",
    "calibration_error": "calibration error",
    "classwise_calibration_error": "classwise calibration error",
    "abstention": "abstention",
}
"""Key of a figure → what tables call it."""
LESS_IS_BETTER = frozenset(
    {"false_alerts_per_10000", "brier", "calibration_error", "classwise_calibration_error", "abstention"}
)


@dataclass(frozen=True)
class Terms:
    """What figures are stated for. `made_for` is the prevalence the probabilities are calibrated to; `reviews` of
    `traffic` ads a day can be reviewed."""

    made_for: float
    prevalences: Sequence[float] = PREVALENCES
    traffic: int = TRAFFIC
    reviews: int = REVIEWS

    @property
    def budget(self) -> float:
        """Share of the traffic that can be reviewed."""
        return self.reviews / self.traffic


@dataclass(frozen=True)
class Scores:
    """One classifier's answers for one target: per ad the truth, whether it is of concern at all (which weights
    follow), the probability, whether a flag may be raised, whether the classifier abstains; and bootstrap counts of
    shape (rounds, n)."""

    truth: Array
    concern: Array
    probability: Array
    flaggable: Array
    abstains: Array
    counts: Array

    def part(self, rows: Array) -> "Scores":
        """The same for some of the ads (a mask)."""
        return Scores(
            self.truth[rows],
            self.concern[rows],
            self.probability[rows],
            self.flaggable[rows],
            self.abstains[rows],
            self.counts[:, rows],
        )


def scores_of(run: Run, classifier: str, counts: Array, target: str = "concern") -> Scores:
    """The answers of a run for the ads that have one."""
    said = run.said[classifier][target]
    whole = Scores(
        truth=run.truth(target),
        concern=run.truth(),
        probability=said,
        flaggable=run.flaggable[classifier],
        abstains=run.abstains[classifier],
        counts=counts,
    )
    return whole.part(~np.isnan(said))


def values(scores: Scores, terms: Terms, prevalence: float | None, counts: Array | None) -> dict[str, Array]:
    """Every figure at one prevalence; `counts` None for the figures themselves, a row a round for their intervals.

    What is flagged is what the model flags in use; calibration is judged after the probabilities were moved to the
    prevalence in question.
    """
    weights = metrics.weights_at(scores.concern, prevalence, counts)
    ranked = metrics.curve(scores.truth, scores.probability, weights)
    precision, recall = ranked.at_budget(terms.budget)
    flagged = scores.flaggable * (scores.probability >= metrics.FLAGGED)
    probability = _moved(scores, terms, prevalence)
    return {
        "average_precision": ranked.average_precision(),
        "roc_auc": ranked.roc_auc(),
        "precision_at_budget": precision,
        "recall_at_budget": recall,
        "recall_at_ppv_half": ranked.recall_at_ppv(),
        **metrics.alerts(scores.truth, flagged, weights),
        "f1": metrics.alerts(scores.truth, (probability >= 0.5).astype(np.float64), weights)["f1"],
        "brier": metrics.brier(scores.truth, probability, weights),
        "calibration_error": metrics.calibration_error(scores.truth, probability, weights),
        "abstention": np.asarray((weights * scores.abstains).sum(axis=-1)),
    }


def _moved(scores: Scores, terms: Terms, prevalence: float | None) -> Array:
    to = float(scores.concern.mean()) if prevalence is None else prevalence
    return metrics.shifted(scores.probability, made_for=terms.made_for, to=to) if 0 < to < 1 else scores.probability


def figures(scores: Scores, terms: Terms, prevalence: float | None) -> dict[str, Figure]:
    """Every figure at one prevalence, with its interval."""
    found = values(scores, terms, prevalence, None)
    rounds = values(scores, terms, prevalence, scores.counts)
    return {name: figure(found[name], rounds[name]) for name in found}


def differences(one: Scores, other: Scores, terms: Terms, prevalence: float | None) -> dict[str, Figure]:
    """`one` less `other` on the same ads and draws (paired bootstrap): 0 outside the interval is a difference."""
    found = [values(scores, terms, prevalence, None) for scores in (one, other)]
    rounds = [values(scores, terms, prevalence, scores.counts) for scores in (one, other)]
    shared = [name for name in found[0] if name in found[1]]
    return {name: figure(found[0][name] - found[1][name], rounds[0][name] - rounds[1][name]) for name in shared}


def by_prevalence(scores: Scores, terms: Terms) -> dict[str, dict[str, Figure]]:
    """Figures as labelled and at each stated prevalence; keys as tables print them."""
    return {label(each): figures(scores, terms, each) for each in (None, *terms.prevalences)}


def label(prevalence: float | None) -> str:
    """How tables name a prevalence."""
    return "as labelled" if prevalence is None else f"{100 * prevalence:g} %"


def classwise(run: Run, classifier: str, terms: Terms, counts: Array) -> Figure:
    """Mean calibration error over the targets that were scored, at the prevalence the model is made for."""
    parts = [scores_of(run, classifier, counts, target) for target in run.said[classifier]]
    usable = [part for part in parts if 0 < part.truth.sum() < len(part.truth)]
    found = [_error(part, terms, None) for part in usable]
    rounds = [_error(part, terms, part.counts) for part in usable]
    return figure(np.mean(found), np.mean(rounds, axis=0))


def _error(scores: Scores, terms: Terms, counts: Array | None) -> Array:
    weights = metrics.weights_at(scores.concern, terms.made_for, counts)
    return metrics.calibration_error(scores.truth, scores.probability, weights)


def plain(held: dict[str, dict[str, Figure]]) -> dict[str, Any]:
    """Figures as JSON holds them."""
    return {name: {key: each.plain() for key, each in row.items()} for name, row in held.items()}

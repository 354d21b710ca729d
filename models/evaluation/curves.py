"""Curves of a run: precision against recall by language, reliability, and what more labels bring."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.classifiers.contract import Classifier
from models.evaluation import metrics
from models.evaluation.figures import Scores, Terms, scores_of
from models.evaluation.intervals import Figure, figure
from models.evaluation.running import Heard, Run
from models.evaluation.splits import SEED, Split, units_of
from models.examples import Array
from zorya.errors import ModelError

SHARES = (0.125, 0.25, 0.5)
"""Shares of the training units of a learning curve; the whole is the run itself."""
_POINTS = 120
"""Points of a drawn curve, at most."""


@dataclass(frozen=True, slots=True)
class Line:
    """A named curve: x and y of its points, and a figure that sums it up."""

    name: str
    points: tuple[tuple[float, float], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Learnt:
    """One point of a learning curve: mean number of ads learnt from, and average precision on the held-out ads."""

    classifier: str
    ads: int
    average_precision: Figure


def precision_recall(run: Run, classifier: str, counts: Array) -> list[Line]:
    """The curve of all ads, then one a language with ads of both classes, as labelled."""
    scores = scores_of(run, classifier, counts)
    languages = np.array([example.ad.language or "unknown" for example in run.measured])
    parts = [("all", scores), *((name, scores.part(languages == name)) for name in np.unique(languages).tolist())]
    return [_line(name, part) for name, part in parts if 0 < part.truth.sum() < len(part.truth)]


def _line(name: str, scores: Scores) -> Line:
    ranked = metrics.curve(scores.truth, scores.probability, metrics.weights_at(scores.truth, None))
    picked = np.unique(np.linspace(0, len(ranked.recall) - 1, _POINTS).astype(int))
    points = [(round(float(ranked.recall[at]), 4), round(float(ranked.precision[at]), 4)) for at in picked]
    note = f"AP {float(ranked.average_precision()):.3f} · {len(scores.truth)} ads"
    return Line(name, ((0.0, points[0][1]), *points), note)


def reliability(run: Run, classifier: str, terms: Terms, counts: Array) -> list[Line]:
    """Mean probability against share found, a point a bin, at the prevalence the model is made for."""
    lines = []
    for target in run.said[classifier]:
        scores = scores_of(run, classifier, counts, target)
        if not 0 < scores.truth.sum() < len(scores.truth):
            continue
        weights = metrics.weights_at(scores.concern, terms.made_for)
        bins = metrics.reliability(scores.truth, scores.probability, weights)
        error = float(metrics.calibration_error(scores.truth, scores.probability, weights))
        points = tuple((round(said, 4), round(found, 4)) for said, found, _ in bins)
        lines.append(Line(target, points, f"ECE {error:.3f}"))
    return lines


def learning(run: Run, classifiers: Sequence[Classifier], counts: Array, *, heard: Heard) -> list[Learnt]:
    """Average precision by number of ads learnt from: on each fold, a growing part of the training units."""
    points = [_learnt(run, classifier, share, counts, heard) for classifier in classifiers for share in SHARES]
    for classifier in classifiers:
        ads = round(float(np.mean([len(fold.train) for fold in run.folds])))
        points.append(Learnt(classifier.name, ads, _average_precision(scores_of(run, classifier.name, counts))))
    order = {classifier.name: number for number, classifier in enumerate(classifiers)}
    return sorted((point for point in points if point), key=lambda point: (order[point.classifier], point.ads))


def _learnt(run: Run, classifier: Classifier, share: float, counts: Array, heard: Heard) -> Learnt | None:
    """None where so few ads cannot teach the classifier."""
    units = np.array(units_of(run.examples, Split.STRICT if run.split is Split.STRICT else Split.CAMPAIGN))
    said = np.full(len(run.examples), np.nan)
    sizes = []
    for number, fold in enumerate(run.folds):
        heard(f"{classifier.name}: learning curve, {share:.1%} of the labels, {fold.name}")
        known = np.unique(units[list(fold.train)])
        chosen = np.random.default_rng([SEED, number]).permutation(known)[: max(2, round(share * len(known)))]
        train = [each for each in fold.train if units[each] in set(chosen.tolist())]
        try:
            fitted = classifier.fit([run.examples[each] for each in train])
        except (ModelError, ValueError):
            return None
        answers = fitted.probabilities([run.examples[each].reading for each in fold.test])
        if "concern" not in answers:
            return None
        said[list(fold.test)] = answers["concern"]
        sizes.append(len(train))
    of_rows = said[list(run.rows)]
    blank = np.zeros(len(of_rows))
    truth = run.truth()
    scores = Scores(truth, truth, of_rows, blank, blank, counts)
    return Learnt(classifier.name, round(float(np.mean(sizes))), _average_precision(scores))


def _average_precision(scores: Scores) -> Figure:
    found, rounds = (
        metrics.curve(
            scores.truth, scores.probability, metrics.weights_at(scores.truth, None, counts)
        ).average_precision()
        for counts in (None, scores.counts)
    )
    return figure(found, rounds)

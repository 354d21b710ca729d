"""The recipes `linear` and `indicators-only`: features → logistic regression, calibrated out of fold, one probability
per target.

Concern and each pattern get their own regression and their own calibration on held-out scores (`folds_of`: no campaign
stands on both sides) of copies with hidden indicators. The strictness is chosen on the same held-out scores.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from threadpoolctl import threadpool_limits

from models.calibrated import Calibration
from models.classifiers.calibration import Calibrator, chosen_family
from models.classifiers.conformal import thresholds
from models.classifiers.design import Design
from models.classifiers.folds import folds_of
from models.classifiers.influence import capped_weights
from models.classifiers.prior import prior_shift
from models.examples import TARGETS, Array, Example, truths
from models.reading import Reading
from models.recipe import Candidate, IndicatorsOnlyRecipe, LinearRecipe
from models.served import ServedModel
from models.served_file import packed
from models.served_text import LARGEST, TextTable
from zorya.errors import ModelError

ABSTENTION_ERROR = 0.1
"""Share of ads with an answer whose set of possible answers may lack it."""
_STEPS = 1000
"""Passes over the ads at most; some twenty are usual."""


@dataclass(frozen=True)
class LinearFitted:
    """A model as it was learnt. Held-out log-odds are calibrated, at the prevalence of the labels, shape (n,) each."""

    served: ServedModel
    candidate: Candidate
    held_out: dict[str, Array]
    held_out_hidden: dict[str, Array]
    """Of copies with hidden indicators: what a combination is learnt on."""

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Target → calibrated probability per reading at the deployment prevalence."""
        told = self.served.probabilities_of(readings)
        return {target: np.array([each[target] for each in told]) for target in self.served.targets}

    def files(self) -> dict[str, bytes]:
        """What is stored of it."""
        return packed(self.served)

    def chosen(self) -> dict[str, Any]:
        """What was chosen on held-out ads."""
        families = {target: found.family for target, found in self.served.calibrations.items()}
        return {**self.candidate.model_dump(mode="json"), "calibration": families}


class LinearClassifier:
    """Learns by a recipe of kind `linear` or `indicators-only`."""

    def __init__(self, recipe: LinearRecipe | IndicatorsOnlyRecipe, targets: Sequence[str] = TARGETS) -> None:
        self.recipe, self.targets = recipe, targets

    @property
    def name(self) -> str:
        """The recipe's."""
        return self.recipe.name

    def fit(self, examples: Sequence[Example]) -> LinearFitted:
        """Raises ModelError where the examples hold no two folds with concern. On one thread: those of the algebra
        library would mostly wait for one another, and liblinear draws from one stream of chance for the whole process,
        so that regressions side by side would not give the same twice.
        """
        with threadpool_limits(limits=1):
            return self._fit(examples)

    def _fit(self, examples: Sequence[Example]) -> LinearFitted:
        learning = _Learning(examples, self.recipe)
        candidate = learning.chosen()
        matrix = learning.design.matrix(candidate)
        known = [target for target in self.targets if learning.can_learn(target)]
        if "concern" not in known:
            raise ModelError(
                f"nothing to learn from {len(examples)} ads: label concern ads of at least two campaigns, and others"
            )
        learnt = {target: learning.learn(target, matrix, candidate) for target in known}
        return LinearFitted(
            self._served(learning, candidate, learnt),
            candidate,
            {target: each.plain for target, each in learnt.items()},
            {target: each.hidden for target, each in learnt.items()},
        )

    def _served(self, learning: "_Learning", candidate: Candidate, learnt: "dict[str, _Learnt]") -> ServedModel:
        coefficients = np.vstack([each.regression.coef_[0] for each in learnt.values()])
        text = None
        if isinstance(self.recipe, LinearRecipe):
            weights = learning.design.vectoriser(candidate).weights_
            lanes = coefficients[:, : len(weights)] * weights * candidate.text_weight
            text = table_of(self.recipe.letters, np.vstack([weights**2, lanes]))
        concern = learning.truths["concern"]
        prevalence = float(np.average(concern, weights=learning.weights))
        return ServedModel(
            text=text,
            named=learning.design.named_coefficients(coefficients),
            targets=tuple(learnt),
            intercepts=tuple(float(each.regression.intercept_[0]) for each in learnt.values()),
            calibrations={target: each.calibration for target, each in learnt.items()},
            prior_shift=prior_shift(prevalence, self.recipe.deployment_prevalence),
            possible=thresholds(learnt["concern"].hidden, concern, ABSTENTION_ERROR),
        )


@dataclass(frozen=True)
class _Learnt:
    regression: LogisticRegression
    calibration: Calibration
    plain: Array
    hidden: Array


class _Learning:
    """The examples in the forms that fitting needs."""

    def __init__(self, examples: Sequence[Example], recipe: LinearRecipe | IndicatorsOnlyRecipe) -> None:
        self.recipe, self.design = recipe, Design(examples, recipe)
        self.folds = folds_of(examples)
        self.weights = capped_weights(examples, recipe.influence)
        self.truths = {target: truths(examples, target) for target in TARGETS}
        self._side = np.tile(np.asarray(self.folds), self.design.copies)
        self._tried: dict[Candidate, Array] = {}
        """Held-out scores of concern by the candidates tried."""

    def can_learn(self, target: str) -> bool:
        """Whether the target is in two folds: in one alone it cannot be calibrated."""
        truth, side = self.truths[target], np.asarray(self.folds)
        return len(set(side[truth == 1])) > 1 and len(set(side[truth == 0])) > 1

    def chosen(self) -> Candidate:
        """The candidate with the least held-out log loss of concern."""
        candidates = self.recipe.candidates
        if len(candidates) == 1 or not self.can_learn("concern"):
            return candidates[0]
        return candidates[int(np.argmin([self._loss(each) for each in candidates]))]

    def learn(self, target: str, matrix: csr_matrix, candidate: Candidate) -> _Learnt:
        """Regression, calibration, and calibrated held-out log-odds of plain and of hidden copies."""
        truth, number = self.truths[target], len(self.folds)
        tried = self._tried.get(candidate) if target == "concern" else None
        scores = self._held_out(target, matrix, candidate) if tried is None else tried
        hidden = scores[-number:]
        family = chosen_family(hidden, truth, self.folds, self.weights)
        calibration = Calibrator(family).fit(hidden[:, None], truth, self.weights).calibration_
        odds = _each(calibration.log_odds)
        return _Learnt(self._fit(target, matrix, candidate), calibration, odds(scores[:number]), odds(hidden))

    def _loss(self, candidate: Candidate) -> float:
        scores = self._tried[candidate] = self._held_out("concern", self.design.matrix(candidate), candidate)
        hidden = scores[-len(self.folds) :, None]
        told = Calibrator().fit(hidden, self.truths["concern"], self.weights).predict_proba(hidden)
        return float(log_loss(self.truths["concern"], told, sample_weight=self.weights))

    def _held_out(self, target: str, matrix: csr_matrix, candidate: Candidate) -> Array:
        scores = np.zeros(len(self._side))
        for fold in sorted(set(self.folds)):
            here = self._side == fold
            scores[here] = self._fit(target, matrix, candidate, ~here).decision_function(matrix[here])
        return scores

    def _fit(
        self, target: str, matrix: csr_matrix, candidate: Candidate, rows: Any = slice(None)
    ) -> LogisticRegression:
        truth, weights = np.tile(self.truths[target], self.design.copies), np.tile(self.weights, self.design.copies)
        return regression(candidate.regularisation, self.recipe.seed).fit(matrix[rows], truth[rows], weights[rows])


def regression(strictness: float, seed: int) -> LogisticRegression:
    """A balanced logistic regression with this C. Ads are far fewer than columns: coordinate descent over the ads (Yu,
    Huang and Lin 2011) takes a third of the time of Newton steps over the columns and ends nearer to the optimum.
    """
    return LogisticRegression(
        C=strictness, class_weight="balanced", solver="liblinear", dual=True, max_iter=_STEPS, random_state=seed
    )


def table_of(letters: int, lanes: Array) -> TextTable:
    """Numbers rounded to whole ones, the largest of each lane to LARGEST."""
    units = np.abs(lanes).max(axis=1) / LARGEST
    units[units == 0] = 1.0
    whole = np.rint(lanes / units[:, None]).astype("<i4")
    return TextTable(letters, tuple(map(float, units)), memoryview(whole.tobytes()))


def _each(function: Callable[[float], float]) -> Callable[[Array], Array]:
    return lambda values: np.array([function(float(value)) for value in values])

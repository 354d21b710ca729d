"""Conformal abstention: which of both answers held-out ads leave possible at a stated error."""

import math
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from models.examples import Array

_BEYOND = 1e9
"""Above all log-odds, and finite: models hold finite numbers only."""


def thresholds(scores: Array, truth: Array, error: float) -> tuple[float, float]:
    """From which score on *yes* is possible, and up to which *no* is; beyond all scores where examples are few.

    Class-conditional (Mondrian) split conformal prediction (Vovk, Gammerman and Shafer 2005, §4.5): an answer is
    possible when more than `error` of the held-out ads with that answer, the new one among them, are as unlike it. Of
    new ads with an answer at most a share of `error` has a set without it, whatever their prevalence.
    """
    return _least(scores[truth > 0], error), -_least(-scores[truth <= 0], error)


def _least(scores: Array, error: float) -> float:
    unlike = math.floor(error * (len(scores) + 1))
    return float(np.sort(scores)[unlike - 1]) if unlike else -_BEYOND


class MondrianConformal(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A binary classifier with `decision_function`, and the sets of answers that its held-out scores leave possible."""

    def __init__(self, estimator: Any = None, error: float = 0.1, cv: int = 5) -> None:
        self.estimator, self.error, self.cv = estimator, error, cv

    def fit(self, X: Array, y: Any) -> "MondrianConformal":
        """X: shape (n, k); y: two classes, shape (n,)."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_, truth = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported; got {len(self.classes_)} classes")
        if len(self.classes_) < 2:
            raise ValueError("MondrianConformal can't train when only one class is present.")
        base = LogisticRegression() if self.estimator is None else self.estimator
        parts = min(self.cv, *np.bincount(truth))
        held_out = cross_val_predict(base, X, truth, cv=max(2, parts), method="decision_function")
        self.estimator_ = clone(base).fit(X, truth)
        self.thresholds_ = thresholds(held_out, truth.astype(float), self.error)
        return self

    def decision_function(self, X: Array) -> Array:
        """The classifier's scores, shape (n,)."""
        check_is_fitted(self)
        return np.asarray(self.estimator_.decision_function(validate_data(self, X, reset=False)))

    def predict(self, X: Array) -> Any:
        """The likelier class, shape (n,)."""
        scores = self.decision_function(X)
        return self.classes_[(scores > 0).astype(int)]

    def predict_set(self, X: Array) -> "np.ndarray[Any, np.dtype[np.bool_]]":
        """Whether each class is possible, shape (n, 2)."""
        scores = self.decision_function(X)
        yes_from, no_to = self.thresholds_
        return np.column_stack([scores <= no_to, scores >= yes_from])

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

"""Calibration: scores and truths → a map from score to probability; which family, held-out Brier scores say."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from models.calibrated import FAMILIES, Calibration
from models.examples import Array

_NEARLY_FREE = 1e4
"""C of regressions on scores: hardly any regularisation."""
_ENOUGH = 1000
"""Ads of the rarer answer from which isotonic regression is tried: with fewer it fits their accidents and ties scores
that differ (Niculescu-Mizil and Caruana 2005, §5).
"""
_CLEARLY = 0.99
"""Another family than Platt's is taken when its held-out Brier score is below this part of Platt's."""


class Calibrator(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One column of scores, or several that are first combined by a logistic regression (stacking: Wolpert 1992), to
    the probability of the second of two classes. `calibration_` is the map of the column.
    """

    def __init__(self, family: str = "platt") -> None:
        self.family = family

    def fit(self, X: Array, y: Any, sample_weight: Array | None = None) -> "Calibrator":
        """X: scores, shape (n,) or (n, k); y: two classes, shape (n,)."""
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_, second = np.unique(y, return_inverse=True)
        if len(self.classes_) > 2:
            raise ValueError(f"Only binary classification is supported; got {len(self.classes_)} classes")
        if len(self.classes_) < 2:
            raise ValueError("Calibrator can't train when only one class is present.")
        weight = _check_sample_weight(sample_weight, X)
        several = X.shape[1] > 1
        truth: Array = second.astype(float)
        self.coef_: Array
        self.coef_, self.intercept_ = _logistic(X, truth, weight) if several else (np.ones(1), 0.0)
        if several and self.family == "platt":
            self.calibration_ = Calibration("platt", (1.0, 0.0))
        else:
            self.calibration_ = _FITS[self.family](X @ self.coef_ + self.intercept_, truth, weight)
        return self

    def decision_function(self, X: Array) -> Array:
        """Calibrated log-odds, shape (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        return np.array([self.calibration_.log_odds(score) for score in X @ self.coef_ + self.intercept_])

    def predict_proba(self, X: Array) -> Array:
        """Probability of each class, shape (n, 2)."""
        second = expit(self.decision_function(X))
        return np.column_stack([1 - second, second])

    def predict(self, X: Array) -> Any:
        """The likelier class, shape (n,)."""
        check_is_fitted(self)
        return self.classes_[(self.decision_function(X) > 0).astype(int)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags


def chosen_family(scores: Array, truth: Array, folds: Sequence[int], weight: Array) -> str:
    """The family whose Brier score on held-out folds is least; Platt's, unless another is clearly better."""
    side = np.asarray(folds)
    enough = min(truth.sum(), len(truth) - truth.sum()) >= _ENOUGH
    families = FAMILIES if enough else ("platt", "beta")
    briers = {family: _held_out_brier(family, scores, truth, side, weight) for family in families}
    best = min(briers, key=briers.__getitem__)
    return best if briers[best] < _CLEARLY * briers["platt"] else "platt"


def _held_out_brier(family: str, scores: Array, truth: Array, side: Any, weight: Array) -> float:
    spent = total = 0.0
    for fold in np.unique(side):
        here = side == fold
        if len(set(truth[~here])) < 2:
            continue
        fitted = Calibrator(family).fit(scores[~here, None], truth[~here], weight[~here])
        told = fitted.predict_proba(scores[here, None])[:, 1]
        spent += float((weight[here] * (told - truth[here]) ** 2).sum())
        total += float(weight[here].sum())
    return spent / total if total else float("inf")


def _platt(scores: Array, truth: Array, weight: Array) -> Calibration:
    (slope,), intercept = _logistic(scores[:, None], truth, weight)
    return Calibration("platt", (float(slope), intercept))


def _logistic(columns: Array, truth: Array, weight: Array) -> tuple[Array, float]:
    fitted = LogisticRegression(C=_NEARLY_FREE, max_iter=1000).fit(columns, truth, weight)
    return fitted.coef_[0], float(fitted.intercept_[0])


def _beta(scores: Array, truth: Array, weight: Array) -> Calibration:
    """Maximum likelihood with a, b >= 0, by L-BFGS-B."""
    rising, falling = -np.logaddexp(0, -scores), np.logaddexp(0, scores)

    def loss(numbers: Array) -> tuple[float, Array]:
        odds = numbers[0] * rising + numbers[1] * falling + numbers[2]
        gap = weight * (expit(odds) - truth)
        slope = np.array([gap @ rising, gap @ falling, gap.sum()])
        return float(weight @ (np.logaddexp(0, odds) - truth * odds)), slope

    found = minimize(loss, [1.0, 1.0, 0.0], jac=True, bounds=[(0, None), (0, None), (None, None)], method="L-BFGS-B")
    return Calibration("beta", tuple(map(float, found.x)))


def _isotonic(scores: Array, truth: Array, weight: Array) -> Calibration:
    """Pool-adjacent-violators; nothing is surer than one in n + 2 (Laplace's rule)."""
    counts, least = weight > 0, float(1 / (weight.sum() + 2))
    pooled = IsotonicRegression(y_min=least, y_max=1 - least, out_of_bounds="clip")
    fitted = pooled.fit(scores[counts], truth[counts], weight[counts])
    heights = np.log(fitted.y_thresholds_ / (1 - fitted.y_thresholds_))
    return Calibration("isotonic", (*map(float, fitted.X_thresholds_), *map(float, heights)))


_FITS = {"platt": _platt, "beta": _beta, "isotonic": _isotonic}

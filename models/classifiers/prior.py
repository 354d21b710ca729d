"""Prior shift: probabilities learnt where concern is frequent, told where it is rare."""

from typing import Any

import numpy as np
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from models.examples import Array

_ROUNDS, _STILL = 1000, 1e-9


class PriorShift(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Log-odds at the training prevalence → log-odds at the deployment prevalence: their difference in log-odds is
    added (Saerens, Latinne and Decaestecker 2002, eq. 4, for two classes). Without a stated deployment prevalence it is
    estimated from the unlabelled log-odds it is fitted on, by their EM (eqs. 9–10).
    """

    def __init__(self, training: float = 0.5, deployment: float | None = None) -> None:
        self.training, self.deployment = training, deployment

    def fit(self, X: Array, y: object = None) -> "PriorShift":
        """X: log-odds, shape (n, k), each column on its own."""
        X = validate_data(self, X, dtype=float)
        if self.deployment is None:
            self.prevalence_ = np.array([_estimated(column, self.training) for column in X.T])
        else:
            self.prevalence_ = np.full(X.shape[1], self.deployment)
        self.shift_ = logit(self.prevalence_) - logit(self.training)
        return self

    def transform(self, X: Array) -> Array:
        """Shifted log-odds, shape (n, k)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=float)
        return np.asarray(X + self.shift_)


def prior_shift(training: float, deployment: float) -> float:
    """What is added to log-odds."""
    return float(logit(deployment) - logit(training))


def _estimated(odds: Any, training: float) -> float:
    """The prevalence under which the mean probability is the prevalence itself, at most one in n + 1 from certainty."""
    least = 1 / (len(odds) + 2)
    prevalence = training
    for _ in range(_ROUNDS):
        told = float(expit(odds + logit(prevalence) - logit(training)).mean())
        before, prevalence = prevalence, min(1 - least, max(least, told))
        if abs(prevalence - before) < _STILL:
            break
    return prevalence

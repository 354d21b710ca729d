"""The default classifier: n-grams and indicators → logistic regression, calibrated out of fold, one probability
per pattern.

Concern and each pattern get their own regression and their own Platt calibration on out-of-fold scores (grouped,
so that no campaign stands on both sides). The concern probability is then shifted from the corpus's prevalence to
the deployment prevalence (Saerens et al. 2002).
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.special import expit
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from models.features import indicator_features, masked_text
from models.reading import Reading
from models.recipe import Recipe
from models.served import WORD, ServedModel, Terms
from zorya.domain.findings import MODIFIERS, PATTERNS

Array = np.ndarray[Any, np.dtype[np.float64]]
TARGETS = ("concern", *PATTERNS, *MODIFIERS)


@dataclass
class LinearModel:
    """A model as it was fitted; `served()` is what is stored and used."""

    chars: TfidfVectorizer
    words: TfidfVectorizer
    named: DictVectorizer
    weights: dict[str, float]
    regressions: dict[str, LogisticRegression]
    calibrations: dict[str, tuple[float, float]]
    prior_shift: float
    out_of_fold: dict[str, list[float]] = field(default_factory=dict)

    def matrix(self, readings: Sequence[Reading]) -> csr_matrix:
        """Feature matrix, one row per ad."""
        texts = [masked_text(reading) for reading in readings]
        return csr_matrix(hstack([self.text_matrix(texts), self.named_matrix(readings)]))

    def text_matrix(self, texts: Sequence[str]) -> csr_matrix:
        """The n-gram blocks of masked texts."""
        return csr_matrix(hstack([self.chars.transform(texts), self.words.transform(texts)]) * self.weights["text"])

    def named_matrix(self, readings: Sequence[Reading]) -> csr_matrix:
        """The block of indicators and facts."""
        named = self.named.transform([indicator_features(reading) for reading in readings])
        return csr_matrix(named * self.weights["indicators"])

    def served(self) -> ServedModel:
        """What scoring needs of it, without scikit-learn."""
        targets = tuple(self.regressions)
        return ServedModel(
            chars=_terms(self.chars),
            words=_terms(self.words),
            named=tuple(str(name) for name in self.named.get_feature_names_out()),
            weights=self.weights,
            targets=targets,
            coefficients=tuple(self.regressions[target].coef_[0].tolist() for target in targets),
            intercepts=tuple(float(self.regressions[target].intercept_[0]) for target in targets),
            calibrations=self.calibrations,
            prior_shift=self.prior_shift,
        )


def _terms(block: TfidfVectorizer) -> Terms:
    names = tuple(str(name) for name in block.get_feature_names_out())
    return Terms(names, block.idf_.tolist(), tuple(block.ngram_range))


def fit(readings: Sequence[Reading], labels: dict[str, Array], folds: Sequence[int], recipe: Recipe) -> LinearModel:
    """Fit on read ads. `labels[target]` are 0/1 per ad; ads of one fold are held out together. Deterministic."""
    texts = [masked_text(reading) for reading in readings]
    chars = TfidfVectorizer(
        analyzer="char_wb", ngram_range=recipe.char_ngrams, min_df=recipe.min_df, sublinear_tf=True, dtype=np.float32
    ).fit(texts)
    words = TfidfVectorizer(
        ngram_range=recipe.word_ngrams, min_df=recipe.min_df, sublinear_tf=True, token_pattern=WORD, dtype=np.float32
    ).fit(texts)
    named = DictVectorizer(dtype=np.float32).fit([indicator_features(reading) for reading in readings])
    weights = {"text": recipe.text_weight, "indicators": recipe.indicator_weight}
    model = LinearModel(chars, words, named, weights, {}, {}, 0.0)
    text_block = model.text_matrix(texts)
    randomness = random.Random(recipe.seed)  # noqa: S311 — augmentation, not secrecy
    copies = [
        readings,
        *([_hide(r, recipe.indicator_dropout, randomness) for r in readings] for _ in range(recipe.copies)),
    ]
    matrix = csr_matrix(vstack([hstack([text_block, model.named_matrix(copy)]) for copy in copies]))
    side = np.tile(np.asarray(folds), len(copies))
    for target in TARGETS:
        truth = np.tile(labels[target], len(copies))
        if len(set(side[truth == 1])) < 2:
            continue  # a pattern seen in one fold only cannot be calibrated
        held_out = np.zeros(len(truth))
        for fold in sorted(set(folds)):
            fitted = _regression(recipe).fit(matrix[side != fold], truth[side != fold])
            held_out[side == fold] = fitted.decision_function(matrix[side == fold])
        model.regressions[target] = _regression(recipe).fit(matrix, truth)
        slope, intercept = model.calibrations[target] = _platt(held_out[len(texts) :], truth[len(texts) :])
        model.out_of_fold[target] = [float(p) for p in expit(slope * held_out[: len(texts)] + intercept)]
    model.prior_shift = _logit(recipe.deployment_prevalence) - _logit(float(labels["concern"].mean()))
    return model


def _hide(reading: Reading, share: float, randomness: random.Random) -> Reading:
    """The ad as a catalogue would read it that lacks some of its phrases."""
    hits = tuple(hit for hit in reading.indicators.hits if randomness.random() >= share)
    return replace(reading, indicators=replace(reading.indicators, hits=hits))


def _regression(recipe: Recipe) -> LogisticRegression:
    return LogisticRegression(
        C=recipe.regularisation, class_weight="balanced", solver="liblinear", random_state=recipe.seed
    )


def _platt(scores: Array, truth: Array) -> tuple[float, float]:
    """Slope and intercept of a logistic map from score to probability (Platt 1999), nearly unregularised."""
    fitted = LogisticRegression(C=1e4, max_iter=400).fit(scores.reshape(-1, 1), truth)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))

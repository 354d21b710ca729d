"""What the text part of a score costs, beside scikit-learn's own pipeline in the same run, and whether it ranks alike.

Both learn the same regressions from the same masked texts, fold by fold (`models.classifiers.folds`); both are timed
from masked text to the scores of all targets.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from models.classifiers.folds import folds_of
from models.classifiers.linear import table_of
from models.classifiers.vectoriser import HashedText
from models.examples import TARGETS, Array, Example, truths
from models.served_batch import scores
from models.served_text import TextTable

ROUNDS = 5
_LOOSE = 3.0
"""C of both regressions."""
_SKLEARN, _MANY = "scikit-learn TfidfVectorizer(char_wb)", "many ads at a time"
_FIRST, _AGAIN = "one at a time, words new", "one at a time, words known"


def measure_serving(examples: Sequence[Example]) -> list[dict[str, Any]]:
    """A row per way: CPU microseconds per ad (least of interleaved rounds), how many times as fast as scikit-learn's
    pipeline, and the average precision of concern on held-out ads.
    """
    texts, truth, side = [e.text for e in examples], truths(examples, "concern"), folds_of(examples)
    theirs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True)
    quality = {
        name: _average_precision(vectoriser, texts, truth, np.asarray(side))
        for name, vectoriser in ((_SKLEARN, theirs), (_MANY, HashedText()))
    }
    ways = _ways(theirs, texts, truth)
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.process_time()
            way(texts)
            least[name] = min(least[name], time.process_time() - began)
    return [
        {
            "way": name,
            "us_per_ad": round(spent / len(texts) * 1e6, 1),
            "times_as_fast": round(least[_SKLEARN] / spent, 1),
            "average_precision": round(quality.get(name, quality[_MANY]), 4),
        }
        for name, spent in least.items()
    ]


def _average_precision(vectoriser: Any, texts: Sequence[str], truth: Array, side: Any) -> float:
    told = np.zeros(len(texts))
    for fold in np.unique(side):
        here = side == fold
        rows = vectoriser.fit_transform([text for text, out in zip(texts, here, strict=True) if not out])
        fitted = _regression().fit(rows, truth[~here])
        held_out = [text for text, out in zip(texts, here, strict=True) if out]
        told[here] = fitted.decision_function(vectoriser.transform(held_out))
    return float(average_precision_score(truth, told))


def _ways(theirs: Any, texts: Sequence[str], truth: Array) -> dict[str, Callable[[Sequence[str]], Any]]:
    """Every way scores as many targets as the default model; the weights are those of concern, as many times over."""
    rows = theirs.fit_transform(texts)
    weights = np.tile(_regression().fit(rows, truth).coef_, (len(TARGETS), 1)).T
    ours = HashedText().fit(texts)
    lanes = np.tile(_regression().fit(ours.transform(texts), truth).coef_ * ours.weights_, (len(TARGETS), 1))
    table = table_of(ours.letters, np.vstack([ours.weights_**2, lanes]))
    known = table_of(ours.letters, np.vstack([ours.weights_**2, lanes]))
    for text in texts:
        known.totals(text)
    return {
        _SKLEARN: lambda held: theirs.transform(held) @ weights,
        _MANY: lambda held: scores(table, held),
        _FIRST: lambda held: _one_by_one(TextTable(table.letters, table.units, table.table), held),
        _AGAIN: lambda held: _one_by_one(known, held),
    }


def _one_by_one(table: TextTable, texts: Sequence[str]) -> list[list[float]]:
    return [table.scores(table.totals(text)) for text in texts]


def _regression() -> LogisticRegression:
    return LogisticRegression(C=_LOOSE, class_weight="balanced", solver="liblinear", random_state=0)

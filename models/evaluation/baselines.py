"""What every recipe must beat, behind the same contract: rules of thumb over indicators, the ILO/EC rule, TF-IDF with a
linear SVM.

Rules give no probability by themselves: each answer gets the share of concern among the training ads with that answer,
moved to the deployment prevalence, so that they too can be judged by calibration.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from models.catalogue import catalogue
from models.decision_rule import decide
from models.evaluation.metrics import shifted
from models.evaluation.splits import Split, folds
from models.examples import Array, Example, truths, weights_of
from models.reading import Reading
from zorya.domain.findings import State
from zorya.errors import ModelError

MANY = 5
"""Indicators from which Volodko et al. (2019) look closer."""


def indicators_present(reading: Reading) -> int:
    """Number of distinct indicators present."""
    return len({hit.code for hit in reading.indicators.hits if hit.state is State.PRESENT})


def any_indicator(reading: Reading) -> int:
    """1 when any indicator is present."""
    return int(indicators_present(reading) >= 1)


def many_indicators(reading: Reading) -> int:
    """1 when at least `MANY` indicators are present."""
    return int(indicators_present(reading) >= MANY)


def positive_dimensions(reading: Reading) -> int:
    """Positive dimensions under the ILO/EC rule: 0, 1 or 2 for several."""
    decision = decide(reading.indicators.hits, catalogue().dimension_of)
    return ("none", "one", "several").index(decision.outcome) if decision else 0


@dataclass(frozen=True)
class Rule:
    """A rule of thumb as a classifier; `answer` is the higher the graver."""

    name: str
    answer: Callable[[Reading], int]
    prevalence: float

    def fit(self, examples: Sequence[Example]) -> "FittedRule":
        """Count concern per answer (one added to each side, Laplace)."""
        truth, weights = truths(examples, "concern"), weights_of(examples)
        answers = np.array([self.answer(example.reading) for example in examples])
        shares = {
            each: float(((weights * truth)[answers == each].sum() + 1) / (weights[answers == each].sum() + 2))
            for each in sorted(set(answers.tolist()))
        }
        best = 0.0
        for each in shares:  # a graver answer never means less
            best = shares[each] = max(best, shares[each])
        return FittedRule(self.answer, shares, _learnt_prevalence(examples), self.prevalence)


@dataclass(frozen=True)
class FittedRule:
    """Share of concern per answer."""

    answer: Callable[[Reading], int]
    shares: dict[int, float]
    learnt_at: float
    prevalence: float

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """The share of the answer, at the deployment prevalence; an answer never met counts as the next milder."""
        lowest = min(self.shares)
        known = [max((a for a in self.shares if a <= self.answer(r)), default=lowest) for r in readings]
        shares = np.array([self.shares[each] for each in known])
        return {"concern": shifted(shares, made_for=self.learnt_at, to=self.prevalence)}


@dataclass(frozen=True)
class TfidfSvm:
    """TF-IDF of words and pairs of words of the text as it stands, and a linear SVM with balanced classes: what any
    data scientist would try first. Sigmoid calibration on grouped out-of-fold scores."""

    prevalence: float
    name: str = "tfidf-svm"

    def fit(self, examples: Sequence[Example]) -> "FittedSvm":
        """Fit on texts; raises ModelError where ads of one class are missing."""
        from sklearn.calibration import CalibratedClassifierCV
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.pipeline import make_pipeline
        from sklearn.svm import LinearSVC

        truth = truths(examples, "concern").astype(int)
        if len(set(truth)) < 2:
            raise ModelError("TF-IDF + SVM needs concern and ordinary ads to learn from")
        texts = [example.reading.text for example in examples]
        pipeline = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2 if len(texts) > 100 else 1),
            LinearSVC(class_weight="balanced", random_state=0),
        )
        sides = [(fold.train, fold.test) for fold in folds(examples, Split.CAMPAIGN)]
        covered = sorted(number for _, test in sides for number in test)
        if covered != list(range(len(texts))):
            raise ModelError("TF-IDF + SVM cannot be calibrated: too few campaigns to hold some out")
        calibrated = CalibratedClassifierCV(pipeline, method="sigmoid", cv=sides, ensemble=False)
        return FittedSvm(calibrated.fit(texts, truth), _learnt_prevalence(examples), self.prevalence)


@dataclass(frozen=True)
class FittedSvm:
    """The fitted pipeline (a scikit-learn classifier of texts)."""

    pipeline: "object"
    learnt_at: float
    prevalence: float

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Calibrated probability of concern, at the deployment prevalence."""
        raw = self.pipeline.predict_proba([reading.text for reading in readings])[:, 1]  # type: ignore[attr-defined]
        return {"concern": shifted(np.asarray(raw), made_for=self.learnt_at, to=self.prevalence)}


def baselines(prevalence: float) -> list[Rule | TfidfSvm]:
    """Every baseline, simplest first; `prevalence` is the deployment prevalence of what they stand beside."""
    return [
        Rule("any-indicator", any_indicator, prevalence),
        Rule("five-indicators", many_indicators, prevalence),
        Rule("ilo-rule", positive_dimensions, prevalence),
        TfidfSvm(prevalence),
    ]


def _learnt_prevalence(examples: Sequence[Example]) -> float:
    truth, weights = truths(examples, "concern"), weights_of(examples)
    return float(np.clip((truth * weights).sum() / weights.sum(), 0.001, 0.999))

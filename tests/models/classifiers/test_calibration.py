"""Maps from scores to probabilities."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibrated import FAMILIES, Calibration, sigmoid
from models.classifiers.calibration import Calibrator, chosen_family
from models.classifiers.conformal import thresholds
from models.classifiers.prior import PriorShift, prior_shift

_RANDOM = np.random.default_rng(5)


def drawn(number: int, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and truths that are 1 with the logistic function of `slope` times the score."""
    scores = _RANDOM.normal(0, 2, number)
    return scores, (_RANDOM.random(number) < 1 / (1 + np.exp(-slope * scores))).astype(float)


def of(family: str, scores: np.ndarray, truth: np.ndarray) -> Calibration:
    """The map of a family."""
    return Calibrator(family).fit(scores[:, None], truth).calibration_


_FITTED = {family: of(family, *drawn(300)) for family in FAMILIES}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_map_finds_the_probabilities_that_truths_were_drawn_with(family: str) -> None:
    scores, truth = drawn(20_000, slope=0.5)
    fitted = Calibrator(family).fit(scores[:, None], truth)
    for score in (-2.0, 0.0, 2.0):
        assert fitted.predict_proba([[score]])[0, 1] == pytest.approx(sigmoid(0.5 * score), abs=0.06)


@pytest.mark.parametrize("family", FAMILIES)
@given(scores=st.lists(st.floats(-50, 50), min_size=2, max_size=20))
def test_a_map_never_falls(family: str, scores: list[float]) -> None:
    fitted = _FITTED[family]
    told = [fitted.log_odds(score) for score in sorted(scores)]
    assert all(before <= after + 1e-9 for before, after in pairwise(told))


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_stored_says_what_was_fitted(family: str) -> None:
    scores, truth = drawn(500, slope=1.5)
    fitted = Calibrator(family).fit(scores[:, None], truth)
    stored = [fitted.calibration_.log_odds(score) for score in scores]
    np.testing.assert_allclose(stored, fitted.decision_function(scores[:, None]), atol=1e-9)


def test_platts_family_stays_unless_another_is_clearly_better() -> None:
    scores, truth = drawn(600)
    assert chosen_family(scores, truth, np.arange(600) % 5, np.ones(600)) == "platt"


def test_a_family_that_fits_is_taken() -> None:
    scores = _RANDOM.normal(0, 2, 8000)
    truth = (_RANDOM.random(8000) < np.where(scores > 0, 0.9, 0.3)).astype(float)  # a step, which no logistic map has
    assert chosen_family(scores, truth, np.arange(8000) % 5, np.ones(8000)) == "isotonic"


@pytest.mark.parametrize(("family", "numbers"), [("cubic", (1.0, 0.0)), ("platt", (1.0,)), ("beta", (math.nan, 1, 1))])
def test_numbers_that_are_no_calibration_are_refused(family: str, numbers: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="no calibration"):
        Calibration(family, numbers)


def test_a_shift_of_prevalence_is_bayes_rule() -> None:
    odds_trained = 0.7 / 0.3  # P(concern | ad) where half are concern
    told = sigmoid(math.log(odds_trained) + prior_shift(0.5, 0.1))
    assert told == pytest.approx(0.7 * 0.2 / (0.7 * 0.2 + 0.3 * 1.8))  # each class re-weighted by new over old share


def test_the_prevalence_is_estimated_from_unlabelled_ads() -> None:
    truth = _RANDOM.random(20_000) < 0.08
    log_odds = _RANDOM.normal(np.where(truth, 2.0, -2.0), 2.0)  # equal spreads: exactly calibrated at one half
    found = PriorShift(training=0.5).fit(log_odds[:, None]).prevalence_[0]
    assert found == pytest.approx(0.08, abs=0.01)


@pytest.mark.parametrize("prevalence", [0.5, 0.05])
def test_sets_of_answers_hold_the_true_one_as_often_as_promised(prevalence: float) -> None:
    def ads(share: float) -> tuple[np.ndarray, np.ndarray]:
        truth = _RANDOM.random(20_000) < share
        return _RANDOM.normal(np.where(truth, 1.0, -1.0), 1.5), truth.astype(float)

    yes_from, no_to = thresholds(*ads(0.4), error=0.1)
    scores, truth = ads(prevalence)  # another prevalence than the one learnt at
    assert np.mean(scores[truth == 1] >= yes_from) == pytest.approx(0.9, abs=0.02)
    assert np.mean(scores[truth == 0] <= no_to) == pytest.approx(0.9, abs=0.02)


def test_too_few_examples_leave_every_answer_possible() -> None:
    assert thresholds(np.array([1.0, -1.0]), np.array([1.0, 0.0]), error=0.1) == (-1e9, 1e9)

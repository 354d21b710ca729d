"""Figures agree with scikit-learn, with hand-made cases, and with a set that truly has the stated prevalence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, roc_auc_score

from models.evaluation import metrics
from models.examples import Array

_CASES = st.lists(st.tuples(st.booleans(), st.integers(0, 8), st.integers(1, 4)), min_size=2, max_size=40).filter(
    lambda rows: len({row[0] for row in rows}) == 2
)


def _arrays(rows: list[tuple[bool, int, int]]) -> tuple[Array, Array, Array]:
    truth, score, count = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    return truth, score / 8, count


@settings(max_examples=40)
@given(rows=_CASES)
def test_weighted_figures_are_scikit_learns(rows: list[tuple[bool, int, int]]) -> None:
    truth, score, counts = _arrays(rows)
    weights = metrics.weights_at(truth, None, counts)
    ranked = metrics.curve(truth, score, weights)
    assert ranked.average_precision() == pytest.approx(average_precision_score(truth, score, sample_weight=counts))
    assert ranked.roc_auc() == pytest.approx(roc_auc_score(truth, score, sample_weight=counts))
    assert metrics.brier(truth, score, weights) == pytest.approx(brier_score_loss(truth, score, sample_weight=counts))
    flagged = (score >= 0.5).astype(np.float64)
    assert np.nan_to_num(metrics.alerts(truth, flagged, weights)["f1"]) == pytest.approx(
        f1_score(truth, flagged, sample_weight=counts, zero_division=0)
    )


@settings(max_examples=40)
@given(rows=_CASES)
def test_rows_of_weights_are_figures_one_by_one(rows: list[tuple[bool, int, int]]) -> None:
    truth, score, counts = _arrays(rows)
    both = metrics.weights_at(truth, 0.05, np.stack([counts, np.ones_like(counts)]))
    together = metrics.curve(truth, score, both)
    for row in (0, 1):
        alone = metrics.curve(truth, score, both[row])
        assert together.average_precision()[row] == pytest.approx(alone.average_precision())
        assert together.at_budget(0.1)[1][row] == pytest.approx(alone.at_budget(0.1)[1])
        assert together.recall_at_ppv()[row] == pytest.approx(alone.recall_at_ppv())


def test_reweighting_is_a_set_that_truly_has_the_prevalence() -> None:
    """Nine ordinary ads copied eleven times beside one of concern are 1 % of concern."""
    random = np.random.default_rng(1)
    truth = np.array([1.0] * 10 + [0.0] * 90)
    score = random.random(100) + truth * 0.3
    copies = np.where(truth == 1, 1, 11)
    real_truth, real_score = np.repeat(truth, copies), np.repeat(score, copies)
    ranked = metrics.curve(truth, score, metrics.weights_at(truth, 10 / 1000))
    assert ranked.average_precision() == pytest.approx(average_precision_score(real_truth, real_score))
    first = np.argsort(-real_score, kind="stable")[:50]
    precision, recall = ranked.at_budget(0.05)
    assert precision == pytest.approx(real_truth[first].mean(), abs=0.03)
    assert recall == pytest.approx(real_truth[first].sum() / 10, abs=0.11)


def test_false_alerts_by_hand() -> None:
    truth, flagged = np.array([1.0, 1, 0, 0, 0, 0]), np.array([1.0, 0, 1, 0, 0, 0])
    found = metrics.alerts(truth, flagged, metrics.weights_at(truth, 0.01))
    assert found["recall"] == pytest.approx(0.5)
    assert found["false_alerts_per_10000"] == pytest.approx(0.25 * 9900)
    assert found["ppv"] == pytest.approx(0.005 / (0.005 + 0.2475))


def test_recall_at_ppv_looks_at_every_threshold() -> None:
    truth, score = np.array([0.0, 1, 1, 0, 0, 0, 1]), np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3])
    ranked = metrics.curve(truth, score, metrics.weights_at(truth, None))
    assert ranked.recall_at_ppv(0.5) == pytest.approx(2 / 3)
    assert ranked.recall_at_ppv(0.9) == 0


def test_budget_counts_ties_in_proportion() -> None:
    truth, score = np.array([1.0, 0, 0, 0]), np.full(4, 0.5)
    precision, recall = metrics.curve(truth, score, metrics.weights_at(truth, None)).at_budget(0.5)
    assert (precision, recall) == (pytest.approx(0.25), pytest.approx(0.5))


def test_a_missing_class_is_undefined_not_zero() -> None:
    truth = np.zeros(3)
    ranked = metrics.curve(truth, np.arange(3.0), metrics.weights_at(truth, None))
    assert np.isnan(ranked.average_precision())
    assert np.isnan(ranked.roc_auc())
    assert np.isnan(ranked.recall_at_ppv())


def test_calibration_error_by_hand() -> None:
    """Two bins: said .2 and found .5 of two ads, said .9 and found 1 of two."""
    truth, said = np.array([1.0, 0, 1, 1]), np.array([0.2, 0.2, 0.9, 0.9])
    found = metrics.calibration_error(truth, said, np.full(4, 0.25), bins=2)
    assert found == pytest.approx(0.5 * 0.3 + 0.5 * 0.1)


def test_true_probabilities_have_hardly_any_calibration_error() -> None:
    random = np.random.default_rng(2)
    said = random.random(20_000)
    truth = (random.random(20_000) < said).astype(np.float64)
    assert metrics.calibration_error(truth, said, metrics.weights_at(truth, None)) < 0.01
    moved = metrics.shifted(said, made_for=0.5, to=0.05)
    assert metrics.calibration_error(truth, moved, metrics.weights_at(truth, 0.05)) < 0.01


@given(st.floats(0.001, 0.999), st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_moving_a_probability_there_and_back_changes_nothing(said: float, one: float, other: float) -> None:
    there = metrics.shifted(np.array([said]), made_for=one, to=other)
    assert metrics.shifted(there, made_for=other, to=one)[0] == pytest.approx(said, abs=1e-6)

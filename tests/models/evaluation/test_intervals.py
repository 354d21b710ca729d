"""Intervals cover as often as they say, and know that copies are no new evidence."""

import numpy as np
import pytest

from models.evaluation import metrics
from models.evaluation.figures import Scores, Terms, differences, figures
from models.evaluation.intervals import Figure, draws, figure
from models.examples import Array


def _scores(truth: Array, probability: Array, clusters: Array, rounds: int = 200) -> Scores:
    ones = np.ones_like(truth)
    return Scores(truth, truth, probability, ones, 0 * ones, draws(clusters, rounds=rounds))


def test_ads_of_a_cluster_are_drawn_together() -> None:
    counts = draws(np.array([0.0, 0, 1, 1, 2]), rounds=50)
    assert (counts[:, 0] == counts[:, 1]).all()
    assert (counts[:, 2] == counts[:, 3]).all()
    assert (counts[:, [0, 2, 4]].sum(axis=1) == 3).all()


def test_intervals_cover_the_true_share() -> None:
    covered = 0
    for seed in range(100):
        seen = (np.random.default_rng(seed).random(80) < 0.3).astype(np.float64)
        counts = draws(np.arange(80.0), rounds=300, seed=seed)
        found = figure(seen.mean(), (counts * seen).sum(axis=1) / 80)
        covered += found.low <= 0.3 <= found.high
    assert 88 <= covered <= 100


@pytest.mark.parametrize("rounds", [np.linspace(0.02, 0.08, 400), np.linspace(-0.4, 0.0, 400)])
def test_an_interval_never_leaves_out_its_own_figure(rounds: Array) -> None:
    found = figure(0.0186, rounds)
    assert found.low <= 0.0186 <= found.high


def test_copies_do_not_narrow_an_interval() -> None:
    random = np.random.default_rng(3)
    truth = np.tile([1.0, 0.0], 30)
    said = np.clip(0.5 + 0.2 * truth + 0.3 * random.standard_normal(60), 0.01, 0.99)
    once = figures(_scores(truth, said, np.arange(60.0)), Terms(0.5), None)["roc_auc"]
    copies = _scores(np.tile(truth, 5), np.tile(said, 5), np.tile(np.arange(60.0), 5))
    fivefold = figures(copies, Terms(0.5), None)["roc_auc"]
    assert fivefold.high - fivefold.low == pytest.approx(once.high - once.low, rel=0.25)


def test_a_classifier_does_not_differ_from_itself_but_from_chance() -> None:
    random = np.random.default_rng(4)
    truth = np.tile([1.0, 0.0], 60)
    good = np.clip(0.5 + 0.3 * (truth - 0.5) + 0.1 * random.standard_normal(120), 0.01, 0.99)
    clusters = np.arange(120.0)
    itself = differences(*(_scores(truth, good, clusters),) * 2, Terms(0.5), None)["average_precision"]
    assert (itself.value, itself.low, itself.high) == (0, 0, 0)
    chance = _scores(truth, random.random(120), clusters)
    better = differences(_scores(truth, good, clusters), chance, Terms(0.5), None)["average_precision"]
    assert better.low > 0


def test_an_undefined_figure_has_no_interval() -> None:
    scores = _scores(np.zeros(8), np.linspace(0.1, 0.9, 8), np.arange(8.0))
    assert figures(scores, Terms(0.1), None)["average_precision"].text(3) == "-"
    assert Figure(0.5, float("nan"), float("nan")).plain() == {"value": 0.5, "low": None, "high": None}


def test_flags_obey_the_rules_above_the_model() -> None:
    truth, said = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.9, 0.9, 0.1])
    held = Scores(truth, truth, said, np.array([1.0, 0, 0, 1]), np.zeros(4), draws(np.arange(4.0), rounds=10))
    found = figures(held, Terms(0.5), None)
    assert found["recall"].value == pytest.approx(0.5)
    assert found["false_alerts_per_10000"].value == 0
    assert metrics.FLAGGED == 0.55

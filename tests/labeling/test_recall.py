"""Recall from the sentinel sample."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom
from typer.testing import CliRunner

from labeling import queue, sampling
from labeling.queue import Decision
from labeling.recall import Judged, bounds, measure, recall_of
from zorya.cli import app
from zorya.domain.reviews import TaskReason, VerdictLabel

CONCERN = Decision(VerdictLabel.CONCERN, ("loverboy",), 2)
LAWFUL = Decision(VerdictLabel.NO_CONCERN)


def test_bounds_near_clopper_and_pearsons_where_the_draw_is_a_small_part():
    many = 1_000_000
    for concerns, low, high in ((0, 0.0, 0.30850), (5, 0.18709, 0.81291), (10, 0.69150, 1.0)):
        fewest, most = bounds(Judged(many, 10, concerns))
        assert (fewest / many, most / many) == pytest.approx((low, high), abs=2e-5)


def test_where_all_were_judged_nothing_is_left_to_chance():
    assert bounds(Judged(40, 40, 3)) == (3, 3)
    assert recall_of("all", Judged(6, 6, 3), Judged(40, 40, 1)).low == 0.75


@given(st.integers(1, 40), st.data())
def test_the_bounds_are_exactly_those_numbers_that_make_the_draw_no_surprise(number, data):
    judged = data.draw(st.integers(1, number))
    concerns = data.draw(st.integers(0, judged))
    likely = [
        k
        for k in range(concerns, number - judged + concerns + 1)
        if hypergeom.cdf(concerns, number, k, judged) > 0.025 and hypergeom.sf(concerns - 1, number, k, judged) > 0.025
    ]
    assert bounds(Judged(number, judged, concerns)) == (likely[0], likely[-1])


@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_the_estimate_lies_in_its_interval(flagged, more, unflagged, others):
    found = recall_of("all", Judged(flagged + more, more, more // 2), Judged(unflagged + others, others, others // 3))
    assert found.recall is None or found.low <= found.recall <= found.high


def test_the_interval_holds_where_the_truth_is_known():
    chance, held = random.Random(2), 0
    for _ in range(200):
        caught, missed = [chance.random() < 0.6 for _ in range(80)], [chance.random() < 0.02 for _ in range(3000)]
        sample = [each for each in missed if chance.random() < 0.1]
        found = recall_of("all", Judged(80, 80, sum(caught)), Judged(3000, len(sample), sum(sample)))
        held += found.low <= sum(caught) / (sum(caught) + sum(missed)) <= found.high
    assert held >= 185


def test_without_a_judged_sentinel_everything_may_have_passed():
    found = recall_of("all", Judged(10, 10, 8), Judged(5000, 0, 0))
    assert (found.recall, found.low) == (None, round(8 / 5008, 4))


def _judge(seed, wanted):
    """Anna judges every open task by what `wanted` says of its reason and campaign."""
    while task := queue.next_task(seed.store, seed.settings, "anna", as_of=seed.at):
        queue.submit(seed.store, seed.settings, "anna", task.id, wanted(task), as_of=seed.at)


@pytest.fixture
def judged(seed, mixed):
    """Forty unflagged campaigns of which half are sentinels, two flagged, four in doubt, all judged."""
    seed.settings = mixed(seed.settings, sentinel=0.5, doubt=0.5)
    for number in range(40):
        seed.ad(0.05, title=f"Ordinary {number}", language="pl")
    for number in range(2):
        seed.ad(0.9, title=f"Flagged {number}")
    for number in range(4):
        seed.ad(0.5, title=f"Doubtful {number}", abstain=True)
    seed.person("anna")
    sampling.run(seed.store, seed.settings, as_of=seed.at)
    return seed


def test_only_sentinels_speak_for_what_was_not_flagged(judged):
    _judge(judged, lambda task: CONCERN if task.reason in {TaskReason.RISK, TaskReason.DOUBT} else LAWFUL)
    with judged.store.reading() as connection:
        whole, *languages = measure(connection, as_of=judged.at, by_language=True)
    assert whole.flagged == Judged(2, 2, 2)
    assert (whole.unflagged.all, whole.unflagged.concerns) == (44, 0)
    assert 10 < whole.unflagged.judged < 35
    assert (whole.recall, whole.high) == (1.0, 1.0)
    assert whole.low < 0.5
    assert {row.name for row in languages} == {"en", "pl"}


def test_a_concern_among_sentinels_stands_for_its_share(judged):
    first = []

    def decision(task):
        if task.reason is TaskReason.SENTINEL and not first:
            first.append(task.campaign_id)
        return CONCERN if task.reason is TaskReason.RISK or task.campaign_id in first else LAWFUL

    _judge(judged, decision)
    with judged.store.reading() as connection:
        (whole,) = measure(connection, as_of=judged.at)
    expected = 44 / whole.unflagged.judged
    assert whole.passed == pytest.approx(expected, abs=0.05)
    assert whole.recall == pytest.approx(2 / (2 + expected), abs=0.001)


def test_the_verb_says_that_nothing_is_known_until_a_sentinel_was_judged(town):
    done = CliRunner().invoke(app, ["queue", "recall", "--json"])
    assert done.exit_code == 3
    assert json.loads(done.stdout)[0]["recall"] is None


def test_the_verb_tells_recall_with_its_interval(judged, monkeypatch):
    _judge(judged, lambda task: CONCERN if task.reason is TaskReason.RISK else LAWFUL)
    if judged.settings.database_url:
        monkeypatch.setenv("ZORYA__DATABASE_URL", judged.settings.database_url)
    done = CliRunner().invoke(app, ["queue", "recall", "--by-language"], catch_exceptions=False)
    assert done.exit_code == 0
    assert "1.00 (0." in done.stdout

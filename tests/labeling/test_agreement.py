"""Agreement beyond chance: the published examples, and the double reviews of a town."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from labeling import queue
from labeling.agreement import By, Double, ac1, agreement, alpha
from labeling.queue import Decision
from zorya.cli import app
from zorya.domain.reviews import VerdictLabel

FOUR_OBSERVERS = [
    line.split()
    for line in (
        "1 1 1", "2 2 3 2", "3 3 3 3", "3 3 3 3", "2 2 2 2", "1 2 3 4", "4 4 4 4", "1 1 2 1", "2 2 2 2", "5 5 5",
        "1 1", "3",
    )
]  # fmt: skip
"""Krippendorff 2011, example C: twelve units, four observers, missing values left out."""
TWO_OBSERVERS = [pair.split() for pair in ["0 1", "1 1", "0 1", "0 0", "0 0", "0 1", "0 0", "0 0", "1 0", "0 0"]]
"""Krippendorff 2011, example A."""
SKEWED = [["yes", "yes"]] * 118 + [["yes", "no"]] * 5 + [["no", "yes"]] * 2


def test_alpha_is_krippendorffs_of_his_examples():
    assert alpha(FOUR_OBSERVERS, "12345") == pytest.approx(0.743, abs=0.0005)
    assert alpha(TWO_OBSERVERS, "01") == pytest.approx(0.095, abs=0.0005)


def test_ac1_is_gwets_of_the_same_twelve_units():
    assert ac1(FOUR_OBSERVERS, "12345") == pytest.approx(0.77544, abs=0.00001)


def test_where_nearly_all_have_one_label_ac1_sees_the_agreement_that_alpha_does_not():
    assert ac1(SKEWED, ["yes", "no"]) == pytest.approx(0.9408, abs=0.0001)
    assert alpha(SKEWED, ["yes", "no"]) < 0


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4), min_size=2, max_size=12))
def test_full_agreement_is_one_and_nothing_exceeds_it(units):
    same = [[unit[0]] * len(unit) for unit in units]
    assert ac1(same, "abc") == pytest.approx(1)
    if len({unit[0] for unit in same}) > 1:
        assert alpha(same, "abc") == pytest.approx(1)
    assert (alpha(units, "abc") or 0) <= 1 + 1e-9
    assert (ac1(units, "abc") or 0) <= 1 + 1e-9


def test_one_value_only_has_no_alpha():
    assert alpha([["a", "a"], ["a", "a"]], "ab") is None


def test_nothing_judged_twice_is_told_as_such():
    (whole,) = agreement([])
    assert (whole.units, whole.alpha.value, whole.ac1.value) == (0, None, None)


def test_each_label_each_week_and_each_language_has_a_row_and_an_interval():
    concern, lawful = VerdictLabel.CONCERN, VerdictLabel.NO_CONCERN
    found = [Double((concern, concern), "ro", "2026-W47")] * 6 + [Double((concern, lawful), "uk", "2026-W48")] * 2
    found += [Double((lawful, lawful), "uk", "2026-W48")] * 6
    by_label = {row.name: row for row in agreement(found)}
    assert set(by_label) == {"all labels", "concern", "no_concern"}
    whole = by_label["all labels"]
    assert (whole.units, whole.ratings, whole.observed) == (14, 28, 0.857)
    assert whole.ac1.low < whole.ac1.value < whole.ac1.high
    assert [row.name for row in agreement(found, By.WEEK)][1:] == ["2026-W47", "2026-W48"]
    assert {row.name: row.observed for row in agreement(found, By.LANGUAGE)}["ro"] == 1.0


def test_a_handful_of_campaigns_has_no_interval():
    (whole, *_) = agreement([Double((VerdictLabel.CONCERN, VerdictLabel.NO_CONCERN), "ro", "2026-W47")] * 9)
    assert whole.ac1.value is not None
    assert whole.ac1.low is whole.ac1.high is None


def test_the_verb_counts_campaigns_that_two_people_judged(town):
    for who in ("anna", "boris"):
        task = queue.next_task(town.store, town.settings, who, as_of=town.at)
        decision = Decision(VerdictLabel.CONCERN, ("loverboy",), 2)
        queue.submit(town.store, town.settings, who, task.id, decision, as_of=town.at)
    done = CliRunner().invoke(app, ["labels", "agreement", "--by", "language", "--json"], catch_exceptions=False)
    rows = {row["name"]: row for row in json.loads(done.stdout)}
    assert rows["all labels"]["units"] == 1
    assert rows["ro"]["ratings"] == 2


def test_the_verb_has_nothing_to_say_before_anything_was_judged_twice(town):
    assert CliRunner().invoke(app, ["labels", "agreement"]).exit_code == 3

"""Votes of labelling functions, how they meet, and what the label model makes of them."""

from collections.abc import Sequence

import numpy as np
import pytest

from models.evaluation.intervals import Figure
from models.examples import Array, Example, read_examples
from models.learning.label_model import TRUST, posterior, weak_labels
from models.learning.votes import codes, table, votes_of
from models.learning.weak import Gain, gains
from models.reading import Reading
from zorya.labelled import load_corpus
from zorya.settings import Settings


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_examples(ad for ad in load_corpus(Settings().corpus_dir).ads if ad.language == "en")


def test_the_planted_truth_and_the_better_voter_are_found() -> None:
    random = np.random.default_rng(1)
    truth = random.random(2000) < 0.4
    rates = [(0.8, 0.05), (0.6, 0.1), (0.5, 0.1), (0.4, 0.2), (0.3, 0.25)]
    votes = np.array([random.random(2000) < np.where(truth, *rate) for rate in rates]).T.astype(np.int8)
    said = posterior(votes, np.full(2000, np.nan))
    majority = votes.sum(axis=1) >= 2
    right = ((said > 0.5) == truth).mean()
    assert right > 0.85
    assert right >= (majority == truth).mean()
    only_best, only_worst = said[(votes == [1, 0, 0, 0, 0]).all(axis=1)], said[(votes == [0, 0, 0, 0, 1]).all(axis=1)]
    assert only_best.mean() > only_worst.mean()


def test_a_persons_label_stands() -> None:
    votes = np.array([[1, 1], [1, 1], [0, 0], [0, 0]], dtype=np.int8)
    said = posterior(votes, np.array([0.0, np.nan, np.nan, 1.0]))
    assert (said[0], said[3]) == (0, 1)


def test_shares_of_the_table_nest(examples: list[Example]) -> None:
    rows = table(examples, codes())
    assert {row.code for row in rows} == set(codes())
    assert all(1 >= row.coverage >= row.overlap >= row.conflict >= 0 for row in rows)
    assert max(row.conflict for row in rows) > 0
    covered = (votes_of(examples, codes()) != 0).mean(axis=0)
    assert sorted(covered, reverse=True) == pytest.approx([row.coverage for row in rows])


def test_weak_labels_agree_with_people_more_often_than_not_and_never_weigh_as_much(examples: list[Example]) -> None:
    made = weak_labels([], examples, codes())
    truth = {example.ad.id: example.ad.is_concern for example in examples}
    assert np.mean([example.ad.is_concern == truth[example.ad.id] for example in made]) > 0.7
    assert all(0 < example.ad.weight <= TRUST for example in made)
    assert not any(example.ad.patterns for example in made)


class _Counts:
    """Scores an ad by the number of words it learnt to be of concern."""

    name = "counts"

    def fit(self, examples: Sequence[Example]) -> "_Counts":
        fitted = _Counts()
        fitted.words = {}
        for example in examples:
            step = example.ad.weight * (1 if example.ad.is_concern else -1)
            for word in set(example.reading.text.lower().split()):
                fitted.words[word] = fitted.words.get(word, 0.0) + step
        return fitted

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        words = [set(reading.text.lower().split()) for reading in readings]
        return {"concern": np.array([sum(self.words.get(each, 0.0) for each in held) for held in words])}

    words: dict[str, float]


def test_without_labels_there_is_nothing_to_compare_with_and_all_labels_leave_nothing_weak(
    examples: list[Example],
) -> None:
    none, some = gains(examples, _Counts(), numbers=(0, 40), seeds=(0, 1, 2), heard=lambda step: None)
    assert (none.labels, none.finding) == (0, "nothing to compare with")
    assert none.weak.value > np.mean([example.ad.is_concern for example in examples])
    assert some.gain.value == pytest.approx(some.weak.value - some.alone.value)


@pytest.mark.parametrize(
    ("low", "high", "finding"), [(0.01, 0.1, "helps"), (-0.1, -0.01, "does harm"), (-0.1, 0.1, "cannot be told")]
)
def test_harm_is_said(low: float, high: float, finding: str) -> None:
    gain = Figure((low + high) / 2, low, high)
    assert Gain(50, gain, gain, gain).finding == finding

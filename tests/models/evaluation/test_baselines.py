"""Baselines keep the contract of recipes, on a handful of examples."""

from collections.abc import Callable

import numpy as np
import pytest

from models.evaluation.baselines import Rule, TfidfSvm, any_indicator, baselines, many_indicators, positive_dimensions
from models.evaluation.contenders import of_baselines
from models.evaluation.running import run
from models.evaluation.splits import Split
from models.examples import Example
from zorya.errors import ModelError


@pytest.fixture
def examples(make: Callable[..., Example]) -> list[Example]:
    """Lures and ordinary ads, some of each worded in their own way."""
    endings = ("today", "tomorrow", "on Monday", "in May", "soon", "at once", "any day", "by letter")
    return [
        make(f"{text}-{n}", f"{ending}, {words}", concern=text > 1, group=f"{text}-{n}")
        for text, words in enumerate(("baker in town", "driver with licence", "girls for a club", "hostess, photo"))
        for n, ending in enumerate(endings)
    ]


def test_every_baseline_gives_a_probability_per_ad(examples: list[Example]) -> None:
    for baseline in baselines(0.1):
        said = baseline.fit(examples).probabilities([example.reading for example in examples[:5]])["concern"]
        assert said.shape == (5,)
        assert ((said > 0) & (said < 1)).all()


def test_the_same_examples_teach_the_same(examples: list[Example]) -> None:
    readings = [example.reading for example in examples]
    one, other = (TfidfSvm(0.1).fit(examples).probabilities(readings)["concern"] for _ in range(2))
    assert (one == other).all()


def test_tfidf_and_svm_learn_words(examples: list[Example]) -> None:
    said = TfidfSvm(0.5).fit(examples).probabilities([example.reading for example in examples])["concern"]
    assert said[16:].min() > said[:16].max()


def test_rules_count_what_is_present(make: Callable[..., Example]) -> None:
    ordinary, lure = make("o", 4).reading, make("l", 2).reading
    assert (any_indicator(lure), many_indicators(ordinary), positive_dimensions(ordinary)) == (1, 0, 0)


def test_a_rule_gives_the_share_of_concern_of_its_answer(make: Callable[..., Example]) -> None:
    examples = [make("a", 2, concern=True), make("b", 2, concern=True), make("c", 0), make("d", 5)]
    said = Rule("any", any_indicator, 0.5).fit(examples).probabilities([examples[0].reading, examples[3].reading])
    np.testing.assert_allclose(said["concern"], [3 / 4, 1 / 4])


def test_a_run_asks_everybody_about_every_ad(examples: list[Example]) -> None:
    heard: list[str] = []
    result = run(examples, of_baselines(0.1), Split.CAMPAIGN, heard=heard.append)
    assert set(result.said) == {"any-indicator", "five-indicators", "ilo-rule", "tfidf-svm"}
    assert all(len(said["concern"]) == len(examples) for said in result.said.values())
    assert any("tfidf-svm: fold 1" in line for line in heard)


def test_one_class_teaches_nothing(make: Callable[..., Example]) -> None:
    with pytest.raises(ModelError):
        TfidfSvm(0.1).fit([make("a"), make("b", 1)])

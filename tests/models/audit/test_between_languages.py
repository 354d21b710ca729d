"""Rates of false alarms are told apart only where the flags are enough to tell."""

import numpy as np
import pytest

from models.audit.between_languages import ratios
from models.audit.telling import Audit
from models.evaluation.false_alarms import Wording


def _rows(**counts: tuple[int, int]) -> list[Wording]:
    return [
        Wording(name, ("B1", f"X{number}") if number < k else None)
        for name, (n, k) in counts.items()
        for number in range(n)
    ]


def test_a_language_with_many_flags_is_named_first() -> None:
    found = ratios(_rows(pl=(1000, 10), hu=(1000, 60), ro=(1000, 12)))
    assert found[0].language == "hu"
    assert found[0].finding == "more false alarms than in other languages"
    assert found[0].ratio == pytest.approx(60 / 11)
    assert found[0].rests_on == ("B1",)


def test_few_flags_are_no_finding() -> None:
    assert {each.finding for each in ratios(_rows(pl=(1000, 2), hu=(1000, 1)))} == {"cannot be told"}


def test_equal_rates_of_many_ads_are_within_the_aim() -> None:
    assert {each.finding for each in ratios(_rows(pl=(10**5, 10**4), hu=(10**5, 10**4)))} == {"within the aim"}


def test_without_a_flag_there_is_no_ratio() -> None:
    for each in ratios(_rows(pl=(500, 0), hu=(500, 0))):
        assert np.isnan(each.ratio)
        assert each.finding == "cannot be told"


def test_a_language_with_few_ads_is_left_out() -> None:
    assert [each.language for each in ratios(_rows(pl=(500, 1), hu=(500, 1), cs=(99, 99)))] == ["hu", "pl"]


def test_the_interval_holds_the_ratio_as_often_as_it_says() -> None:
    random = np.random.default_rng(7)
    held = 0
    for flags, others in zip(random.poisson(20, 400), random.poisson(40, 400), strict=True):
        found = {each.language: each for each in ratios(_rows(pl=(1000, int(flags)), hu=(1000, int(others))))}["pl"]
        held += found.low <= 0.5 <= found.high
    assert held >= 380


def test_a_language_above_the_aim_is_told_with_what_its_flags_rest_on() -> None:
    said = Audit([], ratios(_rows(pl=(1000, 10), hu=(1000, 60), ro=(1000, 12)))).says()
    assert "hu: 60 of 1,000 are flagged, most for B1." in said
    assert not any(each.startswith(("pl:", "ro:")) for each in said)

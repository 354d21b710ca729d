"""Rates of false alarms are told apart only where the flags are enough to tell."""

import numpy as np
import pytest

from models.audit.between_languages import ratios


def _rows(**counts: tuple[int, int]) -> list[dict[str, object]]:
    made = [{"set": "all", "language": name, "ads": n, "flagged": k} for name, (n, k) in counts.items()]
    total = {"set": "all", "language": "all", "ads": 1, "flagged": 1}
    return [{"set": "town", "language": "pl", "ads": 9999, "flagged": 9999}, *made, total]


def test_a_language_with_many_flags_is_named_first() -> None:
    found = ratios(_rows(pl=(1000, 10), hu=(1000, 60), ro=(1000, 12)))
    assert found[0].language == "hu"
    assert found[0].finding == "more false alarms than in other languages"
    assert found[0].ratio == pytest.approx(60 / 11)


def test_few_flags_are_no_finding() -> None:
    assert {each.finding for each in ratios(_rows(pl=(1000, 2), hu=(1000, 1)))} == {"cannot be told"}


def test_equal_rates_of_many_ads_are_within_the_aim() -> None:
    assert {each.finding for each in ratios(_rows(pl=(10**6, 10**4), hu=(10**6, 10**4)))} == {"within the aim"}


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

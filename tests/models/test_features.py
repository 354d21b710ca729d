"""What the classifier is told of an ad beside its words."""

from collections.abc import Callable

import pytest

from models.features import indicator_features
from models.reading import read
from zorya.domain.ads import Posting


def length(ad: Callable[..., Posting], characters: int) -> float:
    return indicator_features(read(ad("", "praca " * (characters // 6))))["length"]


def test_a_longer_ad_is_told_from_a_shorter_one(ad: Callable[..., Posting]) -> None:
    assert length(ad, 120) < length(ad, 600) < length(ad, 1_200)


@pytest.mark.parametrize(("few", "many"), [(1_600, 16_000), (6, 36)])
def test_beyond_its_bounds_length_says_nothing_more(ad: Callable[..., Posting], few: int, many: int) -> None:
    assert length(ad, few) == length(ad, many)

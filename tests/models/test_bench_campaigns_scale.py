"""Planted ads without end: what is measured at scale is planted as it is said to be."""

from collections import Counter
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from models.bench_campaigns.agreement import Partition
from models.bench_campaigns.aims import aims
from models.bench_campaigns.curves import save
from models.bench_campaigns.finders import ONE_BATCH, Batch
from models.bench_campaigns.increments import day, same_whatever_the_order
from models.bench_campaigns.planted import BATCH, IN_CAMPAIGNS, Planted
from models.bench_campaigns.scale import scale
from models.bench_campaigns.stored import LIMIT, stored
from models.campaigns.imprint import Imprint

TOTAL = 3_000


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted(TOTAL, seed=5)


@pytest.fixture(scope="module")
def ads(planted: Planted) -> list[tuple[Imprint, int]]:
    return _flat(planted, 0, TOTAL)


def _flat(planted: Planted, start: int, count: int) -> list[tuple[Imprint, int]]:
    return list(chain.from_iterable(zip(ads, who, strict=True) for ads, who in planted.batches(start, count)))


def test_any_stretch_is_written_without_those_before_it(planted: Planted, ads: list[tuple[Imprint, int]]) -> None:
    assert _flat(Planted(TOTAL, seed=5), BATCH - 7, 20) == ads[BATCH - 7 : BATCH + 13]
    assert len({ad.id for ad, _ in ads}) == TOTAL


def test_batches_are_of_the_size_asked_for(planted: Planted) -> None:
    assert [len(ads) for ads, _ in planted.batches(10, 95, size=30)] == [30, 30, 30, 5]


def test_campaigns_have_the_share_and_the_skew_that_is_said(planted: Planted, ads: list[tuple[Imprint, int]]) -> None:
    sizes = Counter(owner for _, owner in ads if owner < planted.campaigns)
    assert sum(sizes.values()) / TOTAL == pytest.approx(IN_CAMPAIGNS, abs=0.03)
    assert 1.5 < max(sizes.values()) * len(sizes) / sum(sizes.values()) < 6


def test_boilerplate_is_a_third_to_over_half_of_the_ads_that_have_it(
    planted: Planted, ads: list[tuple[Imprint, int]]
) -> None:
    furniture = {line for paragraph in (*planted.footers, *planted.agencies) for line in paragraph}
    shares = sorted(
        sum(len(line) for line in ad.wording.splitlines() if line in furniture) / len(ad.wording) for ad, _ in ads
    )
    furnished = [share for share in shares if share]
    assert len(furnished) / len(shares) == pytest.approx(0.6, abs=0.03)
    assert furnished[len(furnished) // 20] > 0.2
    assert 0.3 < furnished[len(furnished) // 2] < 0.5
    assert furnished[-len(furnished) // 20] > 0.45


def test_an_agency_has_clients_who_all_say_who_they_are(ads: list[tuple[Imprint, int]]) -> None:
    clients: dict[str, set[frozenset[str]]] = {}
    for ad, _ in ads:
        for key in ad.contacts:
            if key.startswith("c:agency"):
                clients.setdefault(key, set()).add(ad.organisations)
    assert min(len(names) for names in clients.values()) >= 3
    assert all(name for names in clients.values() for name in names)


def test_a_row_says_how_right_and_how_costly() -> None:
    row = scale((300,))["scale"][0]
    assert {"ads", "who", "precision", "recall", "largest", "us per ad"} <= row.keys()
    assert row["us per ad"] > 0
    assert 0 <= row["precision"] <= 1


def test_tables_are_saved_as_csv_with_every_column(tmp_path: Path) -> None:
    rows = [{"ads": 300, "who": "a", "recall": 0.5}, {"ads": 300, "who": "b", "precision": 1.0}]
    [written] = save({"scale": [], "run": rows}, tmp_path / "new")
    assert written.read_text("utf-8").splitlines() == ["ads,who,recall,precision", "300,a,0.5,", "300,b,,1.0"]


def test_what_an_ad_costs_in_a_store_is_told_for_each_size(as_of: datetime) -> None:
    rows = stored((100, 50, LIMIT + 1), seed=3, as_of=as_of)
    assert [row["stored"] for row in rows] == [50, 100]
    assert all(row["us per ad"] > 0 for row in rows)
    assert rows[0]["ratio"] == 1.0
    assert stored((LIMIT + 1,), seed=3, as_of=as_of) == []


def test_a_finder_that_goes_by_order_is_caught() -> None:
    class ByOrder(Batch):
        """Two campaigns: the ads that came first, and the others."""

        def partition(self) -> Partition:
            return {ad.id: str(number < len(self.ads) // 2) for number, ad in enumerate(self.ads)}

    with pytest.raises(AssertionError, match="in another order"):
        same_whatever_the_order({"by order": ByOrder}, seed=1)


def test_a_day_is_measured_onto_a_year_and_onto_nothing() -> None:
    class Settling(Batch):
        """Finds campaigns whenever a day is over."""

        def settle(self) -> None:
            self.partition()

    row = day(Settling, 600, seed=1)
    assert (row["ads before"], row["ads of the day"]) == (600, 200)
    assert row["ratio"] > 1.5  # all of the year is grouped again for every day


def test_aims_are_told_with_what_was_measured_and_the_worst_language_counts() -> None:
    tables: dict[str, list[dict[str, Any]]] = {
        "quality": [{"pairs with": "ro", "f1": 0.97}, {"pairs with": "ru", "f1": 0.9}],
        "compared": [{"near-miss pairs merged": "0 of 10230"}],
        "scale": [
            {"ads": size, "who": who, "precision": 1.0, "recall": 0.95, "us per ad": cost, "bytes per ad": None}
            for size, who, cost in ((10_000, ONE_BATCH, 50.0), (20_000, ONE_BATCH, 55.0), (10_000, "MinHashLSH", 400.0))
        ],
    }
    told = {row["what"]: (row["here"], row["met"]) for row in aims(tables, zorya=ONE_BATCH)}
    assert told["pairwise F1, worst language (ru)"] == (0.9, False)
    assert told["near-miss pairs merged, of 10230"] == (0, True)
    assert told["cost at 20000 ÷ at 10000"] == (1.1, True)
    assert told["times as fast as MinHashLSH, at 10000"] == (8.0, False)
    assert told["recall at 20000"] == (0.95, True)

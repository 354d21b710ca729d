"""What a day more costs on top of a year and of nothing; and that order, batches and shards change nothing."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from models.bench_campaigns.agreement import Partition
from models.bench_campaigns.finders import Finder
from models.bench_campaigns.planted import Planted
from models.campaigns.imprint import Imprint

_YEAR, _DAYS = 365, 3
_LEAST = 200
"""Ads of a day: fewer are too quick to be measured."""
SHUFFLED = 400
"""Ads that are shuffled."""
_ORDERS, _BATCHES = 3, (1, 17, SHUFFLED)

Rows = list[dict[str, Any]]
New = Callable[[], Finder]


def day(new: New, size: int, *, seed: int) -> dict[str, Any]:
    """CPU µs an ad of a day added to `size` ads, and of the same day added to none; the least of three days each."""
    ads = max(_LEAST, size // _YEAR)
    planted = Planted(size, seed=seed)
    year, onto_year, onto_nothing = new(), [], []
    for batch, _ in planted.batches(0, size):
        year.add(batch)
    year.settle()
    for number in range(_DAYS):
        [(today, _)] = planted.batches(size + number * ads, ads, size=ads)
        onto_year.append(_spent(year, today))
        onto_nothing.append(_spent(new(), today))
    least, alone = min(onto_year) / ads * 1e6, min(onto_nothing) / ads * 1e6
    return {
        "ads before": size,
        "ads of the day": ads,
        "us per ad": round(least, 1),
        "us per ad onto nothing": round(alone, 1),
        "ratio": round(least / alone, 2),
    }


def _spent(finder: Finder, ads: Sequence[Imprint]) -> float:
    begun = time.process_time()
    finder.add(ads)
    finder.settle()
    return time.process_time() - begun


def same_whatever_the_order(news: Mapping[str, New], *, seed: int) -> Rows:
    """Every finder on shuffled ads in batches of several sizes; raises AssertionError where two partitions differ."""
    planted = Planted(SHUFFLED, seed=seed)
    ads = list(chain.from_iterable(batch for batch, _ in planted.batches(0, SHUFFLED)))
    expected: Partition | None = None
    rows = []
    for name, new in news.items():
        ways = 0
        for partition in _partitions(new, ads, seed):
            expected = expected if expected is not None else partition
            if partition != expected:
                raise AssertionError(f"{name}: {SHUFFLED} ads in another order were grouped otherwise")
            ways += 1
        rows.append({"who": name, "ads": SHUFFLED, "orders and batches": ways, "one partition": True})
    return rows


def _partitions(new: New, ads: Sequence[Imprint], seed: int) -> Iterator[Partition]:
    for order in range(_ORDERS):
        shuffled = list(ads)
        random.Random(seed + order).shuffle(shuffled)  # noqa: S311 — a benchmark, no secret
        for size in _BATCHES:
            finder = new()
            for start in range(0, len(shuffled), size):
                finder.add(shuffled[start : start + size])
            yield finder.partition()

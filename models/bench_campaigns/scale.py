"""What campaigns cost, and whether they are still right, as the ads become many.

CPU of this process; writing the ads is not counted. Where a build is short it is done three times, in turn with the
others, and the least counts.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from models.bench_campaigns.agreement import Partition, pairs
from models.bench_campaigns.finders import LIVE, ONE_BATCH, SHARDS, Finder, Live, finders
from models.bench_campaigns.increments import SHUFFLED, day, same_whatever_the_order
from models.bench_campaigns.planted import Planted
from models.campaigns.imprint import Imprint

SEED = 20261126
SIZES = (1_000, 10_000)
"""Ads, unless `--n` says otherwise."""
_SHORT, _ROUNDS = 20_000, 3
"""Builds up to so many ads are repeated."""

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Build:
    """One finder fed with all ads: CPU seconds of each batch and of asking for the partition."""

    spent: list[float]
    asked: float
    partition: Partition
    nbytes: int | None

    @property
    def seconds(self) -> float:
        """All of it."""
        return sum(self.spent) + self.asked


def scale(sizes: Sequence[int] = SIZES, *, seed: int = SEED) -> dict[str, Rows]:
    """Tables by name: `scale`, a row for each size and finder; `days`, what a day more costs; `orders`, that nothing
    but the set of ads matters.
    """
    ours = {name: new for name, new in finders(SHUFFLED).items() if name.startswith("Zorya")}
    ours |= {f"{LIVE}, {shards} shards": partial(Live, shards) for shards in SHARDS}
    return {
        "scale": [row for size in sizes for row in _at(size, seed)],
        "days": [
            {"who": name} | day(new, size, seed=seed)
            for size in sizes
            for name, new in finders(size).items()
            if name != ONE_BATCH
        ],
        "orders": same_whatever_the_order(ours, seed=seed),
    }


def _at(size: int, seed: int) -> Iterator[dict[str, Any]]:
    planted = Planted(size, seed=seed)
    batches = [ads for ads, _ in planted.batches(0, size)] if size <= _SHORT else None
    truth = {ad.id: owner for ads, owners in planted.batches(0, size) for ad, owner in zip(ads, owners, strict=True)}
    made: dict[str, list[Build]] = {}
    for _ in range(_ROUNDS if size <= _SHORT else 1):
        for name, new in finders(size).items():
            stream = batches if batches is not None else (ads for ads, _ in planted.batches(0, size))
            made.setdefault(name, []).append(_build(new(), stream))
    for name, builds in made.items():
        yield {"ads": size, "who": name} | _row(truth, builds)


def _build(finder: Finder, batches: Iterable[list[Imprint]]) -> Build:
    spent = []
    for ads in batches:
        begun = time.process_time()
        finder.add(ads)
        spent.append(time.process_time() - begun)
    begun = time.process_time()
    partition = finder.partition()
    return Build(spent, time.process_time() - begun, partition, finder.nbytes)


def _row(truth: Partition, builds: Sequence[Build]) -> dict[str, Any]:
    first = builds[0]
    if any(build.partition != first.partition for build in builds):
        raise AssertionError("the same ads were grouped otherwise the second time")
    counted = pairs(truth, first.partition)
    size, tenth = len(truth), max(1, len(first.spent) // 10)
    own = {
        "precision": round(counted.precision, 4),
        "recall": round(counted.recall, 4),
        "largest": max(Counter(first.partition.values()).values()),
        "largest planted": max(Counter(truth.values()).values()),
        "us per ad": round(min(build.seconds for build in builds) / size * 1e6, 1),
    }
    per = tenth * size / len(first.spent) / 1e6
    ad_by_ad = first.asked < sum(first.spent)
    return own | {
        "first tenth": round(min(sum(build.spent[:tenth]) for build in builds) / per, 1) if ad_by_ad else None,
        "last tenth": round(min(sum(build.spent[-tenth:]) for build in builds) / per, 1) if ad_by_ad else None,
        "bytes per ad": first.nbytes and round(first.nbytes / size),
    }

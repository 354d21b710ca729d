"""How well campaigns are found: Zorya beside its peers on the generated benchmark."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.bench_campaigns.ads import DEVELOPMENT, HELD_OUT, BenchAd, bench_ads
from models.bench_campaigns.agreement import Pairs, Partition, pairs, pairs_across, pairs_touching, rand_and_v
from models.bench_campaigns.bank import LANGUAGES
from models.bench_campaigns.clusterers import MISSING, ZORYA, Clusterer, clusterers

PARTS = (
    "disguised",
    "translated",
    "translated, one contact",
    "translated, no contact in common",
    "short",
    "unseen templates",
)
"""Kinds of ads that have a row of their own."""
HOME = "en"
"""InfoShield's home ground: this language alone, in runs of its own."""

Rows = list[dict[str, Any]]


def quality(corpus: Path, *, held_out: bool = False, languages: Sequence[str] = LANGUAGES) -> dict[str, Rows]:
    """Tables by name: `quality` (Zorya, all ads and by part), `compared` (everybody, all ads and English alone),
    `parts` (everybody's F1 by part), `disguises` (which of them were seen through) and `run`.
    """
    seed = HELD_OUT if held_out else DEVELOPMENT
    ads = bench_ads(corpus, seed=seed, languages=languages, held_out=held_out)
    truth = {ad.id: ad.advertiser for ad in ads}
    found: dict[str, Partition] = {}
    compared: Rows = []
    for name, cluster in clusterers().items():
        found[name], spent = _timed(cluster, ads)
        compared.append({"ads of": "all languages", "who": name} | _row(ads, truth, found[name], spent))
    for ground, own in _home(ads).items():
        for name, cluster in clusterers().items():
            at_home, spent = _timed(cluster, own)
            compared.append({"ads of": ground, "who": name} | _row(own, truth, at_home, spent))
    return {
        "quality": list(_by_part(ads, truth, found[ZORYA])),
        "compared": compared,
        "parts": [
            {
                "pairs with": part,
                **{name: round(_touching(part, ads, truth, other).f1, 3) for name, other in found.items()},
            }
            for part in _parts(ads)
        ],
        "disguises": list(_disguises(ads, found)),
        "run": _run(ads, seed, held_out=held_out),
    }


def _home(ads: Sequence[BenchAd]) -> dict[str, list[BenchAd]]:
    """Where InfoShield is at home: English alone, and of that what is neither disguised nor a board's form."""
    own = [ad for ad in ads if ad.language == HOME]
    easy = [ad for ad in own if ad.disguise is None and "near miss" not in ad.parts]
    return {f"{HOME} alone": own, f"{HOME}, plain": easy} if own else {}


def _timed(cluster: Clusterer, ads: Sequence[BenchAd]) -> tuple[Partition, float]:
    begun = time.process_time()
    found = cluster(ads)
    return found, time.process_time() - begun


def _row(ads: Sequence[BenchAd], truth: Partition, found: Partition, seconds: float) -> dict[str, Any]:
    own = {ad.id: truth[ad.id] for ad in ads}
    merged = {part: _wrongly_merged(ads, found, part) for part in ("near miss", "hub contact")}
    return {
        **_measures(pairs(own, found)),
        **_partition_measures(own, found, [ad.id for ad in ads]),
        "near-miss pairs merged": "{} of {}".format(*merged["near miss"]),
        "hub pairs merged": "{} of {}".format(*merged["hub contact"]),
        "largest": max(Counter(found[ad.id] for ad in ads).values()),
        "ms per ad": round(seconds / len(ads) * 1e3, 2),
    }


def _measures(counted: Pairs) -> dict[str, float]:
    return {
        "precision": round(counted.precision, 3),
        "recall": round(counted.recall, 3),
        "f1": round(counted.f1, 3),
    }


def _partition_measures(truth: Partition, found: Partition, ads: Sequence[str]) -> dict[str, float]:
    rand, v = rand_and_v(truth, found, ads)
    return {"adjusted rand": round(rand, 3), "v-measure": round(v, 3)}


def _wrongly_merged(ads: Sequence[BenchAd], found: Partition, part: str) -> tuple[int, int]:
    """Pairs of ads of one language and part by different advertisers: how many were merged, and how many there are."""
    merged = total = 0
    for language in {ad.language for ad in ads}:
        own = {ad.id: ad.advertiser for ad in ads if ad.language == language and part in ad.parts}
        counted = pairs(own, found, own.keys())
        merged += counted.found - counted.both
        total += len(own) * (len(own) - 1) // 2 - counted.true
    return merged, total


def _parts(ads: Sequence[BenchAd]) -> list[str]:
    spoken = [name for name in LANGUAGES if any(ad.language == name for ad in ads)]
    return ["all", *spoken, *(part for part in PARTS if any(part in ad.parts for ad in ads)), _ACROSS]


_ACROSS = "two languages"


def _of_part(part: str, ads: Sequence[BenchAd]) -> list[str]:
    return [ad.id for ad in ads if part in ad.parts or part in ("all", ad.language)]


def _touching(part: str, ads: Sequence[BenchAd], truth: Partition, found: Partition) -> Pairs:
    if part == _ACROSS:
        return pairs_across(truth, found, {ad.id: ad.language for ad in ads})
    return pairs_touching(truth, found, set(_of_part(part, ads)))


def _by_part(ads: Sequence[BenchAd], truth: Partition, found: Partition) -> Iterator[dict[str, Any]]:
    for part in _parts(ads):
        members = _of_part(part, ads)
        counted = _touching(part, ads, truth, found)
        own = _partition_measures(truth, found, members) if members else {"adjusted rand": None, "v-measure": None}
        yield {"pairs with": part, "ads": len(members) or None, "pairs": counted.true, **_measures(counted), **own}


def _disguises(ads: Sequence[BenchAd], found: Mapping[str, Partition]) -> Iterator[dict[str, Any]]:
    """Of the ads in each disguise, the share that is in one campaign with an undisguised ad of its advertiser."""
    plain = {
        name: {(ad.advertiser, partition[ad.id]) for ad in ads if ad.disguise is None}
        for name, partition in found.items()
    }
    for disguise in sorted({ad.disguise for ad in ads if ad.disguise}):
        wearing = [ad for ad in ads if ad.disguise == disguise]
        shares = {
            name: round(sum((ad.advertiser, of[ad.id]) in plain[name] for ad in wearing) / len(wearing), 3)
            for name, of in found.items()
        }
        yield {"disguise": disguise, "ads": len(wearing), **shares}


def _run(ads: Sequence[BenchAd], seed: int, *, held_out: bool) -> Rows:
    said = {
        "ads": f"{len(ads)} of {len({ad.advertiser for ad in ads})} advertisers",
        "seed": f"{seed} ({'held-out, with the templates of the final run' if held_out else 'development'})",
        "datasketch": version("datasketch") if find_spec("datasketch") else MISSING,
        "scikit-learn": version("scikit-learn"),
    }
    return [{"what": what, "value": value} for what, value in said.items()]

"""What issue 5 asks of campaign finding, and what this run measured of it."""

from collections.abc import Iterator
from typing import Any

from models.bench_campaigns.bank import LANGUAGES

Rows = list[dict[str, Any]]

INFOSHIELD_US = 1e6 / 139
"""Published of InfoShield (ICDE 2021): some 4 million documents in 8 hours on a laptop, all its stages."""
_FIRST = 10_000
"""Ads with whose cost that of the largest size is compared."""


def aims(tables: dict[str, Rows], *, zorya: str) -> Rows:
    """A row for every aim that this run can speak of; `zorya` is the finder whose cost counts."""
    rows = [*_quality(tables), *_scale(tables.get("scale", []), zorya), *_others(tables, zorya)]
    return [
        {"what": what, "aim": f"{sign} {aim}", "here": here, "met": _met(here, sign, aim)}
        for what, sign, aim, here in rows
    ]


Aim = tuple[str, str, float, float]


def _met(here: float, sign: str, aim: float) -> bool:
    return here >= aim if sign == "≥" else here <= aim


def _quality(tables: dict[str, Rows]) -> Iterator[Aim]:
    f1 = {row["pairs with"]: row["f1"] for row in tables.get("quality", [])}
    spoken = [(f1[language], language) for language in LANGUAGES if language in f1]
    if spoken:
        worst, language = min(spoken)
        yield f"pairwise F1, worst language ({language})", "≥", 0.95, worst
    for part in ("disguised", "translated", "unseen templates"):
        if part in f1:
            yield f"pairwise F1, {part}", "≥", 0.95, f1[part]
    for row in tables.get("compared", [])[:1]:
        merged, _, of = row["near-miss pairs merged"].split()
        yield f"near-miss pairs merged, of {of}", "≤", 0, int(merged)


def _scale(rows: Rows, zorya: str) -> Iterator[Aim]:
    own = {row["ads"]: row for row in rows if row["who"] == zorya}
    if not own:
        return
    most = max(own)
    yield f"precision at {most}", "≥", 0.99, own[most]["precision"]
    yield f"recall at {most}", "≥", 0.90, own[most]["recall"]
    if own[most]["bytes per ad"]:
        yield f"bytes of index per ad at {most}", "≤", 500, own[most]["bytes per ad"]
    if _FIRST in own and most > _FIRST:
        yield f"cost at {most} ÷ at {_FIRST}", "≤", 1.2, _ratio(own[most], own[_FIRST])
    for name in dict.fromkeys(row["who"] for row in rows if row["who"].startswith("MinHash")):
        theirs = {row["ads"]: row for row in rows if row["who"] == name}
        size = max(theirs.keys() & own.keys())
        yield f"times as fast as {name}, at {size}", "≥", 10, _ratio(theirs[size], own[size])
    yield "times InfoShield's published documents a second", "≥", 10, round(INFOSHIELD_US / own[most]["us per ad"], 1)


def _ratio(one: dict[str, Any], other: dict[str, Any]) -> float:
    return round(float(one["us per ad"]) / float(other["us per ad"]), 2)


def _others(tables: dict[str, Rows], zorya: str) -> Iterator[Aim]:
    for row in [row for row in tables.get("days", []) if row["who"] == zorya][-1:]:
        yield f"a day onto {row['ads before']} ÷ onto nothing", "≤", 1.1, row["ratio"]
    for row in tables.get("stored", [])[1:][-1:]:
        yield f"in the store, among {row['stored']} ÷ among the fewest", "≤", 1.2, row["ratio"]

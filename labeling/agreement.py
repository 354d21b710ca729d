"""How far people who judged the same campaigns agree, beyond chance.

Two coefficients, because one misleads: Krippendorff's α (nominal; "Computing Krippendorff's Alpha-Reliability", 2011)
sinks towards zero where nearly everything has one label, however well people agree; Gwet's AC1 (British Journal of
Mathematical and Statistical Psychology 61, 2008) does not. Both take any number of people per campaign.
Intervals: percentile bootstrap over campaigns (Efron & Tibshirani 1993, §13.3), 2,000 draws, fixed seed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import Connection

from zorya.domain.reviews import Verdict, VerdictLabel, iso_week
from zorya.store import campaigns, overview, reviews, second_looks

Array = np.ndarray[Any, np.dtype[np.float64]]
DRAWS, SEED = 2000, 20081
FEW = 10
"""Below so many campaigns a bootstrap says nothing: no interval."""


class By(StrEnum):
    """What agreement is told apart by."""

    LABEL = "label"
    WEEK = "week"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its 95 % interval; None where it cannot be said (nobody varied, too few campaigns)."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over `units` campaigns with `ratings` verdicts; `observed` is the share of agreeing pairs."""

    name: str
    units: int
    ratings: int
    observed: float | None
    alpha: Estimate
    ac1: Estimate


@dataclass(frozen=True, slots=True)
class Double:
    """A campaign that two or more people judged: their labels, language, ISO week of the last verdict."""

    labels: tuple[VerdictLabel, ...]
    language: str
    week: str


def doubles(connection: Connection) -> list[Double]:
    """Campaigns (merges followed) with blind verdicts in force of at least two people; one person counts once, and who
    settled a disagreement knew both sides and does not count."""
    merged = campaigns.merges(connection)
    settling = second_looks.adjudications(connection)
    by_campaign: dict[str, dict[str, Verdict]] = {}
    for verdict in reviews.verdicts_in_force(connection):
        if verdict.task_id in settling:
            continue
        live = merged.get(verdict.campaign_id, verdict.campaign_id)
        by_campaign.setdefault(live, {})[verdict.analyst] = verdict
    several = {campaign: words for campaign, words in by_campaign.items() if len(words) > 1}
    views = overview.campaign_views(connection, several)
    found = []
    for campaign, words in sorted(several.items()):
        languages = views[campaign].languages if campaign in views else ()
        named = languages[0] if len(languages) == 1 else "several" if languages else "unknown"
        found.append(Double(tuple(word.label for word in words.values()), named, week_of(words.values())))
    return found


def week_of(words: Iterable[Verdict]) -> str:
    """ISO week (UTC) of the last of these verdicts, as `2026-W48`."""
    return iso_week(max(word.decided_at for word in words))


def agreement(found: Sequence[Double], by: By = By.LABEL) -> list[Agreement]:
    """All labels together first; then each label against the rest, or all labels week by week or per language."""
    whole = _measured("all labels", [double.labels for double in found], list(VerdictLabel))
    if by is By.LABEL:
        parts = [
            _measured(label.value, [[word is label for word in double.labels] for double in found], [True, False])
            for label in VerdictLabel
            if any(label in double.labels for double in found)
        ]
    else:
        names = sorted({getattr(double, by.value) for double in found})
        parts = [
            _measured(name, [d.labels for d in found if getattr(d, by.value) == name], list(VerdictLabel))
            for name in names
        ]
    return [whole, *parts]


def alpha(units: Iterable[Sequence[Any]], categories: Sequence[Any]) -> float | None:
    """Krippendorff's α, nominal: 1 − (n − 1)·(n − Σ o_cc) / (n² − Σ n_c²), over values that can be paired.

    A unit is the values people gave it (missing ones left out). None where only one value occurs.
    """
    counts = _counts(units, categories)
    return _as_float(alphas(counts[counts.sum(axis=1) > 1], None)[0])


def ac1(units: Iterable[Sequence[Any]], categories: Sequence[Any]) -> float | None:
    """Gwet's AC1: (p_a − p_e)/(1 − p_e), p_e = Σ π_k(1 − π_k)/(q − 1) with π_k the mean share of category k over all
    units, p_a the mean share of agreeing pairs over units with two values or more. None without such a unit.
    """
    return _as_float(ac1s(_counts(units, categories), None)[0])


def _measured(name: str, units: Sequence[Sequence[Any]], categories: Sequence[Any]) -> Agreement:
    counts = _counts(units, categories)
    if not len(counts):
        return Agreement(name, 0, 0, None, Estimate(None), Estimate(None))
    even = np.full(len(counts), 1 / len(counts))
    drawn = np.random.default_rng(SEED).multinomial(len(counts), even, DRAWS).astype(float)
    per_unit = counts.sum(axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1) / (per_unit * (per_unit - 1))
    return Agreement(
        name,
        len(counts),
        int(counts.sum()),
        round(float(agreeing.mean()), 3),
        _estimate(alphas(counts, None)[0], alphas(counts, drawn), len(counts)),
        _estimate(ac1s(counts, None)[0], ac1s(counts, drawn), len(counts)),
    )


def _estimate(value: float, draws: Array, units: int) -> Estimate:
    if not np.isfinite(value):
        return Estimate(None)
    if units < FEW:
        return Estimate(round(float(value), 3))
    low, high = np.nanpercentile(draws, (2.5, 97.5))
    return Estimate(round(float(value), 3), round(float(low), 3), round(float(high), 3))


def _counts(units: Iterable[Sequence[Any]], categories: Sequence[Any]) -> Array:
    """How often each category was given, shape (units, categories)."""
    rows = [[sum(value == category for value in unit) for category in categories] for unit in units]
    return np.array([row for row in rows if any(row)], dtype=float).reshape(-1, len(categories))


def alphas(counts: Array, drawn: Array | None) -> Array:
    """α of each draw, or of all units. `counts`: how often each category was given, shape (units, categories); `drawn`:
    how often each unit was drawn, shape (draws, units). NaN where only one value occurs."""
    weights = np.ones((1, len(counts))) if drawn is None else drawn
    per_unit = counts.sum(axis=1)
    agreeing = weights @ ((counts * (counts - 1)).sum(axis=1) / (per_unit - 1))
    marginal = weights @ counts
    total = marginal.sum(axis=1)
    chance = total**2 - (marginal**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Array = np.where(chance > 0, 1 - (total - 1) * (total - agreeing) / chance, np.nan)
    return found


def ac1s(counts: Array, drawn: Array | None) -> Array:
    """AC1 of each draw, or of all units; shapes as for `alphas`."""
    weights = np.ones((1, len(counts))) if drawn is None else drawn
    per_unit = counts.sum(axis=1)
    paired = per_unit > 1
    pairs = np.where(paired, per_unit * (per_unit - 1), 1)
    shares = np.where(paired, (counts * (counts - 1)).sum(axis=1) / pairs, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        agreeing = (weights @ shares) / (weights @ paired)
        mean = weights @ (counts / per_unit[:, None]) / weights.sum(axis=1, keepdims=True)
        chance = (mean * (1 - mean)).sum(axis=1) / (counts.shape[1] - 1)
        found: Array = (agreeing - chance) / (1 - chance)
    return found


def _as_float(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

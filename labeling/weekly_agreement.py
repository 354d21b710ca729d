"""Agreement of blind second looks, label by label and week by week: this week and the `WEEKS` before it.

A number is said of `FEW` campaigns or more only: below, one campaign would turn it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from labeling.agreement import FEW, ac1s, alphas
from zorya.domain.reviews import VerdictLabel, iso_week
from zorya.store import second_looks

WEEKS = 26
LABELS = tuple(label for label in VerdictLabel if label is not VerdictLabel.UNSURE)
"""Verdicts that agreement is told of: who is unsure has not decided, which counts as another answer."""
Units = Counter[tuple[VerdictLabel, ...]]
"""How many campaigns were given these labels, in whatever order."""


@dataclass(frozen=True, slots=True)
class LabelAgreement:
    """One label against the rest; None where there are too few campaigns, or nobody gave the label."""

    label: VerdictLabel
    alpha: float | None
    ac1: float | None


@dataclass(frozen=True, slots=True)
class Span:
    """An ISO week (`2026-W48`; empty: all of them) in which `campaigns` were judged by two people or more."""

    week: str
    campaigns: int
    labels: tuple[LabelAgreement, ...]

    @property
    def is_few(self) -> bool:
        """Whether there are too few campaigns to say a number."""
        return self.campaigns < FEW


@dataclass(frozen=True, slots=True)
class WeeklyAgreement:
    """All weeks together first, then each, newest first."""

    spans: tuple[Span, ...]


def weekly(connection: Connection, *, as_of: datetime) -> WeeklyAgreement:
    """Agreement over the second looks of this week and the `WEEKS` before it, however many they are."""
    by_week = second_looks.by_week(connection, since=iso_week(as_of - timedelta(weeks=WEEKS)))
    told = {"": sum(by_week.values(), Units())} | dict(sorted(by_week.items(), reverse=True))
    labels = [_of_label(label, list(told.values())) for label in LABELS]
    rows = zip(*labels, strict=True)
    spans = (Span(week, units.total(), row) for (week, units), row in zip(told.items(), rows, strict=True))
    return WeeklyAgreement(tuple(spans))


def _of_label(label: VerdictLabel, spans: Sequence[Units]) -> list[LabelAgreement]:
    """One label against the rest in each span. Campaigns with the same labels count alike, so each such kind is a unit
    that a span holds so many times over."""
    kinds = sorted(set().union(*spans))
    counts = np.array([(kind.count(label), len(kind) - kind.count(label)) for kind in kinds], dtype=float).reshape(
        -1, 2
    )
    held = np.array([[span[kind] for kind in kinds] for span in spans], dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):  # a span without campaigns
        numbers = zip(spans, (held @ counts)[:, 0], alphas(counts, held), ac1s(counts, held), strict=True)
    return [
        LabelAgreement(label, *(_number(each) if units.total() >= FEW and given else None for each in (alpha, ac1)))
        for units, given, alpha, ac1 in numbers
    ]


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

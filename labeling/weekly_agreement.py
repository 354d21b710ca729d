"""Agreement of blind second looks, label by label and week by week: the last `WEEKS` weeks, at most `MOST` campaigns.

A number is said of `FEW` campaigns or more only: below, one campaign would turn it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from labeling.agreement import FEW, ac1, alpha, week_of
from zorya.domain.reviews import VerdictLabel
from zorya.store import second_looks

WEEKS, MOST = 26, 1000
LABELS = tuple(label for label in VerdictLabel if label is not VerdictLabel.UNSURE)
"""Verdicts that agreement is told of: who is unsure has not decided, which counts as another answer."""


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
    """All weeks together first, then each, newest first. `is_cut`: older campaigns of the span were not read."""

    spans: tuple[Span, ...]
    is_cut: bool


def weekly(connection: Connection, *, as_of: datetime, most: int = MOST) -> WeeklyAgreement:
    """Agreement over the second looks of the last `WEEKS` weeks, of which the newest `most` are read."""
    since = as_of - timedelta(weeks=WEEKS)
    looks, rest = second_looks.page(connection, limit=most, since=since)
    by_week: dict[str, list[tuple[VerdictLabel, ...]]] = {}
    for look in looks:
        by_week.setdefault(week_of(look.words), []).append(tuple(word.label for word in look.words))
    everything = [labels for units in by_week.values() for labels in units]
    spans = [_span(week, by_week[week]) for week in sorted(by_week, reverse=True)]
    return WeeklyAgreement((_span("", everything), *spans), rest is not None)


def _span(week: str, units: Sequence[tuple[VerdictLabel, ...]]) -> Span:
    return Span(week, len(units), tuple(_of_label(label, units) for label in LABELS))


def _of_label(label: VerdictLabel, units: Sequence[tuple[VerdictLabel, ...]]) -> LabelAgreement:
    answers = [[word is label for word in labels] for labels in units]
    if len(units) < FEW or not any(map(any, answers)):
        return LabelAgreement(label, None, None)
    return LabelAgreement(label, alpha(answers, (True, False)), ac1(answers, (True, False)))

"""What people decide: tasks, verdicts, roles."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class VerdictLabel(StrEnum):
    """A person's decision on a campaign; keys 1–5 follow this order."""

    CONCERN = "concern"
    OTHER_HARM = "other_harm"
    NO_CONCERN = "no_concern"
    NOT_AN_AD = "not_an_ad"
    UNSURE = "unsure"


class TaskReason(StrEnum):
    """Why a campaign is in the queue."""

    RISK = "risk"
    DOUBT = "doubt"
    SENTINEL = "sentinel"
    SECOND_REVIEW = "second_review"
    LABEL_ISSUE = "label_issue"
    """A model that did not learn from its label doubts it."""
    ADJUDICATION = "adjudication"
    """A lead settled what two blind people disagreed about, knowing both; made and done at once, it never waits."""


class Role(StrEnum):
    """Who a signed-in person is."""

    ANALYST = "analyst"
    LEAD = "lead"
    DATA_SCIENTIST = "data_scientist"
    PARTNER = "partner"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Task:
    """One campaign waiting for one person. `round` is 1, or more for a blind second review.

    `language` and `band` are those of the ad that led the campaign when it was queued: lists are narrowed by them.
    """

    id: str
    campaign_id: str
    round: int
    reason: TaskReason
    priority: float
    created_at: datetime
    owner: str | None = None
    lease_until: datetime | None = None
    done_at: datetime | None = None
    language: str | None = None
    band: str | None = None
    topics: str | None = None
    """Topics a person may have opted out of, each with a space before and behind it; None: not looked at yet."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision; append-only. A correction is a new verdict that `supersedes` the old one.

    `severity` is 1 (low) to 3 (high) and only given with `concern`.
    """

    id: str
    task_id: str
    campaign_id: str
    analyst: str
    label: VerdictLabel
    decided_at: datetime
    patterns: tuple[str, ...] = ()
    severity: int | None = None
    indicators: tuple[str, ...] = ()
    rationale: str = ""
    supersedes: str | None = None
    withdrawn: bool = False
    ads: tuple[tuple[str, VerdictLabel], ...] = ()
    """Ads of the campaign that are something else than it, as (posting, label)."""

    def of_ad(self, posting_id: str) -> VerdictLabel:
        """What the decision says of one ad of its campaign."""
        return dict(self.ads).get(posting_id, self.label)


def iso_week(at: datetime) -> str:
    """ISO week of a moment, as `2026-W48`; the moment is in UTC."""
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02d}"

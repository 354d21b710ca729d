"""Reports of crawls and stages: every request and every record has an outcome."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """The closed list of fates a scheduled address can have."""

    OK = "ok"
    NOT_MODIFIED = "not_modified"
    SIGHTED = "sighted"
    """An ad that a list shows as it was: nothing was asked for."""
    SKIPPED = "skipped"
    ROBOTS = "robots"
    BLOCKED = "blocked"
    CAPPED = "capped"
    OVERSIZE = "oversize"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    FAILED = "failed"


_ANSWERED = frozenset({Outcome.OK, Outcome.NOT_MODIFIED, Outcome.OVERSIZE, Outcome.EMPTY, Outcome.UNREADABLE})
FAILURES = frozenset({Outcome.BLOCKED, Outcome.OVERSIZE, Outcome.EMPTY, Outcome.UNREADABLE, Outcome.FAILED})


class RunStatus(StrEnum):
    """How a crawl ended: green, some requests failed, or nothing usable."""

    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """What became of one scheduled address; `reason` says why where it is not plain `ok`."""

    url: str
    outcome: Outcome
    reason: str = ""
    status: int | None = None

    @property
    def sent(self) -> bool:
        """True when the address was asked for: not when policy, a limit or what is known kept the request here."""
        return self.status is not None or self.outcome in _ANSWERED or self.outcome is Outcome.FAILED


@dataclass(frozen=True, slots=True)
class RunReport:
    """One crawl of one source. `scheduled` equals the sum of `outcomes` in a sound run."""

    run_id: str
    source: str
    started_at: datetime
    finished_at: datetime
    status: RunStatus
    scheduled: int
    outcomes: dict[str, int]
    postings: int = 0
    new: int = 0
    changed: int = 0
    messages: tuple[str, ...] = ()
    measures: dict[str, Any] = field(default_factory=dict)
    """The JSON form of a `zorya.domain.health.Checkup`."""

    @property
    def accounted(self) -> bool:
        """True when no request vanished."""
        return self.scheduled == sum(self.outcomes.values())

    @property
    def requests(self) -> int:
        """Addresses that were asked for; a replay asks for none."""
        return int(self.measures.get("numbers", {}).get("requests", 0))


@dataclass(frozen=True, slots=True)
class StageReport:
    """What a stage did. `counts` are small numbers, fit for a log line or XCom."""

    stage: str
    as_of: datetime
    counts: dict[str, int] = field(default_factory=dict)
    messages: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready form: counts and messages only, no data."""
        return {
            "stage": self.stage,
            "as_of": self.as_of.isoformat(),
            "counts": dict(self.counts),
            "messages": list(self.messages),
        }

"""Filters of the queue: they live in the address, so that a list can be pasted to a colleague."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy import Connection

from labeling.web import casefile
from labeling.web.gate import Call
from labeling.web.wording import age_words
from zorya.domain.findings import Band
from zorya.domain.reviews import Task, TaskReason
from zorya.store import campaigns, overview, reviews, waiting
from zorya.store.overview import CampaignView

LISTED = 25


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; empty means all."""

    language: str = ""
    reason: str = ""
    band: str = ""

    def any(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.language or self.reason or self.band)

    def as_query(self, extra: str = "") -> str:
        """Query string without empty parts."""
        given = urlencode({name: value for name, value in asdict(self).items() if value})
        return "&".join(part for part in (given, extra) if part)

    def narrowing(self) -> dict[str, str]:
        """As the store takes it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting task as listed."""

    task: Task
    view: CampaignView
    title: str
    waiting: str
    state: str


def of_query(query: Mapping[str, str]) -> Wanted:
    """Filters of an address; values nobody offers are ignored."""
    language = query.get("language", "")
    reason, band = query.get("reason", ""), query.get("band", "")
    return Wanted(
        language=language if language.isascii() and language.isalpha() and len(language) <= 3 else "",
        reason=reason if reason in set(TaskReason) else "",
        band=band if band in set(Band) else "",
    )


def waiting_rows(call: Call, wanted: Wanted, *, after: str = "") -> tuple[list[QueueRow], str]:
    """A page of open tasks this person may take, most pressing first, and the last of them where others follow.

    `after` is the id of the last task of the page before.
    """
    with call.app.store.reading() as connection:
        last = reviews.task(connection, after) if after else None
        name = call.person.name
        found = waiting.page(connection, name, narrowed=narrowing(call, wanted), after=last, limit=LISTED + 1)
        rows = rows_of(connection, call, found[:LISTED])
    return rows, found[LISTED - 1].id if len(found) > LISTED else ""


def narrowing(call: Call, wanted: Wanted) -> dict[str, str]:
    """A filter together with the topics that this person does not want to read."""
    return wanted.narrowing() | {"avoid": " ".join(call.person.preferences.avoid)}


def rows_of(connection: Connection, call: Call, tasks: Sequence[Task]) -> list[QueueRow]:
    """Tasks as listed, without those of campaigns that this person judged before they were merged."""
    live = campaigns.resolve_all(connection, {task.campaign_id for task in tasks})
    kin = campaigns.kin(connection, set(live.values()))
    words = reviews.verdicts_in_force(connection, kin)
    judged = {kin[verdict.campaign_id] for verdict in words if verdict.analyst == call.person.name}
    views = overview.campaign_views(connection, set(live.values()) - judged)
    titles = casefile.titles_of(connection, views.values())
    return [
        QueueRow(
            task=task,
            view=views[campaign],
            title=titles[campaign],
            waiting=age_words(task.created_at, call.now, call.speech),
            state=_state(task, call.person.name, call.now),
        )
        for task in tasks
        if (campaign := live[task.campaign_id]) in views
    ]


def _state(task: Task, name: str, now: datetime) -> str:
    if task.owner is None or task.lease_until is None or task.lease_until <= now:
        return "free"
    return "yours" if task.owner == name else "reserved"

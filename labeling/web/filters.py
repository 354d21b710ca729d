"""Filters of the queue: they live in the address, so that a list can be pasted to a colleague."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from urllib.parse import urlencode

from labeling.web import casefile
from labeling.web.gate import Call
from labeling.web.wording import age_words
from zorya.domain.findings import Band
from zorya.domain.reviews import Task, TaskReason
from zorya.store import overview, reviews
from zorya.store.overview import CampaignView

LISTED = 500


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

    def fits(self, task: Task, view: CampaignView) -> bool:
        """Whether a waiting task belongs in the list."""
        return (
            (not self.language or self.language in view.languages)
            and (not self.reason or self.reason == task.reason)
            and (not self.band or self.band == view.band)
        )


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


def waiting_rows(call: Call) -> list[QueueRow]:
    """Open tasks this person may take, most pressing first."""
    with call.app.store.reading() as connection:
        merged = overview.merged_into(connection)
        judged = {
            merged.get(verdict.campaign_id, verdict.campaign_id)
            for verdict in reviews.verdicts_by(connection, call.person.name, limit=1_000_000)
        }
        tasks = reviews.open_tasks(connection, at=call.now, limit=LISTED)
        live = {task.id: merged.get(task.campaign_id, task.campaign_id) for task in tasks}
        views = overview.campaign_views(connection, set(live.values()))
        rows = []
        for task in tasks:
            view = views.get(live[task.id])
            if view is None or view.campaign_id in judged:
                continue
            title = casefile.title_of(connection, view.version_id, view.title)
            state = _state(task, call.person.name, call.now)
            rows.append(QueueRow(task, view, title, age_words(task.created_at, call.now, call.speech), state))
    return rows


def tasks_matching(call: Call, wanted: Wanted) -> set[str]:
    """Ids of the open tasks that a filter lets through."""
    return {row.task.id for row in waiting_rows(call) if wanted.fits(row.task, row.view)}


def _state(task: Task, name: str, now: datetime) -> str:
    if task.owner is None or task.lease_until is None or task.lease_until <= now:
        return "free"
    return "yours" if task.owner == name else "reserved"

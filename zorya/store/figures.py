"""The few numbers that say at a glance where the house stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from zorya.domain.findings import Band
from zorya.store.campaign_schema import campaign_members
from zorya.store.schema import assessments, postings, runs, tasks
from zorya.store.sources import feeds_queue

FLAGGED = tuple(band for band in Band if band.flagged)


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over the whole store."""

    sources: int
    postings: int
    unscreened: int
    flagged: int
    reasons: int
    open_tasks: int

    def line(self) -> str:
        """One line for a terminal."""
        return (
            f"{self.sources} sources · {self.postings} postings · {self.flagged} flagged campaigns · "
            f"{self.reasons} reasons · {self.open_tasks} tasks waiting"
        )


def figures(connection: Connection) -> Figures:
    """Count; the newest assessment of the current version of each posting decides."""

    def number(query: Select[Any]) -> int:
        return int(connection.execute(query).scalar_one())

    screened = select(assessments.c.version_id)
    flagged = _flagged().subquery()
    reasons = connection.execute(select(flagged.c.reasons)).scalars()
    return Figures(
        sources=number(select(func.count(postings.c.source.distinct()))),
        postings=number(select(func.count()).select_from(postings)),
        unscreened=number(
            select(func.count()).where(postings.c.current_version.not_in(screened), feeds_queue(postings))
        ),
        flagged=number(select(func.count(flagged.c.campaign_id.distinct()))),
        reasons=sum(len(each) for each in reasons),
        open_tasks=number(select(func.count()).select_from(tasks).where(tasks.c.done_at.is_(None))),
    )


def sources_done(connection: Connection, *, since: datetime) -> set[str]:
    """Sources with a crawl that began at `since` or later and has ended."""
    ended = and_(runs.c.started_at >= since, runs.c.finished_at.is_not(None))
    return set(connection.execute(select(runs.c.source).where(ended)).scalars())


def _flagged() -> Select[Any]:
    newest = select(assessments.c.version_id, func.max(assessments.c.created_at).label("at"))
    last = newest.group_by(assessments.c.version_id).subquery()
    is_last: ColumnElement[bool] = and_(
        assessments.c.version_id == last.c.version_id, assessments.c.created_at == last.c.at
    )
    return (
        select(campaign_members.c.campaign_id, assessments.c.reasons)
        .join(postings, postings.c.id == campaign_members.c.posting_id)
        .join(assessments, assessments.c.version_id == postings.c.current_version)
        .join(last, is_last)
        .where(assessments.c.band.in_(FLAGGED), assessments.c.abstain.is_(False))
    )

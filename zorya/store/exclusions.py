"""Confirmed campaigns that were not for a partner: why, counted for its digests; and how much was read and judged."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from zorya.domain.sharing import Exclusion
from zorya.store.rows import insert_ignore
from zorya.store.schema import assessments, verdicts
from zorya.store.sharing import pairs_of
from zorya.store.sharing_schema import exclusions


def note(connection: Connection, partner: str, campaign: str, reason: Exclusion, *, at: datetime) -> None:
    """Note why a campaign is not for a partner; what was noted first stays, so that no digest counts it twice."""
    row = {"partner": partner, "campaign_id": campaign, "reason": reason.value, "at": at}
    insert_ignore(connection, exclusions, row)


def noted(connection: Connection, among: Iterable[str] | None = None) -> set[tuple[str, str]]:
    """(partner, campaign) of all that was noted (or of these campaigns)."""
    return pairs_of(connection, exclusions, among)


def counted(connection: Connection, partner: str, *, start: datetime, end: datetime) -> dict[Exclusion, int]:
    """How many campaigns were found not to be for a partner in [start, end), by reason."""
    here = (exclusions.c.partner == partner) & (exclusions.c.at >= start) & (exclusions.c.at < end)
    query = select(exclusions.c.reason, func.count().label("number")).where(here).group_by(exclusions.c.reason)
    return {Exclusion(row.reason): int(row.number) for row in connection.execute(query)}


def work_done(connection: Connection, *, start: datetime, end: datetime) -> tuple[int, int]:
    """(versions of ads screened, campaigns that people judged) in [start, end)."""
    read = func.count(assessments.c.version_id.distinct())
    screened = select(read).where(assessments.c.created_at >= start, assessments.c.created_at < end)
    judged = func.count(verdicts.c.campaign_id.distinct())
    reviewed = select(judged).where(verdicts.c.decided_at >= start, verdicts.c.decided_at < end)
    return int(connection.execute(screened).scalar_one()), int(connection.execute(reviewed).scalar_one())

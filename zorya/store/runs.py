"""Runs and the fate of each of their requests."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from zorya.domain.runs import RunReport, RunStatus
from zorya.errors import StoreError
from zorya.store.frontier import settled
from zorya.store.schema import frontier, runs


def begin(connection: Connection, run_id: str, source: str, started_at: datetime) -> None:
    """Record that a crawl has begun; until `finish` it counts as failed."""
    row = {"id": run_id, "source": source, "started_at": started_at, "status": RunStatus.FAILED}
    connection.execute(insert(runs).values(**row, outcomes={}, messages=["did not finish"], measures={}))


def by_id(connection: Connection, run_id: str) -> dict[str, Any] | None:
    """One run as a dictionary of the `runs` table."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).mappings().first()
    return dict(row) if row else None


def reopen(connection: Connection, run_id: str) -> None:
    """A second attempt at the same run begins; what becomes of its frontier is `frontier.reopen`'s matter."""
    values: dict[str, Any] = {"status": RunStatus.FAILED, "messages": ["did not finish"], "finished_at": None}
    connection.execute(update(runs).where(runs.c.id == run_id).values(values))


def report_of(row: dict[str, Any]) -> RunReport:
    """The report a finished row was made from."""
    return RunReport(
        run_id=row["id"],
        source=row["source"],
        started_at=row["started_at"],
        finished_at=row["finished_at"] or row["started_at"],
        status=RunStatus(row["status"]),
        scheduled=row["scheduled"],
        outcomes=row["outcomes"],
        postings=row["postings"],
        new=row["new"],
        changed=row["changed"],
        messages=tuple(row["messages"]),
        measures=row["measures"],
    )


def finish(connection: Connection, report: RunReport) -> None:
    """Store the final report; raises StoreError when it does not account for every address of the frontier."""
    counted = settled(connection, report.run_id)
    if not report.accounted or (counted and counted != report.outcomes):
        raise StoreError(f"run {report.run_id}: the report says {report.outcomes}, the frontier {counted}")
    values = {
        "finished_at": report.finished_at,
        "status": report.status,
        "scheduled": report.scheduled,
        "outcomes": report.outcomes,
        "postings": report.postings,
        "new": report.new,
        "changed": report.changed,
        "messages": list(report.messages),
        "measures": report.measures,
    }
    connection.execute(update(runs).where(runs.c.id == report.run_id).values(values))


def latest(connection: Connection, source: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
    """Runs, newest first, as dictionaries of the `runs` table."""
    query = select(runs).order_by(runs.c.started_at.desc(), runs.c.id).limit(limit)
    if source:
        query = query.where(runs.c.source == source)
    return [dict(row) for row in connection.execute(query).mappings()]


def requests_of(connection: Connection, run_id: str) -> list[dict[str, Any]]:
    """Every request of a run with its outcome."""
    query = select(frontier).where(frontier.c.run_id == run_id).order_by(frontier.c.seq)
    return [dict(row) for row in connection.execute(query).mappings()]

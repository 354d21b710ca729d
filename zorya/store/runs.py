"""Runs and the fate of each of their requests."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from zorya.domain.runs import RequestOutcome, RunReport, RunStatus
from zorya.store.schema import requests, runs


def begin(connection: Connection, run_id: str, source: str, started_at: datetime) -> None:
    """Record that a crawl has begun; until `finish` it counts as failed."""
    row = {"id": run_id, "source": source, "started_at": started_at, "status": RunStatus.FAILED}
    connection.execute(insert(runs).values(**row, outcomes={}, messages=["did not finish"]))


def add_requests(connection: Connection, run_id: str, outcomes: Iterable[RequestOutcome]) -> None:
    """Record what became of requests."""
    rows = [
        {"run_id": run_id, "url": o.url, "outcome": o.outcome, "reason": o.reason, "status": o.status} for o in outcomes
    ]
    if rows:
        connection.execute(insert(requests), rows)


def finish(connection: Connection, report: RunReport) -> None:
    """Store the final report."""
    values = {
        "finished_at": report.finished_at,
        "status": report.status,
        "scheduled": report.scheduled,
        "outcomes": report.outcomes,
        "postings": report.postings,
        "new": report.new,
        "changed": report.changed,
        "messages": list(report.messages),
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
    query = select(requests).where(requests.c.run_id == run_id).order_by(requests.c.seq)
    return [dict(row) for row in connection.execute(query).mappings()]

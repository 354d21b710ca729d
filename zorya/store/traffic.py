"""Assessed ads by the day they were seen: what watching a model in use reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from zorya.domain.findings import State
from zorya.store.schema import assessments, versions

_AT_ONCE = 500
"""Rows fetched together; PostgreSQL would else send all of them before the first is read."""


@dataclass(frozen=True, slots=True)
class SeenAd:
    """One version of an ad and what the machine said of it. `codes` are the indicators present."""

    version_id: str
    seen_at: datetime
    posting_id: str
    title: str
    body: str
    language: str | None
    score: float
    codes: frozenset[str]


def assessed(connection: Connection, *, since: datetime, until: datetime) -> Iterator[SeenAd]:
    """Ads seen in [since, until), oldest first, each once, with its newest assessment; few are held at once."""
    query = (
        select(versions, assessments.c.language.label("told"), assessments.c.score, assessments.c.hits)
        .join(assessments, assessments.c.version_id == versions.c.id)
        .where(versions.c.seen_at >= since, versions.c.seen_at < until)
        .order_by(versions.c.seen_at, versions.c.id, assessments.c.created_at.desc(), assessments.c.id)
    )
    last = None
    for row in connection.execute(query, execution_options={"yield_per": _AT_ONCE}).mappings():
        if row["id"] == last:
            continue
        last = row["id"]
        codes = frozenset(hit["code"] for hit in row["hits"] if hit["state"] == State.PRESENT)
        about = row["posting_id"], row["title"], row["body"], row["told"], row["score"]
        yield SeenAd(row["id"], row["seen_at"], *about, codes)

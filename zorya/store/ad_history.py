"""What became of one ad: its versions with what changed, its sightings, the decisions on its campaign. Read only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from zorya.domain.reviews import Verdict
from zorya.store.reviews import verdict_of
from zorya.store.schema import captures, postings, verdicts, versions

CONTENT = ("title", "body", "employer", "places", "pay", "contacts", "posted_on", "images")
"""Columns of a version that a reader sees, in the order in which a change is told."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One captured state of an ad. `changed` names the fields that differ from the version before, empty for the first;
    `capture` is the row of the capture it was read from, None where none is on record."""

    id: str
    seen_at: datetime
    title: str
    changed: tuple[str, ...]
    capture: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict as it was given; `in_force` until a later one supersedes it or it is taken back."""

    verdict: Verdict
    in_force: bool


def posting_of(connection: Connection, name: str) -> str | None:
    """The posting that an id of a posting or of one of its versions stands for; None where there is none."""
    table, column = (versions, versions.c.posting_id) if name.startswith("v-") else (postings, postings.c.id)
    return connection.execute(select(column).where(table.c.id == name)).scalar()


def versions_of(connection: Connection, posting_id: str, *, limit: int) -> list[VersionRow]:
    """The newest versions of an ad, the newest first."""
    columns = [versions.c[name] for name in ("id", "seen_at", "capture_id", *CONTENT)]
    query = select(*columns).where(versions.c.posting_id == posting_id)
    ordered = query.order_by(versions.c.seen_at.desc(), versions.c.id.desc()).limit(limit + 1)
    rows = list(connection.execute(ordered).mappings())
    held = _captures(connection, [row["capture_id"] for row in rows if row["capture_id"]])
    changes = [_changed(old, new) for new, old in pairwise(rows)] + [()]
    return [
        VersionRow(row["id"], row["seen_at"], row["title"], changed, held.get(row["capture_id"]))
        for row, changed in list(zip(rows, changes, strict=True))[:limit]
    ]


def reposts(connection: Connection, posting_id: str, *, limit: int) -> tuple[str | None, list[tuple[str, datetime]]]:
    """(the earlier ad whose words this one repeats, later ads that repeat this one's with the day they were seen)."""
    earlier = connection.execute(select(postings.c.repost_of).where(postings.c.id == posting_id)).scalar()
    later = select(postings.c.id, postings.c.first_seen).where(postings.c.repost_of == posting_id)
    rows = connection.execute(later.order_by(postings.c.first_seen, postings.c.id).limit(limit))
    return earlier, [(row.id, row.first_seen) for row in rows]


def decisions(connection: Connection, campaign_ids: Iterable[str], *, limit: int) -> list[Decision]:
    """Every decision on these campaigns, the newest first: nothing that was said is left out."""
    query = select(verdicts).where(verdicts.c.campaign_id.in_(list(campaign_ids)))
    rows = list(connection.execute(query.order_by(verdicts.c.decided_at.desc(), verdicts.c.id).limit(limit)).mappings())
    replaced = {row["supersedes"] for row in rows if row["supersedes"]}
    return [Decision(verdict_of(dict(row)), row["id"] not in replaced and not row["withdrawn"]) for row in rows]


def _captures(connection: Connection, capture_ids: list[str]) -> dict[str | None, dict[str, Any]]:
    rows = connection.execute(select(captures).where(captures.c.id.in_(capture_ids))).mappings()
    return {row["id"]: dict(row) for row in rows}


def _changed(old: RowMapping, new: RowMapping) -> tuple[str, ...]:
    return tuple(name for name in CONTENT if old[name] != new[name])

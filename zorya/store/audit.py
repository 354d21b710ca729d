"""The hash-chained log of who saw, changed, sent or exported what.

Entries hold ids and reasons, never contacts, so that erasure does not break the chain. Each entry's hash covers the
previous one; it is written inside the business transaction.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from zorya.domain.ids import audit_hash
from zorya.store.schema import audit

GENESIS = "0" * 64


def add(connection: Connection, *, at: datetime, actor: str, action: str, object: str, reason: str = "") -> int:
    """Append an entry; returns its sequence number."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7269922)"))  # one writer of the chain at a time
    head = connection.execute(select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    seq, previous = (head.seq + 1, head.hash) if head else (1, GENESIS)
    row = {
        "seq": seq,
        "at": at,
        "actor": actor,
        "action": action,
        "object": object,
        "reason": reason,
        "previous": previous,
    }
    connection.execute(insert(audit).values(**row, hash=audit_hash(row, at=at)))
    return seq


def page(
    connection: Connection, *, before: int | None = None, actor: str = "", action: str = "", limit: int = 100
) -> list[dict[str, Any]]:
    """Entries newest first, from the one before a sequence number on; of one actor or one action where named."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.seq < before)
    for column, wanted in ((audit.c.actor, actor), (audit.c.action, action)):
        if wanted:
            query = query.where(column == wanted)
    return [dict(row) for row in connection.execute(query).mappings()]


def reasons(connection: Connection, *, action: str, object: str) -> list[str]:
    """Reasons of the entries of an action on an object, oldest first."""
    query = select(audit.c.reason).where(audit.c.action == action, audit.c.object == object).order_by(audit.c.seq)
    return list(connection.scalars(query))


def count(connection: Connection, *, action: str, object: str, since: datetime) -> int:
    """How often an action was done on an object after a moment."""
    here = (audit.c.action == action, audit.c.object == object, audit.c.at > since)
    return int(connection.execute(select(func.count()).select_from(audit).where(*here)).scalar_one())


def first_bad(connection: Connection, *, newest: int | None = None) -> int | None:
    """Sequence number of the first entry that does not fit the chain, None when all do.

    `newest`: look at the last so many alone; the entry before them is taken at its word.
    """
    query, previous, expected = select(audit).order_by(audit.c.seq), GENESIS, 1
    if newest is not None:
        tail = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).offset(newest).limit(1)
        before = connection.execute(tail).first()
        if before:
            query, previous, expected = query.where(audit.c.seq > before.seq), before.hash, before.seq + 1
    for row in connection.execute(query).mappings():
        if row["seq"] != expected or row["previous"] != previous or row["hash"] != audit_hash(dict(row), at=row["at"]):
            return int(row["seq"])
        previous, expected = row["hash"], expected + 1
    return None

"""Flags: "a lead should look at this", and the lead's answer. Append-only: an answer is a row of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from zorya.errors import NothingToDo
from zorya.store.review_schema import lead_flags
from zorya.store.rows import insert_ignore


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag with its answer, if a lead gave one."""

    seq: int
    campaign_id: str
    at: datetime
    actor: str
    words: str
    answer: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None


def raise_flag(connection: Connection, campaign_id: str, words: str, *, by: str, at: datetime) -> int:
    """Ask a lead to look; returns the number of the flag."""
    row = {"campaign_id": campaign_id, "at": at, "actor": by, "words": words}
    return int(connection.execute(insert(lead_flags).values(row).returning(lead_flags.c.seq)).scalar_one())


def answer(connection: Connection, flag: Flag, words: str, *, by: str, at: datetime) -> None:
    """Answer a flag; NothingToDo when somebody has."""
    row = {"campaign_id": flag.campaign_id, "at": at, "actor": by, "words": words, "answers": flag.seq}
    if not insert_ignore(connection, lead_flags, row):
        raise NothingToDo(f"flag {flag.seq} has been answered already")


def waiting(connection: Connection, *, limit: int, after: int = 0) -> list[Flag]:
    """Flags without an answer, oldest first, from the one after `after` on."""
    return _flags(connection, lead_flags.c.seq > after, open_only=True, limit=limit)


def of_campaigns(connection: Connection, campaign_ids: Iterable[str], *, limit: int = 20) -> list[Flag]:
    """Flags of these campaigns with their answers, oldest first."""
    return _flags(connection, lead_flags.c.campaign_id.in_(list(campaign_ids)), open_only=False, limit=limit)


def flag(connection: Connection, seq: int) -> Flag | None:
    """One flag by number."""
    return next(iter(_flags(connection, lead_flags.c.seq == seq, open_only=False, limit=1)), None)


def _flags(connection: Connection, condition: object, *, open_only: bool, limit: int) -> list[Flag]:
    given = lead_flags.alias("given")
    query = (
        select(
            lead_flags.c.seq,
            lead_flags.c.campaign_id,
            lead_flags.c.at,
            lead_flags.c.actor,
            lead_flags.c.words,
            given.c.words.label("answer"),
            given.c.actor.label("answered_by"),
            given.c.at.label("answered_at"),
        )
        .outerjoin(given, given.c.answers == lead_flags.c.seq)
        .where(condition, lead_flags.c.answers.is_(None))  # type: ignore[arg-type]  # a column's comparison
    )
    if open_only:
        query = query.where(given.c.seq.is_(None))
    return [Flag(**row) for row in connection.execute(query.order_by(lead_flags.c.seq).limit(limit)).mappings()]

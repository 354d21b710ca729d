"""Flags: "a lead should look at this", and the lead's answer. Append-only: an answer is a row of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

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
    return [Flag(**row) for row in connection.execute(_OPEN, {"after": after, "limit": limit}).mappings()]


def of_campaigns(connection: Connection, campaign_ids: Iterable[str], *, limit: int = 20) -> list[Flag]:
    """Flags of these campaigns with their answers, oldest first."""
    rows = connection.execute(_OF_CAMPAIGNS, {"some": list(campaign_ids), "limit": limit})
    return [Flag(**row) for row in rows.mappings()]


def flag(connection: Connection, seq: int) -> Flag | None:
    """One flag by number."""
    row = connection.execute(_FLAGS.where(lead_flags.c.seq == seq)).mappings().first()
    return Flag(**row) if row else None


_given = lead_flags.alias("given")
_FLAGS = (
    select(
        lead_flags.c.seq,
        lead_flags.c.campaign_id,
        lead_flags.c.at,
        lead_flags.c.actor,
        lead_flags.c.words,
        _given.c.words.label("answer"),
        _given.c.actor.label("answered_by"),
        _given.c.at.label("answered_at"),
    )
    .outerjoin(_given, _given.c.answers == lead_flags.c.seq)
    .where(lead_flags.c.answers.is_(None))
)
# What nearly every page asks is built once: building a statement takes longer than these run.
_FIRST = _FLAGS.order_by(lead_flags.c.seq).limit(bindparam("limit"))
_OPEN = _FIRST.where(_given.c.seq.is_(None), lead_flags.c.seq > bindparam("after"))
_OF_CAMPAIGNS = _FIRST.where(lead_flags.c.campaign_id.in_(bindparam("some", expanding=True)))

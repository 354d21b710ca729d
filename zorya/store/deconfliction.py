"""Rows of deconfliction: who holds a token, what was told of it, how often each partner asked, and planted contacts.

A lookup runs the same statements whether or not anybody holds the contact: neither the answer nor the time it takes
tells an asker more than who holds it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, insert, literal, select, update

from zorya.domain.deconfliction import Alarm, AlarmKind, Holding
from zorya.store.deconfliction_schema import (
    deconfliction_alarms as alarms,
)
from zorya.store.deconfliction_schema import (
    deconfliction_counts as counts,
)
from zorya.store.deconfliction_schema import (
    deconfliction_holdings as holdings,
)
from zorya.store.deconfliction_schema import (
    deconfliction_matches as matches,
)
from zorya.store.deconfliction_schema import (
    deconfliction_planted as planted,
)
from zorya.store.rows import insert_ignore

_COUNTED = select(counts.c.asked, counts.c.cut_off_at).where(
    counts.c.partner == bindparam("of"), counts.c.day == bindparam("on")
)
"""Made once: who is cut off goes on asking, and each question must cost next to nothing."""


def cut_off(connection: Connection, partner: str, *, at: datetime, daily: int) -> bool:
    """True where a partner's lookups of a day are used up and the leads know. Reads only."""
    row = connection.execute(_COUNTED, {"of": partner, "on": at.astimezone(UTC).date()}).first()
    return row is not None and row.asked >= daily and row.cut_off_at is not None


def count(connection: Connection, partner: str, *, at: datetime, daily: int) -> bool:
    """Count a lookup; False where the day's are used up. No two processes share a last one."""
    day = at.astimezone(UTC).date()
    here = (counts.c.partner == partner, counts.c.day == day)
    insert_ignore(connection, counts, {"partner": partner, "day": day, "asked": 0})
    asked = update(counts).where(*here, counts.c.asked < daily).values(asked=counts.c.asked + 1)
    return bool(connection.execute(asked).rowcount)


def note_cut_off(connection: Connection, partner: str, *, at: datetime) -> bool:
    """Note that a partner has been refused; True at the first time of a day: the one that is reported."""
    here = (counts.c.partner == partner, counts.c.day == at.astimezone(UTC).date(), counts.c.cut_off_at.is_(None))
    return bool(connection.execute(update(counts).where(*here).values(cut_off_at=at)).rowcount)


def look_up(connection: Connection, token: str, partner: str, *, by: str, at: datetime) -> list[str]:
    """Other partners who hold a token at a moment, by id. Each of them is to be told; a planted token is an alarm."""
    others = (holdings.c.token == token, holdings.c.partner != partner, holdings.c.expires_at > at)
    found = connection.scalars(select(holdings.c.partner).where(*others).order_by(holdings.c.partner)).all()
    told = exists().where(matches.c.holding == holdings.c.id, matches.c.other == partner)
    news = select(holdings.c.id, literal(partner), literal(at, matches.c.at.type)).where(*others, ~told)
    connection.execute(insert(matches).from_select(["holding", "other", "at"], news))
    row = (literal(partner), literal(AlarmKind.PLANTED.value), literal(by), literal(at, alarms.c.at.type), literal(""))
    caught = select(*row).where(exists().where(planted.c.token == token))
    names = ["partner", "kind", "account", "at", "seen_by"]
    connection.execute(insert(alarms).from_select(names, caught))
    return list(found)


def register(
    connection: Connection, token: str, partner: str, *, reference: str, at: datetime, expires_at: datetime
) -> None:
    """Keep a token for a partner, or keep it longer; it is to be told of those who hold it already."""
    row = {"token": token, "partner": partner, "reference": reference, "registered_at": at, "expires_at": expires_at}
    mine = (holdings.c.token == token, holdings.c.partner == partner)
    if not insert_ignore(connection, holdings, row):
        later = {"reference": reference, "expires_at": expires_at}
        connection.execute(update(holdings).where(*mine).values(later))
    own, other = holdings.alias(), holdings.alias()
    told = exists().where(matches.c.holding == own.c.id, matches.c.other == other.c.partner)
    news = (
        select(own.c.id, other.c.partner, literal(at, matches.c.at.type))
        .join(other, other.c.token == own.c.token)
        .where(own.c.token == token, own.c.partner == partner)
        .where(other.c.partner != partner, other.c.expires_at > at, ~told)
    )
    connection.execute(insert(matches).from_select(["holding", "other", "at"], news))


def withdraw(connection: Connection, partner: str, holding: int) -> bool:
    """Forget an entry of a partner and what was told of it; False when it has none of that number."""
    here = (holdings.c.id == holding, holdings.c.partner == partner)
    if not connection.execute(delete(holdings).where(*here)).rowcount:
        return False
    connection.execute(delete(matches).where(matches.c.holding == holding))
    return True


def held_by(
    connection: Connection, partner: str, *, at: datetime, after: int | None = None, limit: int = 50
) -> list[Holding]:
    """Entries of a partner in force, the newest first; from the one before a number on."""
    query = select(*_OF_HOLDING).where(holdings.c.partner == partner, holdings.c.expires_at > at)
    if after is not None:
        query = query.where(holdings.c.id < after)
    return [Holding(*row) for row in connection.execute(query.order_by(holdings.c.id.desc()).limit(limit))]


def told(
    connection: Connection, partner: str, *, at: datetime, limit: int = 50
) -> list[tuple[int, Holding, str, datetime]]:
    """(seq, entry, other partner, moment) of what a partner was told of its entries in force, newest first."""
    return _told(connection, [holdings.c.partner == partner, holdings.c.expires_at > at], limit)


def untold(connection: Connection, *, at: datetime) -> list[tuple[int, Holding, str, datetime]]:
    """What no mail has told yet, by partner and age."""
    rows = _told(connection, [matches.c.told_at.is_(None), holdings.c.expires_at > at], 10_000)
    return sorted(rows, key=lambda row: (row[1].partner, row[0]))


def claim(connection: Connection, numbers: Sequence[int], *, at: datetime) -> set[int]:
    """Note that a mail tells these; those that no other process claimed before."""
    mine = update(matches).where(matches.c.seq.in_(list(numbers)), matches.c.told_at.is_(None)).values(told_at=at)
    return set(connection.scalars(mine.returning(matches.c.seq)))


def asked_on(connection: Connection, at: datetime) -> list[Row[Any]]:
    """(partner, asked, cut_off_at) of a day, the busiest first."""
    day = counts.c.day == at.astimezone(UTC).date()
    query = select(counts.c.partner, counts.c.asked, counts.c.cut_off_at).where(day)
    return list(connection.execute(query.order_by(counts.c.asked.desc(), counts.c.partner)))


def plant(connection: Connection, tokens: Sequence[str], *, at: datetime) -> int:
    """Plant tokens that nobody holds; returns how many are new."""
    return sum(insert_ignore(connection, planted, {"token": token, "planted_at": at}) for token in tokens)


def held_at_all(connection: Connection, tokens: Sequence[str]) -> set[str]:
    """Those of these tokens that somebody holds: they cannot be planted."""
    return set(connection.scalars(select(holdings.c.token).where(holdings.c.token.in_(list(tokens)))))


def raise_alarm(connection: Connection, partner: str, kind: AlarmKind, *, by: str, at: datetime) -> None:
    """Report a partner to the leads."""
    row = {"partner": partner, "kind": kind, "account": by, "at": at, "seen_by": ""}
    connection.execute(insert(alarms).values(row))


def open_alarms(connection: Connection, *, limit: int = 50) -> list[Alarm]:
    """Reports that no lead has looked into, newest first."""
    query = select(*_OF_ALARM).where(alarms.c.seen_by == "").order_by(alarms.c.seq.desc()).limit(limit)
    return [replace(each, kind=AlarmKind(each.kind)) for each in (Alarm(*row) for row in connection.execute(query))]


def count_alarms(connection: Connection) -> int:
    """How many reports wait for a lead."""
    query = select(func.count()).select_from(alarms).where(alarms.c.seen_by == "")
    return int(connection.execute(query).scalar_one())


def close_alarm(connection: Connection, seq: int, *, by: str, at: datetime) -> bool:
    """A lead has looked into a report; False when it is no open one."""
    here = (alarms.c.seq == seq, alarms.c.seen_by == "")
    return bool(connection.execute(update(alarms).where(*here).values(seen_by=by, seen_at=at)).rowcount)


def drop_expired(connection: Connection, *, at: datetime) -> int:
    """Forget entries that have expired, and what was told of them; returns how many."""
    over = select(holdings.c.id).where(holdings.c.expires_at <= at)
    connection.execute(delete(matches).where(matches.c.holding.in_(over)))
    return connection.execute(delete(holdings).where(holdings.c.expires_at <= at)).rowcount


_OF_HOLDING = [holdings.c[name] for name in Holding.__slots__]
_OF_ALARM = [alarms.c[name] for name in Alarm.__slots__]


def _told(connection: Connection, here: list[Any], limit: int) -> list[tuple[int, Holding, str, datetime]]:
    query = select(matches.c.seq, *_OF_HOLDING, matches.c.other, matches.c.at)
    query = query.join(holdings, holdings.c.id == matches.c.holding).where(*here)
    rows = connection.execute(query.order_by(matches.c.seq.desc()).limit(limit)).all()
    return [(row[0], Holding(*row[1:-2]), row[-2], row[-1]) for row in rows]

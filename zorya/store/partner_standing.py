"""Partners as the store knows them: since when digests look at them, and whether they paused their digests.

A pause by mail is theirs; `paused: true` in the partner's file is the house's. Either stops new alerts and neither
loses one: they wait, and leave with the first digest after it.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from zorya.domain.ids import sha256_hex
from zorya.store.rows import insert_ignore
from zorya.store.sharing_schema import partner_standing, pause_links


@dataclass(frozen=True, slots=True)
class PauseLink:
    """What a link of a mail may do now: pause, take its pause back, or nothing."""

    partner: str
    may_pause: bool
    may_resume: bool


def know(connection: Connection, partner: str, *, at: datetime) -> None:
    """Note that digests look at a partner from now on; what was noted before stays."""
    if known_since(connection, partner) is None:
        insert_ignore(connection, partner_standing, {"partner": partner, "known_since": at, "paused_by": ""})


def known_since(connection: Connection, partner: str) -> datetime | None:
    """Since when digests look at a partner."""
    query = select(partner_standing.c.known_since).where(partner_standing.c.partner == partner)
    return connection.execute(query).scalar()


def paused(connection: Connection) -> dict[str, datetime]:
    """Partners that paused their digests themselves, and since when."""
    query = select(partner_standing.c.partner, partner_standing.c.paused_at).order_by(partner_standing.c.partner)
    rows = connection.execute(query.where(partner_standing.c.paused_at.is_not(None)))
    return {row.partner: row.paused_at for row in rows}


def is_paused(connection: Connection, partner: str) -> bool:
    """True while a partner's own pause holds."""
    query = select(partner_standing.c.paused_at).where(partner_standing.c.partner == partner)
    return connection.execute(query).scalar() is not None


def pause(connection: Connection, partner: str, *, at: datetime, by: str) -> bool:
    """Stop new alerts for a partner; False when they were stopped."""
    know(connection, partner, at=at)
    running = (partner_standing.c.partner == partner) & partner_standing.c.paused_at.is_(None)
    return connection.execute(update(partner_standing).where(running).values(paused_at=at, paused_by=by)).rowcount == 1


def resume(connection: Connection, partner: str) -> bool:
    """Let alerts leave again; False when nothing stopped them."""
    stopped = (partner_standing.c.partner == partner) & partner_standing.c.paused_at.is_not(None)
    values = {"paused_at": None, "paused_by": ""}
    return connection.execute(update(partner_standing).where(stopped).values(values)).rowcount == 1


def add_link(connection: Connection, token: str, partner: str, *, expires_at: datetime) -> None:
    """Let a link of a mail pause a partner's digests; only its hash is stored."""
    row = {"token_hash": sha256_hex(token.encode()), "partner": partner, "expires_at": expires_at}
    insert_ignore(connection, pause_links, row)


def link(connection: Connection, token: str, *, at: datetime) -> PauseLink | None:
    """What a link may do now; None when it is unknown, has run out or was used up."""
    found = pause_links.c.token_hash == sha256_hex(token.encode())
    row = connection.execute(select(pause_links).where(found, pause_links.c.expires_at > at)).first()
    if row is None or row.resumed_at is not None:
        return None
    if row.paused_at is None:
        return PauseLink(row.partner, may_pause=True, may_resume=False)
    stands = is_paused(connection, row.partner)
    return PauseLink(row.partner, may_pause=False, may_resume=True) if stands else None


def use_link(connection: Connection, token: str, *, at: datetime, to_pause: bool) -> bool:
    """Spend a link on a pause, or on taking it back; False when somebody has."""
    column = "paused_at" if to_pause else "resumed_at"
    unused = (pause_links.c.token_hash == sha256_hex(token.encode())) & pause_links.c[column].is_(None)
    return connection.execute(update(pause_links).where(unused).values({column: at})).rowcount == 1

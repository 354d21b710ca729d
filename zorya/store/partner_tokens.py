"""Tokens by which partners' machines fetch what was told to them: stored as hashes, one a partner at a time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, select, update

from zorya.domain.ids import sha256_hex
from zorya.store.sharing_schema import partner_tokens


def issue(connection: Connection, partner: str, token: str, *, at: datetime, expires_at: datetime) -> None:
    """Put a token in force; the one before it ends at this moment."""
    _end(connection, partner, at=at)
    row = {"token_hash": sha256_hex(token.encode()), "partner": partner, "made_at": at, "expires_at": expires_at}
    connection.execute(insert(partner_tokens).values(row))


def revoke(connection: Connection, partner: str, *, at: datetime) -> bool:
    """End a partner's token; False when none was in force."""
    had = partner in ends(connection, at=at)
    _end(connection, partner, at=at)
    return had


def partner_of(connection: Connection, token: str, *, at: datetime) -> str | None:
    """Whose token this is; None when nobody has it, it was revoked or has run out."""
    found = and_(partner_tokens.c.token_hash == sha256_hex(token.encode()), *_in_force(at))
    return connection.execute(select(partner_tokens.c.partner).where(found)).scalar()


def ends(connection: Connection, *, at: datetime) -> dict[str, datetime]:
    """Partner → when the token in force runs out."""
    query = select(partner_tokens.c.partner, partner_tokens.c.expires_at).where(*_in_force(at))
    return {partner: end for partner, end in connection.execute(query)}


def _end(connection: Connection, partner: str, *, at: datetime) -> None:
    """One that has run out is ended too: the table holds one open token a partner."""
    held = and_(partner_tokens.c.partner == partner, partner_tokens.c.revoked_at.is_(None))
    connection.execute(update(partner_tokens).where(held).values(revoked_at=at))


def _in_force(at: datetime) -> tuple[Any, ...]:
    return (partner_tokens.c.revoked_at.is_(None), partner_tokens.c.expires_at > at)

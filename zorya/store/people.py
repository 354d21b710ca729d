"""Accounts and sessions. Only hashes of passwords and session tokens are stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from zorya.domain.ids import new_secret, sha256_hex
from zorya.domain.reviews import Role
from zorya.store.rows import insert_ignore
from zorya.store.schema import sessions, users


def add_user(
    connection: Connection, *, name: str, display_name: str, role: Role, password_hash: str, language: str, at: datetime
) -> bool:
    """Create an account; False when the name is taken."""
    row = {"name": name, "display_name": display_name, "role": role, "password_hash": password_hash}
    return insert_ignore(connection, users, row | {"language": language, "created_at": at})


def user(connection: Connection, name: str) -> dict[str, Any] | None:
    """An account that is not disabled."""
    query = select(users).where(users.c.name == name, users.c.disabled_at.is_(None))
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def set_language(connection: Connection, name: str, language: str) -> None:
    """Speak another language to a person from now on."""
    connection.execute(update(users).where(users.c.name == name).values(language=language))


def all_users(connection: Connection) -> list[dict[str, Any]]:
    """Every account, by name, without the password hash."""
    columns = [column for column in users.c if column.name != "password_hash"]
    return [dict(row) for row in connection.execute(select(*columns).order_by(users.c.name)).mappings()]


def open_session(connection: Connection, name: str, *, at: datetime, expires_at: datetime) -> str:
    """Start a session; returns the token for the cookie."""
    token = new_secret()
    row = {"token_hash": sha256_hex(token.encode()), "user": name, "csrf": new_secret()}
    connection.execute(insert(sessions).values(**row, created_at=at, expires_at=expires_at))
    return token


def session(connection: Connection, token: str, *, at: datetime) -> dict[str, Any] | None:
    """The session of a cookie with its account (`name`, `display_name`, `role`, `language`, `csrf`), if in force."""
    query = (
        select(sessions.c.csrf, users.c.name, users.c.display_name, users.c.role, users.c.language)
        .join(users, users.c.name == sessions.c.user)
        .where(
            sessions.c.token_hash == sha256_hex(token.encode()),
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > at,
            users.c.disabled_at.is_(None),
        )
    )
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def close_session(connection: Connection, token: str, *, at: datetime) -> None:
    """Revoke a session at once."""
    found = sessions.c.token_hash == sha256_hex(token.encode())
    connection.execute(update(sessions).where(found).values(revoked_at=at))


def end_sessions(connection: Connection, name: str, *, at: datetime) -> int:
    """Revoke every session of a person at once; returns how many were in force."""
    found = (sessions.c.user == name, sessions.c.revoked_at.is_(None), sessions.c.expires_at > at)
    return connection.execute(update(sessions).where(*found).values(revoked_at=at)).rowcount


def open_sessions(connection: Connection, *, at: datetime) -> dict[str, int]:
    """How many sessions each person has in force."""
    query = select(sessions.c.user, func.count()).where(sessions.c.revoked_at.is_(None), sessions.c.expires_at > at)
    return {row[0]: int(row[1]) for row in connection.execute(query.group_by(sessions.c.user))}


def set_disabled(connection: Connection, name: str, *, at: datetime | None) -> bool:
    """Close an account from a moment on, or open it again (None); False when there is no such account."""
    return connection.execute(update(users).where(users.c.name == name).values(disabled_at=at)).rowcount == 1


def drop_sessions(connection: Connection, *, ended_before: datetime) -> int:
    """Forget sessions that ended before a moment; returns how many."""
    return connection.execute(delete(sessions).where(sessions.c.expires_at < ended_before)).rowcount

"""Accounts and sessions. Only hashes of passwords and session tokens are stored."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from zorya.domain.ids import new_secret, sha256_hex
from zorya.domain.reviews import Role
from zorya.store.people_schema import second_factors, sessions, users
from zorya.store.rows import insert_ignore


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


def set_preferences(connection: Connection, name: str, preferences: dict[str, Any]) -> None:
    """Keep what a person prefers; what it means is the review app's."""
    connection.execute(update(users).where(users.c.name == name).values(preferences=preferences))


def set_password(connection: Connection, name: str, password_hash: str) -> None:
    """Another password from now on; sessions stay as they are."""
    connection.execute(update(users).where(users.c.name == name).values(password_hash=password_hash))


def set_role(connection: Connection, name: str, role: Role) -> None:
    """Another role from now on, in sessions that are open too."""
    connection.execute(update(users).where(users.c.name == name).values(role=role))


def all_users(connection: Connection) -> list[dict[str, Any]]:
    """Every account, by name, without the password hash and without what is the person's own affair."""
    columns = [column for column in users.c if column.name not in {"password_hash", "preferences"}]
    return [dict(row) for row in connection.execute(select(*columns).order_by(users.c.name)).mappings()]


def open_session(
    connection: Connection,
    name: str,
    *,
    at: datetime,
    expires_at: datetime,
    browser: str = "",
    begun_by: str = "password",
) -> str:
    """Start a session; returns the token for the cookie.

    `browser` is what its owner knows it by, `begun_by` is `password` or `organisation`.
    """
    token = new_secret()
    row = {
        "token_hash": hash_of(token),
        "user": name,
        "csrf": new_secret(),
        "browser": browser[:60],
        "begun_by": begun_by,
    }
    connection.execute(insert(sessions).values(**row, created_at=at, expires_at=expires_at))
    return token


def session(connection: Connection, token: str, *, at: datetime) -> dict[str, Any] | None:
    """The session of a cookie with its account, if in force: `csrf`, `created_at`, `expires_at`, `begun_by`, and of the
    account `name`, `display_name`, `role`, `language`, `preferences`, `second_factor_at` (None: it has none).
    """
    row = connection.execute(_SESSION, {"token": hash_of(token), "at": at}).mappings().first()
    return dict(row) if row else None


_ACCOUNT = (users.c.name, users.c.display_name, users.c.role, users.c.language, users.c.preferences)
_SESSION = (
    select(
        sessions.c.csrf,
        sessions.c.created_at,
        sessions.c.expires_at,
        sessions.c.begun_by,
        second_factors.c.confirmed_at.label("second_factor_at"),
        *_ACCOUNT,
    )
    .join(users, users.c.name == sessions.c.user)
    .outerjoin(second_factors, second_factors.c.user == users.c.name)
    .where(
        sessions.c.token_hash == bindparam("token"),
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > bindparam("at"),
        users.c.disabled_at.is_(None),
    )
)
"""Asked at every request, so built once."""


def close_session(connection: Connection, token: str, *, at: datetime) -> None:
    """Revoke a session at once."""
    found = sessions.c.token_hash == hash_of(token)
    connection.execute(update(sessions).where(found).values(revoked_at=at))


def end_sessions(connection: Connection, name: str, *, at: datetime, but: str = "", only: str = "") -> int:
    """Revoke sessions of a person at once; returns how many were in force.

    `but` names a session that stays, `only` the one that ends, both by `hash_of` their token.
    """
    found = [sessions.c.user == name, sessions.c.revoked_at.is_(None), sessions.c.expires_at > at]
    found += [sessions.c.token_hash != but] if but else []
    found += [sessions.c.token_hash == only] if only else []
    return connection.execute(update(sessions).where(*found).values(revoked_at=at)).rowcount


def extend_session(connection: Connection, token: str, *, expires_at: datetime) -> None:
    """Let a session in force last longer."""
    found = (sessions.c.token_hash == hash_of(token), sessions.c.revoked_at.is_(None))
    connection.execute(update(sessions).where(*found).values(expires_at=expires_at))


def sessions_of(connection: Connection, name: str, *, at: datetime, limit: int = 50) -> list[dict[str, Any]]:
    """A person's sessions in force, newest first: `token_hash`, `created_at`, `expires_at`, `browser`."""
    columns = (sessions.c.token_hash, sessions.c.created_at, sessions.c.expires_at, sessions.c.browser)
    query = select(*columns).where(sessions.c.user == name, sessions.c.expires_at > at, sessions.c.revoked_at.is_(None))
    rows = connection.execute(query.order_by(sessions.c.created_at.desc(), sessions.c.token_hash).limit(limit))
    return [dict(row) for row in rows.mappings()]


def hash_of(token: str) -> str:
    """What is stored of a session's token."""
    return sha256_hex(token.encode())


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

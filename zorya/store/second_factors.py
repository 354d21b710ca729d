"""Second factors: sealed secrets, the last code that was taken, recovery codes by their hash."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from zorya.store.people_schema import recovery_codes, second_factors


def begin(connection: Connection, name: str, secret: bytes, *, at: datetime) -> bool:
    """Keep a sealed secret that is not in force until it is confirmed; False when one is in force already."""
    waiting = (second_factors.c.user == name, second_factors.c.confirmed_at.is_(None))
    connection.execute(delete(second_factors).where(*waiting))
    if of(connection, name):
        return False
    row = {"user": name, "secret": secret, "made_at": at, "last_step": 0}
    connection.execute(insert(second_factors).values(row))
    return True


def of(connection: Connection, name: str) -> dict[str, Any] | None:
    """A person's second factor (`secret`, `made_at`, `confirmed_at`, `last_step`), confirmed or not."""
    row = connection.execute(select(second_factors).where(second_factors.c.user == name)).mappings().first()
    return dict(row) if row else None


def confirm(connection: Connection, name: str, *, at: datetime) -> None:
    """Put a person's second factor in force."""
    connection.execute(update(second_factors).where(second_factors.c.user == name).values(confirmed_at=at))


def take_step(connection: Connection, name: str, step: int) -> bool:
    """Note that the code of a time step was given; False when it, or a later one, was given before."""
    newer = (second_factors.c.user == name, second_factors.c.last_step < step)
    return connection.execute(update(second_factors).where(*newer).values(last_step=step)).rowcount == 1


def set_recovery_codes(connection: Connection, name: str, code_hashes: Iterable[str]) -> None:
    """Replace a person's recovery codes."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user == name))
    rows = [{"user": name, "code_hash": code_hash} for code_hash in code_hashes]
    connection.execute(insert(recovery_codes), rows)


def take_recovery_code(connection: Connection, name: str, code_hash: str, *, at: datetime) -> bool:
    """Use a recovery code up; False when there is none such, or it was used before."""
    unused = (
        recovery_codes.c.user == name,
        recovery_codes.c.code_hash == code_hash,
        recovery_codes.c.used_at.is_(None),
    )
    return connection.execute(update(recovery_codes).where(*unused).values(used_at=at)).rowcount == 1


def recovery_codes_left(connection: Connection, name: str) -> int:
    """How many recovery codes a person has not used."""
    unused = (recovery_codes.c.user == name, recovery_codes.c.used_at.is_(None))
    return int(connection.execute(select(func.count()).select_from(recovery_codes).where(*unused)).scalar_one())


def drop(connection: Connection, name: str) -> bool:
    """Forget a person's second factor and recovery codes; False when there was none."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.user == name))
    return connection.execute(delete(second_factors).where(second_factors.c.user == name)).rowcount == 1


def holders(connection: Connection) -> set[str]:
    """Who has a second factor in force."""
    return set(connection.scalars(select(second_factors.c.user).where(second_factors.c.confirmed_at.is_not(None))))

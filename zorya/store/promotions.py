"""Who put which model in use, when and why: append-only, one row an act."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from zorya.store.model_schema import model_promotions


@dataclass(frozen=True, slots=True)
class Promotion:
    """One act. `act` is `first` (the first of its name, put in use by itself), `promote` or `rollback`; `manifest` the
    SHA-256 of the manifest of what was put in use.
    """

    at: datetime
    name: str
    act: str
    was: str | None
    became: str
    manifest: str
    actor: str
    reason: str


def add(connection: Connection, promotion: Promotion) -> None:
    """Write an act down."""
    row = {name: getattr(promotion, name) for name in Promotion.__slots__}
    connection.execute(insert(model_promotions).values(**row))


def latest(connection: Connection, limit: int = 100) -> list[Promotion]:
    """The last acts on models of any name, newest first."""
    columns = [model_promotions.c[each] for each in Promotion.__slots__]
    query = select(*columns).order_by(model_promotions.c.seq.desc()).limit(limit)
    return [Promotion(*row) for row in connection.execute(query)]


def history(connection: Connection, name: str) -> list[Promotion]:
    """Acts on the models of a name, oldest first."""
    columns = [model_promotions.c[each] for each in Promotion.__slots__]
    query = select(*columns).where(model_promotions.c.name == name).order_by(model_promotions.c.seq)
    return [Promotion(*row) for row in connection.execute(query)]

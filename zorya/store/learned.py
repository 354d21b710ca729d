"""What was learned about a source's pages: one row of selectors and their record per source."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from zorya.store.schema import learned


def load(connection: Connection, source: str) -> dict[str, Any]:
    """State as `save` got it; {} for a source of which nothing is known."""
    row = connection.execute(select(learned.c.selectors).where(learned.c.source == source)).scalar()
    return dict(row) if row else {}


def save(connection: Connection, source: str, selectors: Mapping[str, Any], *, at: datetime) -> None:
    """Replace the state. One crawl of a source runs at a time (its lease), so the last one knows most."""
    forget(connection, source)
    connection.execute(insert(learned).values(source=source, selectors=dict(selectors), updated_at=at))


def forget(connection: Connection, source: str) -> None:
    """Begin anew: the next pages are read in full."""
    connection.execute(delete(learned).where(learned.c.source == source))

"""What the store knows of each source: its standing and its description at the last crawl or change.

The files are the truth; this is their shadow for the stages after the crawl and for web pages.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from zorya.store.schema import sources

DRAFT = "draft"
"""The standing whose ads wait: they are stored, and neither screened nor queued."""


def record(
    connection: Connection,
    source_id: str,
    *,
    title: str,
    country: str,
    engine: str,
    owner: str,
    standing: str,
    spec: Mapping[str, Any],
    at: datetime,
) -> None:
    """Note how a source stands now. `spec` is its file as JSON values; `standing` one of the life cycle's words."""
    row: dict[str, Any] = {"title": title, "country": country, "engine": engine, "owner": owner, "standing": standing}
    row |= {"spec": dict(spec), "updated_at": at}
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(sources).values(id=source_id, **row)
    connection.execute(statement.on_conflict_do_update(index_elements=[sources.c.id], set_=row))


def standing_of(connection: Connection, source_id: str) -> str | None:
    """The standing last noted, None for a source never seen."""
    found = connection.execute(select(sources.c.standing).where(sources.c.id == source_id)).scalar_one_or_none()
    return None if found is None else str(found)


def every(connection: Connection) -> list[dict[str, Any]]:
    """All rows by id, as dictionaries of the `sources` table."""
    return [dict(row) for row in connection.execute(select(sources).order_by(sources.c.id)).mappings()]


def feeds_queue(table: Table) -> ColumnElement[bool]:
    """Condition on a table with a column `source`: no draft. Ads of unknown sources (imports) are let through."""
    drafts = select(sources.c.id).where(sources.c.standing == DRAFT)
    return table.c.source.not_in(drafts)

"""What the store knows of each source: its standing and its description at the last crawl or change.

The files are the truth; this is their shadow for the stages after the crawl and for web pages.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from zorya.domain.ads import Posting
from zorya.store import selection_backlog
from zorya.store.schema import postings, sources, versions

DRAFT, RETIRED = "draft", "retired"
"""A draft's ads wait: they are stored, and neither screened nor queued. So do those of a draft that was retired."""


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
    if country != connection.execute(select(sources.c.country).where(sources.c.id == source_id)).scalar():
        selection_backlog.note_source(connection, source_id)  # a board's country is where its ads speak to people
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


def countries(connection: Connection) -> dict[str, str]:
    """Source → the country of its board (ISO alpha-2), as last noted."""
    return {row.id: row.country for row in connection.execute(select(sources.c.id, sources.c.country))}


def feeds_queue(table: Table) -> ColumnElement[bool]:
    """Condition on a table with a column `source`: no draft, and none that nobody ever answered for.

    Ads of unknown sources (imports) are let through.
    """
    answers = (sources.c.owner, *(sources.c.spec[name].as_string() for name in ("basis", "review")))
    unanswered = or_(*(func.coalesce(answer, "") == "" for answer in answers))
    never = and_(sources.c.standing == RETIRED, unanswered)
    drafts = select(sources.c.id).where(or_(sources.c.standing == DRAFT, never))
    return table.c.source.not_in(drafts)


def already_read(connection: Connection, ads: Iterable[Posting]) -> Counter[str]:
    """Source → how many of these ads it has: the same address, or the same title with nearly the same words."""
    found: Counter[str] = Counter()
    newest = versions.c.id == postings.c.current_version
    known = select(postings.c.source, postings.c.url, versions.c.title, versions.c.body).join(versions, newest)
    for ad in ads:
        alike = known.where(or_(postings.c.url == ad.url, versions.c.title == ad.title)).limit(50)
        rows = connection.execute(alike).all()
        found.update({row.source for row in rows if row.url == ad.url or _near(row.body, ad.body)})
    return found


def _near(one: str, other: str) -> bool:
    """Four fifths of the words in common."""
    first, second = set(one.casefold().split()), set(other.casefold().split())
    return len(first & second) >= 0.8 * max(1, len(first | second))

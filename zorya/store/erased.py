"""Ads that were erased: digests are kept, so that a crawl does not bring them back. Evidence files leave after it."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from zorya.store.engine import Store
from zorya.store.erasure_schema import erased_ads, erasure_marks
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore
from zorya.store.schema import captures

ASKED, AGE = "asked", "age"
"""Why an ad was erased: somebody asked for it, or it was past its time. A new wording of the latter may come back."""


def among(connection: Connection, posting_ids: Collection[str], content_hashes: Collection[str]) -> set[str]:
    """Those of these ads and contents that were erased and may not come back, as ids and hashes."""
    found: set[str] = set()
    for part in chunks(posting_ids):
        asked = (erased_ads.c.posting_id.in_(part), erased_ads.c.why == ASKED)
        found |= set(connection.scalars(select(erased_ads.c.posting_id).where(*asked)))
    for part in chunks(content_hashes):
        alike = erased_ads.c.content_hash.in_(part)
        found |= set(connection.scalars(select(erased_ads.c.content_hash).where(alike)))
    return found


def url_keys(connection: Connection, source: str) -> set[str]:
    """Keys (`ids.url_key`) of addresses that no crawl of a source asks for again."""
    asked = (erased_ads.c.source == source, erased_ads.c.why == ASKED)
    return set(connection.scalars(select(erased_ads.c.url_key).where(*asked)))


def sweep(store: Store, folder: Path, *, since: datetime) -> int:
    """Delete evidence files that were purged at `since` or later and still lie in `folder`; returns how many did."""
    with store.reading() as connection:
        query = select(captures.c.warc_file).where(captures.c.purged_at >= since).distinct()
        names = list(connection.scalars(query))
    swept = 0
    for name in names:
        path = folder / name
        swept += path.exists()
        path.unlink(missing_ok=True)
    return swept


def mark(connection: Connection, name: str, size: int) -> None:
    """Note how much of the erasure list this database was told (`announced`) or follows (`applied`)."""
    if not insert_ignore(connection, erasure_marks, {"name": name, "size": size}):
        connection.execute(update(erasure_marks).where(erasure_marks.c.name == name).values(size=size))


def marked(connection: Connection, name: str) -> int:
    """Bytes of the erasure list; 0 where none was noted."""
    query = select(erasure_marks.c.size).where(erasure_marks.c.name == name)
    return int(connection.execute(query).scalar() or 0)

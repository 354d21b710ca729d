"""Ads stopped for possible child abuse material: what was stored of them goes, address and digest stay.

Every ad with the same content goes with it. Rows that others refer to stay, emptied; their evidence files are named in
the same transaction and deleted after it (`sweep`), so that a crash in between leaves none behind.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, insert, or_, select, update

from zorya.store import audit, purging, search_index
from zorya.store.care_schema import stopped_ads
from zorya.store.engine import Store
from zorya.store.presence import chunks
from zorya.store.schema import captures, postings, versions


@dataclass(frozen=True, slots=True)
class StoppedAd:
    """What is kept of a stopped ad. `content_hash` is `zorya.domain.ids.posting_content_hash` of it (SHA-256)."""

    posting_id: str
    content_hash: str
    source: str
    url: str


def stop(connection: Connection, posting_id: str, *, at: datetime, by: str) -> list[StoppedAd]:
    """Purge an ad and every other with the same content, and note each; empty when there is no such ad.

    Written to the audit log in the same transaction.
    """
    purging.overwrite(connection)
    found = _alike(connection, posting_id)
    for part in chunks([ad.posting_id for ad in found]):
        files = _files_of(connection, part, at)
        _note(connection, [ad for ad in found if ad.posting_id in part], files, at=at, by=by)
        purging.empty(connection, part, flag="stopped")
        purging.leave_campaigns(connection, part, at=at)
    search_index.sweep(connection)
    for ad in found:
        audit.add(connection, at=at, actor=by, action="ad.stop", object=ad.posting_id, reason=ad.content_hash)
    return found


def among(connection: Connection, posting_ids: Collection[str], content_hashes: Collection[str]) -> set[str]:
    """Those of these ads and contents that were stopped, as ids and hashes."""
    found: set[str] = set()
    for column, wanted in ((stopped_ads.c.posting_id, posting_ids), (stopped_ads.c.content_hash, content_hashes)):
        for part in chunks(wanted):
            found |= set(connection.scalars(select(column).where(column.in_(part))))
    return found


def addresses(connection: Connection, source: str) -> list[str]:
    """Addresses of a source's stopped ads: none of them is asked for again."""
    return list(connection.scalars(select(stopped_ads.c.url).where(stopped_ads.c.source == source)))


def of(connection: Connection, posting_id: str) -> StoppedAd | None:
    """What is kept of a stopped ad."""
    columns = [stopped_ads.c[name] for name in StoppedAd.__slots__]
    row = connection.execute(select(*columns).where(stopped_ads.c.posting_id == posting_id)).mappings().first()
    return StoppedAd(**row) if row else None


def sweep(store: Store, folder: Path) -> int:
    """Delete the evidence files of stopped ads that still lie in `folder`; returns how many did."""
    with store.reading() as connection:
        rows = connection.execute(select(stopped_ads.c.posting_id, stopped_ads.c.files)).all()
    swept = 0
    for row in rows:
        for name in row.files:
            path = folder / name
            swept += path.exists()
            path.unlink(missing_ok=True)
        if row.files:
            with store.writing() as connection:
                here = stopped_ads.c.posting_id == row.posting_id
                connection.execute(update(stopped_ads).where(here).values(files=[]))
    return swept


def _alike(connection: Connection, posting_id: str) -> list[StoppedAd]:
    contents = select(versions.c.content_hash).where(versions.c.posting_id == posting_id)
    same = select(versions.c.posting_id).where(versions.c.content_hash.in_(contents), versions.c.body != "")
    query = (
        select(postings.c.id, versions.c.content_hash, postings.c.source, postings.c.url)
        .join(versions, versions.c.id == postings.c.current_version)
        .where(or_(postings.c.id == posting_id, postings.c.id.in_(same)))
        .order_by(postings.c.id)
    )
    return [StoppedAd(*row) for row in connection.execute(query)]


def _files_of(connection: Connection, posting_ids: Collection[str], at: datetime) -> dict[str, list[str]]:
    """Posting → files of all its captures, which count as purged from now on, whatever else was read from them."""
    query = select(versions.c.posting_id, captures.c.id, captures.c.warc_file)
    query = query.join(captures, captures.c.id == versions.c.capture_id).where(versions.c.posting_id.in_(posting_ids))
    files: dict[str, list[str]] = {}
    for row in connection.execute(query).all():
        files.setdefault(row.posting_id, []).append(row.warc_file)
        purged = update(captures).where(captures.c.warc_file == row.warc_file)
        connection.execute(purged.values(purged_at=at, headers=[]))
    return files


def _note(
    connection: Connection, found: Iterable[StoppedAd], files: dict[str, list[str]], *, at: datetime, by: str
) -> None:
    names = [ad.posting_id for ad in found]
    connection.execute(delete(stopped_ads).where(stopped_ads.c.posting_id.in_(names)))
    rows = [
        {name: getattr(ad, name) for name in StoppedAd.__slots__}
        | {"at": at, "actor": by, "files": sorted(set(files.get(ad.posting_id, [])))}
        for ad in found
    ]
    connection.execute(insert(stopped_ads), rows)

"""Ads stopped for possible child abuse material: what was stored of them goes, address and digest stay.

Every ad with the same content goes with it. Rows that others refer to stay, emptied; their evidence files are named in
the same transaction and deleted after it (`sweep`), so that a crash in between leaves none behind.
"""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from zorya.store import audit, search_index
from zorya.store.campaign_schema import (
    campaign_hits,
    campaign_keys,
    campaign_members,
    campaign_portraits,
    campaign_proposals,
    imprints,
)
from zorya.store.care_schema import stopped_ads
from zorya.store.engine import Store
from zorya.store.presence import chunks
from zorya.store.schema import assessments, captures, contacts, postings, tasks, versions
from zorya.store.search_schema import search_ads, search_backlog

_EMPTY: dict[str, Any] = {
    "title": "",
    "body": "",
    "employer": None,
    "places": [],
    "pay": None,
    "contacts": [],
    "images": [],
}
_EMPTY |= {"flags": ["stopped"]}


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
    if connection.dialect.name == "sqlite":  # what is freed is overwritten, not only forgotten
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
        if sqlite3.sqlite_version_info >= (3, 42):
            connection.exec_driver_sql("INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', 1)")
    found = _alike(connection, posting_id)
    for part in chunks([ad.posting_id for ad in found]):
        files = _files_of(connection, part, at)
        _note(connection, [ad for ad in found if ad.posting_id in part], files, at=at, by=by)
        _purge_texts(connection, part)
        _leave_campaigns(connection, part, at=at)
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


def _purge_texts(connection: Connection, posting_ids: Collection[str]) -> None:
    own = select(versions.c.id).where(versions.c.posting_id.in_(posting_ids))
    connection.execute(delete(contacts).where(contacts.c.version_id.in_(own)))
    quoting = update(assessments).where(assessments.c.version_id.in_(own))
    connection.execute(quoting.values(hits=[], reasons=[], patterns={}))
    connection.execute(update(versions).where(versions.c.posting_id.in_(posting_ids)).values(_EMPTY))
    for table in (imprints, campaign_keys, search_ads, search_backlog):
        connection.execute(delete(table).where(table.c.posting_id.in_(posting_ids)))
    pairs = or_(campaign_proposals.c.one.in_(posting_ids), campaign_proposals.c.other.in_(posting_ids))
    connection.execute(delete(campaign_proposals).where(pairs))


def _leave_campaigns(connection: Connection, posting_ids: Collection[str], *, at: datetime) -> None:
    """Take ads out of their campaigns; what was worked out of their wording goes, a campaign left empty is asked about
    no more."""
    here = campaign_members.c.posting_id.in_(posting_ids)
    left = set(connection.scalars(select(campaign_members.c.campaign_id).where(here)))
    connection.execute(delete(campaign_members).where(here))
    connection.execute(delete(campaign_hits).where(campaign_hits.c.campaign_id.in_(left)))
    stale = {"template": None, "portrait": None, "style": None, "stale": True}
    connection.execute(update(campaign_portraits).where(campaign_portraits.c.campaign_id.in_(left)).values(stale))
    still = select(campaign_members.c.campaign_id).where(campaign_members.c.campaign_id.in_(left))
    empty = left - set(connection.scalars(still))
    open_tasks = (tasks.c.campaign_id.in_(empty), tasks.c.done_at.is_(None))
    connection.execute(update(tasks).where(*open_tasks).values(done_at=at))

"""Captures, postings and their versions: idempotent by source + native id + content hash."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, case, func, select, update

from zorya.domain import ids
from zorya.domain.ads import Capture, Kind, Place, Posting, PostingVersion
from zorya.store import selection_backlog, sources
from zorya.store.presence import chunks, retold
from zorya.store.rows import contact_of, contact_row, insert_ignore, pay_of, place_of
from zorya.store.schema import assessments, captures, postings, versions
from zorya.store.search_backlog import refile

_ALIKE = (
    select(postings.c.id, postings.c.first_seen)
    .join(versions, versions.c.posting_id == postings.c.id)
    .where(
        postings.c.source == bindparam("of"),
        versions.c.content_hash == bindparam("content"),
        versions.c.seen_at <= bindparam("moment"),
    )
    .order_by(postings.c.first_seen, postings.c.id)
)
_SIGHTINGS = select(postings.c.id, postings.c.first_seen, postings.c.last_seen).where(
    postings.c.id.in_(bindparam("some", expanding=True))
)
_STORED = select(versions.c.id).where(versions.c.id.in_(bindparam("some", expanding=True)))
"""Ads of a source with the same content; known versions. Every page asks; building one costs more than running it."""


class Sighting(StrEnum):
    """What seeing an ad meant for the store."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def add_capture(connection: Connection, capture: Capture, run_id: str | None) -> None:
    """Record where the evidence lies; call after the evidence is on disk and before the posting."""
    row = asdict(capture) | {"run_id": run_id, "headers": [list(pair) for pair in capture.headers]}
    insert_ignore(connection, captures, row)


def record(
    connection: Connection, posting: Posting, *, capture_id: str | None, seen_at: datetime
) -> tuple[str, Sighting]:
    """Store one sighting of an ad; returns (version id, what it meant).

    A changed ad makes a new version; an unchanged one only moves `last_seen`; a vanished one that is back loses
    `gone_at`, but not by an old page from before it vanished. A new ad with the words of an earlier one is linked to it
    as its repost.
    """
    identity = ids.posting_id(posting.source, posting.native_id)
    content_hash = ids.posting_content_hash(posting)
    version = ids.version_id(identity, content_hash)
    row = {
        "id": identity,
        "source": posting.source,
        "native_id": posting.native_id,
        "url": posting.url,
        "kind": posting.kind,
        "first_seen": seen_at,
        "last_seen": seen_at,
        "current_version": version,
    }
    is_new = insert_ignore(connection, postings, row)
    added = insert_ignore(
        connection, versions, _version_row(posting, identity, version, content_hash, capture_id, seen_at)
    )
    if added:
        refile(connection, identity)
    if not is_new:
        back = case((postings.c.gone_at > seen_at, postings.c.gone_at))
        values = {"last_seen": seen_at, "gone_at": back, "current_version": version, "url": posting.url}
        selection_backlog.note_reworded(connection, identity, version)
        here = (postings.c.id == identity, postings.c.last_seen <= seen_at)
        connection.execute(update(postings).where(*here).values(values))
        retold(connection, [identity])
    if is_new:
        _link_reposts(connection, posting, content_hash, seen_at)
        return version, Sighting.NEW
    return version, Sighting.CHANGED if added else Sighting.UNCHANGED


def _link_reposts(connection: Connection, posting: Posting, content_hash: str, seen_at: datetime) -> None:
    """Link new ads to the earliest ad of their source with the same content; of several the one with the smallest id.

    Ads found in one run count as found together: their order does not matter. A title alone is no content.
    """
    if not posting.body.strip():
        return
    same = {"of": posting.source, "content": content_hash, "moment": seen_at}
    rows = connection.execute(_ALIKE, same).all()
    if len(rows) < 2:
        return
    together = [row.id for row in rows if row.first_seen == seen_at]
    earliest = rows[0].id
    for chunk in chunks(one for one in together if one != earliest):
        connection.execute(update(postings).where(postings.c.id.in_(chunk)).values(repost_of=earliest))
    if earliest in together:
        connection.execute(update(postings).where(postings.c.id == earliest).values(repost_of=None))


def unscreened(connection: Connection, *, ruleset: str, model: str, limit: int = 500) -> list[PostingVersion]:
    """Versions without an assessment under (ruleset, model), oldest first; those of draft sources wait."""
    done = select(assessments.c.version_id).where(assessments.c.ruleset == ruleset, assessments.c.model == model)
    waiting = _versions().where(versions.c.id.not_in(done), sources.feeds_queue(postings))
    query = waiting.order_by(versions.c.seen_at, versions.c.id).limit(limit)
    return [_version_of(row) for row in connection.execute(query).mappings()]


def version(connection: Connection, version_id: str) -> PostingVersion | None:
    """One version by id."""
    row = connection.execute(_version(), {"version": version_id}).mappings().first()
    return _version_of(row) if row else None


def known_versions(connection: Connection, version_ids: Iterable[str]) -> set[str]:
    """Those of these version ids that are stored."""
    found = set[str]()
    for chunk in chunks(version_ids):
        found |= set(connection.execute(_STORED, {"some": chunk}).scalars())
    return found


def current(connection: Connection, posting_id: str) -> PostingVersion | None:
    """The newest state of a posting."""
    row = connection.execute(_currents(), {"some": [posting_id]}).mappings().first()
    return _version_of(row) if row else None


def currents(connection: Connection, posting_ids: Iterable[str]) -> Iterator[PostingVersion]:
    """The newest states of these postings."""
    for chunk in chunks(posting_ids):
        for row in connection.execute(_currents(), {"some": chunk}).mappings().all():
            yield _version_of(row)


def current_versions(connection: Connection, posting_ids: Iterable[str]) -> dict[str, str]:
    """Posting → id of its newest version."""
    found: dict[str, str] = {}
    for chunk in chunks(posting_ids):
        rows = connection.execute(select(postings.c.id, postings.c.current_version).where(postings.c.id.in_(chunk)))
        found |= {row.id: row.current_version for row in rows}
    return found


def any_version_of(connection: Connection, posting_ids: Iterable[str], *, seen_at: datetime) -> bool:
    """True when one of these postings got a version at a moment: it was new or changed then."""
    then = select(versions.c.id).where(versions.c.seen_at == seen_at).limit(1)
    return any(
        connection.execute(then.where(versions.c.posting_id.in_(chunk))).first() for chunk in chunks(posting_ids)
    )


def all_current(connection: Connection, source: str | None = None) -> Iterator[PostingVersion]:
    """Newest states, oldest posting first."""
    query = _versions().where(versions.c.id == postings.c.current_version)
    if source:
        query = query.where(postings.c.source == source)
    for row in connection.execute(query.order_by(postings.c.first_seen, postings.c.id)).mappings():
        yield _version_of(row)


def newest(connection: Connection, *, limit: int) -> list[PostingVersion]:
    """The versions seen last, the newest first; served by the index on (seen_at, id)."""
    query = _versions().order_by(versions.c.seen_at.desc(), versions.c.id.desc()).limit(limit)
    return [_version_of(row) for row in connection.execute(query).mappings()]


def seen_since(connection: Connection, since: datetime) -> Iterator[PostingVersion]:
    """Newest states of the ads that were seen at `since` or later, by source and id."""
    query = _versions().where(versions.c.id == postings.c.current_version, postings.c.last_seen >= since)
    for row in connection.execute(query.order_by(postings.c.source, postings.c.id)).mappings():
        yield _version_of(row)


def sighting_times(connection: Connection, posting_id: str) -> tuple[datetime, datetime, datetime | None]:
    """(first seen, last seen, gone at) of a posting."""
    columns = (postings.c.first_seen, postings.c.last_seen, postings.c.gone_at)
    row = connection.execute(select(*columns).where(postings.c.id == posting_id)).one()
    return row[0], row[1], row[2]


def sightings(connection: Connection, posting_ids: Iterable[str]) -> dict[str, tuple[datetime, datetime]]:
    """(first seen, last seen) of each of these postings."""
    return {
        row.id: (row.first_seen, row.last_seen)
        for chunk in chunks(posting_ids)
        for row in connection.execute(_SIGHTINGS, {"some": chunk})
    }


def count(connection: Connection) -> int:
    """Number of postings."""
    return int(connection.execute(select(func.count()).select_from(postings)).scalar_one())


def set_language(connection: Connection, version_id: str, language: str | None) -> None:
    """Note the language a screening identified."""
    connection.execute(update(versions).where(versions.c.id == version_id).values(language=language))


def set_places(connection: Connection, version_id: str, places: Iterable[Place]) -> None:
    """Note the places a screening read in the text of an ad whose page stated none."""
    values = {"places": [asdict(place) for place in places]}
    connection.execute(update(versions).where(versions.c.id == version_id).values(**values))


def capture_of(connection: Connection, version_id: str) -> dict[str, Any] | None:
    """The capture a version was read from."""
    query = select(captures).join(versions, versions.c.capture_id == captures.c.id).where(versions.c.id == version_id)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def captures_from(connection: Connection, sha256: str, *, limit: int) -> list[dict[str, Any]]:
    """Captures whose digest is at or after `sha256`, then from the start: a fair sample when it is random."""
    query = select(captures).where(captures.c.purged_at.is_(None)).order_by(captures.c.sha256, captures.c.id)
    rows = list(connection.execute(query.where(captures.c.sha256 >= sha256).limit(limit)).mappings())
    if len(rows) < limit:
        before = query.where(captures.c.sha256 < sha256).limit(limit - len(rows))
        rows += connection.execute(before).mappings()
    return [dict(row) for row in rows]


def _versions() -> Select[Any]:
    head = (postings.c.source, postings.c.native_id, postings.c.url, postings.c.kind)
    return select(versions, *head).join(postings, versions.c.posting_id == postings.c.id)


@cache
def _version() -> Select[Any]:
    return _versions().where(versions.c.id == bindparam("version"))


@cache
def _currents() -> Select[Any]:
    """The newest states of `some` postings; built once, for nearly every page asks it."""
    some = postings.c.id.in_(bindparam("some", expanding=True))
    return _versions().where(some, versions.c.id == postings.c.current_version).order_by(postings.c.id)


def _version_row(
    posting: Posting, identity: str, version: str, content_hash: str, capture_id: str | None, seen_at: datetime
) -> dict[str, Any]:
    return {
        "id": version,
        "posting_id": identity,
        "content_hash": content_hash,
        "capture_id": capture_id,
        "seen_at": seen_at,
        "title": posting.title,
        "body": posting.body,
        "language": posting.language,
        "employer": posting.employer,
        "places": [asdict(place) for place in posting.places],
        "pay": asdict(posting.pay) if posting.pay else None,
        "contacts": [contact_row(contact) for contact in posting.contacts],
        "posted_on": posting.posted_on,
        "flags": list(posting.flags),
        "images": list(posting.images),
    }


def _version_of(row: RowMapping) -> PostingVersion:
    posting = Posting(
        source=row["source"],
        native_id=row["native_id"],
        url=row["url"],
        kind=Kind(row["kind"]),
        title=row["title"],
        body=row["body"],
        language=row["language"],
        employer=row["employer"],
        places=tuple(place_of(place) for place in row["places"]),
        pay=pay_of(row["pay"]),
        contacts=tuple(contact_of(contact) for contact in row["contacts"]),
        posted_on=row["posted_on"],
        flags=tuple(row["flags"]),
        images=tuple(row["images"]),
    )
    return PostingVersion(row["id"], row["posting_id"], row["content_hash"], row["capture_id"], row["seen_at"], posting)

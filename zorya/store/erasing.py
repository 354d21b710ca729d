"""Erasing ads everywhere the database has them, and their evidence. A legal hold wins: what is on hold stays whole.

What remains of an erased ad: its ids and content hashes, the digest of its evidence, people's verdicts on the
campaign, and an entry in the audit log.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, delete, select, update

from zorya.domain import ids
from zorya.erasure_list import ErasureList, Subject
from zorya.settings import Settings
from zorya.store import audit, disclosed, erased, purging, search_index
from zorya.store.engine import Store
from zorya.store.erasure_schema import erased_ads
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore
from zorya.store.schema import captures, contacts, frontier, postings, versions, visited_pages

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: ads erased, ads that stay because of a hold, evidence files deleted, and digests that told
    a partner of an erased ad, as (partner, number): it must be asked to erase, too."""

    ads: tuple[str, ...]
    held: tuple[str, ...]
    files: int
    told: tuple[tuple[str, int], ...]


def ads_of(connection: Connection, subjects: Iterable[Subject]) -> set[str]:
    """Postings that subjects are, or that give their contact in any version."""
    known = list(subjects)
    found = set[str]()
    for part in chunks([each.value for each in known if each.kind == "ad"]):
        found |= set(connection.scalars(select(postings.c.id).where(postings.c.id.in_(part))))
    for part in chunks([each.value for each in known if each.kind == "contact"]):
        query = select(versions.c.posting_id).join(contacts, contacts.c.version_id == versions.c.id)
        found |= set(connection.scalars(query.where(contacts.c.token.in_(part)).distinct()))
    return found


def subjects_of(connection: Connection, posting_ids: Collection[str]) -> dict[str, list[Subject]]:
    """Posting → the subjects it belongs to: itself and every contact that any version gives."""
    found = {name: [Subject("ad", name)] for name in posting_ids}
    for part in chunks(posting_ids):
        query = select(versions.c.posting_id, contacts.c.token).join(contacts, contacts.c.version_id == versions.c.id)
        for row in connection.execute(query.where(versions.c.posting_id.in_(part)).distinct()):
            found[row.posting_id].append(Subject("contact", row.token))
    return found


def listed_ads(connection: Connection, listed: ErasureList) -> set[str]:
    """Postings that the erasure list asks to erase and that were first seen until then. Reads every id: for a database
    that was restored, or an erasure that broke off."""
    if not listed.erased:
        return set()
    subjects = [Subject("ad", name) for name in connection.scalars(select(postings.c.id))]
    subjects += [Subject("contact", token) for token in connection.scalars(select(contacts.c.token).distinct())]
    wanted = [each for each in subjects if listed.token(each) in listed.erased]
    return ads_of(connection, wanted)


def held_among(connection: Connection, listed: ErasureList, posting_ids: Collection[str]) -> set[str]:
    """Those of these postings that are on hold, themselves or by a contact they give."""
    if not listed.held:
        return set()
    return {name for name, own in subjects_of(connection, posting_ids).items() if listed.is_held(own)}


def wished(connection: Connection, listed: ErasureList, posting_ids: Collection[str]) -> set[str]:
    """Those of these postings that the list asks to erase: a wish reaches what was first seen until it was made."""
    seen: dict[str, datetime] = {}
    for part in chunks(posting_ids):
        rows = connection.execute(select(postings.c.id, postings.c.first_seen).where(postings.c.id.in_(part)))
        seen |= {row.id: row.first_seen for row in rows}
    found = set[str]()
    for name, own in subjects_of(connection, list(seen)).items():
        wish = listed.wish(own)
        if wish and seen[name] <= wish.at:
            found.add(name)
    return found


def erase(store: Store, settings: Settings, posting_ids: Collection[str], *, why: str, by: str, at: datetime) -> Erased:
    """Erase ads, some at a time; each part whole or not at all. Doing it again ends what a crash broke off."""
    listed, done, told, held = ErasureList(settings), list[str](), list[disclosed.Told](), set[str]()
    for part in chunks(sorted(posting_ids)):
        with store.writing() as connection:
            kept = held_among(connection, listed, part)
            gone = [name for name in part if name not in kept]
            told += disclosed.erase(connection, gone, is_held=partial(_any_held, connection, listed))
            _erase(connection, listed, gone, why=why, at=at)
            for name in gone:
                audit.add(connection, at=at, actor=by, action="ad.erase", object=name, reason=why)
        done += gone
        held |= kept
    if done:
        _settle(store)
    swept = erased.sweep(store, settings.evidence_dir, since=at - _DAY)
    for each in told:
        each.delete_files(settings)
    return Erased(tuple(done), tuple(sorted(held)), swept, tuple((each.partner, each.sequence) for each in told))


def purge_evidence(
    connection: Connection,
    listed: ErasureList,
    posting_ids: Collection[str],
    *,
    at: datetime,
    due: Collection[str] | None = None,
) -> int:
    """Mark the evidence of ads as purged, whatever else was read from it; returns how many files. One that an ad on
    hold was read from stays; where `due` is given, one that any ad beside those was read from."""
    behind = select(captures.c.warc_file).join(versions, versions.c.capture_id == captures.c.id)
    names = set[str]()
    for part in chunks(posting_ids):
        mine = behind.where(versions.c.posting_id.in_(part), captures.c.purged_at.is_(None))
        names |= set(connection.scalars(mine))
    readers = select(captures.c.warc_file, versions.c.posting_id)
    readers = readers.join(versions, versions.c.capture_id == captures.c.id)
    others: dict[str, set[str]] = {name: set() for name in names}
    for part in chunks(names):
        for row in connection.execute(readers.where(captures.c.warc_file.in_(part))):
            others[row.warc_file].add(row.posting_id)
    beside = set().union(*others.values()) - set(posting_ids)
    stays = held_among(connection, listed, beside) if due is None else beside - set(due)
    gone = [name for name, ads in others.items() if not ads & stays]
    for part in chunks(gone):
        values = {"purged_at": at, "headers": [], "url": ""}
        connection.execute(update(captures).where(captures.c.warc_file.in_(part)).values(values))
    return len(gone)


def apply(store: Store, settings: Settings, *, by: str, at: datetime) -> Erased:
    """Bring a database in step with the whole erasure list, as after a restore; evidence that a released hold kept
    goes, too."""
    listed = ErasureList(settings)
    with store.reading() as connection:
        reached = wished(connection, listed, listed_ads(connection, listed))
        asked = select(erased_ads.c.posting_id).where(erased_ads.c.why == erased.ASKED)
        known = set(connection.scalars(asked))
    done = erase(store, settings, reached - known, why=erased.ASKED, by=by, at=at)
    with store.writing() as connection:
        purge_evidence(connection, listed, known, at=at)
        for name in ("announced", "applied"):
            erased.mark(connection, name, listed.size)
    swept = erased.sweep(store, settings.evidence_dir, since=at - _DAY)
    return Erased(done.ads, done.held, done.files + swept, done.told)


def _settle(store: Store) -> None:
    """Take what was overwritten out of the file: out of the full-text index and the write-ahead log (SQLite)."""
    with store.writing() as connection:
        search_index.forget(connection)
    if store.is_sqlite:
        with store.reading() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _any_held(connection: Connection, listed: ErasureList, posting_ids: Collection[str]) -> bool:
    return bool(held_among(connection, listed, posting_ids))


def _erase(connection: Connection, listed: ErasureList, gone: Collection[str], *, why: str, at: datetime) -> None:
    purging.overwrite(connection)
    _note(connection, gone, why=why, at=at)
    purge_evidence(connection, listed, gone, at=at)
    _forget_addresses(connection, gone)
    purging.empty(connection, gone, flag="erased")
    purging.leave_campaigns(connection, gone, at=at)
    search_index.sweep(connection)


def _note(connection: Connection, posting_ids: Collection[str], *, why: str, at: datetime) -> None:
    """Note what is erased, a row a version."""
    query = select(postings.c.id, postings.c.source, postings.c.url, versions.c.content_hash)
    query = query.join(versions, versions.c.posting_id == postings.c.id).where(postings.c.id.in_(posting_ids))
    here = erased_ads.c.posting_id.in_(posting_ids)
    connection.execute(update(erased_ads).where(here).values(why=why, at=at))
    for row in connection.execute(query).all():
        noted = {"posting_id": row.id, "content_hash": row.content_hash, "source": row.source, "why": why, "at": at}
        insert_ignore(connection, erased_ads, noted | {"url_key": ids.url_key(row.url)})


def _forget_addresses(connection: Connection, posting_ids: Collection[str]) -> None:
    """Addresses often hold words of the ad: only their digests stay."""
    mine = postings.c.id.in_(posting_ids)
    rows = connection.execute(select(postings.c.id, postings.c.source, postings.c.url).where(mine)).all()
    urls, gone = {row.url for row in rows} - {""}, set(posting_ids)
    for source in {row.source for row in rows}:
        here = visited_pages.c.source == source
        for page in connection.execute(select(visited_pages).where(here)).mappings().all():
            key = (here, visited_pages.c.url_key == page["url_key"])
            left = [name for name in page["posting_ids"] if name not in gone]
            links = page["links"] | {"found": [one for one in page["links"]["found"] if one[0] not in urls]}
            if page["url"] in urls or (page["posting_ids"] and not left):
                connection.execute(delete(visited_pages).where(*key))
            elif len(left) < len(page["posting_ids"]) or links != page["links"]:
                connection.execute(update(visited_pages).where(*key).values(posting_ids=left, links=links))
    for part in chunks(urls):
        connection.execute(update(frontier).where(frontier.c.url.in_(part)).values(url=""))
        connection.execute(update(captures).where(captures.c.url.in_(part)).values(url=""))
    for name in posting_ids:
        connection.execute(update(postings).where(postings.c.id == name).values(url="", native_id=f"erased:{name}"))

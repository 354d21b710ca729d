"""Whether an ad is still there: sightings, checks of its own page, and `gone_at`.

Nothing here concludes from absence. An ad is gone when its own page says so, or when a page that would have to show it
does not (a deleted message within the range of a preview); an ad that is back loses `gone_at` when it is read again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, or_, select, update

from zorya.store.campaign_schema import campaign_members, campaign_portraits
from zorya.store.schema import postings

_T = TypeVar("_T")
CHUNK = 500
"""Ids in one statement."""
_WIDEST = 10_000
"""Numbers of messages that one preview page can speak for: it shows some twenty, and numbers are seldom left out."""

_SOME: BindParameter[str] = bindparam("some", expanding=True)
_AT = bindparam("moment", type_=postings.c.last_seen.type)
_SIGHTED = (
    update(postings)
    .where(postings.c.id.in_(_SOME), postings.c.gone_at.is_(None), postings.c.last_seen < _AT)
    .values(last_seen=_AT)
)
_CHECKED = (
    update(postings)
    .where(postings.c.id.in_(_SOME), or_(postings.c.checked_at.is_(None), postings.c.checked_at < _AT))
    .values(checked_at=_AT)
)
_RETOLD = (
    update(campaign_portraits)
    .where(
        campaign_portraits.c.campaign_id.in_(
            select(campaign_portraits.c.campaign_id)
            .join(campaign_members, campaign_members.c.campaign_id == campaign_portraits.c.campaign_id)
            .where(campaign_members.c.posting_id.in_(_SOME), campaign_portraits.c.stale.is_(False))
            .with_for_update(of=campaign_portraits, skip_locked=True)
        )
    )
    .values(stale=True)
)
"""Every page needs these; building a statement costs more than running it. A portrait whose row is locked is being
marked or computed by somebody: two crawls never wait for each other here."""


def sighted(connection: Connection, posting_ids: Iterable[str], at: datetime) -> None:
    """Note that ads were seen without being read: `last_seen` moves, never backwards; a gone ad stays gone."""
    for chunk in chunks(posting_ids):
        connection.execute(_SIGHTED, {"some": chunk, "moment": at})
        retold(connection, chunk)


def retold(connection: Connection, posting_ids: Iterable[str]) -> None:
    """Ask the next screening for the portraits of these ads' campaigns: how long ads stand is part of them."""
    connection.execute(_RETOLD, {"some": list(posting_ids)})


def checked(connection: Connection, posting_ids: Iterable[str], at: datetime) -> None:
    """Note that the own page of these ads was answered."""
    for chunk in chunks(posting_ids):
        connection.execute(_CHECKED, {"some": chunk, "moment": at})


def gone(connection: Connection, posting_ids: Iterable[str], at: datetime) -> int:
    """Note that ads are gone; returns how many of them were not known to be. Nothing is deleted."""
    there = (postings.c.gone_at.is_(None), postings.c.last_seen <= at)
    count = 0
    for chunk in chunks(posting_ids):
        count += connection.execute(
            update(postings).where(postings.c.id.in_(chunk), *there).values(gone_at=at)
        ).rowcount
        retold(connection, chunk)
    return count


def any_new(connection: Connection, posting_ids: Iterable[str], at: datetime) -> bool:
    """True when one of these ads was first seen at a moment."""
    then = select(postings.c.id).where(postings.c.first_seen == at).limit(1)
    return any(connection.execute(then.where(postings.c.id.in_(chunk))).first() for chunk in chunks(posting_ids))


def alive(connection: Connection, posting_ids: Iterable[str]) -> set[str]:
    """Those of these ads that are not known to be gone."""
    found: set[str] = set()
    for chunk in chunks(posting_ids):
        query = select(postings.c.id).where(postings.c.id.in_(chunk), postings.c.gone_at.is_(None))
        found.update(connection.execute(query).scalars())
    return found


def seen_between(connection: Connection, source: str, first: datetime, end: datetime) -> list[str]:
    """Ids of the ads of a source that were last seen from `first` until before `end` and are not known to be gone."""
    span = (postings.c.last_seen >= first, postings.c.last_seen < end)
    ours = (postings.c.source == source, postings.c.gone_at.is_(None), *span)
    return list(connection.execute(select(postings.c.id).where(*ours).order_by(postings.c.id)).scalars())


def at_address(connection: Connection, source: str, url: str) -> list[str]:
    """Ids of the ads of a source whose own page is at an address."""
    query = select(postings.c.id).where(postings.c.source == source, postings.c.url == url)
    return list(connection.execute(query.order_by(postings.c.id)).scalars())


def missing(
    connection: Connection, source: str, *, before: datetime, swept: datetime | None, unseen_since: datetime, limit: int
) -> list[tuple[str, datetime | None]]:
    """(address, when it was last checked) of ads to ask for themselves, longest unchecked first.

    They were not seen at or after `before`, and either a sweep at `swept` missed them (once per sweep), or they were
    neither seen nor checked after `unseen_since`.
    """
    columns = postings.c
    never = columns.checked_at.is_(None)
    unseen = and_(columns.last_seen <= unseen_since, or_(never, columns.checked_at <= unseen_since))
    missed = and_(columns.last_seen < swept, or_(never, columns.checked_at < swept)) if swept else None
    query = (
        select(columns.url, columns.checked_at)
        .where(columns.source == source, columns.gone_at.is_(None), columns.last_seen < before)
        .where(unseen if missed is None else or_(missed, unseen))
        .order_by(func.coalesce(columns.checked_at, columns.first_seen), columns.id)
    )
    return [(row.url, row.checked_at) for row in connection.execute(query.limit(limit))]


def deleted_messages(connection: Connection, source: str, shown: Iterable[str]) -> list[str]:
    """Ids of known messages that lie between those a page shows, and are not among them.

    `shown` are native ids, `channel/number`; each channel has a range of its own.
    """
    channels: dict[str, set[int]] = {}
    for native_id in shown:
        channel, _, number = native_id.rpartition("/")
        channels.setdefault(channel, set()).add(int(number))
    found: list[str] = []
    for channel, numbers in sorted(channels.items()):
        last = min(max(numbers), min(numbers) + _WIDEST)
        between = (f"{channel}/{one}" for one in range(min(numbers), last) if one not in numbers)
        for chunk in chunks(between):
            ours = (postings.c.source == source, postings.c.gone_at.is_(None), postings.c.native_id.in_(chunk))
            found += connection.execute(select(postings.c.id).where(*ours)).scalars()
    return sorted(found)


def chunks(values: Iterable[_T]) -> Iterator[list[_T]]:
    """Distinct values in lists that fit into one statement."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), CHUNK):
        yield distinct[start : start + CHUNK]

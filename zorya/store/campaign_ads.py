"""The ads of one campaign as its portrait needs them: totals over all, and its newest ads one by one.

Totals are aggregates; of the rest `NEWEST` ads count, so that a campaign of ten thousand costs what one of five hundred
does. Every answer is of the set of ads alone, whatever order they came in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from zorya.domain.ads import Kind, Place
from zorya.domain.pay import Pay
from zorya.store import linking
from zorya.store.campaign_schema import campaign_members
from zorya.store.linking import LinkedContact
from zorya.store.presence import chunks
from zorya.store.rows import pay_of, place_of
from zorya.store.schema import postings, runs, versions

NEWEST = 500
"""Ads of one campaign that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class SourceTotal:
    """What a campaign has on one source. `watched_since` is the start of the first run there, None before any."""

    source: str
    ads: int
    gone: int
    first_seen: datetime
    last_seen: datetime
    watched_since: datetime | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all ads of a campaign: per source (by name), per language and per kind, the most frequent first."""

    sources: tuple[SourceTotal, ...]
    languages: tuple[tuple[str | None, int], ...]
    kinds: tuple[tuple[str, int], ...]

    @property
    def ads(self) -> int:
        """Number of ads."""
        return sum(each.ads for each in self.sources)


@dataclass(frozen=True, slots=True)
class CampaignAd:
    """One ad. `codes` are the text indicators present at its newest screening."""

    posting_id: str
    source: str
    kind: Kind
    language: str | None
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None
    posted_on: date | None
    places: tuple[Place, ...]
    pay: Pay | None
    contacts: tuple[LinkedContact, ...]
    codes: frozenset[str]


def totals(connection: Connection, campaign_id: str) -> Totals:
    """Totals of a live campaign, in one pass over its ads; empty when it has none."""
    alike = (postings.c.source, postings.c.kind, versions.c.language)
    query = (
        select(
            *alike,
            func.count().label("ads"),
            func.count(postings.c.gone_at).label("gone"),
            func.min(postings.c.first_seen).label("first_seen"),
            func.max(postings.c.last_seen).label("last_seen"),
        )
        .select_from(campaign_members)
        .join(postings, postings.c.id == campaign_members.c.posting_id)
        .join(versions, versions.c.id == postings.c.current_version)
        .where(campaign_members.c.campaign_id == campaign_id)
        .group_by(*alike)
    )
    rows = connection.execute(query).all()
    since = _watched(connection, {row.source for row in rows})
    sources = [
        SourceTotal(
            source,
            ads=sum(row.ads for row in held),
            gone=sum(row.gone for row in held),
            first_seen=min(row.first_seen for row in held),
            last_seen=max(row.last_seen for row in held),
            watched_since=since.get(source),
        )
        for source, held in sorted(_by(rows, "source").items())
    ]
    return Totals(tuple(sources), _shares(rows, "language"), _shares(rows, "kind"))


def several(connection: Connection, campaign_ids: Iterable[str]) -> set[str]:
    """Those of these campaigns that have two ads or more."""
    found: set[str] = set()
    for chunk in chunks(campaign_ids):
        query = select(campaign_members.c.campaign_id).where(campaign_members.c.campaign_id.in_(chunk))
        grouped = query.group_by(campaign_members.c.campaign_id).having(func.count() > 1)
        found |= set(connection.execute(grouped).scalars())
    return found


def newest(connection: Connection, campaign_id: str, limit: int = NEWEST) -> list[CampaignAd]:
    """The ads first seen last, oldest first."""
    chosen = (
        select(postings.c.id)
        .join(campaign_members, campaign_members.c.posting_id == postings.c.id)
        .where(campaign_members.c.campaign_id == campaign_id)
        .order_by(postings.c.first_seen.desc(), postings.c.id.desc())
        .limit(limit)
    ).subquery()
    query = (
        select(
            postings.c.id,
            postings.c.source,
            postings.c.kind,
            postings.c.first_seen,
            postings.c.last_seen,
            postings.c.gone_at,
            versions.c.id.label("version_id"),
            versions.c.language,
            versions.c.posted_on,
            versions.c.places,
            versions.c.pay,
        )
        .join(chosen, chosen.c.id == postings.c.id)
        .join(versions, versions.c.id == postings.c.current_version)
        .order_by(postings.c.first_seen, postings.c.id)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    version_ids = [row["version_id"] for row in rows]
    contacts, codes = linking.contacts_of(connection, version_ids), linking.present_in(connection, version_ids)
    return [
        _ad_of(row, tuple(contacts[row["version_id"]]), frozenset(codes.get(row["version_id"], ()))) for row in rows
    ]


def sample(connection: Connection, campaign_id: str, limit: int) -> dict[str, str]:
    """Posting → current version of the ads with the smallest ids. Ids are digests: this is a sample of the campaign
    that no order of arrival changes, and a new ad seldom enters it once it is full.
    """
    query = (
        select(postings.c.id, postings.c.current_version)
        .join(campaign_members, campaign_members.c.posting_id == postings.c.id)
        .where(campaign_members.c.campaign_id == campaign_id)
        .order_by(campaign_members.c.posting_id)
        .limit(limit)
    )
    return {row.id: row.current_version for row in connection.execute(query)}


def _by(rows: Sequence[Row[Any]], name: str) -> dict[Any, list[Row[Any]]]:
    found: dict[Any, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def _shares(rows: Sequence[Row[Any]], name: str) -> tuple[tuple[Any, int], ...]:
    counts = {value: sum(row.ads for row in held) for value, held in _by(rows, name).items()}
    return tuple(sorted(counts.items(), key=lambda share: (-share[1], share[0] or "")))


def _watched(connection: Connection, sources: Iterable[str]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for chunk in chunks(sources):
        query = select(runs.c.source, func.min(runs.c.started_at).label("since")).where(runs.c.source.in_(chunk))
        found |= {row.source: row.since for row in connection.execute(query.group_by(runs.c.source))}
    return found


def _ad_of(row: dict[str, Any], contacts: tuple[LinkedContact, ...], codes: frozenset[str]) -> CampaignAd:
    return CampaignAd(
        posting_id=row["id"],
        source=row["source"],
        kind=Kind(row["kind"]),
        language=row["language"],
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        gone_at=row["gone_at"],
        posted_on=row["posted_on"],
        places=tuple(place_of(place) for place in row["places"]),
        pay=pay_of(row["pay"]),
        contacts=contacts,
        codes=codes,
    )

"""Campaigns at a glance: what the queue is mixed from and what lists show. Read only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, bindparam, func, select, true, union_all

from zorya.domain.findings import Band
from zorya.store.campaign_schema import campaign_members
from zorya.store.presence import chunks
from zorya.store.schema import assessments, postings, versions

MOST = 200
"""Ads of one campaign that are looked at: a campaign of ten thousand costs what one of two hundred does."""


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One live campaign: the highest-scored assessed posting of those looked at, and what they share.

    `posting_id`, `title`, `version_id` and `language` are of that posting; `doubtful` is true when any assessment
    looked at abstained or is roughly even.
    """

    campaign_id: str
    posting_id: str
    version_id: str
    title: str
    language: str | None
    score: float
    band: Band
    abstain: bool
    doubtful: bool
    size: int
    sources: tuple[str, ...]
    languages: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime


def campaign_views(connection: Connection, campaign_ids: Iterable[str] | None = None) -> dict[str, CampaignView]:
    """Every campaign with an assessed posting (or those asked for), by id; the newest assessments count.

    Of those asked for, at most `MOST` ads are looked at, half of them the oldest and half the newest, so that a page
    costs the same whatever is stored; `size` counts all. Where every campaign is asked for (the queue's mix), every ad
    is looked at.
    """
    views: dict[str, CampaignView] = {}
    for chunk in [None] if campaign_ids is None else chunks(campaign_ids):
        asked = {} if chunk is None else {"campaigns": chunk}
        sizes = {name: int(number) for name, number in connection.execute(_sizes(chunk is not None), asked)}
        ads = _ads(connection, chunk, sizes)
        leads = {name: _lead(rows) for name, rows in ads.items()}
        titles = _titles(connection, [lead.version_id for lead in leads.values()])
        views |= {name: _view_of(ads[name], lead, titles[lead.version_id], sizes[name]) for name, lead in leads.items()}
    return views


def _ads(connection: Connection, chunk: list[str] | None, sizes: dict[str, int]) -> dict[str, list[Row[Any]]]:
    """What is looked at of every campaign, or of those asked for."""
    found: dict[str, list[Row[Any]]] = {}
    large = [name for name in chunk or () if sizes.get(name, 0) > MOST]
    asked = {} if chunk is None else {"campaigns": [name for name in chunk if name not in large]}
    for row in connection.execute(_readings(chunk is not None), asked):
        found.setdefault(row.campaign_id, []).append(row)
    for name in large:
        for row in connection.execute(_ends(), {"campaign": name}):
            found.setdefault(name, []).append(row)
    return found


_ASKED = campaign_members.c.campaign_id.in_(bindparam("campaigns", expanding=True))


@cache
def _readings(narrowed: bool) -> Select[Any]:
    """Ads of every campaign, or of those asked for, each with its newest assessment."""
    return _read(campaign_members, _ASKED if narrowed else true())


@cache
def _ends() -> Select[Any]:
    """The oldest and the newest ads of one campaign with more than `MOST`: what is between them is not walked past."""
    place = (campaign_members.c.added_at, campaign_members.c.posting_id)
    members = select(campaign_members.c.campaign_id, campaign_members.c.posting_id)
    members = members.where(campaign_members.c.campaign_id == bindparam("campaign")).limit(MOST // 2)
    oldest, newest = members.order_by(*place), members.order_by(*(column.desc() for column in place))
    both = union_all(*(select(each.subquery()) for each in (oldest, newest)))
    return _read(both.subquery("members"), true())


def _read(members: FromClause, which: ColumnElement[bool]) -> Select[Any]:
    newest = (
        select(assessments.c.id)
        .where(assessments.c.version_id == postings.c.current_version)
        .order_by(assessments.c.created_at.desc(), assessments.c.id)
        .limit(1)
        .correlate(postings)
        .scalar_subquery()
    )
    # What an ad says of its language is looked up only where the machine did not tell one.
    said = select(versions.c.language).where(versions.c.id == postings.c.current_version).scalar_subquery()
    return (
        select(
            members.c.campaign_id,
            members.c.posting_id,
            postings.c.current_version.label("version_id"),
            postings.c.source,
            postings.c.first_seen,
            postings.c.last_seen,
            assessments.c.score,
            assessments.c.band,
            assessments.c.abstain,
            func.coalesce(assessments.c.language, said).label("language"),
        )
        .select_from(members)
        .join(postings, postings.c.id == members.c.posting_id)
        .join(assessments, assessments.c.id == newest)
        .where(which)
    )


@cache
def _sizes(narrowed: bool) -> Select[Any]:
    """Number of ads of every campaign, or of those asked for."""
    query = select(campaign_members.c.campaign_id, func.count()).group_by(campaign_members.c.campaign_id)
    return query.where(_ASKED) if narrowed else query


_TITLES = select(versions.c.id, versions.c.title).where(versions.c.id.in_(bindparam("versions", expanding=True)))
_RANKS = {band.value: (band.flagged, band is Band.ROUGHLY_EVEN_CHANCE) for band in Band}


def _titles(connection: Connection, version_ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for chunk in chunks(version_ids):
        found |= {row.id: row.title for row in connection.execute(_TITLES, {"versions": chunk})}
    return found


def _lead(ads: Sequence[Row[Any]]) -> Row[Any]:
    """The ad that leads a campaign: the surer and higher-scored one."""
    return max(ads, key=lambda ad: (_RANKS[ad.band][0] and not ad.abstain, ad.score, ad.posting_id))


def _view_of(ads: Sequence[Row[Any]], lead: Row[Any], title: str, size: int) -> CampaignView:
    """The campaign as its ads show it together."""
    return CampaignView(
        campaign_id=lead.campaign_id,
        posting_id=lead.posting_id,
        version_id=lead.version_id,
        title=title,
        language=lead.language,
        score=lead.score,
        band=Band(lead.band),
        abstain=lead.abstain,
        doubtful=any(ad.abstain or _RANKS[ad.band][1] for ad in ads),
        size=size,
        sources=tuple(sorted({ad.source for ad in ads})),
        languages=tuple(sorted({ad.language for ad in ads if ad.language})),
        first_seen=min(ad.first_seen for ad in ads),
        last_seen=max(ad.last_seen for ad in ads),
    )

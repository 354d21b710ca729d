"""Campaigns at a glance: what the queue is mixed from and what lists show. Read only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select, true

from zorya.domain.findings import Band
from zorya.store.campaign_schema import campaign_members
from zorya.store.presence import chunks
from zorya.store.schema import assessments, postings, versions

MOST = 500
"""Ads of one campaign that are looked at: a campaign of ten thousand costs what one of five hundred does."""


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One live campaign: its highest-scored assessed posting and what its members share.

    `posting_id`, `title`, `version_id` and `language` are of that posting; `doubtful` is true when any member's
    assessment abstained or is roughly even.
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

    Of those asked for, the `MOST` oldest ads are looked at, so that a page costs the same whatever is stored; `size`
    counts all. Where every campaign is asked for (the queue's mix), every ad is looked at.
    """
    views: dict[str, CampaignView] = {}
    for chunk in [None] if campaign_ids is None else chunks(campaign_ids):
        asked = {} if chunk is None else {"campaigns": chunk}
        sizes = {name: int(number) for name, number in connection.execute(_sizes(chunk is not None), asked)}
        ads: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(_readings(chunk is not None), asked):
            ads.setdefault(row.campaign_id, []).append(row)
        views |= {name: _view_of(rows, sizes[name]) for name, rows in ads.items()}
    return views


_ASKED = campaign_members.c.campaign_id.in_(bindparam("campaigns", expanding=True))


@cache
def _readings(narrowed: bool) -> Select[Any]:
    """Members of every campaign, or the oldest of those asked for, each with its newest assessment."""
    place = func.row_number().over(
        partition_by=campaign_members.c.campaign_id,
        order_by=(campaign_members.c.added_at, campaign_members.c.posting_id),
    )
    numbered = select(campaign_members.c.campaign_id, campaign_members.c.posting_id, place.label("place"))
    members = (numbered.where(_ASKED) if narrowed else numbered).subquery("members")
    newest = (
        select(assessments.c.id)
        .where(assessments.c.version_id == postings.c.current_version)
        .order_by(assessments.c.created_at.desc(), assessments.c.id)
        .limit(1)
        .correlate(postings)
        .scalar_subquery()
    )
    return (
        select(
            members.c.campaign_id,
            members.c.posting_id,
            versions.c.id.label("version_id"),
            versions.c.title,
            postings.c.source,
            postings.c.first_seen,
            postings.c.last_seen,
            assessments.c.score,
            assessments.c.band,
            assessments.c.abstain,
            func.coalesce(assessments.c.language, versions.c.language).label("language"),
        )
        .join(postings, postings.c.id == members.c.posting_id)
        .join(versions, versions.c.id == postings.c.current_version)
        .join(assessments, assessments.c.id == newest)
        .where(members.c.place <= MOST if narrowed else true())
    )


@cache
def _sizes(narrowed: bool) -> Select[Any]:
    """Number of ads of every campaign, or of those asked for."""
    query = select(campaign_members.c.campaign_id, func.count()).group_by(campaign_members.c.campaign_id)
    return query.where(_ASKED) if narrowed else query


def _view_of(ads: Sequence[Row[Any]], size: int) -> CampaignView:
    """The campaign as its ads show it together, led by the surer and higher-scored one."""
    bands = [Band(ad.band) for ad in ads]
    surest = max(
        range(len(ads)),
        key=lambda n: (bands[n].flagged and not ads[n].abstain, ads[n].score, ads[n].posting_id),
    )
    best = ads[surest]
    return CampaignView(
        campaign_id=best.campaign_id,
        posting_id=best.posting_id,
        version_id=best.version_id,
        title=best.title,
        language=best.language,
        score=best.score,
        band=bands[surest],
        abstain=best.abstain,
        doubtful=any(ad.abstain for ad in ads) or Band.ROUGHLY_EVEN_CHANCE in bands,
        size=size,
        sources=tuple(sorted({ad.source for ad in ads})),
        languages=tuple(sorted({ad.language for ad in ads if ad.language})),
        first_seen=min(ad.first_seen for ad in ads),
        last_seen=max(ad.last_seen for ad in ads),
    )

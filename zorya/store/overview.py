"""Campaigns at a glance: what the queue is mixed from and what lists show. Read only."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select, true

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
        for row in connection.execute(_readings(chunk)).mappings():
            view = _view_of(row)
            known = views.get(view.campaign_id)
            views[view.campaign_id] = _together(known, view) if known else view
        for name, size in _sizes(connection, chunk).items():
            if name in views:
                views[name] = replace(views[name], size=size)
    return views


def _readings(campaign_ids: list[str] | None) -> Select[Any]:
    """Members of every campaign, or the oldest of these, each with its newest assessment."""
    place = func.row_number().over(
        partition_by=campaign_members.c.campaign_id,
        order_by=(campaign_members.c.added_at, campaign_members.c.posting_id),
    )
    numbered = select(campaign_members.c.campaign_id, campaign_members.c.posting_id, place.label("place"))
    if campaign_ids is not None:
        numbered = numbered.where(campaign_members.c.campaign_id.in_(campaign_ids))
    members = numbered.subquery("members")
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
        .where(members.c.place <= MOST if campaign_ids is not None else true())
    )


def _sizes(connection: Connection, campaign_ids: list[str] | None) -> dict[str, int]:
    """Number of ads of every campaign (of these campaigns)."""
    query = select(campaign_members.c.campaign_id, func.count()).group_by(campaign_members.c.campaign_id)
    if campaign_ids is not None:
        query = query.where(campaign_members.c.campaign_id.in_(campaign_ids))
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def _view_of(row: RowMapping) -> CampaignView:
    """The campaign as one member shows it."""
    band = Band(row["band"])
    return CampaignView(
        campaign_id=row["campaign_id"],
        posting_id=row["posting_id"],
        version_id=row["version_id"],
        title=row["title"],
        language=row["language"],
        score=row["score"],
        band=band,
        abstain=row["abstain"],
        doubtful=row["abstain"] or band is Band.ROUGHLY_EVEN_CHANCE,
        size=1,
        sources=(row["source"],),
        languages=(row["language"],) if row["language"] else (),
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
    )


def _together(left: CampaignView, right: CampaignView) -> CampaignView:
    """Two views of one campaign as one, led by the surer and higher-scored posting."""
    best = max(left, right, key=lambda view: (view.band.flagged and not view.abstain, view.score, view.posting_id))
    return replace(
        best,
        doubtful=left.doubtful or right.doubtful,
        size=left.size + right.size,
        sources=tuple(sorted({*left.sources, *right.sources})),
        languages=tuple(sorted({*left.languages, *right.languages})),
        first_seen=min(left.first_seen, right.first_seen),
        last_seen=max(left.last_seen, right.last_seen),
    )

"""Campaigns at a glance: what the queue is mixed from and what lists show. Read only."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Subquery, func, select

from zorya.domain.findings import Band
from zorya.store.campaign_schema import campaign_members, campaigns
from zorya.store.schema import assessments, postings, versions


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One live campaign: its highest-scored assessed posting and what its members share.

    `posting_id`, `title` and `version_id` are of that posting; `doubtful` is true when any member's assessment
    abstained or is roughly even.
    """

    campaign_id: str
    posting_id: str
    version_id: str
    title: str
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
    """Every campaign with an assessed posting (or those asked for), by id; the newest assessments count."""
    query = _readings(None if campaign_ids is None else list(campaign_ids))
    views: dict[str, CampaignView] = {}
    for row in connection.execute(query).mappings():
        view = _view_of(row)
        known = views.get(view.campaign_id)
        views[view.campaign_id] = _together(known, view) if known else view
    return views


def _readings(campaign_ids: list[str] | None) -> Select[Any]:
    """Every member of a campaign (of these campaigns) with its newest assessment."""
    newest = _newest(campaign_ids)
    query = (
        select(
            campaign_members.c.campaign_id,
            campaign_members.c.posting_id,
            versions.c.id.label("version_id"),
            versions.c.title,
            postings.c.source,
            postings.c.first_seen,
            postings.c.last_seen,
            newest.c.score,
            newest.c.band,
            newest.c.abstain,
            func.coalesce(newest.c.language, versions.c.language).label("language"),
        )
        .join(postings, postings.c.id == campaign_members.c.posting_id)
        .join(versions, versions.c.id == postings.c.current_version)
        .join(newest, newest.c.version_id == versions.c.id)
        .where(newest.c.place == 1)
        .order_by(campaign_members.c.campaign_id, campaign_members.c.posting_id)
    )
    return query if campaign_ids is None else query.where(campaign_members.c.campaign_id.in_(campaign_ids))


def _newest(campaign_ids: list[str] | None) -> Subquery:
    """Assessments with their place among those of their version; narrowed here too, or one page would read them all."""
    place = func.row_number().over(
        partition_by=assessments.c.version_id, order_by=(assessments.c.created_at.desc(), assessments.c.id)
    )
    columns = (assessments.c.score, assessments.c.band, assessments.c.abstain, assessments.c.language)
    query = select(assessments.c.version_id, *columns, place.label("place"))
    if campaign_ids is not None:
        members = select(campaign_members.c.posting_id).where(campaign_members.c.campaign_id.in_(campaign_ids))
        current = select(postings.c.current_version).where(postings.c.id.in_(members))
        query = query.where(assessments.c.version_id.in_(current))
    return query.subquery()


def _view_of(row: RowMapping) -> CampaignView:
    """The campaign as one member shows it."""
    band = Band(row["band"])
    return CampaignView(
        campaign_id=row["campaign_id"],
        posting_id=row["posting_id"],
        version_id=row["version_id"],
        title=row["title"],
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


def merged_into(connection: Connection) -> dict[str, str]:
    """Every merged-away campaign id → the live one it stands for today."""
    query = select(campaigns.c.id, campaigns.c.merged_into).where(campaigns.c.merged_into.is_not(None))
    steps: dict[str, str] = {row[0]: row[1] for row in connection.execute(query)}
    ends = {}
    for start in steps:
        end = steps[start]
        while end in steps:
            end = steps[end]
        ends[start] = end
    return ends


def family(connection: Connection, campaign_id: str) -> list[str]:
    """A live campaign and every id that was merged into it."""
    found, frontier = [campaign_id], [campaign_id]
    while frontier:
        query = select(campaigns.c.id).where(campaigns.c.merged_into.in_(frontier)).order_by(campaigns.c.id)
        frontier = [str(name) for name in connection.execute(query).scalars()]
        found += frontier
    return found


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

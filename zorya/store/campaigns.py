"""Campaigns: who belongs together, by which edge; merges are recorded, ids stay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from zorya.domain import ids
from zorya.store.rows import insert_ignore
from zorya.store.schema import campaign_keys, campaign_members, campaigns


@dataclass(frozen=True, slots=True)
class Member:
    """A posting in a campaign. `edge` is `first`, `text` or `contact`; `edge_to` the posting it was tied to."""

    posting_id: str
    campaign_id: str
    edge: str
    edge_to: str | None
    edge_weight: float


def found(connection: Connection, posting_id: str, *, at: datetime) -> str:
    """Start a campaign with its first posting."""
    campaign = ids.campaign_id(posting_id)
    insert_ignore(connection, campaigns, {"id": campaign, "created_at": at})
    row = {"posting_id": posting_id, "campaign_id": campaign, "edge": "first", "edge_weight": 1.0, "added_at": at}
    insert_ignore(connection, campaign_members, row)
    return campaign


def join(
    connection: Connection, campaign_id: str, posting_id: str, *, edge: str, edge_to: str, weight: float, at: datetime
) -> None:
    """Add a posting to a campaign, with the edge that tied it."""
    row = {"posting_id": posting_id, "campaign_id": campaign_id, "edge": edge, "edge_to": edge_to}
    insert_ignore(connection, campaign_members, row | {"edge_weight": weight, "added_at": at})


def merge(connection: Connection, campaign_ids: Sequence[str], *, at: datetime) -> str:
    """Merge campaigns into the oldest one (then the smallest id); returns its id."""
    query = (
        select(campaigns.c.id).where(campaigns.c.id.in_(campaign_ids)).order_by(campaigns.c.created_at, campaigns.c.id)
    )
    survivor, *others = connection.execute(query).scalars().all()
    if others:
        moved = update(campaign_members).where(campaign_members.c.campaign_id.in_(others))
        connection.execute(moved.values(campaign_id=survivor))
        closed = update(campaigns).where(campaigns.c.id.in_(others))
        connection.execute(closed.values(merged_into=survivor, merged_at=at))
    return str(survivor)


def resolve(connection: Connection, campaign_id: str) -> str:
    """The campaign an id stands for today, following merges."""
    while True:
        target = connection.execute(select(campaigns.c.merged_into).where(campaigns.c.id == campaign_id)).scalar()
        if target is None:
            return campaign_id
        campaign_id = target


def merges(connection: Connection) -> dict[str, str]:
    """Every merged campaign and the one it stands for today."""
    query = select(campaigns.c.id, campaigns.c.merged_into).where(campaigns.c.merged_into.is_not(None))
    into: dict[str, str] = {row[0]: row[1] for row in connection.execute(query)}
    for campaign in into:
        while into[campaign] in into:
            into[campaign] = into[into[campaign]]
    return into


def of_posting(connection: Connection, posting_id: str) -> str | None:
    """The campaign a posting belongs to."""
    query = select(campaign_members.c.campaign_id).where(campaign_members.c.posting_id == posting_id)
    return connection.execute(query).scalar()


def of_postings(connection: Connection) -> dict[str, str]:
    """Campaign of every posting that has one."""
    query = select(campaign_members.c.posting_id, campaign_members.c.campaign_id)
    return {row.posting_id: row.campaign_id for row in connection.execute(query)}


def members(connection: Connection, campaign_id: str, limit: int = 500) -> list[Member]:
    """Postings of a campaign, in the order they were added."""
    query = (
        select(campaign_members)
        .where(campaign_members.c.campaign_id == campaign_id)
        .order_by(campaign_members.c.added_at, campaign_members.c.posting_id)
        .limit(limit)
    )
    return [
        Member(row["posting_id"], row["campaign_id"], row["edge"], row["edge_to"], row["edge_weight"])
        for row in connection.execute(query).mappings()
    ]


def size(connection: Connection, campaign_id: str) -> int:
    """Number of postings in a campaign."""
    query = select(func.count()).select_from(campaign_members).where(campaign_members.c.campaign_id == campaign_id)
    return int(connection.execute(query).scalar_one())


def sharing_keys(connection: Connection, keys: Iterable[str], *, limit_per_key: int = 50) -> dict[str, list[str]]:
    """Postings under each key (a text band or a contact token), at most `limit_per_key` + 1 for each."""
    shared: dict[str, list[str]] = {}
    for key in keys:
        query = (
            select(campaign_keys.c.posting_id)
            .where(campaign_keys.c.key == key)
            .order_by(campaign_keys.c.posting_id)
            .limit(limit_per_key + 1)
        )
        shared[key] = list(connection.execute(query).scalars())
    return shared


def add_keys(connection: Connection, posting_id: str, keys: Iterable[str]) -> None:
    """File a posting under its keys."""
    for key in keys:
        insert_ignore(connection, campaign_keys, {"key": key, "posting_id": posting_id})

"""Campaigns: who belongs together, by which edge. Merging, splitting and taking back is `campaign_changes`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Connection, and_, bindparam, func, or_, select, text, tuple_

from zorya.domain import ids
from zorya.errors import StoreError
from zorya.store import selection_backlog
from zorya.store.campaign_schema import campaign_members, campaigns
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore


@dataclass(frozen=True, slots=True)
class Member:
    """A posting in a campaign. `edge` is `first` or what tied it (`text`, `contact`, …); `edge_to` the posting it was
    tied to, `edge_reason` a sentence for an analyst."""

    posting_id: str
    campaign_id: str
    edge: str
    edge_to: str | None
    edge_weight: float
    added_at: datetime
    edge_reason: str = ""


_SOME: BindParameter[str] = bindparam("some", expanding=True)
_STEPS = select(campaigns.c.id, campaigns.c.merged_into)
# What every page asks is built once: building a statement takes longer than these run.
_STEP = select(campaigns.c.merged_into).where(campaigns.c.id == bindparam("campaign"))
_MERGED = _STEPS.where(campaigns.c.id.in_(_SOME), campaigns.c.merged_into.is_not(None))
_INTO = _STEPS.where(campaigns.c.merged_into.in_(_SOME))


def lock(connection: Connection) -> None:
    """Wait until no other transaction changes campaigns (SQLite: `Store.writing` has seen to it already).

    Take it before anything else is written in the transaction: two writers who wait for each other's rows never end.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7269923)"))


def found(connection: Connection, posting_id: str, *, at: datetime) -> str:
    """Start a campaign with its first posting."""
    campaign = ids.campaign_id(posting_id)
    if not insert_ignore(connection, campaigns, {"id": campaign, "created_at": at, "founder": posting_id}):
        selection_backlog.note(connection, [campaign])  # its ad had left it and is back: people may have judged it
    row = {"posting_id": posting_id, "campaign_id": campaign, "edge": "first", "edge_weight": 1.0, "added_at": at}
    insert_ignore(connection, campaign_members, row)
    return campaign


def join(
    connection: Connection,
    campaign_id: str,
    posting_id: str,
    *,
    edge: str,
    edge_to: str,
    weight: float,
    at: datetime,
    reason: str = "",
) -> None:
    """Add a posting to a campaign, with the edge that tied it."""
    row = {"posting_id": posting_id, "campaign_id": campaign_id, "edge": edge, "edge_to": edge_to}
    more = {"edge_weight": weight, "edge_reason": reason, "added_at": at}
    insert_ignore(connection, campaign_members, row | more)
    selection_backlog.note(connection, [campaign_id])


def resolve(connection: Connection, campaign_id: str) -> str:
    """The campaign an id stands for today, following merges."""
    while True:
        target = connection.execute(_STEP, {"campaign": campaign_id}).scalar()
        if target is None:
            return campaign_id
        campaign_id = target


def resolve_all(connection: Connection, campaign_ids: Iterable[str]) -> dict[str, str]:
    """Each of these ids and the campaign it stands for today."""
    found = {name: name for name in campaign_ids}
    asked = set(found)
    while asked:
        steps: dict[str, str] = {}
        for chunk in chunks(sorted(asked)):
            steps |= {row.id: row.merged_into for row in connection.execute(_MERGED, {"some": chunk})}
        found = {name: steps.get(end, end) for name, end in found.items()}
        asked = set(steps.values())
    return found


def kin(connection: Connection, campaign_ids: Iterable[str]) -> dict[str, str]:
    """Live campaigns and every id that was merged into one of them → the live one."""
    found = {name: name for name in campaign_ids}
    asked = list(found)
    while asked:
        into: dict[str, str] = {}
        for chunk in chunks(asked):
            into |= {row.id: found[row.merged_into] for row in connection.execute(_INTO, {"some": chunk})}
        found |= into
        asked = sorted(into)
    return found


def family(connection: Connection, campaign_id: str) -> list[str]:
    """A live campaign and every id that was merged into it."""
    return list(kin(connection, [campaign_id]))


def live(connection: Connection, campaign_id: str) -> str:
    """As `resolve`, for an id that a person gave: StoreError when there never was such a campaign."""
    if connection.execute(select(campaigns.c.id).where(campaigns.c.id == campaign_id)).first() is None:
        raise StoreError(f"there is no campaign {campaign_id!r}; `zorya campaign list` shows them")
    return resolve(connection, campaign_id)


def newest(connection: Connection, *, limit: int, before: str | None = None) -> list[str]:
    """Live campaigns, the newest first; `before` is the last id of the page before (keyset paging)."""
    query = select(campaigns.c.id).where(campaigns.c.merged_into.is_(None))
    if before is not None:
        at = select(campaigns.c.created_at).where(campaigns.c.id == before).scalar_subquery()
        query = query.where(
            or_(campaigns.c.created_at < at, and_(campaigns.c.created_at == at, campaigns.c.id > before))
        )
    ordered = query.order_by(campaigns.c.created_at.desc(), campaigns.c.id).limit(limit)
    return list(connection.execute(ordered).scalars())


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


def of_postings(connection: Connection, posting_ids: Iterable[str] | None = None) -> dict[str, str]:
    """Campaign of every posting that has one (or of these)."""
    query = select(campaign_members.c.posting_id, campaign_members.c.campaign_id)
    if posting_ids is None:
        return {row.posting_id: row.campaign_id for row in connection.execute(query)}
    return {
        row.posting_id: row.campaign_id
        for chunk in chunks(posting_ids)
        for row in connection.execute(query.where(campaign_members.c.posting_id.in_(chunk)))
    }


def member(connection: Connection, posting_id: str) -> Member | None:
    """A posting's place in its campaign."""
    query = select(campaign_members).where(campaign_members.c.posting_id == posting_id)
    row = connection.execute(query).mappings().first()
    return Member(**row) if row else None


def members(
    connection: Connection, campaign_id: str, limit: int = 500, *, after: tuple[datetime, str] | None = None
) -> list[Member]:
    """Postings of a campaign, in the order they were added; `after` is (added at, posting) of the last one shown."""
    query = select(campaign_members).where(campaign_members.c.campaign_id == campaign_id)
    if after is not None:
        query = query.where(tuple_(campaign_members.c.added_at, campaign_members.c.posting_id) > after)
    query = query.order_by(campaign_members.c.added_at, campaign_members.c.posting_id).limit(limit)
    return [Member(**row) for row in connection.execute(query).mappings()]


def keeper(connection: Connection, campaign_id: str) -> str:
    """The posting whose part keeps the id when a campaign is split: the one it is named after, else its oldest."""
    founder = select(campaigns.c.founder).where(campaigns.c.id == campaign_id).scalar_subquery()
    query = select(campaign_members.c.posting_id).where(campaign_members.c.campaign_id == campaign_id)
    named = connection.execute(query.where(campaign_members.c.posting_id == founder)).scalar()
    return named or members(connection, campaign_id, limit=1)[0].posting_id


def size(connection: Connection, campaign_id: str) -> int:
    """Number of postings in a campaign."""
    query = select(func.count()).select_from(campaign_members).where(campaign_members.c.campaign_id == campaign_id)
    return int(connection.execute(query).scalar_one())

"""What a campaign shows of itself: its template with slots, its portrait and its writing habits, computed by the screen
stage, kept here.

A change by a person or the machine makes it stale; the next screening computes it anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from zorya.store.campaign_schema import campaign_portraits
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore


@dataclass(frozen=True, slots=True)
class Portrait:
    """All parts are None until the first computation, `style` also where a campaign has too few ads to speak of habits;
    `stale`: the campaign has changed since `computed_at`."""

    campaign_id: str
    template: dict[str, Any] | None
    portrait: dict[str, Any] | None
    style: dict[str, Any] | None
    computed_at: datetime | None
    stale: bool


def put(
    connection: Connection,
    campaign_id: str,
    *,
    template: dict[str, Any],
    portrait: dict[str, Any],
    style: dict[str, Any] | None,
    at: datetime,
) -> None:
    """Store what was computed of a live campaign; it is fresh now."""
    values = {"template": template, "portrait": portrait, "style": style, "computed_at": at, "stale": False}
    if not insert_ignore(connection, campaign_portraits, {"campaign_id": campaign_id} | values):
        here = campaign_portraits.c.campaign_id == campaign_id
        connection.execute(update(campaign_portraits).where(here).values(values))


def of(connection: Connection, campaign_id: str) -> Portrait | None:
    """What is known of a live campaign, None when nothing was ever computed or asked for."""
    query = select(campaign_portraits).where(campaign_portraits.c.campaign_id == campaign_id)
    row = connection.execute(query).mappings().first()
    return Portrait(**row) if row else None


def styles(connection: Connection, *, limit: int) -> dict[str, dict[str, Any]]:
    """Writing habits of the campaigns computed last, by campaign."""
    query = select(campaign_portraits.c.campaign_id, campaign_portraits.c.style)
    known = query.where(campaign_portraits.c.style.is_not(None))
    ordered = known.order_by(campaign_portraits.c.computed_at.desc(), campaign_portraits.c.campaign_id).limit(limit)
    return {row.campaign_id: row.style for row in connection.execute(ordered)}


def mark_stale(connection: Connection, campaign_ids: Iterable[str]) -> None:
    """Ask the next screening to compute these live campaigns anew."""
    for campaign in sorted(set(campaign_ids)):
        if not insert_ignore(connection, campaign_portraits, {"campaign_id": campaign, "stale": True}):
            here = campaign_portraits.c.campaign_id == campaign
            connection.execute(update(campaign_portraits).where(here).values(stale=True))


def stale(connection: Connection, limit: int = 500) -> list[str]:
    """Campaigns to compute anew, by id."""
    query = select(campaign_portraits.c.campaign_id).where(campaign_portraits.c.stale.is_(True))
    return list(connection.execute(query.order_by(campaign_portraits.c.campaign_id).limit(limit)).scalars())


def forget(connection: Connection, campaign_ids: Iterable[str]) -> None:
    """Drop what is known of campaigns that were merged away."""
    for chunk in chunks(campaign_ids):
        connection.execute(delete(campaign_portraits).where(campaign_portraits.c.campaign_id.in_(chunk)))

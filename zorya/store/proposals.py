"""Questions for an analyst, "same advertiser? y / n / u": weak ties that are no facts. Answering is `answers`'."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, and_, case, insert, or_, select, tuple_, update

from zorya.store import campaigns
from zorya.store.campaign_schema import campaign_proposals


class Answer(StrEnum):
    """What a person says to a proposal."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


OPEN = "open"
_LIVE = campaign_proposals.c.one_campaign != campaign_proposals.c.other_campaign
"""Where both are one campaign by now there is nothing left to ask."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two campaigns that may be of one advertiser. `one` and `other` are the postings whose tie (`kind`, `weight`)
    suggests it, `reason` is a sentence for an analyst; `state` is `open` or an answer, `change` what it led to."""

    seq: int
    one: str
    other: str
    one_campaign: str
    other_campaign: str
    kind: str
    weight: float
    reason: str
    state: str
    created_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    change: int | None


def propose(
    connection: Connection, one: str, other: str, *, kind: str, weight: float, reason: str, at: datetime
) -> bool:
    """Ask about the campaigns of two postings; False when they are one, or a tie of this kind was asked about before.

    An open question keeps its strongest reason. One that was answered is asked again only for a tie of another kind.
    """
    one, other = sorted((one, other))
    here, there = campaigns.of_posting(connection, one), campaigns.of_posting(connection, other)
    if here is None or there is None or here == there:
        return False
    known = select(campaign_proposals).where(_between(here, there), campaign_proposals.c.kind == kind)
    row = connection.execute(known.order_by(campaign_proposals.c.seq).limit(1)).mappings().first()
    values: dict[str, Any] = {"one": one, "other": other, "one_campaign": here, "other_campaign": there}
    values |= {"weight": weight, "reason": reason}
    if row is None:
        fresh = {"kind": kind, "state": OPEN, "created_at": at}
        connection.execute(insert(campaign_proposals).values(**values, **fresh))
        return True
    # Of equal ties the one with the smallest postings stays, so that the order in which ads came leaves no trace.
    if row["state"] == OPEN and (-weight, one, other) < (-row["weight"], row["one"], row["other"]):
        connection.execute(update(campaign_proposals).where(campaign_proposals.c.seq == row["seq"]).values(values))
    return False


def listing(
    connection: Connection, *, state: str = OPEN, limit: int = 50, after: Proposal | None = None
) -> list[Proposal]:
    """Proposals in a state between campaigns that are still two, the weightiest first and of these the newest, which is
    the index read backwards; `after` pages on."""
    place = (campaign_proposals.c.weight, campaign_proposals.c.seq)
    query = select(campaign_proposals).where(campaign_proposals.c.state == state, _LIVE)
    if after is not None:
        query = query.where(tuple_(*place) < tuple_(after.weight, after.seq))
    ordered = query.order_by(*(column.desc() for column in place)).limit(limit)
    return [Proposal(**row) for row in connection.execute(ordered).mappings()]


def of_campaign(connection: Connection, campaign_id: str, limit: int = 50) -> list[Proposal]:
    """Proposals about a live campaign in any state, open ones first, then the weightiest."""
    about = or_(campaign_proposals.c.one_campaign == campaign_id, campaign_proposals.c.other_campaign == campaign_id)
    first = case((campaign_proposals.c.state == OPEN, 0), else_=1)
    query = select(campaign_proposals).where(about, _LIVE)
    ordered = query.order_by(first, campaign_proposals.c.weight.desc(), campaign_proposals.c.seq.desc()).limit(limit)
    return [Proposal(**row) for row in connection.execute(ordered).mappings()]


def open_pairs(connection: Connection) -> set[frozenset[str]]:
    """Every two live campaigns about which a question is open."""
    query = select(campaign_proposals.c.one_campaign, campaign_proposals.c.other_campaign)
    rows = connection.execute(query.where(campaign_proposals.c.state == OPEN, _LIVE))
    return {frozenset((row.one_campaign, row.other_campaign)) for row in rows}


def waiting(connection: Connection, at_most: int = 100) -> int:
    """How many questions are open, counted no further than `at_most`: what a menu shows as `99+`."""
    query = select(campaign_proposals.c.seq).where(campaign_proposals.c.state == OPEN, _LIVE).limit(at_most)
    return len(connection.execute(query).all())


def proposal(connection: Connection, seq: int) -> Proposal | None:
    """One proposal by number."""
    row = connection.execute(select(campaign_proposals).where(campaign_proposals.c.seq == seq)).mappings().first()
    return Proposal(**row) if row else None


def settle(
    connection: Connection, about: Proposal, answer: Answer, *, by: str, at: datetime, change: int | None
) -> None:
    """Note an answer to every open question between the two campaigns: nobody is asked the same twice."""
    asked = or_(
        campaign_proposals.c.seq == about.seq,
        and_(_between(about.one_campaign, about.other_campaign), campaign_proposals.c.state == OPEN),
    )
    values = {"state": answer.value, "decided_by": by, "decided_at": at, "change": change}
    connection.execute(update(campaign_proposals).where(asked).values(values))


def reopen(connection: Connection, change: int) -> None:
    """Ask again what an answer that was taken back had settled."""
    values = {"state": OPEN, "decided_by": None, "decided_at": None, "change": None}
    connection.execute(update(campaign_proposals).where(campaign_proposals.c.change == change).values(values))


def follow_merge(connection: Connection, merged: Iterable[str], survivor: str) -> None:
    """Proposals about merged campaigns are about the one that stays."""
    names = list(merged)
    for column in (campaign_proposals.c.one_campaign, campaign_proposals.c.other_campaign):
        connection.execute(update(campaign_proposals).where(column.in_(names)).values({column: survivor}))


def follow_postings(connection: Connection, posting_ids: list[str], home: str) -> None:
    """Proposals about postings that moved are about the campaign where they are now."""
    for column, campaign in (
        (campaign_proposals.c.one, campaign_proposals.c.one_campaign),
        (campaign_proposals.c.other, campaign_proposals.c.other_campaign),
    ):
        connection.execute(update(campaign_proposals).where(column.in_(posting_ids)).values({campaign: home}))


def _between(here: str, there: str) -> Any:
    one, other = campaign_proposals.c.one_campaign, campaign_proposals.c.other_campaign
    return or_(and_(one == here, other == there), and_(one == there, other == here))

"""Rows of the referral ledger: who is responsible now, the history, one-time links, accounts, opinions from outside.

`referral_history` and `outside_opinions` are append-only.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from zorya.domain.ids import sha256_hex
from zorya.domain.referrals import Line, OutsideOpinion, Step
from zorya.domain.reviews import VerdictLabel
from zorya.domain.sharing import Referral, ReferralState
from zorya.errors import QueueConflict
from zorya.store.rows import insert_ignore
from zorya.store.sharing_schema import (
    alerts,
    answer_links,
    outside_opinions,
    partner_accounts,
    referral_history,
    referrals,
)


def open_one(connection: Connection, referral: Referral, *, by: str, reason: str) -> bool:
    """Begin a referral; False when the alert has one."""
    if not insert_ignore(connection, referrals, asdict(referral)):
        return False
    _line(connection, Step.OFFER, "", referral, at=referral.updated_at, by=by, code="", reason=reason)
    return True


def move(
    connection: Connection,
    referral: Referral,
    step: Step,
    *,
    at: datetime,
    by: str,
    reason: str = "",
    code: str = "",
    **changes: Any,
) -> Referral:
    """Write a step: the row and its line of history. QueueConflict when somebody moved it in between."""
    moved = replace(referral, **(changes | {"updated_at": at, "version": referral.version + 1}))
    values = {name: getattr(moved, name) for name in ("state", "owner", "due_at", "updated_at", "version", "outcome")}
    seen = and_(referrals.c.id == referral.id, referrals.c.version == referral.version)
    if connection.execute(update(referrals).where(seen).values(values)).rowcount != 1:
        raise QueueConflict("Somebody else answered in the meantime. Look at it again.")
    _line(connection, step, referral.owner, moved, at=at, by=by, code=code, reason=reason)
    return moved


def remind(connection: Connection, referral: Referral, *, at: datetime, by: str, reason: str) -> None:
    """Note that the owner was reminded of this step."""
    connection.execute(update(referrals).where(referrals.c.id == referral.id).values(reminded=referral.version))
    _line(connection, Step.REMIND, referral.owner, referral, at=at, by=by, code="", reason=reason)


def set_due(connection: Connection, referral: Referral, due_at: datetime) -> Referral:
    """The clock of an offer starts when a digest tells it."""
    connection.execute(update(referrals).where(referrals.c.id == referral.id).values(due_at=due_at))
    return replace(referral, due_at=due_at)


def _line(
    connection: Connection, step: Step, owner: str, after: Referral, *, at: datetime, by: str, code: str, reason: str
) -> None:
    row = {"referral_id": after.id, "at": at, "actor": by, "step": step, "from_owner": owner, "to_owner": after.owner}
    row |= {"state": after.state, "due_at": after.due_at, "code": code, "reason": reason}
    connection.execute(insert(referral_history).values(row))


def one(connection: Connection, referral_id: str) -> Referral | None:
    """A referral by id."""
    row = connection.execute(select(referrals).where(referrals.c.id == referral_id)).mappings().first()
    return _of(dict(row)) if row else None


def of_alert(connection: Connection, alert_id: str) -> Referral | None:
    """The referral that an alert (not a copy of one) began."""
    row = connection.execute(select(referrals).where(referrals.c.alert_id == alert_id)).mappings().first()
    return _of(dict(row)) if row else None


def page(
    connection: Connection,
    *,
    owner: str | None = None,
    is_open: bool = True,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[Referral]:
    """Open referrals (or closed ones), of one organisation or of all, the most overdue first, from one on."""
    query = select(referrals)
    closed = referrals.c.state == ReferralState.CLOSED
    query = query.where(referrals.c.state != ReferralState.CLOSED if is_open else closed)
    if owner is not None:
        query = query.where(referrals.c.owner == owner)
    if after:
        later = and_(referrals.c.due_at == after[0], referrals.c.id > after[1])
        query = query.where(or_(referrals.c.due_at > after[0], later))
    rows = connection.execute(query.order_by(referrals.c.due_at, referrals.c.id).limit(limit)).mappings()
    return [_of(dict(row)) for row in rows]


def due_before(connection: Connection, moment: datetime, limit: int = 10_000) -> list[Referral]:
    """Open referrals whose due date is before a moment, the most overdue first."""
    query = select(referrals).where(referrals.c.state != ReferralState.CLOSED, referrals.c.due_at < moment)
    rows = connection.execute(query.order_by(referrals.c.due_at, referrals.c.id).limit(limit)).mappings()
    return [_of(dict(row)) for row in rows]


def history(connection: Connection, referral_id: str) -> list[Line]:
    """Every step of a referral, oldest first."""
    query = select(referral_history).where(referral_history.c.referral_id == referral_id)
    rows = connection.execute(query.order_by(referral_history.c.seq)).mappings()
    return [Line(**(dict(row) | {"step": Step(row["step"]), "state": ReferralState(row["state"])})) for row in rows]


def holders(connection: Connection, campaign_ids: Iterable[str]) -> set[str]:
    """Partners that have an alert about one of these campaigns, handed over or their own."""
    query = select(alerts.c.partner).where(alerts.c.campaign_id.in_(list(campaign_ids)))
    return set(connection.execute(query).scalars())


def of_campaigns(connection: Connection, campaign_ids: Iterable[str]) -> list[Referral]:
    """Every referral about one of these campaigns."""
    query = (
        select(referrals)
        .join(alerts, alerts.c.id == referrals.c.alert_id)
        .where(alerts.c.campaign_id.in_(list(campaign_ids)))
        .order_by(referrals.c.id)
    )
    return [_of(dict(row)) for row in connection.execute(query).mappings()]


def add_link(connection: Connection, token: str, referral: Referral, *, expires_at: datetime) -> None:
    """Let a one-time link answer one step of a referral; only its hash is stored."""
    row = {"token_hash": sha256_hex(token.encode()), "referral_id": referral.id, "partner": referral.owner}
    insert_ignore(connection, answer_links, row | {"version": referral.version, "expires_at": expires_at})


def by_link(connection: Connection, token: str, *, at: datetime) -> Referral | None:
    """The referral that a link may answer now; None when it is used, has run out or the step is past."""
    query = (
        select(referrals)
        .join(answer_links, answer_links.c.referral_id == referrals.c.id)
        .where(
            answer_links.c.token_hash == sha256_hex(token.encode()),
            answer_links.c.used_at.is_(None),
            answer_links.c.expires_at > at,
            answer_links.c.version == referrals.c.version,
            answer_links.c.partner == referrals.c.owner,
            referrals.c.state != ReferralState.CLOSED,
        )
    )
    row = connection.execute(query).mappings().first()
    return _of(dict(row)) if row else None


def use_link(connection: Connection, token: str, *, at: datetime) -> bool:
    """Spend a link; False when it was spent."""
    found = and_(answer_links.c.token_hash == sha256_hex(token.encode()), answer_links.c.used_at.is_(None))
    return connection.execute(update(answer_links).where(found).values(used_at=at)).rowcount == 1


def link_account(connection: Connection, user: str, partner: str) -> None:
    """Say for which organisation an account of role partner speaks."""
    if not insert_ignore(connection, partner_accounts, {"user": user, "partner": partner}):
        connection.execute(update(partner_accounts).where(partner_accounts.c.user == user).values(partner=partner))


def partner_of(connection: Connection, user: str) -> str | None:
    """The organisation of an account; None when nobody said."""
    return connection.execute(select(partner_accounts.c.partner).where(partner_accounts.c.user == user)).scalar()


def add_opinion(connection: Connection, referral_id: str, opinion: OutsideOpinion) -> None:
    """Keep what a partner found out."""
    connection.execute(insert(outside_opinions).values(asdict(opinion) | {"referral_id": referral_id}))


def opinions(connection: Connection, campaign_ids: Iterable[str]) -> list[OutsideOpinion]:
    """What partners say of campaigns, oldest first."""
    query = select(outside_opinions).where(outside_opinions.c.campaign_id.in_(list(campaign_ids)))
    return [
        OutsideOpinion(
            row["campaign_id"], row["partner"], VerdictLabel(row["label"]), row["code"], row["note"], row["at"]
        )
        for row in connection.execute(query.order_by(outside_opinions.c.seq)).mappings()
    ]


def _of(row: dict[str, Any]) -> Referral:
    return Referral(**(row | {"state": ReferralState(row["state"])}))

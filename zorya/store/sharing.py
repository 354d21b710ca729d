"""Alerts, referrals, digests and the outbox."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from zorya.domain.sharing import Alert, Digest, Marking, Referral, ReferralState
from zorya.store.rows import insert_ignore
from zorya.store.schema import alerts, digests, outbox, referrals


def add_alert(connection: Connection, alert: Alert, referral: Referral) -> bool:
    """Offer a confirmed campaign to a partner; False when it was offered before."""
    if not insert_ignore(connection, alerts, asdict(alert) | {"verdict_ids": list(alert.verdict_ids)}):
        return False
    insert_ignore(connection, referrals, asdict(referral))
    return True


def alerts_between(connection: Connection, partner: str, start: datetime, end: datetime) -> list[Alert]:
    """Alerts of a partner created in [start, end), most severe first."""
    query = select(alerts).where(
        and_(alerts.c.partner == partner, alerts.c.created_at >= start, alerts.c.created_at < end)
    )
    rows = connection.execute(query.order_by(alerts.c.severity.desc(), alerts.c.created_at, alerts.c.id)).mappings()
    return [_alert_of(dict(row)) for row in rows]


def alerted_pairs(connection: Connection) -> set[tuple[str, str]]:
    """(partner, campaign) of every alert ever offered."""
    return {
        (row.partner, row.campaign_id) for row in connection.execute(select(alerts.c.partner, alerts.c.campaign_id))
    }


def undigested_alerts(connection: Connection, partner: str, *, before: datetime) -> list[Alert]:
    """Alerts of a partner made before a moment and in no digest yet, most severe first.

    A digest that every channel refused does not count: its alerts come back. An alert that was written while the
    previous digest was being rendered is found here too, so nothing falls between two periods.
    """
    kept = select(outbox.c.digest_id).where(outbox.c.state != "refused")
    query = select(digests.c.alert_ids).where(digests.c.partner == partner, digests.c.id.in_(kept))
    told = {alert for row in connection.execute(query).scalars() for alert in row}
    found = select(alerts).where(alerts.c.partner == partner, alerts.c.created_at < before)
    rows = connection.execute(found.order_by(alerts.c.severity.desc(), alerts.c.created_at, alerts.c.id)).mappings()
    return [_alert_of(dict(row)) for row in rows if row["id"] not in told]


def alerts_by_id(connection: Connection, alert_ids: Iterable[str]) -> list[Alert]:
    """Alerts by id."""
    query = select(alerts).where(alerts.c.id.in_(list(alert_ids))).order_by(alerts.c.id)
    return [_alert_of(dict(row)) for row in connection.execute(query).mappings()]


def all_alerts(connection: Connection, limit: int = 200) -> list[Alert]:
    """Newest alerts first."""
    query = select(alerts).order_by(alerts.c.created_at.desc(), alerts.c.id).limit(limit)
    return [_alert_of(dict(row)) for row in connection.execute(query).mappings()]


def open_referrals(connection: Connection, limit: int = 200) -> list[Referral]:
    """Referrals not closed, the most overdue first."""
    query = select(referrals).where(referrals.c.state != ReferralState.CLOSED).order_by(referrals.c.due_at).limit(limit)
    return [
        Referral(**(dict(row) | {"state": ReferralState(row["state"])})) for row in connection.execute(query).mappings()
    ]


def add_digest(connection: Connection, digest: Digest, *, channels: dict[str, str], at: datetime) -> bool:
    """Store a rendered digest with one outbox row per channel (`channels`: name → Message-ID), in one transaction."""
    row = asdict(digest) | {"alert_ids": list(digest.alert_ids)}
    if not insert_ignore(connection, digests, row):
        return False
    for channel, message_id in channels.items():
        pending = {"message_id": message_id, "digest_id": digest.id, "channel": channel, "state": "pending"}
        insert_ignore(connection, outbox, pending | {"attempts": 0, "next_at": at, "error": ""})
    return True


def last_digest(connection: Connection, partner: str) -> Digest | None:
    """The newest digest of a partner."""
    query = select(digests).where(digests.c.partner == partner).order_by(digests.c.sequence.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return _digest_of(dict(row)) if row else None


def digest(connection: Connection, digest_id: str) -> Digest | None:
    """One digest by id."""
    row = connection.execute(select(digests).where(digests.c.id == digest_id)).mappings().first()
    return _digest_of(dict(row)) if row else None


def history(connection: Connection, partner: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Deliveries, newest first: digest, partner, period, channel, state, attempts, sent_at."""
    columns = (digests.c.id, digests.c.partner, digests.c.sequence, digests.c.period_start, digests.c.period_end)
    more = (digests.c.marking, digests.c.alert_ids, outbox)
    query = select(*columns, *more).join(outbox, outbox.c.digest_id == digests.c.id)
    if partner:
        query = query.where(digests.c.partner == partner)
    query = query.order_by(digests.c.created_at.desc(), digests.c.id, outbox.c.channel).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def due_deliveries(connection: Connection, *, at: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """Outbox rows to send now."""
    query = select(outbox).where(outbox.c.state == "pending", outbox.c.next_at <= at)
    rows = connection.execute(query.order_by(outbox.c.next_at, outbox.c.message_id).limit(limit)).mappings()
    return [dict(row) for row in rows]


def delivered(connection: Connection, message_id: str, *, at: datetime) -> None:
    """Mark a delivery as sent."""
    values = {"state": "sent", "sent_at": at, "error": "", "attempts": outbox.c.attempts + 1}
    connection.execute(update(outbox).where(outbox.c.message_id == message_id).values(values))


def delivery_failed(connection: Connection, message_id: str, error: str, *, next_at: datetime | None) -> None:
    """Note a failed attempt; `next_at` None gives up visibly (`dead`)."""
    values: dict[str, Any] = {"error": error[:500], "attempts": outbox.c.attempts + 1}
    values |= {"next_at": next_at} if next_at else {"state": "dead"}
    connection.execute(update(outbox).where(outbox.c.message_id == message_id).values(values))


def delivery_refused(connection: Connection, message_id: str, reason: str) -> None:
    """Note that policy forbids a delivery: it is never tried again."""
    values = {"state": "refused", "error": reason[:500]}
    connection.execute(update(outbox).where(outbox.c.message_id == message_id).values(values))


def revive_dead(connection: Connection, *, at: datetime) -> int:
    """Give deliveries that were given up a new set of attempts; returns how many."""
    values = {"state": "pending", "attempts": 0, "next_at": at}
    return connection.execute(update(outbox).where(outbox.c.state == "dead").values(values)).rowcount


def dead_letters(connection: Connection) -> int:
    """Deliveries that were given up: each is an alarm."""
    query = select(func.count()).select_from(outbox).where(outbox.c.state == "dead")
    return int(connection.execute(query).scalar_one())


def _alert_of(row: dict[str, Any]) -> Alert:
    return Alert(**(row | {"verdict_ids": tuple(row["verdict_ids"]), "marking": Marking(row["marking"])}))


def _digest_of(row: dict[str, Any]) -> Digest:
    return Digest(**(row | {"alert_ids": tuple(row["alert_ids"]), "marking": Marking(row["marking"])}))

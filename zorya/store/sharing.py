"""Alerts, digests and the outbox."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, exists, func, not_, or_, select, update

from zorya.domain.sharing import PERIODIC, Alert, AlertState, Digest, DigestKind, Marking, NoticeKind
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore
from zorya.store.sharing_schema import alert_notices, alerts, digests, outbox

_LISTS = ("alert_ids", "notices", "held_back")
_RECALL = (alert_notices.c.alert_id == alerts.c.id, alert_notices.c.kind == NoticeKind.RECALLED)
_DROPPED = and_(alerts.c.state == AlertState.RECALLED, not_(exists().where(*_RECALL)))
"""What a person recalls has a notice; what selection gives up has none."""
_SO = alerts.alias("so")


def add_alert(connection: Connection, alert: Alert) -> bool:
    """Keep an alert for a partner; False when that partner has one of the campaign."""
    return insert_ignore(connection, alerts, _alert_row(alert))


def revise_alert(connection: Connection, alert: Alert) -> None:
    """Store a new revision of an alert; the table refuses an edit that keeps revision or hash."""
    connection.execute(update(alerts).where(alerts.c.id == alert.id).values(_alert_row(alert)))


def set_alert_state(connection: Connection, alert_ids: Iterable[str], state: AlertState) -> None:
    """Note where alerts stand, for lists."""
    connection.execute(update(alerts).where(alerts.c.id.in_(list(alert_ids))).values(state=state))


def alerts_in(
    connection: Connection, *states: AlertState, after: tuple[datetime, str] | None = None, limit: int = 200
) -> list[Alert]:
    """Alerts of some states, oldest first, from the one after (created_at, id) on."""
    query = select(alerts).where(alerts.c.state.in_(states))
    if after:
        later = and_(alerts.c.created_at == after[0], alerts.c.id > after[1])
        query = query.where(or_(alerts.c.created_at > after[0], later))
    query = query.order_by(alerts.c.created_at, alerts.c.id).limit(limit)
    return [_alert_of(dict(row)) for row in connection.execute(query).mappings()]


def count_alerts(connection: Connection, state: AlertState) -> int:
    """How many alerts stand so."""
    return int(connection.execute(select(func.count()).where(alerts.c.state == state)).scalar_one())


def has_alert(connection: Connection, like: Alert) -> bool:
    """True when the partner has another alert of the same campaign."""
    same = and_(alerts.c.partner == like.partner, alerts.c.campaign_id == like.campaign_id, alerts.c.id != like.id)
    return connection.execute(select(alerts.c.id).where(same).limit(1)).first() is not None


def untold_alerts(connection: Connection) -> list[Alert]:
    """Alerts that wait for an approval or for a digest, and those sent back; oldest first."""
    states = (AlertState.WAITING, AlertState.APPROVED, AlertState.SENT_BACK)
    # Which they are is read from the index by itself: with statistics, SQLite reads every alert that was ever told.
    those = select(_SO.c.id).where(_SO.c.state.in_(states))
    query = select(alerts).where(alerts.c.id.in_(those)).order_by(alerts.c.created_at, alerts.c.id)
    return [_alert_of(dict(row)) for row in connection.execute(query).mappings()]


def copies_of(connection: Connection, alert_id: str) -> list[Alert]:
    """Alerts that a hand-over made of one, by partner."""
    query = select(alerts).where(alerts.c.origin == alert_id).order_by(alerts.c.partner)
    return [_alert_of(dict(row)) for row in connection.execute(query).mappings()]


def alert(connection: Connection, alert_id: str) -> Alert | None:
    """One alert by id."""
    row = connection.execute(select(alerts).where(alerts.c.id == alert_id)).mappings().first()
    return _alert_of(dict(row)) if row else None


def dropped(connection: Connection, partner: str, campaign_id: str) -> Alert | None:
    """A partner's alert that was given up untold, as its campaign was merged into one that has an alert."""
    query = select(alerts).where(alerts.c.partner == partner, alerts.c.campaign_id == campaign_id, _DROPPED)
    row = connection.execute(query).mappings().first()
    return _alert_of(dict(row)) if row else None


def alerted_pairs(connection: Connection, among: Iterable[str] | None = None) -> set[tuple[str, str]]:
    """(partner, campaign) of every alert offered and not dropped (or of those about these campaigns)."""
    return pairs_of(connection, alerts, among, not_(_DROPPED))


def pairs_of(
    connection: Connection, table: Table, among: Iterable[str] | None, *conditions: ColumnElement[bool]
) -> set[tuple[str, str]]:
    """(partner, campaign) of the rows of a table that has both; `among` campaigns where they are given."""
    query = select(table.c.partner, table.c.campaign_id).where(*conditions)
    queries = [query] if among is None else [query.where(table.c.campaign_id.in_(chunk)) for chunk in chunks(among)]
    return {(row.partner, row.campaign_id) for each in queries for row in connection.execute(each)}


def undigested_alerts(connection: Connection, partner: str, *, before: datetime) -> list[Alert]:
    """Approved alerts of a partner made before a moment and in no digest yet, most severe first.

    A digest that every channel refused does not count: its alerts come back (`delivery_refused`). An alert that was
    written while the previous digest was being rendered is found here too, so nothing falls between two periods.
    """
    waiting = and_(alerts.c.partner == partner, alerts.c.state == AlertState.APPROVED, alerts.c.created_at < before)
    order = (alerts.c.severity.desc(), alerts.c.created_at, alerts.c.id)
    rows = connection.execute(select(alerts).where(waiting).order_by(*order)).mappings()
    return [_alert_of(dict(row)) for row in rows]


def unapproved_alerts(connection: Connection, partner: str) -> list[Alert]:
    """Alerts of a partner that wait for an approval: what a preview shows beside the approved ones."""
    waiting = and_(alerts.c.partner == partner, alerts.c.state == AlertState.WAITING)
    rows = connection.execute(select(alerts).where(waiting).order_by(alerts.c.created_at, alerts.c.id)).mappings()
    return [_alert_of(dict(row)) for row in rows]


def alerts_by_id(connection: Connection, alert_ids: Iterable[str]) -> list[Alert]:
    """Alerts by id."""
    query = select(alerts).where(alerts.c.id.in_(list(alert_ids))).order_by(alerts.c.id)
    return [_alert_of(dict(row)) for row in connection.execute(query).mappings()]


def all_alerts(connection: Connection, limit: int = 200) -> list[Alert]:
    """Newest alerts first."""
    query = select(alerts).order_by(alerts.c.created_at.desc(), alerts.c.id).limit(limit)
    return [_alert_of(dict(row)) for row in connection.execute(query).mappings()]


def digests_with(connection: Connection, alert: Alert) -> list[tuple[Digest, tuple[str, ...]]]:
    """Digests that told an alert, oldest first, each with the states of its deliveries."""
    query = select(digests).where(digests.c.partner == alert.partner, digests.c.created_at >= alert.created_at)
    found = [_digest_of(dict(row)) for row in connection.execute(query.order_by(digests.c.sequence)).mappings()]
    told = [each for each in found if alert.id in each.alert_ids]
    return [(each, _states(connection, each.id)) for each in told]


def _states(connection: Connection, digest_id: str) -> tuple[str, ...]:
    """States of its deliveries; `tried` where one was refused after an attempt, which may have arrived all the same."""
    query = select(outbox.c.state, outbox.c.attempts).where(outbox.c.digest_id == digest_id)
    rows = connection.execute(query)
    return tuple("tried" if row.state == "refused" and row.attempts else row.state for row in rows)


def add_digest(connection: Connection, digest: Digest, *, channels: dict[str, str], at: datetime) -> bool:
    """Store a rendered digest with one outbox row per channel (`channels`: name → Message-ID), in one transaction."""
    row = asdict(digest) | {name: list(getattr(digest, name)) for name in _LISTS}
    if not insert_ignore(connection, digests, row):
        return False
    for channel, message_id in channels.items():
        add_delivery(connection, digest.id, channel, message_id, at=at)
    set_alert_state(connection, digest.alert_ids, AlertState.TOLD)
    return True


def add_delivery(connection: Connection, digest_id: str, channel: str, message_id: str, *, at: datetime) -> None:
    """Queue a digest for a channel."""
    pending = {"message_id": message_id, "digest_id": digest_id, "channel": channel, "state": "pending"}
    insert_ignore(connection, outbox, pending | {"attempts": 0, "next_at": at, "error": ""})


def deliveries_of(connection: Connection, digest_id: str) -> list[tuple[str, str]]:
    """(Message-ID, channel) of every delivery of a digest."""
    query = select(outbox.c.message_id, outbox.c.channel).where(outbox.c.digest_id == digest_id)
    return [(row.message_id, row.channel) for row in connection.execute(query.order_by(outbox.c.message_id))]


def last_digest(connection: Connection, partner: str) -> Digest | None:
    """The newest digest of a partner that told a period, be it that nothing came."""
    told = and_(digests.c.partner == partner, digests.c.kind.in_(PERIODIC))
    row = (
        connection.execute(select(digests).where(told).order_by(digests.c.sequence.desc()).limit(1)).mappings().first()
    )
    return _digest_of(dict(row)) if row else None


def digest(connection: Connection, digest_id: str) -> Digest | None:
    """One digest by id."""
    row = connection.execute(select(digests).where(digests.c.id == digest_id)).mappings().first()
    return _digest_of(dict(row)) if row else None


def history(connection: Connection, partner: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
    """Deliveries, newest first: digest, partner, kind, chain, period, channel, state, attempts, sent_at."""
    columns = (digests.c.id, digests.c.partner, digests.c.sequence, digests.c.period_start, digests.c.period_end)
    more = (digests.c.marking, digests.c.kind, digests.c.previous, digests.c.chain, digests.c.alert_ids, outbox)
    query = select(*columns, *more).join(outbox, outbox.c.digest_id == digests.c.id)
    if partner:
        query = query.where(digests.c.partner == partner)
    order = (digests.c.created_at.desc(), digests.c.partner, digests.c.sequence.desc(), outbox.c.channel)
    return [dict(row) for row in connection.execute(query.order_by(*order).limit(limit)).mappings()]


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
    """Note that policy forbids a delivery: it is never tried again.

    Alerts of a digest that every channel refused are untold again and come back with the next one.
    """
    values = {"state": "refused", "error": reason[:500]}
    connection.execute(update(outbox).where(outbox.c.message_id == message_id).values(values))
    of_digest = select(outbox.c.digest_id).where(outbox.c.message_id == message_id).scalar_subquery()
    left = select(outbox.c.message_id).where(outbox.c.digest_id == of_digest, outbox.c.state != "refused")
    if connection.execute(left.limit(1)).first() is None:
        told = connection.execute(select(digests.c.alert_ids).where(digests.c.id == of_digest)).scalar() or []
        found = and_(alerts.c.id.in_(told), alerts.c.state == AlertState.TOLD)
        connection.execute(update(alerts).where(found).values(state=AlertState.APPROVED))


def revive_dead(connection: Connection, *, at: datetime) -> int:
    """Give deliveries that were given up a new set of attempts; returns how many."""
    values = {"state": "pending", "attempts": 0, "next_at": at}
    return connection.execute(update(outbox).where(outbox.c.state == "dead").values(values)).rowcount


def dead_letters(connection: Connection) -> int:
    """Deliveries that were given up: each is an alarm."""
    query = select(func.count()).select_from(outbox).where(outbox.c.state == "dead")
    return int(connection.execute(query).scalar_one())


def _alert_row(alert: Alert) -> dict[str, Any]:
    return asdict(alert) | {"verdict_ids": list(alert.verdict_ids), "route": list(alert.route)}


def _alert_of(row: dict[str, Any]) -> Alert:
    lists = {"verdict_ids": tuple(row["verdict_ids"]), "route": tuple(row["route"])}
    return Alert(**(row | lists | {"marking": Marking(row["marking"]), "state": AlertState(row["state"])}))


def _digest_of(row: dict[str, Any]) -> Digest:
    lists = {name: tuple(row[name]) for name in _LISTS}
    return Digest(**(row | lists | {"marking": Marking(row["marking"]), "kind": DigestKind(row["kind"])}))

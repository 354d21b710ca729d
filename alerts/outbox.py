"""Delivering what is in the outbox: check again, send, mark. At least once; a copy carries the same Message-ID.

A crash between sending and marking sends a copy. A failure waits ever longer and is given up visibly (`dead`);
what policy forbids is `refused` and its alerts come back with the next digest, if they may.
"""

import smtplib
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from alerts import links, sealing, selection
from alerts.channel_spec import Channel
from alerts.mail import Letter
from alerts.partners import Catalog, Partner, load_all
from alerts.sending import prepared, send_through
from zorya.domain import ids
from zorya.domain.referrals import LEAD
from zorya.domain.runs import StageReport
from zorya.domain.sharing import Digest, DigestKind
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.logs import get
from zorya.redact import redact
from zorya.settings import Settings
from zorya.store import Store, audit, partner_standing, sharing

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=12)


def deliver(store: Store, settings: Settings, *, as_of: datetime, partner: str | None = None) -> StageReport:
    """Try every delivery that is due, of all partners or of one."""
    catalog = load_all(settings)
    counts: Counter[str] = Counter({"sent": 0, "refused": 0, "retry": 0, "dead": 0})
    messages: list[str] = []
    for row in _due(store, as_of, partner):
        outcome, message = _attempt(store, settings, catalog, row, as_of=as_of)
        counts[outcome] += 1
        if message:
            get("alerts.outbox").warning("delivery", stage="deliver", outcome=outcome, message=message)
            messages.append(f"{outcome}: {message}")
    return StageReport("deliver", as_of, dict(counts), tuple(messages))


def _due(store: Store, as_of: datetime, partner: str | None) -> list[dict[str, Any]]:
    with store.reading() as connection:
        rows = sharing.due_deliveries(connection, at=as_of, limit=10_000)
        if partner is None:
            return rows
        digests = {row["digest_id"]: sharing.digest(connection, row["digest_id"]) for row in rows}
    return [row for row in rows if (found := digests[row["digest_id"]]) and found.partner == partner]


def _attempt(
    store: Store, settings: Settings, catalog: Catalog, row: dict[str, Any], *, as_of: datetime
) -> tuple[str, str]:
    """One delivery: (outcome, what to say about it)."""
    with store.reading() as connection:
        digest = sharing.digest(connection, row["digest_id"])
        if digest is None:  # a foreign key forbids it
            raise ZoryaError(f"outbox names digest {row['digest_id']}, which is not stored")
        refusal = obstacle(connection, settings, catalog, digest, row["channel"])
    try:
        if refusal:
            raise PolicyRefusal(refusal)
        target = catalog.recipient(digest.partner) or catalog.get(digest.partner)
        channel, letter = _channel(target, row["channel"]), _letter(settings, target, digest, row["message_id"])
        letter = prepared(target, channel, letter, lambda: _link(store, settings, digest, row, as_of=as_of))
        send_through(channel, letter, settings, at=as_of)
    except PolicyRefusal as exc:
        return _refused(store, digest, row, str(exc), as_of=as_of)
    except (OSError, smtplib.SMTPException, ZoryaError) as exc:
        return _failed(store, settings, digest, row, exc, as_of=as_of)
    with store.writing() as connection:
        sharing.delivered(connection, row["message_id"], at=as_of)
        _note(connection, "digest.send", digest, row, "", as_of=as_of)
    return "sent", ""


def obstacle(connection: Connection, settings: Settings, catalog: Catalog, digest: Digest, channel: str) -> str | None:
    """Why a digest may not leave by a channel now."""
    partner = catalog.recipient(digest.partner)
    if partner is None:
        # A file that cannot be read is mended, not refused: the delivery waits (see `Catalog.get`).
        return None if _is_broken(catalog, digest.partner) else "the partner is no longer in the catalog"
    is_notice = digest.kind is DigestKind.NOTICE  # a pause stops new alerts, not what became of those that were sent
    if (partner.spec.paused or partner_standing.is_paused(connection, partner.id)) and not is_notice:
        return "the partner is paused"
    if channel not in {each.name for each in partner.spec.channels}:
        return f"channel {channel} is no longer in the partner's file"
    if not digest.marking.within(partner.spec.tlp_ceiling) and (digest.alert_ids or not is_notice):
        return f"{digest.marking} is above the partner's {partner.spec.tlp_ceiling}"
    key = sealing.key_of(settings)
    if digest.seal != ids.seal(key, digest.sealed):
        return "this digest was changed after it was rendered"
    alerts = sharing.alerts_by_id(connection, digest.alert_ids)
    standing = selection.standing(connection, alerts)
    if len(alerts) != len(digest.alert_ids):
        return "an alert of this digest is gone"
    obstacles = (selection.obstacle(connection, alert, partner, standing, key) for alert in alerts)
    return next((reason for reason in obstacles if reason), None)


def _is_broken(catalog: Catalog, partner: str) -> bool:
    return any(fault.path.stem == partner for fault in catalog.faults)


def _channel(partner: Partner, name: str) -> Channel:
    return next(channel for channel in partner.spec.channels if channel.name == name)


def _link(store: Store, settings: Settings, digest: Digest, row: dict[str, Any], *, as_of: datetime) -> str:
    with store.writing() as connection:
        return links.digest_link(connection, settings, digest, row["message_id"], at=as_of)


def _letter(settings: Settings, partner: Partner, digest: Digest, message_id: str) -> Letter:
    return Letter(
        partner=digest.partner,
        name=digest.id,
        sequence=digest.sequence,
        marking=digest.marking,
        language=partner.spec.language,
        message_id=message_id,
        subject=digest.subject,
        text=links.fill(settings, digest.partner, digest.text),
        html=links.fill(settings, digest.partner, digest.html),
        at=digest.created_at,
        previous=digest.previous,
        chain=digest.chain,
        held_back=digest.held_back,
        pause=_pause_address(settings, digest),
    )


def _pause_address(settings: Settings, digest: Digest) -> str:
    """Where a partner pauses its mails; none in those rendered before there was such a page, nor in the leads'."""
    if not digest.chain or digest.partner == LEAD:
        return ""
    return links.fill(settings, digest.partner, links.pause_address(settings, digest.id))


def _refused(store: Store, digest: Digest, row: dict[str, Any], reason: str, *, as_of: datetime) -> tuple[str, str]:
    with store.writing() as connection:
        sharing.delivery_refused(connection, row["message_id"], reason)
        _note(connection, "digest.refuse", digest, row, reason, as_of=as_of)
    return "refused", f"{digest.id} for {digest.partner} by {row['channel']}: {reason}"


def _failed(
    store: Store, settings: Settings, digest: Digest, row: dict[str, Any], exc: Exception, *, as_of: datetime
) -> tuple[str, str]:
    error = redact(f"{type(exc).__name__}: {exc}")
    tries = row["attempts"] + 1
    wait = min(_FIRST_WAIT * 3 ** (tries - 1), _LONGEST_WAIT)
    next_at = as_of + wait if tries < settings.digest.max_attempts else None
    with store.writing() as connection:
        sharing.delivery_failed(connection, row["message_id"], error, next_at=next_at)
        if next_at is None:
            _note(connection, "digest.dead", digest, row, error, as_of=as_of)
    return ("retry" if next_at else "dead"), f"{digest.id} for {digest.partner} by {row['channel']}: {error}"


def _note(
    connection: Connection, action: str, digest: Digest, row: dict[str, Any], reason: str, *, as_of: datetime
) -> None:
    why = f"{row['channel']}: {reason}" if reason else row["channel"]
    audit.add(connection, at=as_of, actor=sealing.ACTOR, action=action, object=digest.id, reason=why)

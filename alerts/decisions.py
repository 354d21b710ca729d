"""What a lead does to alerts: approve, send back, recall, correct. Each in one transaction with its notices.

Recalling takes one person: it only takes away. A correction is a new revision, which another lead approves like any
alert; then everybody who has the old card gets the new one.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from alerts import approvals, digest, ledger, notices, outbox, sealing, selection
from alerts.partners import Catalog, load_all
from zorya.domain import ids
from zorya.domain.reviews import Role
from zorya.domain.sharing import Act, Alert, AlertState, Approval, Marking, NoticeKind
from zorya.errors import NothingToDo, PolicyRefusal, ZoryaError
from zorya.settings import Settings
from zorya.store import Store, audit, campaigns, people, sharing
from zorya.store import approvals as rows

MIN_REASON = 4


def decide(
    store: Store,
    settings: Settings,
    alert_id: str,
    act: Act,
    *,
    by: str,
    as_of: datetime,
    reason: str = "",
    content_hash: str = "",
) -> Alert:
    """Approve or send back what the alert says now. What is urgent leaves at once; where that fails it is tried again
    like any delivery.

    `content_hash` is that of the card the person read: another one is refused. PolicyRefusal says who else may decide,
    NothingToDo that this revision has been decided.
    """
    catalog = load_all(settings)
    with store.writing() as connection:
        root = _undecided(connection, alert_id, content_hash, by=by)
        if act is Act.SEND_BACK:
            _reason(reason, "what must change before this may leave")
        decision = sealing.sealed(settings, Approval(root.id, root.content_hash, act, by, as_of, reason.strip()))
        if not rows.add(connection, decision):
            raise NothingToDo(f"alert {root.id} was decided already; nothing was changed")
        state = AlertState.APPROVED if act is Act.APPROVE else AlertState.SENT_BACK
        sharing.set_alert_state(connection, [root.id], state)
        why = f"revision {root.revision}, {root.content_hash[:12]}: {reason.strip()}".removesuffix(": ")
        audit.add(connection, at=as_of, actor=by, action=f"alert.{act}", object=root.id, reason=why)
        if act is Act.APPROVE:
            _approved(connection, settings, catalog, replace(root, state=state), by=by, at=as_of)
    if act is Act.APPROVE:
        _send_urgent(store, settings, catalog, root.partner, at=as_of)
    return replace(root, state=state)


def recall(
    store: Store, settings: Settings, alert_id: str, *, by: str, as_of: datetime, reason: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Withdraw an alert and every copy that was handed over; deliver the notices at once.

    Returns (partners that are told, what could not be told by mail). A delivery that waits is refused at the channel.
    """
    _reason(reason, "why it is withdrawn; every recipient reads it")
    catalog, told, messages = load_all(settings), [], []
    with store.writing() as connection:
        _is_lead(connection, by)
        alert = approvals.known(connection, alert_id)
        root = approvals.known(connection, alert.origin) if alert.origin else alert
        if root.state is AlertState.RECALLED:
            raise NothingToDo(f"alert {root.id} was recalled already")
        for each in (root, *sharing.copies_of(connection, root.id)):
            rows.add_notice(connection, each, NoticeKind.RECALLED, at=as_of, by=by, reason=reason.strip())
            sharing.set_alert_state(connection, [each.id], AlertState.RECALLED)
            if notices.reached(connection, each):
                item = notices.Item(NoticeKind.RECALLED, each, reason.strip())
                missed = notices.tell(connection, settings, catalog, each.partner, [item], at=as_of)
                told.append(each.partner)
                messages += [missed] if missed else []
        ledger.close_recalled(connection, root, by=by, at=as_of, reason=reason.strip())
        why = f"{reason.strip()}; told {', '.join(told) or 'nobody, it had not left'}"
        audit.add(connection, at=as_of, actor=by, action="alert.recall", object=root.id, reason=why)
    for partner in told:
        messages += outbox.deliver(store, settings, as_of=as_of, partner=partner).messages
    return tuple(told), tuple(messages)


def correct(
    store: Store,
    settings: Settings,
    alert_id: str,
    *,
    by: str,
    as_of: datetime,
    reason: str,
    marking: Marking | None = None,
) -> Alert:
    """Make the card anew from what people say today, or under another marking; it waits for another lead's approval.

    NothingToDo when the card would be the same. Verdicts are corrected in the review, not here.
    """
    _reason(reason, "what was wrong; every recipient reads it")
    catalog = load_all(settings)
    with store.writing() as connection:
        _is_lead(connection, by)
        alert = approvals.known(connection, alert_id)
        root = approvals.known(connection, alert.origin) if alert.origin else alert
        confirmed = selection.standing(connection, [root]).get(campaigns.resolve(connection, root.campaign_id))
        if confirmed is None or root.state is AlertState.RECALLED:
            raise PolicyRefusal("two people no longer confirm this concern: recall the alert instead")
        fresh = selection.revision(connection, catalog, root, confirmed, marking=marking)
        if fresh is None:
            raise NothingToDo(f"alert {root.id} says what it would say today")
        if fresh.campaign_id != root.campaign_id and sharing.has_alert(connection, fresh):
            raise PolicyRefusal(
                f"its campaign was merged into {fresh.campaign_id}, which has its own alert: recall this"
            )
        sharing.revise_alert(connection, fresh)
        rows.add_notice(connection, fresh, NoticeKind.CORRECTED, at=as_of, by=by, reason=reason.strip())
        why = f"revision {fresh.revision}: {reason.strip()}"
        audit.add(connection, at=as_of, actor=by, action="alert.correct", object=root.id, reason=why)
        return fresh


def _undecided(connection: Connection, alert_id: str, content_hash: str, *, by: str) -> Alert:
    """The alert itself, not a copy of it, if this person may decide on what they read."""
    alert = approvals.known(connection, alert_id)
    root = approvals.known(connection, alert.origin) if alert.origin else alert
    approvals.may_decide(connection, root, by)
    if content_hash and content_hash != root.content_hash:
        raise PolicyRefusal("the card was changed after you opened it; read it again")
    if ids.content_digest(root.bound) != root.content_hash:
        raise PolicyRefusal(f"alert {root.id} does not match its own hash; it cannot be approved")
    if root.state is AlertState.RECALLED:
        raise NothingToDo(f"alert {root.id} was recalled")
    return root


def _approved(
    connection: Connection, settings: Settings, catalog: Catalog, root: Alert, *, by: str, at: datetime
) -> None:
    """Open the referral; where an earlier revision was told, bring its copies up to date and tell everybody."""
    ledger.begin(connection, root, by=by, as_of=at)
    corrections = [each for each in rows.notices(connection, [root.id]) if each.kind is NoticeKind.CORRECTED]
    reason = corrections[-1].reason if corrections else ""
    for each in (root, *sharing.copies_of(connection, root.id)):
        told = notices.reached(connection, each)
        if each.id != root.id:
            same = {name: getattr(root, name) for name in approvals.COPIED}
            each = approvals.bound(replace(each, **same, revision=each.revision + 1))
            sharing.revise_alert(connection, each)
        if told:
            item = notices.Item(NoticeKind.CORRECTED, each, reason)
            notices.tell(connection, settings, catalog, each.partner, [item], at=at)


def _send_urgent(store: Store, settings: Settings, catalog: Catalog, name: str, *, at: datetime) -> None:
    """What is urgent leaves at once, after the approval is stored: whatever fails here, the hourly run makes good."""
    partner = catalog.partners.get(name)
    if partner and digest.run_urgent(store, settings, partner, as_of=at):
        outbox.deliver(store, settings, as_of=at, partner=partner.id)


def _reason(reason: str, what: str) -> None:
    if len(reason.strip()) < MIN_REASON:
        raise ZoryaError(f"say in a few words {what}")


def _is_lead(connection: Connection, by: str) -> None:
    account = people.user(connection, by)
    if account is None or account["role"] != Role.LEAD:
        raise PolicyRefusal(f"{by!r} may not change alerts: that takes the open account of a lead")

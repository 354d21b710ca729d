"""The referral ledger: exactly one organisation, or the lead, is responsible for a referral at any time.

offered → accepted or declined → acted → closed. Who declines or lets an offer run out hands over, in the same
transaction, to the next organisation of the route that was approved with the alert; where none is left, another
organisation that answers for the same campaign takes it, else the lead. Nothing is ever without an owner.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts import approvals, lead_mail, links, notices, sealing, selection
from alerts.partners import Catalog, load_all
from zorya.domain import ids
from zorya.domain.referrals import (
    ACT_WITHIN,
    ANSWER_WITHIN,
    ANSWERABLE,
    ANSWERS,
    CLOSE_WITHIN,
    LEAD,
    OPINIONS,
    REMIND_BEFORE,
    Answer,
    Decline,
    Outcome,
    OutsideOpinion,
    Step,
)
from zorya.domain.runs import StageReport
from zorya.domain.sharing import Alert, AlertState, Referral, ReferralState
from zorya.errors import PolicyRefusal, QueueConflict, ZoryaError
from zorya.settings import Settings
from zorya.store import Store, audit, campaigns, partner_standing, referrals, sharing


def begin(connection: Connection, alert: Alert, *, by: str, as_of: datetime) -> None:
    """An approved alert is offered: its partner is responsible from now on."""
    referral = Referral(
        id=ids.referral_id(alert.id),
        alert_id=alert.id,
        partner=alert.partner,
        state=ReferralState.OFFERED,
        owner=alert.partner,
        due_at=as_of + ANSWER_WITHIN,
        updated_at=as_of,
    )
    referrals.open_one(connection, referral, by=by, reason="approved")


def answer(
    store: Store,
    settings: Settings,
    referral_id: str,
    said: Answer,
    *,
    speaks_for: str,
    by: str,
    as_of: datetime,
    token: str = "",
) -> Referral:
    """What the responsible organisation (or the lead) says. `token` is spent with the answer, or nothing is stored.

    Raises PolicyRefusal for an organisation that is not responsible, QueueConflict when the step is past, ZoryaError
    when the answer is not complete.
    """
    check(said)
    catalog = load_all(settings)
    with store.writing() as connection:
        referral = known(connection, referral_id)
        if referral.owner != speaks_for:
            raise PolicyRefusal("This referral is not with you.")
        if referral.state not in ANSWERS[said.step]:
            raise QueueConflict("This step is past. Look at it again.")
        if token and not referrals.use_link(connection, token, at=as_of):
            raise QueueConflict("This link was used already.")
        alert = approvals.known(connection, referral.alert_id)
        moved = _moved(connection, catalog, referral, alert, said, by=by, at=as_of)
        if moved.owner == LEAD != referral.owner:
            lead_mail.referral(connection, settings, catalog, moved, "declined", referral.owner, at=as_of)
        _keep_opinion(connection, referral, alert, said, at=as_of)
        why = " ".join(part for part in (said.code, f"now with {moved.owner}") if part)
        audit.add(connection, at=as_of, actor=by, action=f"referral.{said.step}", object=referral.id, reason=why)
        return moved


def check(said: Answer) -> None:
    """Raise ZoryaError unless the answer is complete."""
    if said.step not in ANSWERS:
        raise ZoryaError("answer accept, decline, act or close")
    if said.step is Step.DECLINE and said.code not in set(Decline):
        raise ZoryaError("say why you decline")
    if said.step is Step.ACT and len(said.note.strip()) < 4:
        raise ZoryaError("say in a few words what was done")
    if said.step is Step.CLOSE and said.code not in set(ANSWERABLE):
        raise ZoryaError("say how it ended")


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """The ledger's clock: remind owners, hand over what ran out, tell of referrals whose concern no longer stands."""
    counts = dict.fromkeys(("reminded", "handed_over", "with_lead"), 0)
    messages: list[str] = []
    catalog = load_all(settings)
    with store.reading() as connection:
        pressing = referrals.due_before(connection, as_of + REMIND_BEFORE)
    for seen in pressing:
        try:
            with store.writing() as connection:
                done = _tick(connection, settings, catalog, seen.id, at=as_of)
        except QueueConflict:
            continue  # its owner answered in this very moment
        if done:
            counts[done[0]] += 1
            messages += [done[1]] if done[1] else []
    with store.reading() as connection:
        pending = sharing.alerts_by_id(connection, [each.alert_id for each in referrals.page(connection, limit=1000)])
        standing = selection.standing(connection, pending)
        for alert in pending:
            if campaigns.resolve(connection, alert.campaign_id) not in standing:
                messages.append(f"alert {alert.id} was told and its concern is no longer in force: recall it")
    return StageReport("ledger", as_of, counts, tuple(messages))


def known(connection: Connection, referral_id: str) -> Referral:
    """A referral by id; says where to look for ids."""
    found = referrals.one(connection, referral_id)
    if found is None:
        raise ZoryaError(f"there is no referral {referral_id!r}; `zorya referral list` shows them")
    return found


def hand_over(
    connection: Connection, catalog: Catalog, referral: Referral, step: Step, *, by: str, at: datetime, **more: Any
) -> Referral:
    """Pass a referral on: next on the route, else another holder of the campaign, else the lead."""
    alert = approvals.known(connection, referral.alert_id)
    family = campaigns.family(connection, campaigns.resolve(connection, alert.campaign_id))
    held = referrals.holders(connection, family)
    offered: dict[str, Any] = {"state": ReferralState.OFFERED, "due_at": at + ANSWER_WITHIN}
    for name in alert.route:
        partner = catalog.partners.get(name)
        if name in held or partner is None or partner.spec.paused or partner_standing.is_paused(connection, name):
            continue
        if alert.marking.within(partner.spec.tlp_ceiling):
            sharing.add_alert(connection, _copy(alert, name, at=at))
            return referrals.move(connection, referral, step, at=at, by=by, owner=name, **offered, **more)
    for other in referrals.of_campaigns(connection, family):
        if other.id != referral.id and other.state is not ReferralState.CLOSED and other.owner != LEAD:
            ended = {"state": ReferralState.CLOSED, "outcome": Outcome.HELD, "owner": other.owner}
            return referrals.move(connection, referral, step, at=at, by=by, **ended, **more)
    return referrals.move(connection, referral, step, at=at, by=by, owner=LEAD, **offered, **more)


def close_recalled(connection: Connection, alert: Alert, *, by: str, at: datetime, reason: str) -> None:
    """A recalled alert asks nothing of anybody any more."""
    referral = referrals.of_alert(connection, alert.id)
    if referral and referral.state is not ReferralState.CLOSED:
        ended: dict[str, Any] = {"state": ReferralState.CLOSED, "outcome": Outcome.RECALLED}
        referrals.move(connection, referral, Step.RECALL, at=at, by=by, reason=reason, **ended)


def _moved(
    connection: Connection, catalog: Catalog, referral: Referral, alert: Alert, said: Answer, *, by: str, at: datetime
) -> Referral:
    told: dict[str, Any] = {"at": at, "by": by, "reason": said.note.strip(), "code": said.code}
    if said.step is Step.DECLINE:
        if referral.owner == LEAD:
            raise PolicyRefusal("The lead is the last who is asked: close it with an outcome instead.")
        return hand_over(connection, catalog, referral, said.step, **told)
    changes: dict[Step, dict[str, Any]] = {
        Step.ACCEPT: {"state": ReferralState.ACCEPTED, "due_at": at + ACT_WITHIN},
        Step.ACT: {"state": ReferralState.ACTED, "due_at": at + CLOSE_WITHIN},
        Step.CLOSE: {"state": ReferralState.CLOSED, "outcome": said.code},
    }
    return referrals.move(connection, referral, said.step, **told, **changes[said.step])


def _keep_opinion(connection: Connection, referral: Referral, alert: Alert, said: Answer, *, at: datetime) -> None:
    label = OPINIONS.get(said.code)
    if label is not None and referral.owner != LEAD:
        live = campaigns.resolve(connection, alert.campaign_id)
        opinion = OutsideOpinion(live, referral.owner, label, said.code, said.note.strip(), at)
        referrals.add_opinion(connection, referral.id, opinion)


def _tick(
    connection: Connection, settings: Settings, catalog: Catalog, referral_id: str, *, at: datetime
) -> tuple[str, str] | None:
    """What time does to one referral: (count, message), or None."""
    referral = known(connection, referral_id)
    if referral.state is ReferralState.CLOSED or referral.due_at >= at + REMIND_BEFORE:
        return None
    if referral.due_at > at:
        return _remind(connection, settings, catalog, referral, at=at) if referral.owner != LEAD else None
    why = f"no answer by {referral.due_at:%Y-%m-%d}"
    if referral.owner == LEAD:
        later = at + ANSWER_WITHIN
        late_one = referrals.move(connection, referral, Step.REMIND, at=at, by=sealing.ACTOR, reason=why, due_at=later)
        lead_mail.referral(connection, settings, catalog, late_one, "waits", "", at=at)
        return "reminded", f"referral {referral.id} still waits for the lead"
    if referral.state is ReferralState.OFFERED:
        moved = hand_over(connection, catalog, referral, Step.TIME_OUT, by=sealing.ACTOR, at=at, reason=why)
    else:  # accepted long ago: the lead finds out what became of it, nobody else is asked meanwhile
        late: dict[str, Any] = {"owner": LEAD, "due_at": at + ANSWER_WITHIN}
        moved = referrals.move(connection, referral, Step.TIME_OUT, at=at, by=sealing.ACTOR, reason=why, **late)
    reason = f"{why}; from {referral.owner} to {moved.owner}"
    audit.add(connection, at=at, actor=sealing.ACTOR, action="referral.time_out", object=referral.id, reason=reason)
    if moved.owner == LEAD:
        lead_mail.referral(connection, settings, catalog, moved, "timed_out", referral.owner, at=at)
        return "with_lead", f"referral {referral.id} is with the lead: {why} from {referral.owner}"
    return "handed_over", ""


def _remind(
    connection: Connection, settings: Settings, catalog: Catalog, referral: Referral, *, at: datetime
) -> tuple[str, str] | None:
    if referral.reminded == referral.version:
        return None
    alert = told_alert(connection, referral)
    if alert is None or not notices.reached(connection, alert):
        return None  # nothing has reached the owner yet
    link = links.link(connection, settings, referral)
    item = notices.Item("reminder", alert, "", referral.due_at, link)
    missed = notices.tell(connection, settings, catalog, referral.owner, [item], at=at)
    referrals.remind(connection, referral, at=at, by=sealing.ACTOR, reason=missed or "by mail")
    return "reminded", missed or ""


def told_alert(connection: Connection, referral: Referral) -> Alert | None:
    """The alert that the responsible organisation reads: the first, or the copy that was handed to it."""
    root = sharing.alert(connection, referral.alert_id)
    copies = sharing.copies_of(connection, referral.alert_id)
    return next((each for each in (root, *copies) if each and each.partner == referral.owner), None)


def _copy(alert: Alert, partner: str, *, at: datetime) -> Alert:
    """The same card for the next organisation; it rests on the approval of the first."""
    made = replace(
        alert,
        id=ids.alert_id(partner, alert.campaign_id, alert.verdict_ids),
        partner=partner,
        origin=alert.id,
        route=(),
        revision=1,
        created_at=at,
        state=AlertState.APPROVED,
    )
    return approvals.bound(made)

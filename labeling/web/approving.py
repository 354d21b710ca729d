"""Four eyes: what waits for a lead's approval, the card as its partner will read it, recall and correction."""

from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web.gate import Call, refused
from labeling.web.speech import N_
from zorya.domain.partner_desk import PartnerDesk
from zorya.domain.sharing import Act, AlertState
from zorya.errors import ZoryaError
from zorya.store import approvals, audit, referrals, sharing

LISTED = 50
STATES = {
    AlertState.WAITING: N_("Waiting"),
    AlertState.APPROVED: N_("Approved, in the next digest"),
    AlertState.TOLD: N_("Sent"),
    AlertState.SENT_BACK: N_("Sent back"),
    AlertState.RECALLED: N_("Recalled"),
}
SAID = {
    "approve": N_("Approved. It leaves with the partner's next digest, an urgent one at once."),
    "send_back": N_("Sent back. It does not leave."),
    "recall": N_("Recalled. Everybody who had it is being told."),
    "correct": N_("The card was made anew and waits for an approval."),
}


def waiting(call: Call) -> Response:
    """Alerts of one state, oldest first, a page at a time."""
    asked = call.request.query_params
    state = AlertState(asked["state"]) if asked.get("state") in set(AlertState) else AlertState.WAITING
    with call.app.store.reading() as connection:
        found = sharing.alerts_in(connection, state, after=cursor(asked.get("after", "")), limit=LISTED + 1)
    rows, last = found[:LISTED], found[LISTED - 1] if len(found) > LISTED else None
    said = SAID.get(asked.get("said", ""), "")
    more = f"{last.created_at.isoformat()}~{last.id}" if last else ""
    return call.page("approvals.html", rows=rows, state=state, states=STATES, more=more, said=said)


def show(call: Call) -> Response:
    """One card as its partner will read it, and who has decided on it before."""
    return _page(call)


def decide(call: Call) -> Response:
    """Approve, send back, recall or correct; only what the person has read."""
    desk, alert, act = desk_of(call), call.request.path_params["alert"], call.text("act", 20)
    reason, by = " ".join(call.text("reason", 500).split()), call.person.name
    try:
        if act in set(Act):
            seen = call.text("content_hash", 64) or "-"
            desk.decide(alert, Act(act), by=by, at=call.now, reason=reason, content_hash=seen)
        elif act == "recall":
            _told, missed = desk.recall(alert, by=by, at=call.now, reason=reason)
            if missed:
                return _page(call, status=200, error="; ".join(missed))
        elif act == "correct":
            desk.correct(alert, by=by, at=call.now, reason=reason)
        else:
            raise HTTPException(400)
    except ZoryaError as exc:
        return _page(call, status=409, error=sentence(exc))
    return call.go(f"/approvals?said={act}")


def _page(call: Call, *, status: int = 200, error: str = "") -> Response:
    desk, name = desk_of(call), call.request.path_params["alert"]
    with call.app.store.reading() as connection:
        alert = sharing.alert(connection, name)
    if alert is None:
        raise HTTPException(404)
    try:
        reading = desk.reading(name, at=call.now)
    except ZoryaError as exc:
        return refused(call, 409, sentence(exc))
    with call.app.store.writing() as connection:
        root = alert.origin or alert.id
        context: dict[str, Any] = {
            "history": approvals.history(connection, root),
            "notices": approvals.notices(connection, [alert.id]),
            "involved": call.person.name in approvals.judges(connection, alert),
            "referral": referrals.of_alert(connection, root),
        }
        audit.add(connection, at=call.now, actor=call.person.name, action="alert.view", object=alert.id)
    return call.page(
        "approval.html", status=status, reading=reading, alert=alert, states=STATES, error=error, **context
    )


def desk_of(call: Call) -> PartnerDesk:
    """The desk, where this server has one."""
    if call.app.partner_desk is None:
        raise HTTPException(404)
    return call.app.partner_desk


def sentence(exc: Exception) -> str:
    """An error as a sentence."""
    text = str(exc)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def cursor(text: str) -> tuple[datetime, str] | None:
    """`MOMENT~ID` of an address; None where it is none."""
    moment, _, name = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, name[:40]) if at.tzinfo else None

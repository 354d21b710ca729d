"""Deconfliction as partners and leads see it: ask who else holds a contact, one's own entries, reports of abuse.

What is typed stands in no address, no log and on no page: it is read, made a token and forgotten.
"""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web import contact_lookup
from labeling.web.approving import desk_of, sentence
from labeling.web.gate import Call
from labeling.web.speech import N_
from zorya.domain.deconfliction import AlarmKind, Reply
from zorya.domain.reviews import Role
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.store import audit, deconfliction, referrals

KINDS = {
    AlarmKind.PLANTED: N_("asked about a contact that nobody holds: it may be trying numbers out"),
    AlarmKind.CUT_OFF: N_("used up its lookups of a day"),
}
SAID = {
    "withdrawn": N_("The entry is withdrawn. Nobody finds it any more."),
    "seen": N_("Noted that you looked into it."),
}


def show(call: Call) -> Response:
    """The form and one's entries; for leads what was reported and who asked how often today."""
    return _page(call)


def ask(call: Call) -> Response:
    """Ask, or ask and register; the answer stands on the page that comes back."""
    partner, act = _partner(call), call.text("act", 20)
    if act not in {"ask", "register"}:
        raise HTTPException(400)
    desk = desk_of(call).deconfliction
    try:
        contact = contact_lookup.certain(call.text("contact", 200))
        who: dict[str, Any] = {"by": call.person.name, "at": call.now}
        if act == "ask":
            return _page(call, reply=desk.ask(partner, contact, **who))
        reply = desk.register(partner, contact, reference=call.text("reference", 60), **who)
        return _page(call, reply=reply, registered=True)
    except PolicyRefusal as exc:
        return _page(call, status=429, error=sentence(exc))
    except ZoryaError as exc:
        return _page(call, status=422, error=sentence(exc))


def withdraw(call: Call) -> Response:
    """Take an entry of one's own organisation back."""
    number = call.request.path_params["entry"]
    desk = desk_of(call).deconfliction
    if not number.isdecimal() or len(number) > 9:
        raise HTTPException(404)
    if not desk.withdraw(_partner(call), int(number), by=call.person.name, at=call.now):
        raise HTTPException(404)
    return call.go("/deconflict?said=withdrawn")


def see(call: Call) -> Response:
    """A lead has looked into a report."""
    number = call.request.path_params["alarm"]
    with call.app.store.writing() as connection:
        is_open = number.isdecimal() and len(number) < 10
        if not is_open or not deconfliction.close_alarm(connection, int(number), by=call.person.name, at=call.now):
            raise HTTPException(404)
        audit.add(connection, at=call.now, actor=call.person.name, action="deconflict.seen", object=number)
    return call.go("/deconflict?said=seen")


def _partner(call: Call) -> str:
    """The organisation that an account speaks for."""
    with call.app.store.reading() as connection:
        partner = referrals.partner_of(connection, call.person.name)
    if partner is None:
        raise HTTPException(403)
    return partner


def _page(
    call: Call, *, status: int = 200, error: str = "", reply: Reply | None = None, registered: bool = False
) -> Response:
    said = SAID.get(call.request.query_params.get("said", ""), "")
    shown: dict[str, Any] = {"error": error, "reply": reply, "registered": registered, "said": said, "kinds": KINDS}
    if call.person.role is Role.LEAD:
        with call.app.store.reading() as connection:
            shown |= {"alarms": deconfliction.open_alarms(connection)}
            shown |= {"asked": deconfliction.asked_on(connection, call.now)}
        return call.page("deconflict.html", status=status, lead=True, partner="", **shown)
    with call.app.store.reading() as connection:
        partner = referrals.partner_of(connection, call.person.name) or ""
        shown["entries"] = deconfliction.held_by(connection, partner, at=call.now)
    shown["matches"] = desk_of(call).deconfliction.matches(partner, at=call.now) if partner else []
    limits = call.app.settings.deconfliction
    return call.page("deconflict.html", status=status, lead=False, partner=partner, limits=limits, **shown)

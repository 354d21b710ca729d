"""Referrals as partners and leads see them: one's own, the four answers, and the one-time links of mails.

Nothing happens on GET: mail programs open links by themselves. For the same reason a link's page is not logged as seen.
"""

from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web.approving import cursor, desk_of, sentence
from labeling.web.gate import Call, refused
from labeling.web.speech import N_
from zorya.domain.referrals import ANSWERABLE, ANSWERS, LEAD, Answer, Decline, Outcome, Step
from zorya.domain.reviews import Role
from zorya.domain.sharing import Referral, ReferralState
from zorya.errors import ZoryaError
from zorya.store import referrals, sharing

LISTED = 50
STATES = {
    ReferralState.OFFERED: N_("Offered"),
    ReferralState.ACCEPTED: N_("Accepted"),
    ReferralState.ACTED: N_("Acted on"),
    ReferralState.CLOSED: N_("Closed"),
}
STEPS = {
    Step.OFFER: N_("Offered"),
    Step.ACCEPT: N_("Accepted"),
    Step.DECLINE: N_("Declined"),
    Step.ACT: N_("Acted on"),
    Step.CLOSE: N_("Closed"),
    Step.REMIND: N_("Reminded"),
    Step.TIME_OUT: N_("Not answered in time"),
    Step.HAND_OVER: N_("Handed over"),
    Step.RECALL: N_("Recalled"),
}
DECLINES = {
    Decline.NOT_OURS: N_("Not our field or region"),
    Decline.NO_CAPACITY: N_("We cannot take it now"),
    Decline.KNOWN: N_("Known to us already"),
    Decline.UNFOUNDED: N_("We see no concern"),
}
OUTCOMES = {
    Outcome.CONFIRMED: N_("The concern was confirmed"),
    Outcome.OTHER_HARM: N_("Another harm: fraud, money mules, sale of papers"),
    Outcome.UNFOUNDED: N_("There was no concern"),
    Outcome.UNKNOWN: N_("It could not be found out"),
    Outcome.HELD: N_("Another organisation answers for this campaign"),
    Outcome.RECALLED: N_("Recalled"),
}
SAID = {
    "accept": N_("Accepted. You are responsible until you close it."),
    "decline": N_("Declined. The next organisation is asked."),
    "act": N_("Noted what you did."),
    "close": N_("Closed. Thank you: what you found out helps the next review."),
}


def overview(call: Call) -> Response:
    """A partner's own referrals; a lead's all of them. The most pressing first, a page at a time."""
    asked = call.request.query_params
    is_open = asked.get("state") != "closed"
    with call.app.store.reading() as connection:
        owner = _speaks_for(call, connection)
        seen: dict[str, Any] = {"owner": None if owner == LEAD else owner, "is_open": is_open, "limit": LISTED + 1}
        found = referrals.page(connection, after=cursor(asked.get("after", "")), **seen) if owner else []
        told = {alert.id: alert for alert in sharing.alerts_by_id(connection, [each.alert_id for each in found])}
    last = found[LISTED - 1] if len(found) > LISTED else None
    return call.page(
        "referrals.html",
        rows=found[:LISTED],
        told=told,
        more=f"{last.due_at.isoformat()}~{last.id}" if last else "",
        owner=owner,
        is_open=is_open,
        states=STATES,
        outcomes=OUTCOMES,
        lead=LEAD,
        said=SAID.get(asked.get("said", ""), ""),
    )


def show(call: Call) -> Response:
    """One referral: the card, its history and the answers that may be given now."""
    with call.app.store.reading() as connection:
        referral, speaks_for = _own(call, connection)
    call.log("referral.view", referral.id)
    return _page(call, referral, speaks_for)


def answer(call: Call) -> Response:
    """Store an answer of the organisation of this account, or of the lead."""
    with call.app.store.reading() as connection:
        referral, speaks_for = _own(call, connection)
    said = _said(call)
    try:
        desk_of(call).answer(referral.id, said, speaks_for=speaks_for, by=call.person.name, at=call.now)
    except ZoryaError as exc:
        return _page(call, referral, speaks_for, status=409, error=sentence(exc))
    return call.go(f"/referrals?said={said.step}")


def show_link(call: Call) -> Response:
    """What a one-time link of a mail opens. Reads only."""
    referral = _of_link(call)
    return _link_page(call, referral) if referral else _spent(call)


def answer_link(call: Call) -> Response:
    """The answer of who holds the link; the link is spent, the next step has its own."""
    referral, said = _of_link(call), _said(call)
    if referral is None:
        return _spent(call)
    token, who = call.request.path_params["token"], referral.owner
    try:
        following = desk_of(call).answer(referral.id, said, speaks_for=who, by=f"{who}: link", at=call.now, token=token)
    except ZoryaError as exc:
        return _link_page(call, referral, status=409, error=sentence(exc))
    if following:
        return call.go(f"/answers/{following}?said={said.step}")
    language = desk_of(call).reading_for(referral.id, at=call.now).language
    return replace(call, language=language).page("message.html", title=N_("Thank you"), message=SAID[said.step])


def _of_link(call: Call) -> Referral | None:
    with call.app.store.reading() as connection:
        return referrals.by_link(connection, str(call.request.path_params["token"])[:100], at=call.now)


def _spent(call: Call) -> Response:
    message = N_("This link was used or has run out. The newest mail about the alert holds one that works.")
    return refused(call, 410, message)


def _link_page(call: Call, referral: Referral, *, status: int = 200, error: str = "") -> Response:
    reading = desk_of(call).reading_for(referral.id, at=call.now)
    spoken = replace(call, language=reading.language)
    said = SAID.get(call.request.query_params.get("said", ""), "")
    return spoken.page("answer.html", status=status, reading=reading, error=error, said=said, **_words(referral))


def _page(call: Call, referral: Referral, speaks_for: str, *, status: int = 200, error: str = "") -> Response:
    try:
        reading = desk_of(call).reading_for(referral.id, at=call.now)
    except ZoryaError as exc:
        return refused(call, 409, sentence(exc))
    with call.app.store.reading() as connection:
        lines = referrals.history(connection, referral.id)
    if speaks_for != LEAD:  # another organisation's reasons are its own
        lines = [line for line in lines if speaks_for in {line.from_owner, line.to_owner}]
    mine = referral.owner == speaks_for and referral.state is not ReferralState.CLOSED
    return call.page(
        "referral.html",
        status=status,
        reading=reading,
        lines=lines,
        steps=STEPS,
        mine=mine,
        lead=LEAD,
        error=error,
        **_words(referral),
    )


def _words(referral: Referral) -> dict[str, Any]:
    may = {step for step, states in ANSWERS.items() if referral.state in states}
    if referral.owner == LEAD:
        may -= {Step.DECLINE}
    answerable = {code: OUTCOMES[code] for code in ANSWERABLE}
    words = {"states": STATES, "declines": DECLINES, "outcomes": OUTCOMES, "answerable": answerable}
    return {"referral": referral, "answers": {step.value for step in may}} | words


def _said(call: Call) -> Answer:
    step = call.text("step", 20)
    if step not in {each.value for each in ANSWERS}:
        raise HTTPException(400)
    return Answer(Step(step), call.text("code", 20), " ".join(call.text("note", 1000).split()))


def _speaks_for(call: Call, connection: Any) -> str:
    """The organisation of the account; the lead for leads; empty for a partner account nobody has assigned."""
    if call.person.role is Role.LEAD:
        return LEAD
    return referrals.partner_of(connection, call.person.name) or ""


def _own(call: Call, connection: Any) -> tuple[Referral, str]:
    """The referral of the address, if it is this person's to see; not found otherwise."""
    speaks_for = _speaks_for(call, connection)
    referral = referrals.one(connection, str(call.request.path_params["referral"])[:40])
    if referral is None or not speaks_for or speaks_for not in {LEAD, referral.owner}:
        raise HTTPException(404)
    return referral, speaks_for

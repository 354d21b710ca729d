"""Accounts as whoever runs Zorya sees them: who may come in, who is in, and how to end that at once."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web.gate import Call
from labeling.web.speech import N_
from zorya.store import audit, people, second_factors

SAID = {
    "ended": N_("Every session of that person has ended."),
    "closed": N_("The account is closed, and its sessions have ended."),
    "opened": N_("The account is open again."),
    "reset": N_("The second factor is gone, and every session of that person has ended."),
}


def overview(call: Call) -> Response:
    """Every account with its role and its sessions in force."""
    return _page(call, said=SAID.get(call.request.query_params.get("said", ""), ""))


def end_sessions(call: Call) -> Response:
    """Log a person out everywhere, at once."""
    name = _account(call)
    with call.app.store.writing() as connection:
        people.end_sessions(connection, name, at=call.now)
        audit.add(connection, at=call.now, actor=call.person.name, action="user.sessions", object=name)
    return call.go("/people?said=ended")


def close(call: Call) -> Response:
    """Close an account; its sessions end with it. Nobody closes their own: somebody must be left to open it."""
    name, reason = _account(call), " ".join(call.text("reason", 300).split())
    if name == call.person.name:
        return _page(call, status=409, error=N_("You cannot close your own account."))
    if not reason:
        return _page(call, status=422, error=N_("Say in a few words why the account is closed; it is logged."))
    with call.app.store.writing() as connection:
        people.set_disabled(connection, name, at=call.now)
        people.end_sessions(connection, name, at=call.now)
        audit.add(connection, at=call.now, actor=call.person.name, action="user.close", object=name, reason=reason)
    return call.go("/people?said=closed")


def reopen(call: Call) -> Response:
    """Open a closed account again."""
    name = _account(call)
    with call.app.store.writing() as connection:
        people.set_disabled(connection, name, at=None)
        audit.add(connection, at=call.now, actor=call.person.name, action="user.open", object=name)
    return call.go("/people?said=opened")


def reset_second_factor(call: Call) -> Response:
    """Forget a lost second factor, with a reason. Nobody resets their own: that would make the factor worthless."""
    name, reason = _account(call), " ".join(call.text("reason", 300).split())
    if name == call.person.name:
        return _page(call, status=409, error=N_("You cannot reset your own second factor; another administrator can."))
    if not reason:
        return _page(call, status=422, error=N_("Say why the second factor is reset; it is logged."))
    with call.app.store.writing() as connection:
        second_factors.drop(connection, name)
        people.end_sessions(connection, name, at=call.now)
        entry = {"actor": call.person.name, "action": "second-factor.reset", "object": name, "reason": reason}
        audit.add(connection, at=call.now, **entry)
    return call.go("/people?said=reset")


def _account(call: Call) -> str:
    name = str(call.request.path_params["name"])
    with call.app.store.reading() as connection:
        if all(row["name"] != name for row in people.all_users(connection)):
            raise HTTPException(404)
    return name


def _page(call: Call, *, status: int = 200, said: str = "", error: str = "") -> Response:
    with call.app.store.reading() as connection:
        rows, sessions = people.all_users(connection), people.open_sessions(connection, at=call.now)
        holders = second_factors.holders(connection)
    shown = {"rows": rows, "sessions": sessions, "holders": holders}
    return call.page("people.html", status=status, said=said, error=error, **shown)

"""What was done by whom: the audit log, and which model was in use when. Read only; looking is logged too."""

from starlette.responses import Response

from labeling.web.gate import Call
from labeling.web.speech import N_
from zorya.store import audit, promotions

LISTED = 100
ACT_WORDS = {
    "first": N_("Put in use as the first of its name"),
    "promote": N_("Put in use"),
    "rollback": N_("Put in use again"),
}


def log(call: Call) -> Response:
    """Entries of the audit log, newest first; whether the chain holds where it is asked for."""
    asked = call.request.query_params
    actor, action = asked.get("actor", "").strip()[:80], asked.get("action", "").strip()[:60]
    before = int(asked["before"]) if asked.get("before", "").isdecimal() and len(asked["before"]) < 13 else None
    with call.app.store.writing() as connection:
        found = audit.page(connection, before=before, actor=actor, action=action, limit=LISTED + 1)
        check = asked.get("check") == "1"
        bad = audit.first_bad(connection) if check else None
        narrowed = ", ".join(part for part in (actor, action) if part)
        audit.add(connection, at=call.now, actor=call.person.name, action="audit.view", object=narrowed or "all")
    more = found[LISTED - 1]["seq"] if len(found) > LISTED else None
    return call.page(
        "audit.html", rows=found[:LISTED], actor=actor, action=action, more=more, checked=check, first_bad=bad
    )


def models(call: Call) -> Response:
    """Who put which model in use, when and why."""
    with call.app.store.reading() as connection:
        acts = promotions.latest(connection, LISTED)
    newest = {act.name: act for act in reversed(acts)}
    return call.page(
        "models.html", acts=acts, in_use=sorted(newest.values(), key=lambda act: act.name), words=ACT_WORDS
    )

"""What was done by whom: the audit log; which model was in use when, and its card. Read only; who looks at the log is
logged too."""

import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web.gate import Call
from labeling.web.speech import N_
from zorya.store import audit, promotions

LISTED = 100
_REFERENCE = re.compile(r"[a-z0-9._-]{1,64}@[a-z0-9._-]{1,64}")
CHECKED = 500
"""So many entries are checked on the page; `zorya audit verify` reads the whole chain."""
ACT_WORDS = {
    "first": N_("Put in use as the first of its name"),
    "promote": N_("Put in use"),
    "rollback": N_("Put in use again"),
}
SECTION_WORDS = {
    "purpose": N_("What it is for"),
    "not_for": N_("What it is not for"),
    "data": N_("What it learnt from"),
    "recipe": N_("How it learnt"),
    "figures": N_("Figures, with 95 % intervals"),
    "weaknesses": N_("Where it is weak"),
    "false_alarms": N_("False alarms on ordinary ads"),
    "bias_audit": N_("Bias audit"),
    "limits": N_("Limits"),
    "contact": N_("Whom to ask"),
}
"""Sections of a card, by name."""


def log(call: Call) -> Response:
    """Entries of the audit log, newest first; whether the chain of the newest holds, where it is asked for."""
    asked = call.request.query_params
    actor, action = asked.get("actor", "").strip()[:80], asked.get("action", "").strip()[:60]
    before = int(asked["before"]) if asked.get("before", "").isdecimal() and len(asked["before"]) < 13 else None
    with call.app.store.reading() as connection:
        found = audit.page(connection, before=before, actor=actor, action=action, limit=LISTED + 1)
        check = asked.get("check") == "1"
        bad = audit.first_bad(connection, newest=CHECKED) if check else None
    with call.app.store.writing() as connection:
        narrowed = ", ".join(part for part in (actor, action) if part)
        audit.add(connection, at=call.now, actor=call.person.name, action="audit.view", object=narrowed or "all")
    more = found[LISTED - 1]["seq"] if len(found) > LISTED else None
    told: dict[str, Any] = {
        "actor": actor,
        "action": action,
        "more": more,
        "checked": CHECKED if check else 0,
        "first_bad": bad,
    }
    return call.page("audit.html", rows=found[:LISTED], **told)


def models(call: Call) -> Response:
    """Who put which model in use, when and why; and what serves although nobody chose it."""
    with call.app.store.reading() as connection:
        acts = promotions.latest(connection, LISTED)
    newest = {act.name: act for act in reversed(acts)}
    serving = call.app.shelf.in_use() if call.app.shelf else ()
    return call.page(
        "models.html",
        acts=acts,
        in_use=sorted(newest.values(), key=lambda act: act.name),
        unchosen=[each for each in serving if each.partition("@")[0] not in newest],
        words=ACT_WORDS,
    )


def model(call: Call) -> Response:
    """What one model was: its card, and when it was in use."""
    reference = call.request.path_params["model"]
    if not _REFERENCE.fullmatch(reference):
        raise HTTPException(404)
    card = call.app.shelf.card(reference) if call.app.shelf else None
    with call.app.store.reading() as connection:
        acts = [act for act in promotions.latest(connection, LISTED) if f"{act.name}@{act.became}" == reference]
    return call.page("model.html", reference=reference, card=card, acts=acts, words=ACT_WORDS, sections=SECTION_WORDS)

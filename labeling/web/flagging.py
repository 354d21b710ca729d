"""Flags for a lead: a reviewer asks one to look, a lead answers. A flag is no verdict, and holds no task."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web import casefile, filters, reviewing
from labeling.web.gate import Call
from labeling.web.speech import N_
from zorya.errors import NothingToDo
from zorya.store import audit, campaigns, lead_flags, overview

LISTED = 50
MIN_WORDS = 4


def raise_flag(call: Call) -> Response:
    """Ask a lead to look at the campaign of a task, and say what at."""
    task, words = reviewing.task_of(call), _words(call)
    if not words:
        return reviewing.page(call, task, status=422, error=N_("Say in a few words what a lead should look at."))
    with call.app.store.writing() as connection:
        campaign = campaigns.resolve(connection, task.campaign_id)
        number = lead_flags.raise_flag(connection, campaign, words, by=call.person.name, at=call.now)
        audit.add(connection, at=call.now, actor=call.person.name, action="flag", object=f"{campaign} {number}")
    return call.go(f"/tasks/{task.id}?{filters.of_query(call.request.query_params).as_query('said=flagged')}")


def waiting(call: Call) -> Response:
    """Flags without an answer, oldest first."""
    return _page(call)


def answer(call: Call) -> Response:
    """Answer a flag; who raised it reads the answer on the campaign's page."""
    number = call.request.path_params["flag"]
    words = _words(call)
    if not words:
        return _page(call, status=422, error=N_("Write an answer in a few words."))
    try:
        with call.app.store.writing() as connection:
            flag = lead_flags.flag(connection, int(number)) if number.isdecimal() and len(number) < 10 else None
            if flag is None:
                raise HTTPException(404)
            lead_flags.answer(connection, flag, words, by=call.person.name, at=call.now)
            audit.add(connection, at=call.now, actor=call.person.name, action="flag.answer", object=number)
    except NothingToDo:
        return _page(call, status=409, error=N_("Somebody has answered this flag already."))
    return call.go("/flags?said=answered")


def _words(call: Call) -> str:
    words = " ".join(call.text("words", 1000).split())
    return words if len(words) >= MIN_WORDS else ""


def _page(call: Call, *, status: int = 200, error: str = "") -> Response:
    after = call.request.query_params.get("after", "")
    last = int(after) if after.isdecimal() and len(after) < 10 else 0
    with call.app.store.reading() as connection:
        found = lead_flags.waiting(connection, limit=LISTED + 1, after=last)
        live = {flag.seq: campaigns.resolve(connection, flag.campaign_id) for flag in found}
        views = overview.campaign_views(connection, set(live.values()))
        titles = casefile.titles_of(connection, views.values())
    call.log("flags.view", "all")
    return call.page(
        "flags.html",
        status=status,
        rows=[(flag, live[flag.seq], titles.get(live[flag.seq], live[flag.seq])) for flag in found[:LISTED]],
        more=found[LISTED - 1].seq if len(found) > LISTED else None,
        said=N_("Answered.") if call.request.query_params.get("said") == "answered" else "",
        error=error,
    )

"""Same advertiser? Two campaigns side by side, answered with y, n or u; the next open question follows."""

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.web import campaign_desk, casefile
from labeling.web.gate import Call
from labeling.web.speech import N_
from zorya.store import answers, change_log, overview, proposals
from zorya.store.change_log import Change
from zorya.store.proposals import Answer, Proposal

LISTED = 25
ANSWERS = (
    ("same", Answer.SAME, N_("Same advertiser"), N_("both become one campaign")),
    ("different", Answer.DIFFERENT, N_("Different"), N_("they stay apart, and are not asked about again")),
    ("undecided", Answer.UNSURE, N_("Unsure"), N_("nothing changes; somebody may know more later")),
)
SAID = {
    Answer.SAME: N_("Merged: one advertiser."),
    Answer.DIFFERENT: N_("Noted: different advertisers."),
    Answer.UNSURE: N_("Noted: unsure."),
}


def waiting(call: Call) -> Response:
    """Open questions, the weightiest first; that they were looked at is logged."""
    with call.app.store.reading() as connection:
        last = _number(call.request.query_params.get("after", ""))
        after = proposals.proposal(connection, last) if last else None
        found = proposals.listing(connection, limit=LISTED + 1, after=after)
        shown = found[:LISTED]
        names = [name for each in shown for name in (each.one_campaign, each.other_campaign)]
        views = overview.campaign_views(connection, names)
        titles = casefile.titles_of(connection, views.values())
        undoable = _undoable(connection, _carried(call))
    call.log("proposals.view", str(last) if last else "all")
    more = shown[-1].seq if len(found) > LISTED else None
    said = N_("Nothing is left to compare.") if call.request.query_params.get("said") == "empty" else ""
    return call.page(
        "proposals.html", proposals=shown, titles=titles, views=views, more=more, said=said, undoable=undoable
    )


def go_next(call: Call) -> Response:
    """To the weightiest open question; back to the list when there is none."""
    with call.app.store.reading() as connection:
        found = proposals.listing(connection, limit=1)
    if not found:
        query = "&".join(f"{name}={value}" for name, value in _carried(call).items() if name == "change")
        return call.go("/proposals?said=empty" + (f"&{query}" if query else ""))
    query = "&".join(f"{name}={value}" for name, value in _carried(call).items())
    return call.go(f"/proposals/{found[0].seq}" + (f"?{query}" if query else ""))


def show(call: Call) -> Response:
    """Both campaigns, opened at the two ads whose tie suggests it."""
    return _page(call, _proposal(call))


def answer(call: Call) -> Response:
    """Store the answer and go to the next question."""
    asked, given = _proposal(call), call.text("answer", 20)
    if given not in set(Answer):
        return _page(call, asked, status=422, error=N_("Answer with Y, N or U."))
    reason = " ".join(call.text("reason", 300).split())
    try:
        with call.app.store.writing() as connection:
            change = answers.decide(
                connection, asked.seq, Answer(given), at=call.now, by=call.person.name, reason=reason
            )
    except campaign_desk.REFUSALS as exc:
        return _page(call, _proposal(call), status=409, error=str(exc))
    return call.go(f"/proposals/next?said={given}" + (f"&change={change.seq}" if change else ""))


def _carried(call: Call) -> dict[str, str]:
    """What the last answer was, for the next page to say and to offer to take back."""
    asked = call.request.query_params
    carried = {"said": asked.get("said", "")} if asked.get("said") in {*Answer, "undone"} else {}
    change = _number(asked.get("change", ""))
    return carried | ({"change": str(change)} if change else {})


def _undoable(connection: Connection, carried: dict[str, str]) -> Change | None:
    """The change the last answer led to, while it is in force."""
    change = change_log.change(connection, int(carried["change"])) if "change" in carried else None
    return change if change and change.in_force else None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 13 else None


def _proposal(call: Call) -> Proposal:
    number = _number(call.request.path_params["proposal"])
    with call.app.store.reading() as connection:
        found = proposals.proposal(connection, number) if number else None
    if found is None:
        raise HTTPException(404)
    return found


def _page(call: Call, asked: Proposal, *, status: int = 200, error: str = "") -> Response:
    carried = _carried(call)
    said = N_("Taken back.") if carried.get("said") == "undone" else SAID.get(carried.get("said", ""), "")  # type: ignore[call-overload]
    with call.app.store.reading() as connection:
        sides = []
        for campaign, posting in ((asked.one_campaign, asked.one), (asked.other_campaign, asked.other)):
            case = casefile.open_case(connection, campaign, posting_id=posting, spoken=call.speech)
            if case is None:
                raise HTTPException(404)
            sides.append((case, campaign_desk.about(connection, case, call.speech)))
        undoable = _undoable(connection, carried)
    call.log("ad.view", *(case.ad.version_id for case, _ in sides))
    return call.page(
        "compare.html",
        status=status,
        asked=asked,
        sides=sides,
        answers=ANSWERS,
        undoable=undoable,
        said=said,
        error=error,
    )

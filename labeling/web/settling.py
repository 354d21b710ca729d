"""Disagreements of blind second looks, and the page where a lead who judged neither gives the last word."""

from starlette.responses import Response

from labeling import adjudication
from labeling.adjudication import SecondLook
from labeling.queue import Decision, VerdictRefused
from labeling.web import casefile
from labeling.web.approving import cursor
from labeling.web.gate import Call, refused
from labeling.web.reviewing import SEVERITIES
from labeling.web.speech import N_
from labeling.web.wording import LABEL_WORDS
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import VerdictLabel
from zorya.errors import NothingToDo, QueueConflict
from zorya.store import overview

LABELS = tuple(label for label in VerdictLabel if label is not VerdictLabel.UNSURE)
NOTHING = N_("Nothing to settle here: people agree about this campaign, or somebody has settled it.")


def waiting(call: Call) -> Response:
    """What waits for a last word, newest first: titles alone, so that who may still be the third reader stays blind."""
    after = cursor(call.request.query_params.get("after", ""))
    with call.app.store.reading() as connection:
        found = adjudication.waiting(connection, call.app.settings, after=after)
        views = overview.campaign_views(connection, [name for _, name in found.places])
        titles = casefile.titles_of(connection, views.values())
    call.log("disagreements.view", "all")
    more = f"{found.after[0].isoformat()}~{found.after[1]}" if found.after else ""
    said = N_("Settled.") if call.request.query_params.get("said") == "settled" else ""
    return call.page("disagreements.html", places=found.places, titles=titles, more=more, said=said)


def show(call: Call) -> Response:
    """Both words with their reasons, and the form of the last one."""
    return _page(call)


def decide(call: Call) -> Response:
    """Store the last word; a refused one keeps what was typed."""
    try:
        decision = _decision(call)
        campaign = call.request.path_params["campaign"]
        adjudication.adjudicate(call.app.store, call.app.settings, call.person.name, campaign, decision, as_of=call.now)
    except VerdictRefused as exc:
        return _page(call, status=422, error=str(exc))
    except QueueConflict as exc:
        return _page(call, status=409, error=str(exc))
    except NothingToDo:
        return refused(call, 409, NOTHING)
    return call.go("/agreement/open?said=settled")


def _decision(call: Call) -> Decision:
    given, severity = call.text("label", 20), call.text("severity", 1)
    if given not in LABELS:
        raise VerdictRefused("Choose a verdict first.")
    is_concern = given == VerdictLabel.CONCERN
    return Decision(
        label=VerdictLabel(given),
        patterns=call.texts("pattern") if is_concern else (),
        severity=int(severity) if is_concern and severity in {"1", "2", "3"} else None,
        rationale=" ".join(call.text("reason", 2000).split()),
    )


def _page(call: Call, *, status: int = 200, error: str = "") -> Response:
    name = call.request.path_params["campaign"]
    try:
        with call.app.store.reading() as connection:
            look = adjudication.disagreement(connection, call.app.settings, name)
            views = overview.campaign_views(connection, [look.campaign_id])
            titles = casefile.titles_of(connection, views.values())
    except NothingToDo:
        return refused(call, 404, NOTHING)
    call.log("disagreement.view", look.campaign_id)
    return call.page(
        "disagreement.html",
        status=status,
        look=look,
        title=titles.get(look.campaign_id, look.campaign_id),
        involved=any(word.analyst == call.person.name for word in look.words),
        labels=[(label.value, LABEL_WORDS[label]) for label in LABELS],
        severities=[(number, words) for number, _, words in SEVERITIES],
        patterns=(*PATTERNS, *MODIFIERS),
        given=_given(call, look),
        error=error,
    )


def _given(call: Call, look: SecondLook) -> dict[str, object]:
    """What the form starts with: what was sent, else patterns and severity of those who saw the concern."""
    if call.request.method == "POST":
        fields = {name: call.text(name, 2000) for name in ("label", "severity", "reason")}
        return {**fields, "patterns": call.texts("pattern")}
    concerns = [word for word in look.words if word.label is VerdictLabel.CONCERN]
    highest = max((word.severity or 1 for word in concerns), default=1)
    named = {pattern for word in concerns for pattern in word.patterns}
    return {"label": "", "severity": str(highest), "reason": "", "patterns": named}

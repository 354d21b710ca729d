"""The review page and what can be done on it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling import queue
from labeling.web import casefile, filters
from labeling.web.gate import SKIP_COOKIE, Call
from labeling.web.speech import N_
from labeling.web.wording import LABEL_HINTS, LABEL_WORDS
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import Task, Verdict, VerdictLabel
from zorya.errors import QueueConflict
from zorya.store import audit, campaigns, overview, reviews

PATTERN_KEYS = dict(zip((*PATTERNS, *MODIFIERS), "QWERTAD", strict=True))
SAID = {
    "saved": N_("Saved. Backspace takes it back."),
    "undone": N_("Taken back. The task is yours again."),
    "nothing": N_("There is no decision of yours to take back."),
    "released": N_("Given back to the queue."),
    "taken": N_("Reserved for you."),
}
SKIPS_KEPT, SKIP_SECONDS = 20, 3600
MIN_REVEAL_REASON = 8


def go_next(call: Call) -> Response:
    """To the next item reserved for this person; given-back ones come last."""
    wanted = filters.of_query(call.request.query_params)
    among = filters.tasks_matching(call, wanted) if wanted.any() else None
    skip = _skipped(call)
    find = {"as_of": call.now, "among": among}
    task = queue.next_task(call.app.store, call.app.settings, call.person.name, skip=skip, **find)  # type: ignore[arg-type]
    if task is None and skip:
        task = queue.next_task(call.app.store, call.app.settings, call.person.name, **find)  # type: ignore[arg-type]
    if task is None:
        return call.go(f"/queue?{wanted.as_query('said=empty')}")
    said = call.request.query_params.get("said", "")
    extra = f"said={said}" if said in SAID else ""
    query = wanted.as_query(extra)
    return call.go(f"/tasks/{task.id}" + (f"?{query}" if query else ""))


def show(call: Call) -> Response:
    """The review page; looking at one's own task renews the reservation."""
    task = _task(call)
    if _is_mine(call, task) and task.done_at is None:
        task = queue.take(call.app.store, call.app.settings, call.person.name, task.id, as_of=call.now)
    return _page(call, task, said=SAID.get(call.request.query_params.get("said", ""), ""))


def take(call: Call) -> Response:
    """Reserve this very task."""
    try:
        task = queue.take(call.app.store, call.app.settings, call.person.name, _task(call).id, as_of=call.now)
    except QueueConflict as exc:
        return _page(call, _task(call), status=409, error=str(exc))
    return call.go(f"/tasks/{task.id}?said=taken")


def decide(call: Call) -> Response:
    """Store the verdict and go straight to the next item."""
    task = _task(call)
    try:
        decision = _decision(call)
        queue.submit(call.app.store, call.app.settings, call.person.name, task.id, decision, as_of=call.now)
    except queue.VerdictRefused as exc:
        return _page(call, task, status=422, error=str(exc))
    except QueueConflict as exc:
        return _again(call, task, str(exc))
    query = filters.of_query(call.request.query_params).as_query("said=saved")
    return call.go(f"/queue/next?{query}")


def give_back(call: Call) -> Response:
    """Skip without a reason: the task returns to the queue and comes last for this person."""
    task = _task(call)
    queue.release(call.app.store, call.person.name, task.id, as_of=call.now)
    query = filters.of_query(call.request.query_params).as_query("said=released")
    response = call.go(f"/queue/next?{query}")
    kept = [*(name for name in _skipped(call) if name != task.id), task.id][-SKIPS_KEPT:]
    response.set_cookie(
        SKIP_COOKIE,
        ".".join(kept),
        max_age=SKIP_SECONDS,
        path="/",
        httponly=True,
        samesite="strict",
        secure=call.is_secure(),
    )
    return response


def take_back(call: Call) -> Response:
    """Undo the last decision, or the named one of the last ten."""
    verdict = call.text("verdict", 40) or None
    task = queue.undo(call.app.store, call.app.settings, call.person.name, as_of=call.now, verdict_id=verdict)
    return call.go(f"/tasks/{task.id}?said=undone" if task else "/?said=nothing")


def reveal(call: Call) -> Response:
    """Show the contacts of one ad, once, to who holds the task and says why; the reason is logged first."""
    task, reason = _task(call), " ".join(call.text("reason", 300).split())
    if not _is_mine(call, task):
        return _page(call, task, status=403, error=N_("Contacts are shown to the person who holds the task."))
    if len(reason) < MIN_REVEAL_REASON:
        return _page(call, task, status=422, error=N_("Say in a few words why you need the contacts; it is logged."))
    return _page(
        call, task, reveal_for=reason, said=N_("Contacts are shown on this page until you leave it. This was logged.")
    )


def _task(call: Call) -> Task:
    with call.app.store.reading() as connection:
        task = reviews.task(connection, call.request.path_params["task"])
    if task is None:
        raise HTTPException(404)
    return task


def _is_mine(call: Call, task: Task) -> bool:
    return task.owner == call.person.name and task.lease_until is not None and task.lease_until > call.now


def _again(call: Call, task: Task, why: str) -> Response:
    """A refused submit keeps what was typed, and reserves the task anew where it is still free."""
    try:
        task = queue.take(call.app.store, call.app.settings, call.person.name, task.id, as_of=call.now)
    except QueueConflict:
        return _page(call, _task(call), status=409, error=why)
    again = call.say("It is reserved for you again: check, and send once more.")
    return _page(call, task, status=409, error=f"{call.say(why)} {again}")


def _decision(call: Call) -> queue.Decision:
    given = call.text("label", 20)
    if given not in set(VerdictLabel):
        raise queue.VerdictRefused("Choose a verdict first: keys 1 to 5.")
    label = VerdictLabel(given)
    severity = call.text("severity", 1)
    is_concern = label is VerdictLabel.CONCERN
    return queue.Decision(
        label=label,
        patterns=call.texts("pattern"),
        severity=int(severity) if is_concern and severity in {"1", "2", "3"} else None,
        indicators=tuple(code[:80] for code in call.texts("indicator")),
        rationale=call.text("rationale"),
    )


def _skipped(call: Call) -> list[str]:
    return [name for name in call.request.cookies.get(SKIP_COOKIE, "").split(".") if name.startswith("t-")][:SKIPS_KEPT]


def _page(
    call: Call, task: Task, *, status: int = 200, said: str = "", error: str = "", reveal_for: str = ""
) -> Response:
    wanted = filters.of_query(call.request.query_params)
    chosen = call.text("ad", 40) or call.request.query_params.get("ad")
    with call.app.store.writing() as connection:
        campaign = campaigns.resolve(connection, task.campaign_id)
        case = casefile.open_case(connection, campaign, posting_id=chosen, reveal=bool(reveal_for), spoken=call.speech)
        if case is None:
            raise HTTPException(404)
        seen = {"at": call.now, "actor": call.person.name, "object": case.ad.version_id}
        audit.add(connection, action="ad.view", **seen)  # type: ignore[arg-type]
        if reveal_for:
            audit.add(connection, action="contact.reveal", reason=reveal_for, **seen)  # type: ignore[arg-type]
        context = _surroundings(connection, call, campaign)
    return call.page(
        "review.html",
        status=status,
        task=task,
        case=case,
        mine=_is_mine(call, task) and task.done_at is None,
        given=call.form,
        chosen_patterns=call.texts("pattern"),
        chosen_indicators=call.texts("indicator"),
        said=said,
        error=error,
        revealed=bool(reveal_for),
        filter_query=wanted.as_query(),
        pattern_keys=PATTERN_KEYS,
        modifiers=MODIFIERS,
        labels=[(n, v.value, LABEL_WORDS[v], LABEL_HINTS[v]) for n, v in enumerate(VerdictLabel, 1)],
        **context,
    )


def _surroundings(connection: Connection, call: Call, campaign: str) -> dict[str, Any]:
    """Progress, one's last decisions, and the others' — only after one's own."""
    name = call.person.name
    words = reviews.verdicts_in_force(connection, overview.family(connection, campaign))
    own = [verdict for verdict in words if verdict.analyst == name]
    return {
        "own": own,
        "others": [verdict for verdict in words if verdict.analyst != name] if own else [],
        "recent": recent_decisions(connection, name),
        "decided_today": decided_today(connection, call),
        "open_now": reviews.counts(connection, at=call.now)["open"],
    }


def recent_decisions(connection: Connection, name: str) -> list[tuple[Verdict, str]]:
    """The last ten decisions in force with the campaign's title."""
    recent = reviews.verdicts_by(connection, name, limit=queue.UNDOABLE)
    return [(verdict, title) for verdict, title in zip(recent, _titles(connection, recent), strict=True)]


def decided_today(connection: Connection, call: Call) -> int:
    """How many decisions of this person stand since midnight UTC."""
    midnight = call.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return sum(v.decided_at >= midnight for v in reviews.verdicts_by(connection, call.person.name, limit=500))


def _titles(connection: Connection, verdicts: Collection[Verdict]) -> list[str]:
    live = [campaigns.resolve(connection, verdict.campaign_id) for verdict in verdicts]
    views = overview.campaign_views(connection, live)
    return [casefile.title_of(connection, views[c].version_id, views[c].title) if c in views else c for c in live]

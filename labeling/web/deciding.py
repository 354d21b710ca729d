"""What is done on the review page: decide, give back, take back, reveal."""

from starlette.responses import Response

from labeling import dismissal, queue
from labeling.web import ahead, filters, reviewing
from labeling.web.gate import SKIP_COOKIE, Call
from labeling.web.reviewing import MIN_REVEAL_REASON, SKIPS_KEPT, is_mine, page, skipped, task_of
from labeling.web.speech import N_
from zorya.domain.reviews import Task, TaskReason, VerdictLabel
from zorya.errors import QueueConflict
from zorya.store import campaigns

SKIP_SECONDS = 3600

QUICK = frozenset({VerdictLabel.NO_CONCERN, VerdictLabel.UNSURE})
"""Verdicts that one key gives: an ordinary ad, and the doubt that a second person settles. Never a concern."""


def decide(call: Call) -> Response:
    """Store the verdict and go straight to the next item; `shown` names the card that stands there already."""
    task = task_of(call)
    try:
        decision = _decision(call)
        queue.submit(call.app.store, call.app.settings, call.person.name, task.id, decision, as_of=call.now)
    except queue.VerdictRefused as exc:
        return page(call, task, status=422, error=str(exc))
    except QueueConflict as exc:
        return _again(call, task, str(exc))
    if shown := call.text("shown", 40):
        return ahead.arrive(call, shown)
    return call.go(reviewing.next_address(call, "saved"))


def give_back(call: Call) -> Response:
    """Skip without a reason: the task returns to the queue and comes last for this person."""
    task = task_of(call)
    queue.release(call.app.store, call.person.name, task.id, as_of=call.now)
    query = filters.of_query(call.request.query_params).as_query("said=released")
    response = call.go(f"/queue/next?{query}")
    kept = [*(name for name in skipped(call) if name != task.id), task.id][-SKIPS_KEPT:]
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
    if task and task.reason is TaskReason.ADJUDICATION:
        return call.go(f"/agreement/open/{task.campaign_id}")
    return call.go(f"/tasks/{task.id}?said=undone" if task else "/?said=nothing")


def reveal(call: Call) -> Response:
    """Show the contacts of one ad, once, to who holds the task and says why; the reason is logged first."""
    task, reason = task_of(call), " ".join(call.text("reason", 300).split())
    if not is_mine(call, task):
        return page(call, task, status=403, error=N_("Contacts are shown to the person who holds the task."))
    if len(reason) < MIN_REVEAL_REASON:
        return page(call, task, status=422, error=N_("Say in a few words why you need the contacts; it is logged."))
    return page(
        call, task, reveal_for=reason, said=N_("Contacts are shown on this page until you leave it. This was logged.")
    )


def dismiss_twins(call: Call) -> Response:
    """Judge the ticked near-duplicates of a campaign that one has judged ordinary; each can be taken back by itself."""
    task = task_of(call)
    with call.app.store.reading() as connection:
        campaign = campaigns.resolve(connection, task.campaign_id)
    number = dismissal.dismiss(
        call.app.store, call.app.settings, call.person.name, campaign, call.texts("twin"), as_of=call.now
    )
    return call.go(f"/queue/next?said={'dismissed' if number else 'none_dismissed'}")


def _again(call: Call, task: Task, why: str) -> Response:
    """A refused submit keeps what was typed, and reserves the task anew where it is still free."""
    try:
        task = queue.take(call.app.store, call.app.settings, call.person.name, task.id, as_of=call.now)
    except QueueConflict:
        return page(call, reviewing.task_of(call), status=409, error=why)
    again = call.say("It is reserved for you again: check, and send once more.")
    return page(call, task, status=409, error=f"{call.say(why)} {again}")


def _decision(call: Call) -> queue.Decision:
    """The verdict of the form. One given by a key alone takes the note along and no patterns."""
    quick = call.text("quick", 20)
    if quick in QUICK:
        return queue.Decision(label=VerdictLabel(quick), rationale=call.text("rationale"))
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
        ads=_set_apart(call),
    )


def _set_apart(call: Call) -> tuple[tuple[str, VerdictLabel], ...]:
    """Ads of the form that are something else than the campaign."""
    given = {name[3:]: value for name, value in call.form.items() if name.startswith("ad.") and isinstance(value, str)}
    return tuple((posting, VerdictLabel(label)) for posting, label in given.items() if label in set(VerdictLabel))

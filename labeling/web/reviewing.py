"""The review page: the next task, what is known of it, and its reservation. What is decided there is `deciding`."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling import dismissal, queue
from labeling.dismissal import Twin
from labeling.web import caring, casefile, filters
from labeling.web.gate import SKIP_COOKIE, Call
from labeling.web.policy import LEADS
from labeling.web.speech import N_
from labeling.web.wording import LABEL_HINTS, LABEL_WORDS
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import Task, Verdict, VerdictLabel
from zorya.errors import QueueConflict
from zorya.store import campaigns, lead_flags, overview, reviews, waiting
from zorya.store.lead_flags import Flag

SAID = {
    "saved": N_("Saved."),
    "undone": N_("Taken back. The task is yours again."),
    "nothing": N_("There is no decision of yours to take back."),
    "released": N_("Given back to the queue."),
    "taken": N_("Reserved for you."),
    "extended": N_("Reserved for you again, from now on."),
    "flagged": N_("A lead will look at it. Judge or skip it as you like."),
    "dismissed": N_("Dismissed. Each can be taken back by itself."),
    "none_dismissed": N_("Nothing was dismissed."),
}
SEVERITIES = ((1, "severity_low", N_("low")), (2, "severity_medium", N_("medium")), (3, "severity_high", N_("high")))
SKIPS_KEPT = 20
FRESH = timedelta(minutes=1)
"""A reservation that was made within so long is not renewed."""
MIN_REVEAL_REASON = 8


def go_next(call: Call) -> Response:
    """To the next item reserved for this person."""
    return call.go(next_address(call, call.request.query_params.get("said", "")))


def next_address(call: Call, said: str) -> str:
    """Reserves the next item for this person and says where it is; given-back ones come last. `said` is a key of SAID,
    what the page there shall say."""
    wanted = filters.of_query(call.request.query_params)
    find = {"as_of": call.now, "narrowed": filters.narrowing(call, wanted)}
    if not caring.goes_on(call):
        return "/day/end"
    skip = skipped(call)
    task = queue.next_task(call.app.store, call.app.settings, call.person.name, skip=skip, **find)  # type: ignore[arg-type]
    if task is None and skip:
        task = queue.next_task(call.app.store, call.app.settings, call.person.name, **find)  # type: ignore[arg-type]
    if task is None:
        return f"/queue?{wanted.as_query('said=finished' if said == 'saved' else 'said=empty')}"
    query = wanted.as_query(f"said={said}" if said in SAID else "")
    return f"/tasks/{task.id}" + (f"?{query}" if query else "")


def show(call: Call) -> Response:
    """The review page; looking at one's own task renews the reservation, unless it is fresh: no wait for the disk."""
    task = task_of(call)
    lease = timedelta(minutes=call.app.settings.review.lease_minutes)
    is_fresh = task.lease_until is not None and task.lease_until > call.now + lease - FRESH
    if is_mine(call, task) and task.done_at is None and not is_fresh:
        task = queue.take(call.app.store, call.app.settings, call.person.name, task.id, as_of=call.now)
    return page(call, task, said=SAID.get(call.request.query_params.get("said", ""), ""))


def take(call: Call) -> Response:
    """Reserve this very task."""
    return _reserve(call, "taken")


def extend(call: Call) -> Response:
    """Hold this task for longer; one that has run out is reserved anew where nobody else took it."""
    return _reserve(call, "extended")


def task_of(call: Call) -> Task:
    """The task of the address; 404 when there is none."""
    with call.app.store.reading() as connection:
        task = reviews.task(connection, call.request.path_params["task"])
    if task is None:
        raise HTTPException(404)
    return task


def is_mine(call: Call, task: Task) -> bool:
    """Whether the person holds the task at this moment."""
    return task.owner == call.person.name and task.lease_until is not None and task.lease_until > call.now


def skipped(call: Call) -> list[str]:
    """Tasks this person gave back within the last hour, oldest first."""
    return [name for name in call.request.cookies.get(SKIP_COOKIE, "").split(".") if name.startswith("t-")][:SKIPS_KEPT]


def page(
    call: Call,
    task: Task,
    *,
    status: int = 200,
    said: str = "",
    error: str = "",
    reveal_for: str = "",
    ahead: int = 0,
) -> Response:
    """The review page of a task; that its ad was looked at, and its contacts revealed for a reason, is logged.

    `ahead`: decisions that come before it is shown; until then it was handed over, not looked at.
    """
    chosen = None if ahead else call.text("ad", 40) or call.request.query_params.get("ad")
    with call.app.store.reading() as connection:
        campaign = campaigns.resolve(connection, task.campaign_id)
        case = casefile.open_case(connection, campaign, posting_id=chosen, reveal=bool(reveal_for), spoken=call.speech)
        if case is None:
            raise HTTPException(404)
        context = _surroundings(connection, call, campaign, said) | caring.surroundings(connection, call, case)
        given = _taken_back(reviews.last_word(connection, task.id, call.person.name))
    log_ad(call, case.ad.version_id, "ad.ahead" if ahead else "ad.view", reveal_for=reveal_for)
    mine = is_mine(call, task) and task.done_at is None
    return call.page(
        "review.html",
        status=status,
        task=task,
        case=case,
        mine=mine,
        seconds_left=_seconds_left(task, call.now) if mine else None,
        given=_typed(call) if call.form and not ahead else given,
        said=said,
        error=error,
        revealed=bool(reveal_for),
        translates=call.app.translators.pair_for(case.ad.language, call.speech.code) is not None,
        filter_query=filters.of_query(call.request.query_params).as_query(),
        **_ANSWERS,
        **context | {"decided_today": context["decided_today"] + ahead},
    )


_ANSWERS = {
    "patterns": (*PATTERNS, *MODIFIERS),
    "severities": SEVERITIES,
    "labels": [(label.value, LABEL_WORDS[label], LABEL_HINTS[label]) for label in VerdictLabel],
}
"""What a reviewer may answer with, as the page offers it."""


def log_ad(call: Call, version: str, action: str = "ad.view", *, reveal_for: str = "") -> None:
    """Note that this wording is shown, with its contacts where there is a reason to reveal them."""
    call.log(action, version)
    if reveal_for:
        call.log("contact.reveal", version, reason=reveal_for)


@dataclass(frozen=True, slots=True)
class Given:
    """What the form holds when it is drawn: what was typed, or the decision that was taken back to be changed."""

    label: str = ""
    severity: str = ""
    patterns: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    rationale: str = ""
    ads: dict[str, str] = field(default_factory=dict)


def _typed(call: Call) -> Given:
    return Given(
        call.text("label"),
        call.text("severity", 1),
        call.texts("pattern"),
        call.texts("indicator"),
        call.text("rationale"),
        {name[3:]: value for name, value in call.form.items() if name.startswith("ad.") and isinstance(value, str)},
    )


def _taken_back(last: Verdict | None) -> Given:
    if last is None or not last.withdrawn:
        return Given()
    apart = {posting: label.value for posting, label in last.ads}
    return Given(last.label, str(last.severity or ""), last.patterns, last.indicators, last.rationale, apart)


def _reserve(call: Call, said: str) -> Response:
    task = task_of(call)
    try:
        task = queue.take(call.app.store, call.app.settings, call.person.name, task.id, as_of=call.now)
    except QueueConflict as exc:
        return page(call, task, status=409, error=str(exc))
    query = filters.of_query(call.request.query_params).as_query(f"said={said}")
    ad = call.text("ad", 40)
    return call.go(f"/tasks/{task.id}?{query}" + (f"&ad={ad}" if ad.isprintable() and ad.startswith("p-") else ""))


def _seconds_left(task: Task, now: datetime) -> int:
    """How long the reservation holds from now on."""
    return int((task.lease_until - now).total_seconds()) if task.lease_until else 0


def _surroundings(connection: Connection, call: Call, campaign: str, said: str) -> dict[str, Any]:
    """Progress, one's last decisions and the one just saved, and the others' — only after one's own."""
    name = call.person.name
    words = reviews.verdicts_in_force(connection, campaigns.family(connection, campaign))
    own = [verdict for verdict in words if verdict.analyst == name]
    recent = recent_decisions(connection, name)
    saved = recent[0] if said == SAID["saved"] and recent else None
    return {
        "own": own,
        "saved": saved,
        "to_dismiss": to_dismiss(connection, call, saved[0]) if saved else 0,
        "others": [verdict for verdict in words if verdict.analyst != name] if own else [],
        "recent": recent,
        "twins": _twins(connection, call, campaign),
        "flags": flags_for(connection, call, campaign, decided=bool(own)),
        "decided_today": decided_today(connection, call),
        "open_now": waiting.number_open(connection),
    }


def flags_for(connection: Connection, call: Call, campaign: str, *, decided: bool) -> list[Flag]:
    """Flags of a campaign: one's own, and all to a lead and to who has decided (a flag tells what somebody thinks)."""
    found = lead_flags.of_campaigns(connection, campaigns.family(connection, campaign))
    see_all = decided or call.person.role in LEADS
    return [flag for flag in found if see_all or flag.actor == call.person.name]


def _twins(connection: Connection, call: Call, campaign: str) -> list[tuple[Twin, str]]:
    """Near-duplicates that may be dismissed with a campaign one judged ordinary, each with its title."""
    found = dismissal.twins(connection, call.person.name, campaign, at=call.now)
    return [(twin, casefile.title_of(connection, twin.view.version_id, twin.view.title)) for twin in found]


def to_dismiss(connection: Connection, call: Call, saved: Verdict) -> int:
    """How many waiting campaigns read nearly like one that was just judged ordinary."""
    if saved.label is not VerdictLabel.NO_CONCERN:
        return 0
    return len(dismissal.twins(connection, call.person.name, saved.campaign_id, at=call.now))


def recent_decisions(connection: Connection, name: str) -> list[tuple[Verdict, str]]:
    """The last ten decisions in force with the campaign's title."""
    recent = reviews.verdicts_by(connection, name, limit=queue.UNDOABLE)
    return [(verdict, title) for verdict, title in zip(recent, _titles(connection, recent), strict=True)]


def decided_today(connection: Connection, call: Call) -> int:
    """How many decisions of this person stand since midnight UTC."""
    midnight = call.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return reviews.number_by(connection, call.person.name, since=midnight)


def _titles(connection: Connection, verdicts: Collection[Verdict]) -> list[str]:
    live = campaigns.resolve_all(connection, {verdict.campaign_id for verdict in verdicts})
    titles = casefile.titles_of(connection, overview.campaign_views(connection, set(live.values())).values())
    return [titles.get(live[verdict.campaign_id], live[verdict.campaign_id]) for verdict in verdicts]

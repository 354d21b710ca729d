"""The queue: reserve, decide, take back, give back. Every change is one transaction with its audit entry.

A first `concern`, an `unsure`, a sentinel that a person finds harmful and a share of all other answers
(`labeling/queue_mix.yml`) go to a second person, blind; a concern that the second does not share goes to a third.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from labeling.queue_mix import SecondLook, lot, mix_of
from zorya.domain import ids
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.errors import QueueConflict, ZoryaError
from zorya.settings import Settings
from zorya.store import Store, audit, campaigns, reviews, waiting

LAST_ROUND = 3
UNDOABLE = 10
_HARM = frozenset({VerdictLabel.CONCERN, VerdictLabel.OTHER_HARM})


class VerdictRefused(ZoryaError):
    """The decision is incomplete or contradicts itself; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person says about one campaign, before it is stored."""

    label: VerdictLabel
    patterns: tuple[str, ...] = ()
    severity: int | None = None
    indicators: tuple[str, ...] = ()
    rationale: str = ""
    ads: tuple[tuple[str, VerdictLabel], ...] = ()
    """Ads that are something else than their campaign, as (posting, label)."""


def next_task(
    store: Store,
    settings: Settings,
    analyst: str,
    *,
    as_of: datetime,
    narrowed: Mapping[str, str] | None = None,
    skip: Collection[str] = (),
) -> Task | None:
    """Reserve the next task: the one already held, else the most pressing free one (of those `narrowed` to a reason,
    language or band; not of `skip`)."""
    until = as_of + timedelta(minutes=settings.review.lease_minutes)
    passed = set(skip)
    with store.writing() as connection:
        while True:
            conditions = waiting.narrowing(narrowed, passed)
            task = reviews.lease(connection, analyst, at=as_of, until=until, narrowed=conditions)
            if task is None or not _has_judged(connection, analyst, task.campaign_id):
                return task
            reviews.release(connection, task.id, analyst)  # judged as another campaign, which this one was merged with
            passed.add(task.id)


def take(store: Store, settings: Settings, analyst: str, task_id: str, *, as_of: datetime) -> Task:
    """Reserve one named task, or renew one's reservation; QueueConflict when that cannot be."""
    until = as_of + timedelta(minutes=settings.review.lease_minutes)
    with store.writing() as connection:
        task = reviews.lease(connection, analyst, at=as_of, until=until, task_id=task_id)
    if task is None:
        raise QueueConflict("This task is with somebody else, is finished, or you have judged its campaign already.")
    return task


def submit(
    store: Store, settings: Settings, analyst: str, task_id: str, decision: Decision, *, as_of: datetime
) -> Verdict:
    """Store a decision on a task that the analyst holds; QueueConflict when the reservation is gone."""
    check(decision)
    with store.writing() as connection:
        task = reviews.task(connection, task_id)
        if task is None:
            raise QueueConflict(f"There is no task {task_id}.")
        campaign = campaigns.resolve(connection, task.campaign_id)
        kin = campaigns.family(connection, campaign)
        differing = _differing(connection, campaign, decision)
        if _has_judged(connection, analyst, campaign):
            raise QueueConflict("You have already judged this campaign; undo that decision first.")
        if not reviews.close(connection, task_id, analyst, at=as_of):
            raise QueueConflict("Your reservation of this task has run out, or somebody else holds it.")
        verdict = Verdict(
            id=_fresh_id(connection, task_id, analyst, as_of),
            task_id=task_id,
            campaign_id=campaign,
            analyst=analyst,
            label=decision.label,
            decided_at=as_of,
            patterns=tuple(name for name in (*PATTERNS, *MODIFIERS) if name in decision.patterns),
            severity=decision.severity,
            indicators=tuple(sorted(set(decision.indicators))),
            rationale=decision.rationale.strip(),
            ads=differing,
        )
        reviews.add_verdict(connection, verdict)
        audit.add(connection, at=as_of, actor=analyst, action="verdict", object=verdict.id, reason=str(decision.label))
        _ask_another(connection, task, campaign, kin, mix_of(settings).second_look, at=as_of)
    return verdict


def check(decision: Decision) -> None:
    """Raise VerdictRefused unless the decision is complete."""
    unknown = set(decision.patterns) - {*PATTERNS, *MODIFIERS}
    if unknown:
        raise VerdictRefused(f"Unknown pattern: {', '.join(sorted(unknown))}.")
    if decision.label is VerdictLabel.CONCERN:
        if decision.severity not in {1, 2, 3}:
            raise VerdictRefused("A concern needs a severity: 1 low, 2 medium or 3 high.")
        if not set(decision.patterns) & set(PATTERNS):
            raise VerdictRefused("A concern needs at least one pattern, so that it reaches the right partner.")
    elif decision.severity is not None:
        raise VerdictRefused("Severity is only given with a concern.")


def _differing(connection: Connection, campaign: str, decision: Decision) -> tuple[tuple[str, VerdictLabel], ...]:
    """The ads that a decision sets apart, in the order of their ids; VerdictRefused where that makes no sense."""
    apart = {posting: label for posting, label in decision.ads if label is not decision.label}
    if not apart:
        return ()
    if VerdictLabel.UNSURE in {decision.label, *apart.values()}:
        raise VerdictRefused("Who is unsure sets no ad apart: choose a verdict first, or leave all ads as they are.")
    homes = campaigns.of_postings(connection, apart)
    if any(homes.get(posting) != campaign for posting in apart):
        raise VerdictRefused("An ad that was set apart is in another campaign by now: look at the list again.")
    if len(campaigns.members(connection, campaign, limit=len(apart) + 1)) == len(apart):
        raise VerdictRefused("Every ad was set apart from the campaign: change the verdict instead.")
    return tuple(sorted(apart.items()))


def undo(
    store: Store, settings: Settings, analyst: str, *, as_of: datetime, verdict_id: str | None = None
) -> Task | None:
    """Take back one's last decision (or one of the last ten) and reserve its task again (of an adjudication there is
    nothing to reserve); None when there is none."""
    with store.writing() as connection:
        recent = reviews.verdicts_by(connection, analyst, limit=UNDOABLE)
        old = next((verdict for verdict in recent if verdict_id in {None, verdict.id}), None)
        if old is None:
            return None
        at = max(as_of, old.decided_at)
        withdrawal = replace(
            old,
            id=_fresh_id(connection, old.task_id, analyst, at),
            decided_at=at,
            supersedes=old.id,
            withdrawn=True,
        )
        reviews.add_verdict(connection, withdrawal)
        audit.add(connection, at=as_of, actor=analyst, action="verdict.undo", object=old.id)
        task = reviews.task(connection, old.task_id)
        if task is not None and task.reason is TaskReason.ADJUDICATION:
            return task  # open to be settled anew; its round is for nobody to read blind
        until = as_of + timedelta(minutes=settings.review.lease_minutes)
        reviews.reopen(connection, old.task_id, analyst, until=until)
        task = reviews.task(connection, old.task_id)
        if task is not None:
            _drop_unread_rounds(connection, task, at=as_of)
        return task


def release(store: Store, analyst: str, task_id: str, *, as_of: datetime, actor: str | None = None) -> bool:
    """Give a held task back; False when the analyst does not hold it."""
    with store.writing() as connection:
        given = reviews.release(connection, task_id, analyst)
        if given:
            audit.add(connection, at=as_of, actor=actor or analyst, action="task.release", object=task_id)
        return given


def stats(store: Store, *, as_of: datetime) -> dict[str, Any]:
    """Numbers of the queue for the command line, everything counted: open, held, done, by reason, age of the oldest,
    verdicts, confirmed, split. Pages show `zorya.store.waiting`'s numbers, which cost the same whatever is stored."""
    with store.reading() as connection:
        numbers: dict[str, Any] = dict(reviews.counts(connection, at=as_of))
        reasons = reviews.counts_by_reason(connection)
        oldest = waiting.oldest(connection)
        verdicts = reviews.verdicts_in_force(connection)
        confirmed = reviews.confirmed_campaigns(connection)
        merged = campaigns.merges(connection)
    by_campaign: dict[str, dict[str, Verdict]] = {}
    for verdict in verdicts:
        live = merged.get(verdict.campaign_id, verdict.campaign_id)
        by_campaign.setdefault(live, {})[verdict.analyst] = verdict
    numbers["reasons"] = {reason.value: reasons.get(reason, 0) for reason in TaskReason}
    numbers["oldest_hours"] = round((as_of - oldest).total_seconds() / 3600, 1) if oldest else None
    numbers["verdicts"] = {label.value: 0 for label in VerdictLabel} | Counter(v.label.value for v in verdicts)
    numbers["confirmed"] = len(confirmed)
    numbers["split"] = sum(_is_split(list(words.values())) for words in by_campaign.values())
    return numbers


def _has_judged(connection: Connection, analyst: str, campaign: str) -> bool:
    kin = campaigns.family(connection, campaigns.resolve(connection, campaign))
    return any(verdict.analyst == analyst for verdict in reviews.verdicts_in_force(connection, kin))


def _fresh_id(connection: Connection, task_id: str, analyst: str, at: datetime) -> str:
    """Id of a decision; two by one person on one task at one moment differ by a microsecond in their id."""
    while True:
        name = ids.verdict_id(task_id, analyst, at)
        if reviews.verdict(connection, name) is None:
            return name
        at += timedelta(microseconds=1)


def _ask_another(
    connection: Connection, task: Task, campaign: str, kin: Sequence[str], mix: SecondLook, *, at: datetime
) -> None:
    """Queue the next blind round where one is needed; nobody who has decided can be given it."""
    words = list({v.analyst: v for v in reviews.verdicts_in_force(connection, kin)}.values())
    rounds = [t for name in kin for t in reviews.tasks_of_campaign(connection, name)]
    first = next((t for t in rounds if t.round == 1), task)
    drawn = lot("second look", first.campaign_id) < mix.share
    if any(t.done_at is None for t in rounds) or not _needs_another(words, first.reason, drawn=drawn):
        return  # somebody is on the way already, or nobody is needed
    answered = {t.round for t in rounds if t.id in {v.task_id for v in words}}
    number = next((n for n in range(2, LAST_ROUND + 1) if n not in answered), None)
    if number is None:
        return
    pressing = first.priority + (0.5 if any(v.label in _HARM for v in words) else 0.0)
    again = Task(ids.task_id(campaign, number), campaign, number, TaskReason.SECOND_REVIEW, round(pressing, 6), at)
    reviews.requeue(connection, replace(again, language=first.language, band=first.band))


def _needs_another(words: Sequence[Verdict], reason: TaskReason, *, drawn: bool) -> bool:
    labels = [verdict.label for verdict in words]
    if len(labels) == 1:
        doubted = labels[0] in {VerdictLabel.CONCERN, VerdictLabel.UNSURE}
        return doubted or drawn or (reason is TaskReason.SENTINEL and labels[0] in _HARM)
    return labels.count(VerdictLabel.CONCERN) == 1  # one against one, or one beside an unsure: a third person


def _is_split(words: Sequence[Verdict]) -> bool:
    labels = {verdict.label for verdict in words} - {VerdictLabel.UNSURE}
    return len(labels) > 1


def _drop_unread_rounds(connection: Connection, task: Task, *, at: datetime) -> None:
    """Close later rounds that nobody holds or has answered: their cause was taken back."""
    campaign = campaigns.resolve(connection, task.campaign_id)
    for name in {campaign, task.campaign_id}:
        for later in reviews.tasks_of_campaign(connection, name):
            held = later.owner is not None and later.lease_until is not None and later.lease_until > at
            if later.round > task.round and later.done_at is None and not held:
                reviews.drop_task(connection, later.id, at=at)

"""Settling what two blind people disagree about: a lead who judged neither reads both words and gives the last one.

The lead's verdict is one more in the append-only table, on a round of its own with the reason *adjudication*; what is
exported and learnt of the campaign follows it (`labeling.snapshots.decided`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from labeling.queue import LAST_ROUND, Decision, VerdictRefused, check
from zorya.domain import ids
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.errors import NothingToDo, QueueConflict
from zorya.settings import Settings
from zorya.store import Store, audit, campaigns, reviews, second_looks
from zorya.store.second_looks import Place

LISTED = 25
"""Disagreements of one page."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A live campaign and the blind verdicts in force on it, each person's last one, oldest first."""

    campaign_id: str
    words: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Disagreements from a place on, the newest first; `after` is where to go on."""

    places: tuple[Place, ...]
    after: Place | None


def waiting(connection: Connection, settings: Settings, *, after: Place | None = None) -> Page:
    """What a lead has to settle."""
    enough = settings.review.concern_analysts
    found = second_looks.disagreements(connection, concern_analysts=enough, limit=LISTED + 1, before=after)
    return Page(tuple(found[:LISTED]), found[LISTED - 1] if len(found) > LISTED else None)


def disagreement(connection: Connection, settings: Settings, campaign_id: str) -> SecondLook:
    """What was answered to a campaign about which people disagree, which no third one tipped and nobody has settled;
    NothingToDo where there is no such disagreement (any more)."""
    live = campaigns.resolve(connection, campaign_id)
    given = reviews.verdicts_in_force(connection, campaigns.family(connection, live))
    settling = second_looks.adjudications(connection, {word.task_id for word in given})
    words = {word.analyst: word for word in given if word.task_id not in settling}
    below = None if settling else second_looks.open_below(word.label for word in words.values())
    if below is None or below > settings.review.concern_analysts:
        raise NothingToDo(f"{campaign_id}: people agree about this campaign, or somebody has settled it")
    return SecondLook(live, tuple(words.values()))


def adjudicate(
    store: Store, settings: Settings, lead: str, campaign_id: str, decision: Decision, *, as_of: datetime
) -> Verdict:
    """Store a lead's last word on a disagreement, logged; nobody is asked for a third look any more.

    VerdictRefused without a reason or a clear answer; QueueConflict for who judged the campaign, or while a third
    person reads it; NothingToDo where nothing is open.
    """
    check(decision)
    if decision.label is VerdictLabel.UNSURE:
        raise VerdictRefused("The last word cannot be unsure: choose a verdict.")
    if not decision.rationale.strip():
        raise VerdictRefused("Say why: both people read it.")
    with store.writing() as connection:
        campaigns.lock(connection)
        look = disagreement(connection, settings, campaign_id)
        kin = campaigns.family(connection, look.campaign_id)
        if any(word.analyst == lead for word in reviews.verdicts_in_force(connection, kin)):
            raise QueueConflict("You judged this campaign: another lead must settle it.")
        rounds = [task for name in kin for task in reviews.tasks_of_campaign(connection, name)]
        _call_off(connection, rounds, at=as_of)
        verdict = _last_word(connection, look.campaign_id, rounds, lead, decision, at=as_of)
        said = f"{decision.label}: {decision.rationale.strip()}"
        audit.add(connection, at=as_of, actor=lead, action="verdict.adjudicate", object=verdict.id, reason=said)
    return verdict


def _call_off(connection: Connection, rounds: list[Task], *, at: datetime) -> None:
    for task in (task for task in rounds if task.done_at is None):
        if task.owner is not None and task.lease_until is not None and task.lease_until > at:
            raise QueueConflict("A third person reads this campaign at the moment: wait for their word.")
        reviews.drop_task(connection, task.id, at=at)


def _last_word(
    connection: Connection, campaign: str, rounds: list[Task], lead: str, decision: Decision, *, at: datetime
) -> Verdict:
    number = max(LAST_ROUND, *(task.round for task in rounds)) + 1
    name = ids.task_id(campaign, number)
    reviews.add_task(connection, Task(name, campaign, number, TaskReason.ADJUDICATION, 0.0, at, owner=lead, done_at=at))
    verdict = Verdict(
        id=ids.verdict_id(name, lead, at),
        task_id=name,
        campaign_id=campaign,
        analyst=lead,
        label=decision.label,
        decided_at=at,
        patterns=tuple(pattern for pattern in (*PATTERNS, *MODIFIERS) if pattern in decision.patterns),
        severity=decision.severity,
        rationale=decision.rationale.strip(),
    )
    reviews.add_verdict(connection, verdict)
    return verdict

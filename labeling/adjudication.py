"""Settling what two blind people disagree about: a lead who judged neither reads both words and gives the last one.

The lead's verdict is one more in the append-only table, on a round of its own with the reason *adjudication*; what is
exported and learnt of the campaign follows it (`labeling.snapshots.decided`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from labeling.queue import LAST_ROUND, Decision, VerdictRefused, check
from labeling.snapshots import decided
from zorya.domain import ids
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.errors import NothingToDo, QueueConflict
from zorya.settings import Settings
from zorya.store import Store, audit, campaigns, reviews, second_looks
from zorya.store.second_looks import Place, SecondLook

READ = 200
"""Second looks read for one page of disagreements."""


@dataclass(frozen=True, slots=True)
class Page:
    """Disagreements among the `READ` second looks from a place on, the newest first; `after` is where to go on."""

    looks: tuple[SecondLook, ...]
    after: Place | None


def waiting(connection: Connection, settings: Settings, *, after: Place | None = None) -> Page:
    """What a lead has to settle."""
    looks, rest = second_looks.page(connection, limit=READ, before=after)
    return Page(tuple(look for look in looks if is_open(look, settings)), rest)


def is_open(look: SecondLook, settings: Settings) -> bool:
    """Whether people disagree about the concern, no third one tipped the scale, and nobody has settled it."""
    labels = {word.label for word in look.words}
    against = labels - {VerdictLabel.CONCERN, VerdictLabel.UNSURE}
    if look.settled or VerdictLabel.CONCERN not in labels or not against:
        return False
    found = decided(look.campaign_id, look.words, concern_analysts=settings.review.concern_analysts)
    return isinstance(found, str)


def disagreement(connection: Connection, settings: Settings, campaign_id: str) -> SecondLook:
    """The open disagreement about a campaign; NothingToDo where there is none (any more)."""
    look = second_looks.of_campaign(connection, campaigns.resolve(connection, campaign_id))
    if look is None or not is_open(look, settings):
        raise NothingToDo(f"{campaign_id}: people agree about this campaign, or somebody has settled it")
    return look


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

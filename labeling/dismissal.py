"""Dismissing together what is nearly one text: the only thing that can be judged in bulk, and only as no concern.

Offered to who has judged a campaign ordinary: other campaigns that wait for their first look and all of whose ads have
nearly the same text. Never those that a blind second look, a sentinel draw or a doubted label put in the queue: their
worth lies in being judged for themselves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from labeling import queue
from zorya.domain.reviews import Task, TaskReason, VerdictLabel
from zorya.errors import QueueConflict
from zorya.settings import Settings
from zorya.store import Store, campaigns, overview, resemblance, reviews
from zorya.store.overview import CampaignView

NEAR = 0.8
"""Share of the runs of words in common from which two ads are near-duplicates."""
MOST_ADS = 20
"""A larger campaign is looked at by itself."""
_REASONS = frozenset({TaskReason.RISK, TaskReason.DOUBT})


@dataclass(frozen=True, slots=True)
class Twin:
    """A waiting campaign that reads nearly like one judged ordinary; `share` is that of its least similar ad."""

    task: Task
    view: CampaignView
    share: float


def twins(connection: Connection, analyst: str, campaign_id: str, *, at: datetime) -> list[Twin]:
    """What may be dismissed with a campaign that this person judged ordinary, the most alike first."""
    held = reviews.verdicts_in_force(connection, campaigns.family(connection, campaign_id))
    if not any(word.analyst == analyst and word.label is VerdictLabel.NO_CONCERN for word in held):
        return []
    view = overview.campaign_views(connection, [campaign_id]).get(campaign_id)
    if view is None:
        return []
    ties = resemblance.ties(connection, view.posting_id, view.version_id)
    alike = {name: tie.share for name, found in ties.items() for tie in found if tie.share and tie.share >= NEAR}
    homes = {home for home in campaigns.of_postings(connection, alike).values() if home != campaign_id}
    found = [_twin(connection, analyst, home, alike, at=at) for home in sorted(homes)]
    return sorted((twin for twin in found if twin), key=lambda twin: (-twin.share, twin.task.id))


def dismiss(
    store: Store, settings: Settings, analyst: str, campaign_id: str, task_ids: Collection[str], *, as_of: datetime
) -> int:
    """Store *no concern* on each of these tasks that is a twin of the campaign; returns on how many."""
    with store.reading() as connection:
        offered = [twin.task.id for twin in twins(connection, analyst, campaign_id, at=as_of)]
    decision = queue.Decision(
        VerdictLabel.NO_CONCERN, rationale=f"Nearly the same text as campaign {campaign_id}, judged ordinary."
    )
    done = 0
    for task_id in (name for name in offered if name in task_ids):
        try:
            queue.take(store, settings, analyst, task_id, as_of=as_of)
            queue.submit(store, settings, analyst, task_id, decision, as_of=as_of)
        except QueueConflict:
            continue  # somebody took it meanwhile: it is theirs to judge
        done += 1
    return done


def _twin(
    connection: Connection, analyst: str, campaign_id: str, alike: dict[str, float], *, at: datetime
) -> Twin | None:
    waiting = [task for task in reviews.tasks_of_campaign(connection, campaign_id) if task.done_at is None]
    members = [each.posting_id for each in campaigns.members(connection, campaign_id, limit=MOST_ADS + 1)]
    if len(waiting) != 1 or not members or not all(name in alike for name in members):
        return None
    (task,) = waiting
    is_taken = task.owner not in {None, analyst} and task.lease_until is not None and task.lease_until > at
    view = overview.campaign_views(connection, [campaign_id]).get(campaign_id)
    if task.round != 1 or task.reason not in _REASONS or is_taken or view is None or len(members) > MOST_ADS:
        return None
    return Twin(task, view, min(alike[name] for name in members))

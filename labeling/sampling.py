"""What enters the queue: risk, a capped share of doubt, and a sentinel share of unflagged campaigns. How much of each
is said in `labeling/queue_mix.yml`.

Doubtful campaigns are chosen by doubt, diversity and novelty (`zorya.choosing`): never two whose texts nearly agree.

The sentinel draw is a hash of the campaign id: the same on every run and machine, and nobody can re-roll it. It is
drawn from *all* unflagged campaigns, doubtful ones included: an unbiased sample of what the machine would let pass.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from labeling.care.queueing import note_topics
from labeling.queue_mix import Doubt, QueueMix, Risk, lot, mix_of
from zorya.choosing import Candidate, choose, doubt_of
from zorya.domain import ids
from zorya.domain.reviews import Task, TaskReason
from zorya.domain.runs import StageReport
from zorya.settings import Settings
from zorya.store import Store, campaigns, imprints, overview, proposals, reviews
from zorya.store.overview import CampaignView

JUDGED_KEPT = 2000
"""How many of the latest decisions a doubtful campaign is compared with."""
RISK_FLOOR = 0.55
"""Lower bound of a flagged score, thus of a risk priority; sentinels are spread over the range above it."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the sampler would like to ask about one campaign."""

    view: CampaignView
    reason: TaskReason
    priority: float


def run(store: Store, settings: Settings, *, as_of: datetime) -> StageReport:
    """Queue campaigns for review; running it again changes nothing unless assessments or merges did."""
    mix = mix_of(settings)
    with store.writing() as connection:
        merged = campaigns.merges(connection)
        known = _tidy(connection, merged, at=as_of)
        views = overview.campaign_views(connection)
        wishes = [_wish(view, mix, as_of) for view in views.values()]
        counts: Counter[str] = Counter(campaigns=len(wishes))
        doubts: list[_Wish] = []
        for wish in (wish for wish in wishes if wish):
            task = known.get(wish.view.campaign_id)
            if task is not None:
                _describe(connection, task, wish.view)
                counts["regraded"] += _regrade(connection, task, wish, at=as_of)
            elif wish.reason is TaskReason.DOUBT:
                doubts.append(wish)
            else:
                counts[wish.reason] += _queue(connection, wish, at=as_of)
        room = _room_for_doubt(connection, mix.doubt)
        for wish in _chosen(connection, doubts, views, merged, room=len(doubts) if room is None else room):
            counts[TaskReason.DOUBT] += _queue(connection, wish, at=as_of)
        counts["doubt_waiting"] = len(doubts) - counts[TaskReason.DOUBT]
        counts["topics_noted"] = note_topics(connection)
    return StageReport("enqueue", as_of, {str(name): number for name, number in counts.items()})


def risk_priority(view: CampaignView, risk: Risk, as_of: datetime) -> float:
    """Score × size × novelty: a little more for many ads and for a campaign seen lately."""
    age_days = max(0.0, (as_of - view.first_seen).total_seconds() / 86400)
    size = risk.many_ads * min(view.size - 1, risk.many - 1) / (risk.many - 1)
    novelty = risk.novelty * max(0.0, 1 - age_days / risk.novelty_days)
    return round(view.score * (1 + size) * (1 + novelty), 6)


def _wish(view: CampaignView, mix: QueueMix, as_of: datetime) -> _Wish | None:
    if view.band.flagged and not view.abstain:
        return _Wish(view, TaskReason.RISK, risk_priority(view, mix.risk, as_of))
    if lot("sentinel", view.campaign_id) < mix.sentinel.share:
        spread = RISK_FLOOR + (1 - RISK_FLOOR) * lot("place", view.campaign_id)
        return _Wish(view, TaskReason.SENTINEL, round(spread, 6))
    if view.doubtful or view.abstain:
        return _Wish(view, TaskReason.DOUBT, round(min(view.score, 1.0) * 0.5, 6))
    return None


def _chosen(
    connection: Connection, doubts: list[_Wish], views: dict[str, CampaignView], merged: dict[str, str], *, room: int
) -> list[_Wish]:
    """The doubtful campaigns to ask about now, beside those that wait and unlike those that were judged lately."""
    if not doubts or not room:
        return []
    tasks = sorted(reviews.every_task(connection), key=lambda task: (task.done_at or task.created_at, task.id))
    waiting = [merged.get(task.campaign_id, task.campaign_id) for task in tasks if not task.done_at]
    judged = [merged.get(task.campaign_id, task.campaign_id) for task in tasks if task.done_at][-JUDGED_KEPT:]
    named = {wish.view.campaign_id: wish for wish in doubts}
    postings = {views[name].posting_id for name in {*waiting, *judged, *named} if name in views}
    sketches = imprints.sketches(connection, postings)

    def of(names: Iterable[str]) -> list[bytes]:
        found = (sketches.get(views[name].posting_id) for name in dict.fromkeys(names) if name in views)
        return [sketch for sketch in found if sketch]

    pairs = proposals.open_pairs(connection)
    spoken_for = {name for pair in pairs if not pair.isdisjoint(waiting) for name in pair}
    candidates = [
        Candidate(name, doubt_of(wish.view.score), sketches.get(wish.view.posting_id))
        for name, wish in named.items()
        if name not in spoken_for
    ]
    names = choose(candidates, room=room, waiting=of(waiting), judged=of(judged), apart=pairs)
    return [named[name] for name in names]


def _queue(connection: Connection, wish: _Wish, *, at: datetime) -> bool:
    campaign = wish.view.campaign_id
    task = Task(
        id=ids.task_id(campaign, 1),
        campaign_id=campaign,
        round=1,
        reason=wish.reason,
        priority=wish.priority,
        created_at=at,
        language=wish.view.language,
        band=wish.view.band.value,
    )
    return reviews.add_task(connection, task)


def _describe(connection: Connection, task: Task, view: CampaignView) -> None:
    """What lists are narrowed by follows the ad that leads the campaign."""
    if task.done_at is None and (task.language, task.band) != (view.language, view.band.value):
        reviews.describe(connection, task.id, language=view.language, band=view.band.value)


def _regrade(connection: Connection, task: Task, wish: _Wish, *, at: datetime) -> bool:
    """A waiting first review follows its newest assessment upwards; a sentinel or risk never becomes less."""
    if task.done_at or _held(task, at) or task.round != 1 or wish.reason is not TaskReason.RISK:
        return False
    if task.reason is TaskReason.RISK and wish.priority <= task.priority:
        return False
    reviews.regrade(connection, task.id, reason=wish.reason, priority=wish.priority)
    return True


def _tidy(connection: Connection, merged: dict[str, str], *, at: datetime) -> dict[str, Task]:
    """First reviews by live campaign; where a merge left several open ones, only one is kept."""
    known: dict[str, Task] = {}
    best_first = sorted(
        reviews.every_task(connection),
        key=lambda task: (task.done_at is None, not _held(task, at), -task.priority, task.id),
    )
    for task in best_first:
        if task.round != 1:
            continue
        live = merged.get(task.campaign_id, task.campaign_id)
        if live not in known:
            known[live] = task
        elif task.done_at is None and not _held(task, at):
            reviews.drop_task(connection, task.id, at=at)
    return known


def _held(task: Task, at: datetime) -> bool:
    return task.owner is not None and task.lease_until is not None and task.lease_until > at


def _room_for_doubt(connection: Connection, mix: Doubt) -> int | None:
    """How many more doubtful campaigns may be open (None: any); one may always wait unless the share is 0."""
    if mix.share >= 1:
        return None
    doubt, other = _open_by_doubt(reviews.every_task(connection))
    allowed = int(other * mix.share / (1 - mix.share))
    if mix.share > 0:
        allowed = max(allowed, 1)
    return max(0, allowed - doubt)


def _open_by_doubt(tasks: Iterable[Task]) -> tuple[int, int]:
    waiting = [task for task in tasks if task.done_at is None]
    doubt = sum(1 for task in waiting if task.reason is TaskReason.DOUBT)
    return doubt, len(waiting) - doubt

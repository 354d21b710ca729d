"""Tasks and verdicts: the SQL of the queue. Policy (what enters, in which order) is `labeling.queue`'s."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, exists, func, insert, or_, select, update

from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import Task, TaskReason, Verdict, VerdictLabel
from zorya.store import campaigns, second_looks, selection_backlog
from zorya.store.in_force import IN_FORCE
from zorya.store.presence import chunks
from zorya.store.rows import insert_ignore
from zorya.store.schema import tasks, verdicts


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A campaign in which at least two different people see a concern today.

    `severity` is the highest they gave, `patterns` all they named (order of the vocabulary).
    """

    campaign_id: str
    verdict_ids: tuple[str, ...]
    severity: int
    patterns: tuple[str, ...]
    indicators: tuple[str, ...] = ()


# What every page asks is built once: building a statement takes longer than most of them run.
_TASK = select(tasks).where(tasks.c.id == bindparam("task"))
_THEIRS = verdicts.c.analyst == bindparam("analyst")
_SINCE = verdicts.c.decided_at >= bindparam("since")
_IN_FORCE_OF = select(verdicts).where(verdicts.c.campaign_id.in_(bindparam("some", expanding=True)), *IN_FORCE)
_NUMBER_BY = select(func.count()).select_from(verdicts).where(_THEIRS, _SINCE, *IN_FORCE)
_LAST_BY = select(verdicts).where(_THEIRS, *IN_FORCE).order_by(verdicts.c.decided_at.desc(), verdicts.c.id)
_LAST_BY = _LAST_BY.limit(bindparam("limit"))
_TIMES_BY = select(verdicts.c.decided_at).where(_THEIRS, _SINCE).order_by(verdicts.c.decided_at.desc())
_TIMES_BY = _TIMES_BY.limit(bindparam("limit"))


def add_task(connection: Connection, task: Task) -> bool:
    """Queue a campaign; False when it has this round already."""
    return insert_ignore(connection, tasks, asdict(task))


def task(connection: Connection, task_id: str) -> Task | None:
    """One task by id."""
    row = connection.execute(_TASK, {"task": task_id}).mappings().first()
    return task_of(dict(row)) if row else None


def lease(
    connection: Connection,
    analyst: str,
    *,
    at: datetime,
    until: datetime,
    task_id: str | None = None,
    narrowed: Sequence[ColumnElement[bool]] = (),
) -> Task | None:
    """Reserve a task for an analyst: the one named, else their held one, else the first free one (of those narrowed).

    Never one that somebody else holds, and never the second review of a campaign the analyst judged first.
    """
    open_to = [tasks.c.done_at.is_(None), ~judged_by(analyst), *narrowed]
    free = or_(tasks.c.owner.is_(None), tasks.c.owner == analyst, tasks.c.lease_until <= at)
    if task_id:
        choices = [select(tasks.c.id).where(tasks.c.id == task_id, free, *open_to)]
    else:
        held = select(tasks.c.id).where(tasks.c.owner == analyst, tasks.c.lease_until > at, *open_to)
        first = select(tasks.c.id).where(free, *open_to)
        choices = [query.order_by(tasks.c.priority.desc(), tasks.c.id.desc()).limit(1) for query in (held, first)]
    for choice in choices:
        # Two statements: as a subquery PostgreSQL may run the choice once per row and reserve every task at once.
        locked = choice.with_for_update(skip_locked=True) if connection.dialect.name == "postgresql" else choice
        chosen = connection.execute(locked).scalar()
        if chosen is not None:
            statement = update(tasks).where(tasks.c.id == chosen).values(owner=analyst, lease_until=until)
            return task_of(dict(connection.execute(statement.returning(tasks)).mappings().one()))
    return None


def judged_by(analyst: str) -> ColumnElement[bool]:
    """Whether this person has a decision in force on the campaign of a task."""
    own = (verdicts.c.campaign_id == tasks.c.campaign_id, verdicts.c.analyst == analyst, *IN_FORCE)
    return exists(select(verdicts.c.id).where(*own))


def release(connection: Connection, task_id: str, analyst: str) -> bool:
    """Give a held task back."""
    held = and_(tasks.c.id == task_id, tasks.c.owner == analyst, tasks.c.done_at.is_(None))
    return connection.execute(update(tasks).where(held).values(owner=None, lease_until=None)).rowcount == 1


def close(connection: Connection, task_id: str, analyst: str, *, at: datetime) -> bool:
    """Finish a task that the analyst still holds; False when the lease has run out or another holds it."""
    held = and_(tasks.c.id == task_id, tasks.c.owner == analyst, tasks.c.lease_until > at, tasks.c.done_at.is_(None))
    return connection.execute(update(tasks).where(held).values(done_at=at)).rowcount == 1


def reopen(connection: Connection, task_id: str, analyst: str, *, until: datetime) -> None:
    """Take a finished task back to its analyst (undo)."""
    connection.execute(
        update(tasks).where(tasks.c.id == task_id).values(done_at=None, owner=analyst, lease_until=until)
    )


def drop_open_round(connection: Connection, campaign_id: str, review_round: int, *, at: datetime) -> None:
    """Close a round nobody has to answer any more (the first review was taken back)."""
    found = and_(tasks.c.campaign_id == campaign_id, tasks.c.round == review_round, tasks.c.done_at.is_(None))
    connection.execute(update(tasks).where(found).values(done_at=at))


def drop_task(connection: Connection, task_id: str, *, at: datetime) -> None:
    """Close one open task without a decision (its campaign was merged into another that has its own)."""
    found = and_(tasks.c.id == task_id, tasks.c.done_at.is_(None))
    connection.execute(update(tasks).where(found).values(done_at=at))


def ask_again(connection: Connection, campaign_ids: Iterable[str]) -> None:
    """Open the first review of campaigns that live again, where a merge had closed it without a decision."""
    answered = select(verdicts.c.task_id)
    for campaign in campaign_ids:
        dropped = and_(tasks.c.campaign_id == campaign, tasks.c.round == 1, tasks.c.done_at.is_not(None))
        free = {"done_at": None, "owner": None, "lease_until": None}
        connection.execute(update(tasks).where(dropped, tasks.c.id.not_in(answered)).values(free))


def requeue(connection: Connection, task: Task) -> None:
    """Queue a round, or open it again with this reason and priority when it was closed without a decision."""
    if not add_task(connection, task):
        fresh = {"reason": task.reason, "priority": task.priority, "done_at": None, "owner": None, "lease_until": None}
        closed = and_(tasks.c.id == task.id, tasks.c.done_at.is_not(None))
        connection.execute(update(tasks).where(closed).values(fresh))


def regrade(connection: Connection, task_id: str, *, reason: TaskReason, priority: float) -> None:
    """Give an open task another reason and priority (its campaign was assessed anew)."""
    found = and_(tasks.c.id == task_id, tasks.c.done_at.is_(None))
    connection.execute(update(tasks).where(found).values(reason=reason, priority=priority))


def describe(connection: Connection, task_id: str, *, language: str | None, band: str) -> None:
    """What lists are narrowed by, of an open task whose campaign is led by another ad, or was assessed anew."""
    found = and_(tasks.c.id == task_id, tasks.c.done_at.is_(None))
    connection.execute(update(tasks).where(found).values(language=language, band=band))


def every_task(connection: Connection) -> list[Task]:
    """All tasks of all rounds, open and done, oldest first."""
    query = select(tasks).order_by(tasks.c.created_at, tasks.c.id)
    return [task_of(dict(row)) for row in connection.execute(query).mappings()]


def open_tasks(connection: Connection, *, at: datetime, limit: int = 200) -> list[Task]:
    """Open tasks, most pressing first."""
    query = (
        select(tasks).where(tasks.c.done_at.is_(None)).order_by(tasks.c.priority.desc(), tasks.c.id.desc()).limit(limit)
    )
    return [task_of(dict(row)) for row in connection.execute(query).mappings()]


def tasks_of_campaign(connection: Connection, campaign_id: str) -> list[Task]:
    """Every round of a campaign."""
    query = select(tasks).where(tasks.c.campaign_id == campaign_id).order_by(tasks.c.round)
    return [task_of(dict(row)) for row in connection.execute(query).mappings()]


def counts(connection: Connection, *, at: datetime) -> dict[str, int]:
    """Numbers of open, held and done tasks."""
    held = and_(tasks.c.done_at.is_(None), tasks.c.owner.is_not(None), tasks.c.lease_until > at)
    conditions = {"open": tasks.c.done_at.is_(None), "held": held, "done": tasks.c.done_at.is_not(None)}
    return {
        name: int(connection.execute(select(func.count()).select_from(tasks).where(condition)).scalar_one())
        for name, condition in conditions.items()
    }


def counts_by_reason(connection: Connection) -> dict[TaskReason, int]:
    """Open tasks by why they are in the queue."""
    query = select(tasks.c.reason, func.count()).where(tasks.c.done_at.is_(None)).group_by(tasks.c.reason)
    return {TaskReason(row[0]): int(row[1]) for row in connection.execute(query)}


def add_verdict(connection: Connection, verdict: Verdict) -> None:
    """Append a decision. The table refuses changes."""
    row = asdict(verdict) | {"patterns": list(verdict.patterns), "indicators": list(verdict.indicators)}
    row["ads"] = [list(pair) for pair in verdict.ads]
    connection.execute(insert(verdicts).values(row))
    selection_backlog.note(connection, [verdict.campaign_id])
    second_looks.retell(connection, [verdict.campaign_id])


def verdict(connection: Connection, verdict_id: str) -> Verdict | None:
    """One decision by id."""
    row = connection.execute(select(verdicts).where(verdicts.c.id == verdict_id)).mappings().first()
    return verdict_of(dict(row)) if row else None


def last_word(connection: Connection, task_id: str, analyst: str) -> Verdict | None:
    """The newest decision of a person on a task, taken back or not."""
    mine = select(verdicts).where(verdicts.c.task_id == task_id, verdicts.c.analyst == analyst)
    row = connection.execute(mine.order_by(verdicts.c.decided_at.desc(), verdicts.c.withdrawn.desc()).limit(1))
    found = row.mappings().first()
    return verdict_of(dict(found)) if found else None


def verdicts_in_force(connection: Connection, campaign_ids: Iterable[str] | None = None) -> list[Verdict]:
    """Decisions that no later one supersedes and that were not taken back, oldest first."""
    if campaign_ids is None:
        asked = [connection.execute(select(verdicts).where(*IN_FORCE))]
    else:
        asked = [connection.execute(_IN_FORCE_OF, {"some": chunk}) for chunk in chunks(campaign_ids)]
    found = [verdict_of(dict(row)) for rows in asked for row in rows.mappings()]
    return sorted(found, key=lambda decision: (decision.decided_at, decision.id))


def confirmed_campaigns(connection: Connection, among: Iterable[str] | None = None) -> list[Confirmed]:
    """Campaigns (merges followed; or of these live ones) where the last decision in force of two or more people is
    *concern*.

    One person counts once: a second decision on a campaign that was merged in replaces the first.
    """
    merged = campaigns.merges(connection) if among is None else campaigns.kin(connection, among)
    last_words: dict[str, dict[str, Verdict]] = {}
    for decision in verdicts_in_force(connection, None if among is None else merged):
        campaign = merged.get(decision.campaign_id, decision.campaign_id)
        last_words.setdefault(campaign, {})[decision.analyst] = decision
    confirmed = []
    for campaign, by_analyst in sorted(last_words.items()):
        concerns = [decision for decision in by_analyst.values() if decision.label is VerdictLabel.CONCERN]
        if len(concerns) >= 2:
            confirmed.append(_confirmed(campaign, concerns))
    return confirmed


def _confirmed(campaign: str, concerns: list[Verdict]) -> Confirmed:
    named = {pattern for decision in concerns for pattern in decision.patterns}
    return Confirmed(
        campaign_id=campaign,
        verdict_ids=tuple(sorted(decision.id for decision in concerns)),
        severity=max(decision.severity or 1 for decision in concerns),
        patterns=tuple(pattern for pattern in (*PATTERNS, *MODIFIERS) if pattern in named),
        indicators=tuple(sorted({code for decision in concerns for code in decision.indicators})),
    )


def verdicts_by(connection: Connection, analyst: str, limit: int = 10) -> list[Verdict]:
    """An analyst's last decisions in force, newest first."""
    rows = connection.execute(_LAST_BY, {"analyst": analyst, "limit": limit})
    return [verdict_of(dict(row)) for row in rows.mappings()]


def number_by(connection: Connection, analyst: str, *, since: datetime) -> int:
    """How many decisions in force this person has taken since a moment."""
    return int(connection.execute(_NUMBER_BY, {"analyst": analyst, "since": since}).scalar_one())


def task_of(row: dict[str, Any]) -> Task:
    """A row of `tasks`."""
    return Task(**(row | {"reason": TaskReason(row["reason"])}))


def verdict_of(row: dict[str, Any]) -> Verdict:
    """A decision from its row."""
    lists: dict[str, Any] = {"patterns": tuple(row["patterns"]), "indicators": tuple(row["indicators"])}
    lists["ads"] = tuple((posting, VerdictLabel(label)) for posting, label in row["ads"])
    return Verdict(**(row | lists | {"label": VerdictLabel(row["label"])}))


def times_by(connection: Connection, analyst: str, *, since: datetime, limit: int) -> list[datetime]:
    """When an analyst decided, newest first."""
    return list(connection.scalars(_TIMES_BY, {"analyst": analyst, "since": since, "limit": limit}))


def without_topics(connection: Connection, *, limit: int) -> list[Task]:
    """Open tasks whose topics nobody has looked for yet, the most pressing first."""
    query = select(tasks).where(tasks.c.done_at.is_(None), tasks.c.topics.is_(None))
    query = query.order_by(tasks.c.priority.desc(), tasks.c.id.desc()).limit(limit)
    return [task_of(dict(row)) for row in connection.execute(query).mappings()]


def set_topics(connection: Connection, task_id: str, topics: str) -> None:
    """Note the topics of a task (`Task.topics`)."""
    connection.execute(update(tasks).where(tasks.c.id == task_id).values(topics=topics))

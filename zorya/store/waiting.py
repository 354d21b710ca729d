"""Open tasks as lists and menus show them: pages by keyset, counts that stop at `MOST`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from zorya.domain.reviews import Task, TaskReason
from zorya.store.reviews import judged_by, task_of
from zorya.store.schema import tasks

MOST = 200
"""Further than this nothing is counted: a page shows `200+`."""
NARROWING = ("reason", "language", "band")
"""What a list may be narrowed by; each has an index of the open tasks."""
_IS_OPEN = tasks.c.done_at.is_(None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is in the queue, each number at most `MOST` + 1; `oldest` is the moment the oldest open task was made."""

    reasons: dict[str, int]
    open: int
    held: int
    oldest: datetime | None


def page(
    connection: Connection,
    analyst: str,
    *,
    narrowed: Mapping[str, str] | None = None,
    after: Task | None = None,
    limit: int = 50,
) -> list[Task]:
    """Open tasks of campaigns this person has not judged, the most pressing first; `after` is the last one shown."""
    query = select(tasks).where(_IS_OPEN, ~judged_by(analyst), *narrowing(narrowed))
    if after is not None:
        later = and_(tasks.c.priority == after.priority, tasks.c.id < after.id)
        query = query.where(tasks.c.priority <= after.priority, or_(tasks.c.priority < after.priority, later))
    ordered = query.order_by(tasks.c.priority.desc(), tasks.c.id.desc()).limit(limit)
    return [task_of(dict(row)) for row in connection.execute(ordered).mappings()]


def held_by(connection: Connection, analyst: str, *, at: datetime) -> list[Task]:
    """What this person has reserved at the moment."""
    query = select(tasks).where(_IS_OPEN, tasks.c.owner == analyst, tasks.c.lease_until > at)
    return [task_of(dict(row)) for row in connection.execute(query.limit(MOST)).mappings()]


def for_person(connection: Connection, analyst: str, *, at: datetime) -> int:
    """How many tasks this person could take, counted to `MOST` + 1."""
    free = or_(tasks.c.owner.is_(None), tasks.c.owner == analyst, tasks.c.lease_until <= at)
    return _counted(connection, select(tasks.c.id).where(_IS_OPEN, free, ~judged_by(analyst)))


def overall(connection: Connection, *, at: datetime) -> Waiting:
    """The queue in numbers."""
    held = (_IS_OPEN, tasks.c.owner.is_not(None), tasks.c.lease_until > at)
    return Waiting(
        reasons={reason.value: number_for(connection, reason) for reason in TaskReason},
        open=_counted(connection, select(tasks.c.id).where(_IS_OPEN)),
        held=_counted(connection, select(tasks.c.id).where(*held)),
        oldest=oldest(connection),
    )


def number_for(connection: Connection, reason: TaskReason) -> int:
    """How many open tasks have this reason, counted to `MOST` + 1."""
    return _counted(connection, select(tasks.c.id).where(_IS_OPEN, tasks.c.reason == reason))


def number_open(connection: Connection) -> int:
    """How many tasks are open, counted to `MOST` + 1."""
    return _counted(connection, select(tasks.c.id).where(_IS_OPEN))


def oldest(connection: Connection) -> datetime | None:
    """When the task was made that has been open for longest."""
    query = select(tasks.c.created_at).where(_IS_OPEN).order_by(tasks.c.created_at).limit(1)
    return connection.execute(query).scalar()


def languages(connection: Connection) -> list[str]:
    """Languages of open tasks, by code: each is one step along the index, however many tasks have it."""
    found: list[str] = []
    while True:
        beyond = tasks.c.language > (found[-1] if found else "")
        step = select(tasks.c.language).where(_IS_OPEN, beyond).order_by(tasks.c.language).limit(1)
        code = connection.execute(step).scalar()
        if code is None:
            return found
        found.append(code)


def narrowing(narrowed: Mapping[str, str] | None, skip: Collection[str] = ()) -> list[ColumnElement[bool]]:
    """Conditions of a narrowed list; empty values narrow nothing, tasks to skip are left out, and so are those of the
    topics (ids, parted by spaces) under `avoid`."""
    conditions = [tasks.c[name] == value for name, value in (narrowed or {}).items() if name in NARROWING and value]
    for topic in (narrowed or {}).get("avoid", "").split():
        conditions.append(or_(tasks.c.topics.is_(None), tasks.c.topics.not_like(f"% {topic} %")))
    return [*conditions, tasks.c.id.not_in(sorted(skip))] if skip else conditions


def _counted(connection: Connection, query: Select[Any]) -> int:
    few = query.limit(MOST + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(few)).scalar_one())

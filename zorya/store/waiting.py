"""Open tasks as lists and menus show them: pages by keyset, counts that stop at `MOST`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, bindparam, func, or_, select, tuple_

from zorya.domain.reviews import Task, TaskReason
from zorya.store.reviews import judged_by, task_of
from zorya.store.schema import tasks

MOST = 99
"""Further than this nothing is counted: a page shows `99+`."""
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
        query = query.where(tuple_(tasks.c.priority, tasks.c.id) < tuple_(after.priority, after.id))
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
    row = connection.execute(_numbers(MOST), {"at": at}).one()
    told = row._asdict()
    return Waiting(
        reasons={reason.value: told[f"of_{reason.value}"] for reason in TaskReason},
        open=row.open,
        held=row.held,
        oldest=row.oldest,
    )


def number_for(connection: Connection, reason: TaskReason) -> int:
    """How many open tasks have this reason, counted to `MOST` + 1."""
    return _counted(connection, select(tasks.c.id).where(_IS_OPEN, tasks.c.reason == reason))


def number_open(connection: Connection) -> int:
    """How many tasks are open, counted to `MOST` + 1."""
    return int(connection.execute(_open(MOST)).scalar_one())


_OLDEST = select(tasks.c.created_at).where(_IS_OPEN).order_by(tasks.c.created_at).limit(1)


def oldest(connection: Connection) -> datetime | None:
    """When the task was made that has been open for longest."""
    return connection.execute(_OLDEST).scalar()


def languages(connection: Connection) -> list[str]:
    """Languages of open tasks, by code: each is one step along the index, however many tasks have it."""
    return list(connection.scalars(_LANGUAGES))


def _steps() -> Select[Any]:
    """From each code to the next one, until there is none."""
    codes = select(tasks.c.language).where(_IS_OPEN, tasks.c.language > "").order_by(tasks.c.language).limit(1)
    found = select(codes.scalar_subquery().label("code")).cte("codes", recursive=True)
    beyond = select(tasks.c.language).where(_IS_OPEN, tasks.c.language > found.c.code)
    following = beyond.order_by(tasks.c.language).limit(1).correlate(found).scalar_subquery()
    found = found.union_all(select(following).where(found.c.code.is_not(None)))
    return select(found.c.code).where(found.c.code.is_not(None)).order_by(found.c.code)


_LANGUAGES = _steps()


def narrowing(narrowed: Mapping[str, str] | None, skip: Collection[str] = ()) -> list[ColumnElement[bool]]:
    """Conditions of a narrowed list; empty values narrow nothing, tasks to skip are left out, and so are those of the
    topics (ids, parted by spaces) under `avoid`."""
    conditions = [tasks.c[name] == value for name, value in (narrowed or {}).items() if name in NARROWING and value]
    for topic in (narrowed or {}).get("avoid", "").split():
        conditions.append(or_(tasks.c.topics.is_(None), tasks.c.topics.not_like(f"% {topic} %")))
    return [*conditions, tasks.c.id.not_in(sorted(skip))] if skip else conditions


def _counted(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(select(_few(query, MOST))).scalar_one())


def _few(query: Select[Any], most: int) -> ScalarSelect[int]:
    """How many rows these are, counted to `most` + 1."""
    return select(func.count()).select_from(query.limit(most + 1).subquery()).scalar_subquery()


@cache
def _open(most: int) -> Select[int]:
    return select(_few(select(tasks.c.id).where(_IS_OPEN), most))


@cache
def _numbers(most: int) -> Select[*tuple[Any, ...]]:
    """All numbers of the queue at a moment (`at`) in one statement: one by one, asking costs more than counting."""
    is_held = (tasks.c.owner.is_not(None), tasks.c.lease_until > bindparam("at"))
    some = {f"of_{reason.value}": (tasks.c.reason == reason,) for reason in TaskReason} | {"open": (), "held": is_held}
    counts = [_few(select(tasks.c.id).where(_IS_OPEN, *each), most).label(name) for name, each in some.items()]
    return select(*counts, _OLDEST.scalar_subquery().label("oldest"))

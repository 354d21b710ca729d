"""Campaigns that a second person was asked about, newest first, and who settled what the two disagreed on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, or_, select, text

from zorya.domain.reviews import TaskReason, Verdict, VerdictLabel
from zorya.store import campaigns, reviews
from zorya.store.campaign_schema import campaigns as merged
from zorya.store.presence import chunks
from zorya.store.schema import SECOND_LOOKS, tasks, verdicts

Place = tuple[datetime, str]
"""Where a page of second looks ends: when the last one was done, and its task."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A live campaign whose second round is done; `words` are the blind verdicts in force, each person's last one,
    oldest first. `settled` is the verdict of who adjudicated."""

    campaign_id: str
    words: tuple[Verdict, ...]
    settled: Verdict | None
    place: Place


@dataclass(frozen=True, slots=True)
class Answers:
    """The blind labels of a campaign that was judged twice or more, one a person, and when the last was given."""

    labels: tuple[VerdictLabel, ...]
    at: datetime


_LABELS = (
    select(verdicts.c.decided_at, verdicts.c.id, verdicts.c.campaign_id, verdicts.c.analyst, verdicts.c.label)
    .join(tasks, tasks.c.id == verdicts.c.task_id)
    .where(tasks.c.reason != TaskReason.ADJUDICATION, *reviews.IN_FORCE)
)


def page(
    connection: Connection, *, limit: int, before: Place | None = None, since: datetime | None = None
) -> tuple[list[SecondLook], Place | None]:
    """The last `limit` second rounds that were done (before a place, since a moment) as campaigns with two blind words
    or more, newest first; and the place to go on from, None at the end."""
    query = select(tasks.c.id, tasks.c.campaign_id, tasks.c.done_at).where(text(SECOND_LOOKS))
    if since is not None:
        query = query.where(tasks.c.done_at >= since)
    if before is not None:
        at, last = before
        query = query.where(tasks.c.done_at <= at, or_(tasks.c.done_at < at, tasks.c.id < last))
    ordered = query.order_by(tasks.c.done_at.desc(), tasks.c.id.desc()).limit(limit + 1)
    rows = connection.execute(ordered).all()
    end = (rows[limit - 1].done_at, rows[limit - 1].id) if len(rows) > limit else None
    live = campaigns.resolve_all(connection, {row.campaign_id for row in rows[:limit]})
    places: dict[str, Place] = {}
    for row in rows[:limit]:
        places.setdefault(live[row.campaign_id], (row.done_at, row.id))
    return [look for look in _looks(connection, places) if len(look.words) > 1], end


def answers(connection: Connection, *, limit: int, since: datetime) -> tuple[list[Answers], bool]:
    """What was answered to the last `limit` second rounds that were done since a moment, by the rules of `page`, and
    whether there are more. Labels alone are read, of all campaigns at once: what agreement is computed from.
    """
    newest = select(tasks.c.campaign_id).where(text(SECOND_LOOKS), tasks.c.done_at >= since)
    newest = newest.order_by(tasks.c.done_at.desc(), tasks.c.id.desc())
    seen = select(newest.limit(limit).subquery())
    kin = _kin_of(connection, seen)
    chosen = (verdicts.c.campaign_id.in_(names) for names in chunks(sorted(kin)))
    asked = [_LABELS.where(each) for each in (verdicts.c.campaign_id.in_(seen), *chosen)]
    words = {tuple(row) for query in asked for row in connection.execute(query)}
    given: dict[str, dict[str, tuple[datetime, VerdictLabel]]] = {}
    for at, _, campaign, analyst, label in sorted(words):
        given.setdefault(kin.get(campaign, campaign), {})[analyst] = (at, VerdictLabel(label))
    found = [
        Answers(tuple(label for _, label in each.values()), max(at for at, _ in each.values()))
        for each in given.values()
        if len(each) > 1
    ]
    return found, connection.execute(newest.offset(limit).limit(1)).first() is not None


def _kin_of(connection: Connection, seen: Select[Any]) -> dict[str, str]:
    """Every id of the campaigns among these that a merge touched, and the live one it stands for; few are."""
    ids, into = merged.c.id, merged.c.merged_into
    up = select(ids).where(ids.in_(seen), into.is_not(None))
    down = select(into).where(into.in_(seen))
    touched = {*connection.scalars(up), *connection.scalars(down)}
    return campaigns.kin(connection, set(campaigns.resolve_all(connection, touched).values()))


def of_campaign(connection: Connection, campaign_id: str) -> SecondLook | None:
    """The second look at a live campaign; None where it was not judged twice."""
    rows = [
        (task.done_at, task.id)
        for name in campaigns.family(connection, campaign_id)
        for task in reviews.tasks_of_campaign(connection, name)
        if task.round > 1 and task.done_at and task.reason is not TaskReason.ADJUDICATION
    ]
    if not rows:
        return None
    (look,) = _looks(connection, {campaign_id: max(rows)})
    return look if len(look.words) > 1 else None


def adjudications(connection: Connection, task_ids: Iterable[str] | None = None) -> frozenset[str]:
    """Tasks (of these, or all) by which a lead settled a disagreement."""
    query = select(tasks.c.id).where(tasks.c.reason == TaskReason.ADJUDICATION)
    if task_ids is None:
        return frozenset(connection.scalars(query))
    return frozenset(
        name for chunk in chunks(sorted(task_ids)) for name in connection.scalars(query.where(tasks.c.id.in_(chunk)))
    )


def _looks(connection: Connection, places: dict[str, Place]) -> list[SecondLook]:
    kin = campaigns.kin(connection, places)
    given = [word for chunk in chunks(sorted(kin)) for word in reviews.verdicts_in_force(connection, chunk)]
    settling = adjudications(connection, {word.task_id for word in given})
    blind: dict[str, dict[str, Verdict]] = {name: {} for name in places}
    settled: dict[str, Verdict] = {}
    for word in sorted(given, key=lambda word: (word.decided_at, word.id)):
        if word.task_id in settling:
            settled[kin[word.campaign_id]] = word
        else:
            blind[kin[word.campaign_id]][word.analyst] = word
    return [SecondLook(name, tuple(blind[name].values()), settled.get(name), place) for name, place in places.items()]

"""Daily roll-ups of verdicts and of the queue: few rows that a page can read, kept by the stage `index`.

Those of ads are kept by `search_filing`, ad by ad. A decision counts on the day it was given, as long as it is in
force: when one is superseded or taken back, its day is counted anew.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, case, delete, func, insert, select

from zorya.store import campaigns
from zorya.store.campaign_schema import campaign_members
from zorya.store.schema import tasks, verdicts
from zorya.store.search_filing import COUNTED
from zorya.store.search_schema import daily_queue, daily_verdicts, rollup_marks, search_ads

MARK = "verdicts"
MEMBERS = 20
"""Ads of a campaign whose facets stand for all of them."""
AGES = (("under_day", 1), ("under_three", 3), ("under_week", 7))
"""Columns of the queue's ages, and below how many days a task counts there."""


def queue(connection: Connection, *, at: datetime) -> int:
    """Note how long the open tasks have waited, in place of what was noted earlier that day; how many are open."""
    waited = [(tasks.c.created_at > at - timedelta(days=days), name) for name, days in AGES]
    age = case(*waited, else_="older")
    query = select(age.label("age"), func.count().label("number")).where(tasks.c.done_at.is_(None)).group_by(age)
    numbers = {row.age: row.number for row in connection.execute(query)}
    day = at.astimezone(UTC).date()
    row = {name: numbers.get(name, 0) for name in (*(name for name, _ in AGES), "older")}
    connection.execute(delete(daily_queue).where(daily_queue.c.day == day))
    connection.execute(insert(daily_queue).values(day=day, waiting=sum(row.values()), **row))
    return sum(row.values())


def decisions(connection: Connection, *, at: datetime) -> int:
    """Count the days anew that have decisions since the last time, or decisions that were corrected since; how many
    days that were."""
    marked = connection.execute(select(rollup_marks.c.until).where(rollup_marks.c.name == MARK)).scalar()
    days = _days_to_count(connection, marked)
    for day in sorted(days):
        _count_day(connection, day)
    connection.execute(delete(rollup_marks).where(rollup_marks.c.name == MARK))
    connection.execute(insert(rollup_marks).values(name=MARK, until=at.astimezone(UTC).date()))
    return len(days)


def _days_to_count(connection: Connection, since: date | None) -> set[date]:
    """Days of decisions given since a day, and of those that they correct."""
    fresh = select(verdicts.c.decided_at, verdicts.c.supersedes)
    if since is not None:
        fresh = fresh.where(verdicts.c.decided_at >= datetime.combine(since, time(), UTC))
    days, corrected = set[date](), list[str]()
    for row in connection.execute(fresh):
        days.add(row.decided_at.date())
        corrected += [row.supersedes] if row.supersedes else []
    for start in range(0, len(corrected), 500):
        some = verdicts.c.id.in_(corrected[start : start + 500])
        days |= {moment.date() for moment in connection.execute(select(verdicts.c.decided_at).where(some)).scalars()}
    return days


def _count_day(connection: Connection, day: date) -> None:
    begin = datetime.combine(day, time(), UTC)
    corrected = select(verdicts.c.supersedes).where(verdicts.c.supersedes.is_not(None))
    query = (
        select(verdicts.c.campaign_id, verdicts.c.label, tasks.c.reason, tasks.c.round)
        .join(tasks, tasks.c.id == verdicts.c.task_id)
        .where(verdicts.c.decided_at >= begin, verdicts.c.decided_at < begin + timedelta(days=1))
        .where(verdicts.c.withdrawn.is_(False), verdicts.c.id.not_in(corrected))
    )
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in connection.execute(query).all():
        found = _facets(connection, campaigns.resolve(connection, row.campaign_id))
        found |= {("all", "all")} | ({("reason", row.reason)} if row.round == 1 else set())
        counted.update((name, value, row.label) for name, value in found)
    connection.execute(delete(daily_verdicts).where(daily_verdicts.c.day == day))
    rows = [
        {"dimension": name, "day": day, "value": value, "label": label, "verdicts": number}
        for (name, value, label), number in sorted(counted.items())
    ]
    if rows:
        connection.execute(insert(daily_verdicts), rows)


def _facets(connection: Connection, campaign: str) -> set[tuple[str, str]]:
    """What the first ads of a campaign can be counted by."""
    query = (
        select(search_ads.c.facets)
        .join(campaign_members, campaign_members.c.posting_id == search_ads.c.posting_id)
        .where(campaign_members.c.campaign_id == campaign)
        .order_by(campaign_members.c.posting_id)
        .limit(MEMBERS)
    )
    parted = (facet.partition(":") for held in connection.execute(query).scalars() for facet in held)
    return {(name, value) for name, _, value in parted if name in COUNTED}

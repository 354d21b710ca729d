"""Reading the daily roll-ups: sums over a span of days. What a page asks reads rows of days and values, never ads."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, func, select

from zorya.store.search_schema import daily_ads, daily_queue, daily_verdicts


@dataclass(frozen=True, slots=True)
class Count:
    """Ads with a value and how many of them are flagged."""

    value: str
    ads: int
    flagged: int


@dataclass(frozen=True, slots=True)
class QueueDay:
    """Open tasks at the last run of a day, by how long they had waited: `ages` are under 1, 3, 7 days, and longer."""

    day: date
    waiting: int
    ages: tuple[int, int, int, int]


def ads_by_day(connection: Connection, *, first: date, last: date) -> dict[date, tuple[int, int]]:
    """Day → (ads first seen, flagged among them)."""
    here = and_(daily_ads.c.dimension == "all", daily_ads.c.day.between(first, last))
    rows = connection.execute(select(daily_ads.c.day, daily_ads.c.ads, daily_ads.c.flagged).where(here))
    return {row.day: (row.ads, row.flagged) for row in rows}


def ads_by_value(connection: Connection, dimension: str, *, first: date, last: date, limit: int) -> list[Count]:
    """Values of a dimension, those with most flags first."""
    ads, flagged = func.sum(daily_ads.c.ads), func.sum(daily_ads.c.flagged)
    here = and_(daily_ads.c.dimension == dimension, daily_ads.c.day.between(first, last))
    query = select(daily_ads.c.value, ads.label("ads"), flagged.label("flagged")).where(here)
    grouped = query.group_by(daily_ads.c.value).having(ads > 0)
    rows = connection.execute(grouped.order_by(flagged.desc(), ads.desc(), daily_ads.c.value).limit(limit))
    return [Count(row.value, int(row.ads), int(row.flagged)) for row in rows]


def verdicts_by_day(
    connection: Connection, dimension: str, value: str, *, first: date, last: date
) -> dict[date, dict[str, int]]:
    """Day → label → decisions in force that were given on it."""
    here = and_(
        daily_verdicts.c.dimension == dimension,
        daily_verdicts.c.value == value,
        daily_verdicts.c.day.between(first, last),
    )
    found: dict[date, dict[str, int]] = {}
    for row in connection.execute(select(daily_verdicts).where(here)):
        found.setdefault(row.day, {})[row.label] = row.verdicts
    return found


def verdicts_by_value(
    connection: Connection, dimension: str, values: list[str], *, first: date, last: date
) -> dict[str, dict[str, int]]:
    """Value → label → decisions in force."""
    total = func.sum(daily_verdicts.c.verdicts)
    here = and_(
        daily_verdicts.c.dimension == dimension,
        daily_verdicts.c.value.in_(values),
        daily_verdicts.c.day.between(first, last),
    )
    query = select(daily_verdicts.c.value, daily_verdicts.c.label, total.label("number")).where(here)
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(query.group_by(daily_verdicts.c.value, daily_verdicts.c.label)):
        found.setdefault(row.value, {})[row.label] = int(row.number)
    return found


def queue_days(connection: Connection, *, first: date, last: date) -> list[QueueDay]:
    """What was noted of the queue, day by day."""
    query = select(daily_queue).where(daily_queue.c.day.between(first, last)).order_by(daily_queue.c.day)
    return [
        QueueDay(row.day, row.waiting, (row.under_day, row.under_three, row.under_week, row.older))
        for row in connection.execute(query)
    ]

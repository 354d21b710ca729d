"""Periods of digests: half-open, between midnights of the partner's calendar, on either side of summer time.

A period ends at the midnight that begins the day a digest is due; it is due at the partner's hour of that day.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.partner_spec import Cadence


def moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """A full hour of a local day, in UTC. An hour that summer time skips is the moment of the change."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)


def last_end(cadence: Cadence, zone: ZoneInfo, as_of: datetime) -> datetime:
    """The end of the newest period whose digest has been due."""
    return moment(_last_day(cadence, zone, as_of), 0, zone)


def last_due(cadence: Cadence, zone: ZoneInfo, as_of: datetime) -> datetime:
    """The newest moment at which a digest has been due."""
    return moment(_last_day(cadence, zone, as_of), cadence.hour, zone)


def _last_day(cadence: Cadence, zone: ZoneInfo, as_of: datetime) -> date:
    day = as_of.astimezone(zone).date() + timedelta(days=1)
    while cadence.weekday_number not in {None, day.weekday()} or moment(day, cadence.hour, zone) > as_of:
        day -= timedelta(days=1)
    return day


def next_due(cadence: Cadence, zone: ZoneInfo, as_of: datetime) -> datetime:
    """The first moment after `as_of` at which a digest is due."""
    day = as_of.astimezone(zone).date() - timedelta(days=1)
    while cadence.weekday_number not in {None, day.weekday()} or moment(day, cadence.hour, zone) <= as_of:
        day += timedelta(days=1)
    return moment(day, cadence.hour, zone)


def start_of(
    cadence: Cadence, zone: ZoneInfo, end: datetime, *, previous: datetime | None, oldest: datetime | None
) -> datetime:
    """The start of the period that ends at `end`: the end of the `previous` digest, so that none is skipped.

    A partner's first digest covers one period, or reaches back to the day of the `oldest` alert that waits.
    """
    if previous is not None:
        return previous
    length = 1 if cadence.weekday_number is None else 7
    # Noon: a midnight that summer time skips must not count for the day before.
    first = (end + timedelta(hours=12)).astimezone(zone).date() - timedelta(days=length)
    return moment(min(first, oldest.astimezone(zone).date()) if oldest else first, 0, zone)


def running_start(
    cadence: Cadence, zone: ZoneInfo, as_of: datetime, *, previous: datetime | None, oldest: datetime | None
) -> datetime:
    """The start of the period that is not complete yet: what a preview shows ends at `as_of`."""
    if previous is not None:
        return previous
    begun = last_end(cadence, zone, as_of)
    return min(begun, moment(oldest.astimezone(zone).date(), 0, zone)) if oldest else begun

"""Periods: half-open, gapless, on the partner's clock, whatever summer time does."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import periods
from alerts.partner_spec import WEEKDAYS, Cadence

ZONES = st.sampled_from(
    [
        "Europe/Chisinau", "Europe/Kyiv", "Europe/Amsterdam", "Europe/London", "UTC", "Asia/Beirut", "Africa/Cairo",
        "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Asia/Tehran",
    ]
).map(ZoneInfo)  # fmt: skip
CADENCES = st.builds(
    lambda weekday, hour: Cadence(every="weekly" if weekday else "daily", weekday=weekday, hour=hour),
    st.sampled_from([None, *WEEKDAYS]),
    st.integers(0, 23),
)
MOMENTS = st.integers(0, 19 * 365 * 86_400).map(
    lambda seconds: datetime(2011, 1, 10, tzinfo=UTC) + timedelta(seconds=seconds)
)


@settings(max_examples=300, deadline=None)
@given(ZONES, CADENCES, MOMENTS)
def test_the_last_period_is_over_and_ends_at_a_midnight(zone, cadence, now):
    end = periods.last_end(cadence, zone, now)
    assert end <= now
    # The first moment of a local day: an instant earlier it was another day.
    assert end.astimezone(zone).date() != (end - timedelta(microseconds=1)).astimezone(zone).date()
    assert now - end <= timedelta(days=8 if cadence.every == "weekly" else 2, hours=2)


@settings(max_examples=150, deadline=None)
@given(ZONES, CADENCES, MOMENTS, st.lists(st.integers(0, 40), min_size=2, max_size=8))
def test_successive_periods_touch_and_hold_every_moment_once(zone, cadence, begin, steps):
    previous, covered, now = None, [], begin
    for hours in steps:
        now += timedelta(hours=hours)
        end = periods.last_end(cadence, zone, now)
        start = periods.start_of(cadence, zone, end, previous=previous, oldest=None)
        if start < end:
            covered.append((start, end))
            previous = end
    for (_, end), (start, _) in pairwise(covered):
        assert end == start
    for boundary in {moment for period in covered for moment in period} - {covered[-1][1]}:
        assert sum(start <= boundary < end for start, end in covered) == 1


@settings(max_examples=150, deadline=None)
@given(ZONES, CADENCES, MOMENTS)
def test_an_hour_later_the_boundary_never_moves_back(zone, cadence, now):
    assert periods.last_end(cadence, zone, now) <= periods.last_end(cadence, zone, now + timedelta(hours=1))


def test_a_week_with_the_end_of_summer_time_has_an_hour_more():
    zone, cadence = ZoneInfo("Europe/Chisinau"), Cadence(every="weekly", weekday="monday", hour=8)
    end = periods.last_end(cadence, zone, datetime(2026, 10, 26, 12, tzinfo=UTC))
    start = periods.start_of(cadence, zone, end, previous=None, oldest=None)
    assert end - start == timedelta(days=7, hours=1)


def test_before_the_hour_the_digest_is_not_due():
    zone, cadence = ZoneInfo("Europe/Chisinau"), Cadence(every="daily", hour=8)
    early = datetime(2026, 11, 24, 5, 59, 59, tzinfo=UTC)
    assert periods.last_end(cadence, zone, early) == datetime(2026, 11, 22, 22, tzinfo=UTC)
    assert periods.last_end(cadence, zone, early + timedelta(seconds=1)) == datetime(2026, 11, 23, 22, tzinfo=UTC)


def test_the_first_digest_reaches_back_to_the_oldest_alert_that_waits():
    zone, cadence = ZoneInfo("Europe/Chisinau"), Cadence(every="daily", hour=8)
    end = datetime(2026, 11, 23, 22, tzinfo=UTC)
    old = datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert periods.start_of(cadence, zone, end, previous=None, oldest=old) <= old

"""Periods: half-open, gapless, on the partner's clock, whatever summer time does."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import periods
from alerts.partner_spec import WEEKDAYS, Cadence

ZONES = st.one_of(
    st.sampled_from(  # midnights that summer time skips or repeats, a day that was left out, odd offsets
        [
            "Europe/Chisinau", "Europe/Kyiv", "Asia/Beirut", "Africa/Cairo", "America/Sao_Paulo", "America/Havana",
            "America/Scoresbysund", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "Asia/Tehran", "Asia/Gaza",
        ]
    ),
    st.sampled_from(sorted(available_timezones())),
).map(ZoneInfo)  # fmt: skip
CADENCES = st.builds(
    lambda weekday, hour: Cadence(every="weekly" if weekday else "daily", weekday=weekday, hour=hour),
    st.sampled_from([None, *WEEKDAYS]),
    st.integers(0, 23),
)
MOMENTS = st.integers(0, 19 * 365 * 86_400).map(
    lambda seconds: datetime(2011, 1, 10, tzinfo=UTC) + timedelta(seconds=seconds)
)


@settings(max_examples=300)
@given(ZONES, CADENCES, MOMENTS)
def test_the_last_period_is_over_and_ends_at_a_midnight(zone, cadence, now):
    end = periods.last_end(cadence, zone, now)
    assert end <= now
    # The first moment of a local day: an instant earlier it was another day.
    assert end.astimezone(zone).date() != (end - timedelta(microseconds=1)).astimezone(zone).date()
    assert now - end <= timedelta(days=8 if cadence.every == "weekly" else 2, hours=2)


@settings(max_examples=150)
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


@settings(max_examples=150)
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


@settings(max_examples=300)
@given(ZONES, CADENCES, MOMENTS)
def test_the_next_one_is_due_later_and_none_is_due_before_it(zone, cadence, now):
    due = periods.next_due(cadence, zone, now)
    assert due > now
    assert periods.last_due(cadence, zone, due) == due
    assert periods.last_due(cadence, zone, due - timedelta(microseconds=1)) <= now


STEPS = st.tuples(st.integers(0, 24 * 9), st.booleans(), ZONES, CADENCES, st.integers(0, 59))


@settings(max_examples=200)
@given(MOMENTS, st.lists(STEPS, min_size=1, max_size=25))
def test_whatever_is_changed_between_digests_each_alert_is_told_once_and_no_moment_twice(begin, steps):
    """Zone, weekday, hour and cadence change at any time; alerts come between and in the very moment of a digest."""
    untold, told, covered, previous, now = [], [], [], None, begin
    last = steps[-1]
    for hours, alerted, zone, cadence, minutes in [*steps, (24 * 30, False, *last[2:])]:
        now += timedelta(hours=hours, minutes=minutes)
        untold += [now] if alerted else []
        end = periods.last_end(cadence, zone, now)
        ripe = [at for at in untold if at < end]
        start = periods.start_of(cadence, zone, end, previous=previous, oldest=min(ripe, default=None))
        if ripe and start < end:
            covered.append((start, end))
            told += ripe
            untold, previous = [at for at in untold if at >= end], end
    assert untold == []
    assert len(told) == sum(alerted for _, alerted, *_ in steps)
    assert all(start < end for start, end in covered)
    assert all(one[1] == two[0] for one, two in pairwise(covered))

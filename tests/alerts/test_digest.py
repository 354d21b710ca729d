"""Digests: one per partner and period, every alert in exactly one of them, never from a concern taken back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import yaml
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from alerts import digest
from zorya.domain.sharing import DigestKind, Marking
from zorya.store import postings, sharing

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 23, 22, tzinfo=UTC)  # in Chisinau
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def _digests(store):
    with store.reading() as connection:
        rows = sharing.history(connection)
        found = [sharing.digest(connection, row["digest_id"]) for row in rows]
    return sorted(found, key=lambda each: each.sequence)


def test_an_alert_of_yesterday_is_in_this_mornings_digest(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - timedelta(hours=3))
    report = digest.run(store, settings, as_of=MORNING)
    (made,) = _digests(store)
    assert report.counts["rendered"] == 1
    assert (made.period_start, made.period_end) == (MIDNIGHT - DAY, MIDNIGHT)
    assert (made.sequence, made.marking) == (1, Marking.AMBER)
    assert made.subject == "[TLP:AMBER] 1 new alert, 23 Nov 2026"


def test_no_alert_no_digest(store, settings, add_partner):
    add_partner()
    counts = digest.run(store, settings, as_of=MORNING).counts
    assert counts == {"rendered": 0, "urgent": 0, "heartbeats": 0, "empty": 1, "paused": 0, "withheld": 0}
    assert _digests(store) == []


def test_a_period_is_half_open(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - timedelta(microseconds=1))
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT)
    digest.run(store, settings, as_of=MORNING)
    digest.run(store, settings, as_of=MORNING + DAY)
    first, second = _digests(store)
    assert first.period_end == second.period_start == MIDNIGHT
    assert len(first.alert_ids) == len(second.alert_ids) == 1
    assert set(first.alert_ids).isdisjoint(second.alert_ids)
    assert [first.sequence, second.sequence] == [1, 2]


def test_a_second_run_makes_no_second_digest(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - DAY)
    for hour in range(3):
        digest.run(store, settings, as_of=MORNING + timedelta(hours=hour))
    assert len(_digests(store)) == 1


def test_an_alert_written_while_the_last_digest_was_rendered_is_in_the_next_one(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - timedelta(hours=2))
    digest.run(store, settings, as_of=MORNING)
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - timedelta(hours=1))  # late: its period has been told already
    digest.run(store, settings, as_of=MORNING + DAY)
    assert [len(each.alert_ids) for each in _digests(store)] == [1, 1]


def test_a_quiet_time_leaves_no_gap(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - DAY)
    digest.run(store, settings, as_of=MORNING)
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT + 5 * DAY)
    for day in range(1, 8):
        digest.run(store, settings, as_of=MORNING + day * DAY)
    first, second = _digests(store)
    assert second.period_start == first.period_end
    assert second.period_end == MIDNIGHT + 6 * DAY


def test_alerts_of_a_paused_partner_wait(town, store, settings, add_partner):
    add_partner(paused=True)
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - DAY)
    assert digest.run(store, settings, as_of=MORNING).counts["paused"] == 1
    add_partner(paused=False)
    assert digest.run(store, settings, as_of=MORNING + 10 * DAY).counts["rendered"] == 1


def test_a_concern_taken_back_before_the_digest_is_withheld(town, store, settings, add_partner):
    add_partner()
    campaign = town.confirmed()
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - DAY)
    town.withdraw(campaign)
    report = digest.run(store, settings, as_of=MORNING)
    (made,) = _digests(store)
    assert report.counts["withheld"] == 1
    assert len(made.alert_ids) == 1


def test_a_ceiling_lowered_before_the_digest_withholds(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=MIDNIGHT - DAY)
    add_partner(tlp_ceiling="TLP:GREEN")
    assert digest.run(store, settings, as_of=MORNING).counts["withheld"] == 1
    assert _digests(store) == []


def test_the_preview_shows_the_running_period_and_stores_nothing(town, store, settings, add_partner, as_of):
    add_partner()
    town.confirmed()
    shown = digest.preview(store, settings, "la-strada", as_of=as_of)
    assert "Preview. Nothing was sent or stored." in shown.text
    assert "Keeps the passport" in shown.text
    with store.reading() as connection:
        assert sharing.all_alerts(connection) == []
        assert sharing.last_digest(connection, "la-strada") is None
        assert postings.count(connection) == 1


def test_the_preview_of_nothing_is_none(store, settings, add_partner, as_of):
    add_partner()
    assert digest.preview(store, settings, "la-strada", as_of=as_of) is None


_ACTS = st.one_of(
    st.just("run"),
    st.sampled_from([1, 2, 3]),  # an alert of this severity
    st.tuples(
        st.sampled_from(["Europe/Chisinau", "Africa/Cairo", "America/Havana", "Pacific/Apia"]),
        st.sampled_from([{"every": "daily", "hour": 0}, {"every": "daily", "hour": 23}, {"weekday": "tuesday"}]),
    ),
)
_STEPS = st.lists(st.tuples(st.integers(0, 9 * 24), _ACTS), min_size=1, max_size=10)


@profile(max_examples=12)
@given(steps=_STEPS)
def test_every_alert_is_in_exactly_one_digest(new_town, steps):
    """Runs at any hour, around the end of summer time, in any order of alerts, digests and changes of the file."""
    begin = datetime(2026, 10, 22, tzinfo=UTC)
    with new_town() as (town, settings):
        path = settings.home / "partners" / "la-strada.yml"
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
        for hour, act in [*sorted(steps, key=lambda step: step[0]), (40 * 24, "run")]:
            now = begin + timedelta(hours=hour)
            if act == "run":
                digest.run(town.store, settings, as_of=now)
            elif isinstance(act, int):
                town.confirmed(severity=act)
                town.offer(settings, as_of=now)
            else:
                spec |= {"timezone": act[0], "cadence": act[1]}
                path.write_text(yaml.safe_dump(spec), encoding="utf-8")
        made = _digests(town.store)
        with town.store.reading() as connection:
            offered = {alert.id: alert.severity for alert in sharing.all_alerts(connection)}
    told = {alert: each.kind for each in made for alert in each.alert_ids}
    assert sum(len(each.alert_ids) for each in made) == len(offered)
    assert told == {name: DigestKind.URGENT if grave == 3 else DigestKind.DIGEST for name, grave in offered.items()}
    periodic = [each for each in made if each.kind is not DigestKind.URGENT]
    assert all(one.period_end == two.period_start for one, two in pairwise(periodic))
    assert [each.sequence for each in made] == list(range(1, len(made) + 1))
    assert [each.previous for each in made] == ["", *(each.chain for each in made[:-1])][: len(made)]

"""The collection of what was told, on both engines: who has it, since when, and what became of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts import decisions, digest, notices, stage
from alerts.exports import collection, stream
from alerts.partners import load_all
from zorya.store import sharing

SENT = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@pytest.fixture
def tell(town, settings, ad):
    """Confirm, approve and send one more campaign; its alert."""

    def told(day):
        at = SENT + timedelta(days=day)
        town.confirmed(replace(ad, native_id=f"n{day}", url=f"https://jobs.example/ad/x{day}"))
        town.offer(settings, as_of=at - timedelta(hours=18))
        stage.run(town.store, settings, as_of=at)
        with town.store.reading() as connection:
            return sharing.all_alerts(connection)[0]

    return told


def _stream(town, settings, **more):
    partner = load_all(settings).get("la-strada")
    with town.store.reading() as connection:
        return list(stream.of_partner(connection, settings, partner, **more))


def test_objects_come_in_the_order_of_the_digests_that_told_them(town, settings, add_partner, tell):
    add_partner()
    first, second = tell(0), tell(1)
    decisions.recall(town.store, settings, first.id, by="lena", as_of=SENT + timedelta(days=2), reason="lawful")
    found = _stream(town, settings)
    assert [dated.position for dated in found] == sorted(dated.position for dated in found)
    groupings = [dated for dated in found if dated.thing["type"] == "grouping"]
    assert [bool(dated.thing.get("revoked")) for dated in groupings] == [False, True]
    assert groupings[0].added_at == SENT + timedelta(days=1)
    assert groupings[1].added_at == SENT + timedelta(days=2)
    assert second.id != first.id


def test_what_came_before_a_moment_is_not_made(town, settings, add_partner, tell):
    add_partner()
    tell(0)
    tell(1)
    later = _stream(town, settings, since=SENT + timedelta(hours=1))
    assert {dated.added_at for dated in later} == {SENT + timedelta(days=1)}
    assert {"grouping", "report", "note"} <= {dated.thing["type"] for dated in later}


def test_an_alert_whose_every_delivery_was_refused_was_not_told(town, settings, add_partner, ad):
    add_partner()
    town.confirmed(ad)
    town.offer(settings, as_of=SENT - timedelta(hours=18))
    digest.run(town.store, settings, as_of=SENT)
    with town.store.writing() as connection:
        for row in sharing.due_deliveries(connection, at=SENT):
            sharing.delivery_refused(connection, row["message_id"], "the partner is paused")
    with town.store.reading() as connection:
        assert collection.ledger_of(connection, "la-strada").told == ()
    assert _stream(town, settings) == []


def test_a_delivery_that_was_tried_before_it_was_refused_may_have_arrived(town, settings, add_partner, ad):
    add_partner()
    town.confirmed(ad)
    town.offer(settings, as_of=SENT - timedelta(hours=18))
    digest.run(town.store, settings, as_of=SENT)
    with town.store.writing() as connection:
        for row in sharing.due_deliveries(connection, at=SENT):
            sharing.delivery_failed(connection, row["message_id"], "timed out", next_at=SENT)
            sharing.delivery_refused(connection, row["message_id"], "the partner is paused")
        (alert,) = sharing.all_alerts(connection)
        assert notices.reached(connection, alert)
        assert [each.alert.id for each in collection.ledger_of(connection, "la-strada").told] == [alert.id]
    told, _messages = decisions.recall(
        town.store, settings, alert.id, by="lena", as_of=SENT + timedelta(hours=1), reason="a lawful employer"
    )
    assert told == ("la-strada",)

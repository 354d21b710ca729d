"""What does not wait for the next digest, what is told when nothing came, and what was not for a partner."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts import digest, outbox, selection
from zorya.domain.ads import Place
from zorya.domain.sharing import DigestKind, Exclusion, Marking
from zorya.store import digest_chain, exclusions, sharing

DAY = timedelta(days=1)
NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)  # in Chisinau, long before the next digest
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def _digests(store):
    with store.reading() as connection:
        rows = sharing.history(connection)
        found = [sharing.digest(connection, row["digest_id"]) for row in rows]
    return sorted(found, key=lambda each: each.sequence)


def test_what_is_urgent_leaves_as_soon_as_it_is_approved(town, store, settings, add_partner):
    add_partner()
    town.confirmed(severity=3)
    selection.run(store, settings, as_of=NOON)
    assert _digests(store) == []
    town.approve(settings, as_of=NOON)
    (made,) = _digests(store)
    assert (made.kind, made.subject) == (DigestKind.URGENT, "[TLP:AMBER] 1 urgent alert, 23 Nov 2026")
    assert list((settings.outbox_dir / "la-strada").glob("*.eml"))


def test_what_is_urgent_comes_once_and_the_next_digest_says_so(town, store, settings, add_partner):
    add_partner()
    town.confirmed(severity=3)
    town.confirmed()
    town.offer(settings, as_of=NOON)
    for hour in range(3):
        digest.run(store, settings, as_of=MORNING + timedelta(hours=hour))
    first, second = _digests(store)
    assert [first.kind, second.kind] == [DigestKind.URGENT, DigestKind.DIGEST]
    assert set(first.alert_ids).isdisjoint(second.alert_ids)
    assert "Urgent, sent at once and not repeated here: no. 0001." in second.text
    digest.run(store, settings, as_of=MORNING + 40 * DAY)
    assert "not repeated here" not in _digests(store)[-1].text


def test_an_urgent_digest_leaves_the_periods_as_they_are(town, store, settings, add_partner):
    add_partner()
    town.confirmed(severity=3)
    town.confirmed()
    town.offer(settings, as_of=NOON)
    digest.run(store, settings, as_of=MORNING)
    assert _digests(store)[1].period_end == datetime(2026, 11, 23, 22, tzinfo=UTC)


def test_who_wants_urgent_ones_with_the_digest_gets_them_there(town, store, settings, add_partner):
    add_partner(cadence={"every": "daily", "hour": 8, "urgent": "with_digest"})
    town.confirmed(severity=3)
    town.offer(settings, as_of=NOON)
    assert _digests(store) == []
    digest.run(store, settings, as_of=MORNING)
    assert [each.kind for each in _digests(store)] == [DigestKind.DIGEST]


def test_a_paused_partner_gets_nothing_urgent_and_nothing_is_lost(town, store, settings, add_partner):
    add_partner(paused=True)
    town.confirmed(severity=3)
    town.offer(settings, as_of=NOON)
    assert _digests(store) == []
    add_partner()
    assert digest.run(store, settings, as_of=NOON + DAY).counts["urgent"] == 1


def test_an_urgent_alert_that_was_refused_waits_for_the_digest_instead_of_coming_back_each_hour(
    town, store, settings, add_partner
):
    add_partner(channels=[{"kind": "smtp", "to": "old@la-strada.example"}])
    town.confirmed(severity=3)
    town.offer(settings, as_of=NOON)  # nobody answers at the port: it waits
    add_partner()
    outbox.deliver(store, settings, as_of=NOON + timedelta(hours=1))  # that address is gone: refused
    assert digest.run(store, settings, as_of=NOON + timedelta(hours=2)).counts["urgent"] == 0
    assert digest.run(store, settings, as_of=MORNING).counts["rendered"] == 1


def test_the_triggers_of_the_store_let_no_unapproved_alert_leave_as_urgent(town, store, settings, add_partner):
    from sqlalchemy.exc import DBAPIError

    from alerts import partners

    add_partner()
    town.confirmed(severity=3)
    selection.run(store, settings, as_of=NOON)
    with store.reading() as connection:
        (alert,) = sharing.all_alerts(connection)
    partner = partners.load_all(settings).get("la-strada")
    with store.reading() as connection:
        issue = digest._issue(connection, settings, partner, DigestKind.URGENT, NOON, NOON, (alert,), as_of=NOON)
    with pytest.raises(DBAPIError, match="no approval"), store.writing() as connection:
        digest._store(connection, settings, issue, as_of=NOON)


def test_after_a_month_without_mail_a_partner_is_told_that_nothing_came(town, store, settings, add_partner):
    add_partner()
    for day in range(33):
        digest.run(store, settings, as_of=MORNING + day * DAY)
    (made,) = _digests(store)
    assert (made.kind, made.marking, made.alert_ids) == (DigestKind.HEARTBEAT, Marking.CLEAR, ())
    assert made.created_at == MORNING + 30 * DAY
    assert made.subject == "[TLP:CLEAR] 0 new alerts, 24 Nov – 23 Dec 2026"
    assert "nothing has come for you lately" in made.text


def test_the_sign_of_life_says_how_much_was_read_and_judged(town, store, settings, add_partner):
    add_partner(tlp_ceiling="TLP:GREEN")
    digest.run(store, settings, as_of=datetime(2026, 11, 1, 7, tzinfo=UTC))
    town.confirmed()
    town.campaign()
    town.offer(settings, as_of=NOON)
    digest.run(store, settings, as_of=MORNING + 20 * DAY)
    (made,) = _digests(store)
    assert "0 new alerts · 2 ads screened · 1 campaign judged by people" in made.text
    assert "Not included: 1 above your TLP ceiling." in made.text


@pytest.mark.parametrize("days", [0, 60])
def test_how_long_silence_may_last_is_a_setting(store, settings, add_partner, days):
    add_partner()
    quiet = settings.model_copy(update={"digest": settings.digest.model_copy(update={"heartbeat_days": days})})
    for day in (0, 45, 90):
        digest.run(store, quiet, as_of=MORNING + day * DAY)
    assert [each.kind for each in _digests(store)] == ([DigestKind.HEARTBEAT] if days else [])


def test_a_sign_of_life_comes_at_the_partners_hour_and_the_next_digest_begins_at_its_end(
    town, store, settings, add_partner
):
    add_partner(cadence={"every": "weekly", "weekday": "monday", "hour": 8})
    for hour in range(0, 24 * 50, 6):
        digest.run(store, settings, as_of=MORNING + timedelta(hours=hour))
    (beat,) = _digests(store)
    assert beat.created_at == datetime(2026, 12, 28, 6, 30, tzinfo=UTC)  # the first Monday a month later
    town.confirmed()
    town.offer(settings, as_of=beat.created_at + DAY)
    digest.run(store, settings, as_of=beat.created_at + 8 * DAY)
    assert _digests(store)[1].period_start == beat.period_end


def test_a_notice_is_a_sign_of_life_too(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=NOON)
    digest.run(store, settings, as_of=MORNING)
    assert digest.run(store, settings, as_of=MORNING + 29 * DAY).counts["heartbeats"] == 0
    assert digest.run(store, settings, as_of=MORNING + 30 * DAY).counts["heartbeats"] == 1


PLACES = (Place("Chișinău", "Chișinău", "md", "origin"), Place("Rotterdam", "Rotterdam", "nl", "destination"))


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        ({"corridors": ["md>nl"]}, None),
        ({"corridors": ["md>*"]}, None),
        ({"corridors": ["ua>nl", "*>nl"]}, None),
        ({"destinations": ["nl"]}, None),
        ({"corridors": ["ro>nl"]}, Exclusion.COUNTRIES),
        ({"corridors": ["nl>md"]}, Exclusion.COUNTRIES),
        ({"destinations": ["md"]}, Exclusion.COUNTRIES),
        ({"countries": ["pl"]}, Exclusion.COUNTRIES),
        ({"patterns": ["loverboy"]}, Exclusion.PATTERNS),
        ({"languages": ["uk"]}, Exclusion.LANGUAGES),
        ({"min_severity": 3}, Exclusion.SEVERITY),
    ],
)
def test_what_a_partner_asks_for_and_why_the_rest_is_not_for_it(
    town, store, settings, add_partner, as_of, ad, scope, reason
):
    add_partner(scope=scope)
    town.confirmed(replace(ad, places=PLACES))
    report = selection.run(store, settings, as_of=as_of)
    assert report.counts["offered"] == (reason is None)
    with store.reading() as connection:
        counted = exclusions.counted(connection, "la-strada", start=as_of, end=as_of + DAY)
    assert counted == ({reason: 1} if reason else {})


def test_a_corridor_is_not_narrowed_by_what_the_ads_do_not_say(town, store, settings, add_partner, as_of, ad):
    add_partner(scope={"corridors": ["md>nl"], "destinations": ["nl"]})
    town.confirmed(replace(ad, places=(Place("abroad"),)))
    assert selection.run(store, settings, as_of=as_of).counts["offered"] == 1


def test_the_digest_counts_once_what_was_not_for_its_partner_and_tells_nothing_of_it(
    town, store, settings, add_partner, ad
):
    add_partner(scope={"countries": ["nl"], "min_severity": 2})
    town.confirmed()
    for country in ("de", "pl"):
        town.confirmed(replace(ad, places=(Place(f"City of {country}", f"City of {country}", country),)))
    town.confirmed(severity=1)
    for hour in range(3):
        town.offer(settings, as_of=NOON + timedelta(hours=hour))
    digest.run(store, settings, as_of=MORNING)
    town.confirmed()
    town.offer(settings, as_of=MORNING)
    digest.run(store, settings, as_of=MORNING + DAY)
    first, second = _digests(store)
    for part in (first.text, first.html):
        assert "Not included: 2 outside your countries · 1 below your severity." in part
        assert "City of" not in part
    assert "Not included" not in second.text


def test_the_preview_counts_what_would_not_be_included(town, settings, add_partner, ad, as_of):
    add_partner(scope={"countries": ["nl"]})
    town.confirmed()
    town.confirmed(replace(ad, places=(Place("Berlin", "Berlin", "de"),)))
    shown = digest.preview(town.store, settings, "la-strada", as_of=as_of)
    assert "Not included: 1 outside your countries." in shown.text
    assert "The next digest is due 25 Nov 2026, 08:00" in shown.text


def test_an_alert_above_the_ceiling_is_counted_while_it_waits(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=NOON)
    add_partner(tlp_ceiling="TLP:GREEN")
    with store.reading() as connection:
        partner = digest.load_all(settings).get("la-strada")
        assert digest._above_ceiling(connection, partner, {}, end=MORNING) == {Exclusion.CEILING: 1}
        assert digest_chain.next_link(connection, "la-strada").sequence == 1

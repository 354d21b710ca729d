"""Recall and correction reach everybody who has the alert, at once, paused or not; what had not left never leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts import decisions, digest, outbox
from zorya.domain.referrals import Outcome
from zorya.domain.reviews import Role
from zorya.domain.sharing import Act, AlertState, Marking, ReferralState
from zorya.errors import NothingToDo, PolicyRefusal, ZoryaError
from zorya.store import audit, referrals, sharing

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
MAIL = {"channels": [{"kind": "smtp", "to": "alerts@la-strada.example"}]}
WHY = {"by": "lena", "reason": "it is a lawful employer"}


@pytest.fixture
def told(town, store, mailing, post_office, add_partner):
    """An alert that La Strada has; returns it with the settings."""
    add_partner(**MAIL)
    settings = mailing(post_office.port)
    town.confirmed()
    town.offer(settings, as_of=MORNING - DAY)
    digest.run(store, settings, as_of=MORNING)
    outbox.deliver(store, settings, as_of=MORNING)
    with store.reading() as connection:
        return sharing.all_alerts(connection)[0], settings


def _recall(store, settings, alert, **more):
    return decisions.recall(store, settings, alert.id, as_of=MORNING + DAY, **(WHY | more))


def test_a_recall_is_delivered_at_once_with_its_reason(store, post_office, told):
    alert, settings = told
    assert _recall(store, settings, alert) == (("la-strada",), ())
    first, second = post_office.mails
    assert second["Subject"] == "[TLP:AMBER] 1 notice about alerts you received"
    text = second.get_body(("plain",)).get_content()
    assert "Withdrawn" in text
    assert alert.id in text
    assert "it is a lawful employer" in text
    assert "Sent: No. 0001, 24 Nov 2026" in text
    assert "Keeps the passport" not in text
    assert first["Message-ID"] != second["Message-ID"]


def test_a_recall_closes_the_referral_and_is_logged(store, told):
    alert, settings = told
    _recall(store, settings, alert)
    with store.reading() as connection:
        referral = referrals.of_alert(connection, alert.id)
        last = referrals.history(connection, referral.id)[-1]
        entry = audit.page(connection, action="alert.recall")[0]
        assert sharing.alert(connection, alert.id).state is AlertState.RECALLED
    assert (referral.state, referral.outcome) == (ReferralState.CLOSED, Outcome.RECALLED)
    assert (last.actor, last.reason) == ("lena", "it is a lawful employer")
    assert "told la-strada" in entry["reason"]


@pytest.mark.parametrize("change", [{"paused": True}, {"tlp_ceiling": "TLP:GREEN"}])
def test_neither_a_pause_nor_a_lower_ceiling_holds_a_recall(store, post_office, told, add_partner, change):
    alert, settings = told
    add_partner(**(MAIL | change))
    _recall(store, settings, alert)
    assert len(post_office.mails) == 2


def test_a_server_that_is_down_delays_a_recall_and_loses_nothing(store, mailing, post_office, free_port, told):
    alert, settings = told
    _recall(store, mailing(free_port), alert)
    assert len(post_office.mails) == 1
    outbox.deliver(store, settings, as_of=MORNING + DAY + timedelta(minutes=6))
    assert len(post_office.mails) == 2


def test_a_recipient_whose_file_is_gone_is_named(store, told, home):
    alert, settings = told
    (home / "partners" / "la-strada.yml").unlink()
    _told, messages = _recall(store, settings, alert)
    assert "la-strada must be told" in messages[0]


def test_what_had_not_left_is_recalled_silently_and_never_leaves(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    town.offer(settings, as_of=MORNING - DAY)
    with store.reading() as connection:
        (alert,) = sharing.all_alerts(connection)
    assert _recall(store, settings, alert) == ((), ())
    digest.run(store, settings, as_of=MORNING + 2 * DAY)
    outbox.deliver(store, settings, as_of=MORNING + 2 * DAY)
    assert list(settings.outbox_dir.rglob("*.eml")) == []


def test_a_recall_overtakes_a_digest_that_waits(town, store, mailing, post_office, free_port, add_partner):
    add_partner(**MAIL)
    settings = mailing(free_port)
    town.confirmed()
    town.offer(settings, as_of=MORNING - DAY)
    digest.run(store, settings, as_of=MORNING)
    with store.reading() as connection:
        (alert,) = sharing.all_alerts(connection)
    _recall(store, mailing(post_office.port), alert)
    outbox.deliver(store, mailing(post_office.port), as_of=MORNING + 2 * DAY)
    assert ["Keeps the passport" in mail.as_string() for mail in post_office.mails] == [False]


@pytest.mark.parametrize("act", ["recall", "correct"])
def test_only_a_lead_with_a_reason_may(town, store, told, act):
    alert, settings = told
    town.lead("adam", Role.ADMIN)
    more = {"as_of": MORNING + DAY}
    with pytest.raises(PolicyRefusal):
        getattr(decisions, act)(store, settings, alert.id, by="adam", reason="it is wrong", **more)
    with pytest.raises(ZoryaError, match="few words"):
        getattr(decisions, act)(store, settings, alert.id, by="lena", reason=" ", **more)


def test_twice_is_nothing_to_do(store, told):
    alert, settings = told
    _recall(store, settings, alert)
    with pytest.raises(NothingToDo):
        _recall(store, settings, alert)


def test_a_correction_waits_for_another_lead_and_reaches_the_recipient(town, store, post_office, told):
    alert, settings = told
    at = MORNING + DAY
    more = {"by": "lena", "as_of": at, "reason": "for your house alone", "marking": Marking.AMBER}
    with pytest.raises(NothingToDo):
        decisions.correct(store, settings, alert.id, **more)
    town.verdict(alert.campaign_id, "carla", severity=3)
    fresh = decisions.correct(store, settings, alert.id, **more)
    assert (fresh.revision, fresh.severity, fresh.state) == (2, 3, AlertState.WAITING)
    outbox.deliver(store, settings, as_of=at)
    assert len(post_office.mails) == 1
    decisions.decide(store, settings, alert.id, Act.APPROVE, by=town.lead("mira"), as_of=at)
    outbox.deliver(store, settings, as_of=at)
    text = post_office.mails[1].get_body(("plain",)).get_content()
    assert "Corrected · Urgent" in text
    assert "for your house alone" in text
    assert "Keeps the passport" in text
    with store.reading() as connection:
        assert sharing.alert(connection, alert.id).state is AlertState.TOLD


def test_a_corrected_alert_is_not_told_again_in_the_next_digest(town, store, post_office, told):
    alert, settings = told
    town.verdict(alert.campaign_id, "carla", severity=3)
    decisions.correct(store, settings, alert.id, as_of=MORNING + DAY, by="lena", reason="graver than we said")
    decisions.decide(store, settings, alert.id, Act.APPROVE, by="lena", as_of=MORNING + DAY)
    for day in (1, 2, 3):
        digest.run(store, settings, as_of=MORNING + day * DAY)
        outbox.deliver(store, settings, as_of=MORNING + day * DAY)
    assert len(post_office.mails) == 2

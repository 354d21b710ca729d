"""Which confirmed campaign becomes an alert for whom."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts import selection
from zorya.domain.ads import Place
from zorya.domain.reviews import VerdictLabel
from zorya.domain.sharing import AlertState, Marking, ReferralState
from zorya.store import audit, campaign_changes, referrals, reviews, sharing


def _alerts(store):
    with store.reading() as connection:
        return sharing.all_alerts(connection)


def test_two_people_make_an_alert_with_audit_entry_and_the_approval_a_referral(
    town, store, settings, add_partner, as_of
):
    add_partner()
    campaign = town.confirmed()
    report = selection.run(store, settings, as_of=as_of)
    (alert,) = _alerts(store)
    assert report.counts["offered"] == 1
    assert (alert.partner, alert.campaign_id, alert.marking) == ("la-strada", campaign, Marking.AMBER)
    assert len(alert.verdict_ids) == 2
    with store.reading() as connection:
        assert referrals.of_alert(connection, alert.id) is None
        (entry,) = audit.page(connection)
    town.approve(settings, as_of=as_of)
    with store.reading() as connection:
        (referral,) = referrals.page(connection)
        assert audit.first_bad(connection) is None
    assert (referral.state, referral.owner) == (ReferralState.OFFERED, "la-strada")
    assert referral.due_at == as_of + timedelta(days=7)
    assert (entry["action"], entry["object"]) == ("alert.offer", alert.id)


def test_a_second_run_offers_nothing(town, store, settings, add_partner, as_of):
    add_partner()
    town.confirmed()
    selection.run(store, settings, as_of=as_of)
    report = selection.run(store, settings, as_of=as_of + timedelta(hours=1))
    assert report.counts["offered"] == 0
    assert len(_alerts(store)) == 1


@pytest.mark.parametrize(
    "decisions",
    [
        [],
        [("ana", VerdictLabel.CONCERN)],
        [("ana", VerdictLabel.CONCERN), ("ana", VerdictLabel.CONCERN)],
        [("ana", VerdictLabel.CONCERN), ("bohdan", VerdictLabel.OTHER_HARM)],
        [("ana", VerdictLabel.CONCERN), ("bohdan", VerdictLabel.NO_CONCERN)],
        [("ana", VerdictLabel.CONCERN), ("bohdan", VerdictLabel.UNSURE)],
    ],
)
def test_less_than_two_people_who_see_a_concern_make_no_alert(town, store, settings, add_partner, as_of, decisions):
    add_partner()
    campaign = town.campaign()
    for analyst, label in decisions:
        town.verdict(campaign, analyst, label)
    selection.run(store, settings, as_of=as_of)
    assert _alerts(store) == []


def test_a_withdrawn_verdict_makes_no_alert(town, store, settings, add_partner, as_of):
    add_partner()
    town.withdraw(town.confirmed())
    selection.run(store, settings, as_of=as_of)
    assert _alerts(store) == []


def test_a_corrected_verdict_counts_as_corrected(town, store, settings, add_partner, as_of):
    add_partner()
    campaign = town.confirmed()
    town.verdict(campaign, "bohdan", VerdictLabel.NO_CONCERN, supersedes=town.verdicts[campaign][1])
    selection.run(store, settings, as_of=as_of)
    assert _alerts(store) == []


@pytest.mark.parametrize(
    "scope",
    [
        {"countries": ["md"]},
        {"patterns": ["loverboy"]},
        {"languages": ["uk"]},
        {"min_severity": 3},
    ],
)
def test_out_of_scope_makes_no_alert_and_is_said(town, store, settings, add_partner, as_of, scope):
    add_partner(scope=scope)
    campaign = town.confirmed()
    report = selection.run(store, settings, as_of=as_of)
    assert _alerts(store) == []
    assert report.counts["unclaimed"] == 1
    assert any(campaign in message for message in report.messages)


def test_what_an_ad_does_not_say_never_excludes(town, store, settings, add_partner, as_of, ad):
    add_partner(scope={"countries": ["md"], "patterns": ["loverboy"], "languages": ["uk"]})
    town.confirmed(replace(ad, places=(Place("abroad"),), language=None), patterns=())
    selection.run(store, settings, as_of=as_of)
    assert len(_alerts(store)) == 1


def test_above_the_ceiling_makes_no_alert(town, store, settings, add_partner, as_of):
    add_partner(tlp_ceiling="TLP:GREEN")
    town.confirmed()
    report = selection.run(store, settings, as_of=as_of)
    assert _alerts(store) == []
    assert report.counts["above_ceiling"] == 1


def test_each_partner_gets_an_alert_of_its_own(town, store, settings, add_partner, as_of):
    add_partner("first")
    add_partner("second")
    add_partner("elsewhere", scope={"countries": ["de"]})
    town.confirmed()
    selection.run(store, settings, as_of=as_of)
    assert {alert.partner for alert in _alerts(store)} == {"first", "second"}


def test_two_halves_of_a_merged_campaign_are_confirmed_together(town, store, settings, add_partner, as_of):
    add_partner()
    one, two = town.campaign(), town.campaign()
    town.verdict(one, "ana")
    town.verdict(two, "bohdan")
    with store.writing() as connection:
        survivor = campaign_changes.merge(connection, [one, two], at=as_of, by="ana", reason="one number").campaign_id
        (confirmed,) = reviews.confirmed_campaigns(connection)
    assert confirmed.campaign_id == survivor
    selection.run(store, settings, as_of=as_of)
    assert len(_alerts(store)) == 1


def test_one_person_on_both_halves_of_a_merge_counts_once(town, store, as_of):
    one, two = town.campaign(), town.campaign()
    town.verdict(one, "ana")
    town.verdict(two, "ana")
    with store.writing() as connection:
        campaign_changes.merge(connection, [one, two], at=as_of, by="ana", reason="one number")
        assert reviews.confirmed_campaigns(connection) == []


def test_campaigns_that_merge_later_are_not_offered_again(town, store, settings, add_partner, as_of):
    add_partner()
    one, two = town.confirmed(), town.campaign()
    selection.run(store, settings, as_of=as_of)
    with store.writing() as connection:
        campaign_changes.merge(connection, [one, two], at=as_of, by="ana", reason="one number")
    town.confirmed()
    selection.run(store, settings, as_of=as_of)
    assert len(_alerts(store)) == 2


def test_a_confirmed_campaign_has_the_highest_severity_and_all_patterns(town, store):
    campaign = town.campaign()
    town.verdict(campaign, "ana", severity=1, patterns=("debt_bondage",))
    town.verdict(campaign, "bohdan", severity=3, patterns=("sexual_exploitation",))
    with store.reading() as connection:
        (confirmed,) = reviews.confirmed_campaigns(connection)
    assert confirmed.severity == 3
    assert confirmed.patterns == ("sexual_exploitation", "debt_bondage")


def test_the_clock_of_the_alert_is_the_argument(town, store, settings, add_partner):
    add_partner()
    town.confirmed()
    moment = datetime.fromisoformat("2026-01-02T03:04:05+00:00")
    selection.run(store, settings, as_of=moment)
    assert _alerts(store)[0].created_at == moment


@pytest.mark.parametrize("both_confirmed", [True, False], ids=["each has an alert", "the one that goes has it"])
def test_campaigns_told_apart_again_each_have_their_alert(town, store, settings, add_partner, as_of, both_confirmed):
    add_partner()
    stays, goes = sorted([town.campaign(), town.campaign()])  # of one age: the smaller id stays
    confirmed = [stays, goes] if both_confirmed else [goes]
    for campaign in confirmed:
        town.verdict(campaign, "ana")
        town.verdict(campaign, "bohdan")
    selection.run(store, settings, as_of=as_of)
    with store.writing() as connection:
        change = campaign_changes.merge(connection, [stays, goes], at=as_of, by="lea", reason="one number")
    selection.run(store, settings, as_of=as_of + timedelta(hours=1))
    with store.writing() as connection:
        campaign_changes.undo(connection, change.seq, at=as_of, by="lea")
    selection.run(store, settings, as_of=as_of + timedelta(hours=2))
    waiting = {alert.campaign_id for alert in _alerts(store) if alert.state is AlertState.WAITING}
    assert waiting >= set(confirmed)
    again = selection.run(store, settings, as_of=as_of + timedelta(hours=3))
    assert (change.campaign_id, again.counts["offered"]) == (stays, 0)

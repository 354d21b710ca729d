"""What may leave as data: only what is approved, in force, the partner's own and below its ceiling; and no secret."""

import json
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import decisions, ledger, partners, selection, stage
from alerts.exports import collection
from alerts.exports.to_file import Format, writer_of
from zorya.domain.referrals import Answer, Decline, Step
from zorya.domain.reviews import Role
from zorya.domain.sharing import Act, AlertState, Marking
from zorya.errors import NothingToDo, PolicyRefusal, ZoryaError
from zorya.store import referrals, sharing

FORMATS = tuple(Format)


def test_a_told_alert_leaves_in_every_format(partnership, tmp_path):
    alert = partnership.tell()
    for kind in FORMATS:
        left = partnership.export(tmp_path, kind, alerts=(alert.id,))
        assert "labour" in left.path.read_text().lower()
        assert left.path.name.startswith("TLP-AMBER_la-strada_alerts-")
        assert stat.S_IMODE(left.path.stat().st_mode) == 0o600


def test_who_exported_what_is_logged(partnership, tmp_path):
    alert = partnership.tell()
    left = partnership.export(tmp_path / "mine.csv", Format.CSV, alerts=(alert.id,))
    assert left.path.name == "TLP-AMBER_mine.csv"
    (entry,) = partnership.logged("alert.export")
    assert entry["actor"] == "lena"
    assert entry["object"] == f"la-strada/alerts-{alert.id}"
    assert f"csv, TLP:AMBER: {alert.id}" in entry["reason"]


def test_what_waits_for_approval_does_not_leave(partnership, tmp_path):
    partnership.tell()
    partnership.town.confirmed()
    selection.run(partnership.town.store, partnership.settings, as_of=partnership.after(days=1))
    (waiting,) = [alert for alert in partnership.alerts() if alert.state is AlertState.WAITING]
    with pytest.raises(PolicyRefusal, match="nobody has approved"):
        partnership.export(tmp_path, Format.STIX, alerts=(waiting.id,))
    assert not list(tmp_path.iterdir())


def test_one_that_may_not_leave_keeps_the_others_back(partnership, tmp_path):
    told = partnership.tell()
    partnership.town.confirmed()
    selection.run(partnership.town.store, partnership.settings, as_of=partnership.after(days=1))
    names = tuple(alert.id for alert in partnership.alerts())
    assert told.id in names
    with pytest.raises(PolicyRefusal, match="nothing was exported"):
        partnership.export(tmp_path, Format.CSV, alerts=names)


def test_a_concern_that_is_no_longer_in_force_does_not_leave(partnership, tmp_path):
    alert = partnership.tell()
    partnership.town.withdraw(alert.campaign_id)
    with pytest.raises(PolicyRefusal, match="no longer in force"):
        partnership.export(tmp_path, Format.STIX, alerts=(alert.id,))
    with pytest.raises(NothingToDo):
        partnership.package()


def test_what_is_above_the_ceiling_of_today_does_not_leave(partnership, tmp_path, monkeypatch):
    alert = partnership.tell()
    path = partners.load_all(partnership.settings).get("la-strada").path
    path.write_text(path.read_text().replace("TLP:AMBER", "TLP:GREEN"))
    with pytest.raises(PolicyRefusal, match="above the partner's TLP:GREEN"):
        partnership.export(tmp_path, Format.MISP, alerts=(alert.id,))


def test_red_is_never_data(open_partnership, tmp_path):
    with open_partnership(tlp_ceiling="TLP:RED") as partnership:
        alert = partnership.tell()
        more = {"by": "lena", "reason": "for two people only", "marking": Marking.RED}
        store, at = partnership.town.store, partnership.after(hours=1)
        decisions.correct(store, partnership.settings, alert.id, as_of=at, **more)
        partnership.town.lead("marc")
        decisions.decide(store, partnership.settings, alert.id, Act.APPROVE, by="marc", as_of=at)
        with pytest.raises(PolicyRefusal, match="TLP:RED"):
            partnership.export(tmp_path, Format.STIX, alerts=(alert.id,))


def test_alerts_of_two_partners_never_share_a_file(partnership, tmp_path):
    alert = partnership.tell()
    path = partners.load_all(partnership.settings).get("la-strada").path
    path.with_name("dorcas.yml").write_text(path.read_text())
    partnership.town.offer(partnership.settings, as_of=partnership.after(hours=1))
    (other,) = [each for each in partnership.alerts() if each.partner == "dorcas"]
    with pytest.raises(ZoryaError, match="one partner at a time"):
        partnership.export(tmp_path, Format.CSV, alerts=(alert.id, other.id))


def test_a_digest_of_another_partner_is_not_found(partnership, tmp_path):
    partnership.tell()
    (telling,) = partnership.tellings()
    path = partners.load_all(partnership.settings).get("la-strada").path
    path.with_name("dorcas.yml").write_text(path.read_text())
    with pytest.raises(ZoryaError, match="dorcas has no digest"):
        partnership.export(tmp_path, Format.CSV, partner="dorcas", digest=telling.id)


def test_only_a_lead_exports(partnership, tmp_path):
    alert = partnership.tell()
    partnership.town.lead("nora", role=Role.ANALYST)
    for name in ("nora", "nobody"):
        with pytest.raises(PolicyRefusal, match="lead"):
            partnership.export(tmp_path, Format.CSV, alerts=(alert.id,), by=name)


def test_a_recall_before_the_alert_left_is_said_to_nobody(partnership, tmp_path):
    partnership.tell()
    partnership.town.confirmed()
    partnership.town.offer(partnership.settings, as_of=partnership.after(days=1))
    (untold,) = [alert for alert in partnership.alerts() if alert.state is AlertState.APPROVED]
    partnership.recall(untold, at=partnership.after(days=1, hours=1))
    with pytest.raises(PolicyRefusal, match="before it left"):
        partnership.export(tmp_path, Format.STIX, alerts=(untold.id,))


def test_masked_holds_no_secret_in_any_format(partnership):
    partnership.tell()
    for kind in FORMATS:
        text = partnership.render(kind)
        assert not [secret for secret in partnership.secrets if secret in text], kind


def test_a_profile_that_was_lowered_counts_in_every_format(revealing):
    revealing.tell()
    assert any(secret in revealing.render(kind) for kind in FORMATS for secret in revealing.secrets)
    path = partners.load_all(revealing.settings).get("la-strada").path
    path.write_text(path.read_text().replace("whole", "hidden"))
    for kind in FORMATS:
        assert not [secret for secret in revealing.secrets if secret in revealing.render(kind)], kind


def test_who_is_handed_an_alert_reads_no_more_than_its_own_profile(revealing):
    path = partners.load_all(revealing.settings).get("la-strada").path
    path.with_name("routes.yml").write_text("routes: [{name: all, organisations: [la-strada, dorcas]}]\n")
    path.with_name("dorcas.yml").write_text(path.read_text().replace("whole", "masked") + "scope: {min_severity: 3}\n")
    alert = revealing.tell()
    more = {"speaks_for": "la-strada", "by": "maria", "as_of": revealing.after(hours=1)}
    with revealing.town.store.reading() as connection:
        referral = referrals.of_alert(connection, alert.id)
    said = Answer(Step.DECLINE, Decline.NO_CAPACITY, "")
    ledger.answer(revealing.town.store, revealing.settings, referral.id, said, **more)
    stage.run(revealing.town.store, revealing.settings, as_of=revealing.after(days=1))
    (copy,) = [each for each in revealing.alerts() if each.partner == "dorcas"]
    assert copy.content == alert.content
    for kind in FORMATS:
        assert not [secret for secret in revealing.secrets if secret in revealing.render(kind, copy)], kind
    with revealing.town.store.reading() as connection:
        mail = sharing.last_digest(connection, "dorcas")
    assert not [secret for secret in revealing.secrets if secret in mail.text + mail.html]


def test_what_is_told_at_one_moment_has_two_moments_to_be_fetched_from(partnership):
    partnership.recall(partnership.tell(), at=partnership.after())
    with partnership.town.store.reading() as connection:
        told = collection.ledger_of(connection, "la-strada")
    (first, at), (second, later) = told.tellings
    assert first.created_at == second.created_at
    assert at < later == told.told[0].added_at


FATES = st.lists(st.sampled_from(["told", "waiting", "sent_back", "recalled", "withdrawn"]), min_size=1, max_size=4)


@settings(max_examples=8)
@given(FATES)
@pytest.mark.slow
def test_whatever_became_of_alerts_only_the_told_ones_in_force_have_facts(open_partnership, fates):
    with open_partnership() as made:
        names = {}
        for day, fate in enumerate(sorted(fates, key=lambda fate: fate == "waiting")):  # telling approves what waits
            alert = _after(made, fate, day)
            names[alert.id] = (fate, alert)
        try:
            whole = made.package()
        except NothingToDo:
            assert not {"told", "recalled"} & {fate for fate, _alert in names.values()}
            return
        told = {item.alert.id for item in whole.items if not item.withdrawn}
        assert told == {name for name, (fate, _alert) in names.items() if fate == "told"}
        for kind in FORMATS:
            text = writer_of(kind)(whole).decode()
            for name, (fate, alert) in names.items():
                assert (_fact(alert) in text.replace("[.]", ".").replace("hxxps", "https")) == (
                    fate == "told" and kind is not Format.HTCDS
                )
                if fate in {"waiting", "sent_back", "withdrawn"}:
                    assert name not in text


def _after(made, fate, day):
    if fate in {"told", "recalled", "withdrawn"}:
        alert = made.tell(at=made.after(days=day))
        if fate == "recalled":
            made.recall(alert, at=made.after(days=day, hours=1))
        if fate == "withdrawn":
            made.town.withdraw(alert.campaign_id)
        return alert
    made.town.lead()
    made.town.confirmed(made.ad_number())
    selection.run(made.town.store, made.settings, as_of=made.after(days=day))
    with made.town.store.reading() as connection:
        alert = sharing.alerts_in(connection, AlertState.WAITING)[-1]
    if fate == "sent_back":
        more = {"by": "lena", "as_of": made.after(days=day), "reason": "the place is wrong"}
        decisions.decide(made.town.store, made.settings, alert.id, Act.SEND_BACK, **more)
        return alert
    return alert


def _fact(alert):
    (address,) = alert.content["addresses"]
    return address.replace("[.]", ".").replace("hxxps", "https")


def test_htcds_holds_codes_and_no_record_of_a_person(partnership):
    partnership.tell()
    told = json.loads(partnership.render(Format.HTCDS))
    (ad,) = told["advertisements"]
    assert ad["TypeOfExploitation"] == ["ForcedLabour"]
    assert ad["MethodOfRecruitment"] == ["ThroughAnOnlineAdvertisement"]
    assert ad["RecruitmentWebsitesAndApps"] == ["Instagram", "Telegram"]
    assert ad["Country"] == ["NL", "RO"]
    assert told["recipient"] == {"org_Type": "NGO"}
    assert not [name for name in ad if name.startswith(("prs_", "vic_", "per_", "cas_", "hte_"))]

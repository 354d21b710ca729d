"""Approvals, referrals and one-time links: who sees what, what a button does, and that opening a link does nothing."""

from datetime import timedelta
from typing import Any

import pytest

from labeling.export import labelled_ads
from zorya.domain.referrals import LEAD
from zorya.domain.sharing import ReferralState
from zorya.erasure_list import ErasureList
from zorya.store import audit, reviews

DAY = timedelta(days=1)


def test_a_lead_reads_what_the_partner_will_read_and_lets_it_leave(house: Any, lena: Any, approve: Any) -> None:
    assert house.alert.id in lena.get("/approvals").text
    page = lena.get(f"/approvals/{house.alert.id}").text
    assert "TLP:AMBER" in page
    assert 'lang="ro"' in page
    assert "exploatare prin muncă" in page
    assert "Approved" in approve(lena, house).text
    with house.town.store.reading() as connection:
        entries = [entry["action"] for entry in audit.page(connection, actor="lena")]
    assert {"alert.view", "alert.approve"} <= set(entries)
    assert house.told().startswith("/answers/")


def test_a_card_that_was_not_the_one_read_is_not_approved(house: Any, lena: Any) -> None:
    answer = lena.fill(f"/approvals/{house.alert.id}", act="approve", content_hash="0" * 64)
    assert answer.status_code == 409
    assert lena.fill(f"/approvals/{house.alert.id}", act="approve").status_code == 409
    assert house.referral() is None


@pytest.mark.parametrize("name", ["anna", "maria"])
def test_analysts_and_partners_see_no_approvals(house: Any, browse: Any, name: str) -> None:
    assert browse(name).get("/approvals").status_code == 403
    assert browse(name).fill(f"/approvals/{house.alert.id}", act="approve").status_code == 403


def test_sending_back_asks_why_and_keeps_it_here(house: Any, lena: Any) -> None:
    path, seen = f"/approvals/{house.alert.id}", {"content_hash": house.alert.content_hash}
    assert lena.fill(path, act="send_back", **seen).status_code == 409
    lena.fill(path, act="send_back", reason="the place is a name", **seen)
    assert house.alert.id in lena.get("/approvals?state=sent_back").text
    assert "the place is a name" in lena.get(path).text


def test_a_recall_from_the_page_tells_everybody(house: Any, lena: Any, approve: Any) -> None:
    approve(lena, house)
    house.told()
    lena.sign_in("lena")  # a day has passed
    page = lena.fill(f"/approvals/{house.alert.id}", act="recall", reason="it is a lawful firm")
    assert "Recalled" in page.text
    assert len(list((house.settings.outbox_dir / "la-strada").glob("*.eml"))) == 2


def test_a_partner_sees_its_own_referrals_and_no_others(house: Any, lena: Any, browse: Any, approve: Any) -> None:
    approve(lena, house)
    name = house.referral().id
    maria, dirk, nobody = browse("maria"), browse("dirk"), browse("nobody")
    assert name in maria.get("/referrals").text
    assert maria.get(f"/referrals/{name}").status_code == 200
    for other in (dirk, nobody):
        assert name not in other.get("/referrals").text
        assert other.get(f"/referrals/{name}").status_code == 404
        assert other.fill(f"/referrals/{name}", step="accept").status_code == 404
    assert house.referral().state is ReferralState.OFFERED
    assert "Nobody has said yet" in nobody.get("/referrals").text
    assert name in lena.get("/referrals").text


def test_the_four_answers_and_what_they_teach(house: Any, lena: Any, browse: Any, approve: Any) -> None:
    approve(lena, house)
    path = f"/referrals/{house.referral().id}"
    maria, dirk = browse("maria"), browse("dirk")
    assert maria.fill(path, step="decline").status_code == 409
    assert "next organisation" in maria.fill(path, step="decline", code="no_capacity").text
    assert maria.get(path).status_code == 404
    assert house.referral().owner == "dorcas"
    assert dirk.fill(path, step="accept").status_code == 200
    assert dirk.fill(path, step="act", note="spoke to the inspectorate").status_code == 200
    assert dirk.fill(path, step="close", code="confirmed", note="a real case").status_code == 200
    assert "spoke to the inspectorate" in lena.get(path).text
    with house.town.store.reading() as connection:
        rows = labelled_ads(connection, ErasureList(house.town.settings))
        records = [row for row in rows if row["campaign"] == house.alert.campaign_id]
        assert {word.analyst for word in reviews.verdicts_in_force(connection)} == {"anna", "boris"}
    assert all(row["outside"][0]["label"] == "concern" for row in records)
    assert {row["outside"][0]["partner"] for row in records} == {"dorcas"}
    assert "dorcas" in browse("anna").get(f"/campaigns/{house.alert.campaign_id}").text


def test_opening_a_link_changes_nothing(house: Any, lena: Any, browse: Any, approve: Any, everything: Any) -> None:
    approve(lena, house)
    path = house.told()
    before = everything(house.town.store)
    anybody = browse()
    for _ in range(3):
        page = anybody.get(path)
        assert page.status_code == 200
        assert '<html lang="ro"' in page.text
        assert anybody.head(path).status_code in {200, 405}
    assert everything(house.town.store) == before
    token = path.rpartition("/")[2]
    assert not any(token in str(rows) for rows in before.values()), "only its hash is at rest"


def test_a_link_answers_once_and_the_next_page_has_its_own(house: Any, lena: Any, browse: Any, approve: Any) -> None:
    approve(lena, house)
    path, anybody = house.told(), browse()
    page = anybody.post(path, data={"step": "accept"})
    assert page.status_code == 200
    following = page.url.path
    assert following != path
    assert house.referral().state is ReferralState.ACCEPTED
    assert anybody.post(path, data={"step": "decline", "code": "known"}).status_code == 410
    assert anybody.get(path).status_code == 410
    assert anybody.post(following, data={"step": "act", "note": ""}).status_code == 409
    third = anybody.post(following, data={"step": "act", "note": "informed the hotline"}).url.path
    done = anybody.post(third, data={"step": "close", "code": "unfounded"})
    assert "Vă mulțumim" in done.text
    assert (house.referral().state, house.referral().outcome) == (ReferralState.CLOSED, "unfounded")


def test_a_link_runs_out_with_its_date(house: Any, lena: Any, browse: Any, approve: Any) -> None:
    approve(lena, house)
    path = house.told()
    house.clock.forward(days=8)
    assert browse().get(path).status_code == 410


@pytest.mark.parametrize("path", ["/answers/x", "/answers/" + "A" * 43, "/answers/%00"])
def test_a_guessed_link_opens_nothing(house: Any, browse: Any, path: str) -> None:
    assert browse().get(path).status_code == 410
    assert browse().post(path, data={"step": "accept"}).status_code == 410


def test_a_link_that_nobody_follows_is_handed_on_and_dies(house: Any, lena: Any, browse: Any, approve: Any) -> None:
    approve(lena, house)
    path, anybody = house.told(), browse()
    anybody.post(path, data={"step": "decline", "code": "not_ours"})
    assert house.referral().owner == "dorcas"
    second = house.told("dorcas")
    assert second != path
    anybody.post(second, data={"step": "decline", "code": "no_capacity"})
    assert house.referral().owner == LEAD
    assert anybody.get(second).status_code == 410

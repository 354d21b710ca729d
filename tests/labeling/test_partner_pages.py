"""Approvals, referrals and one-time links: who sees what, what a button does, and that opening a link does nothing."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from alerts import digest, outbox, selection
from labeling.export import labelled_ads
from zorya.domain import ids
from zorya.domain.referrals import LEAD
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.domain.sharing import AlertState, ReferralState
from zorya.store import audit, referrals, reviews, sharing
from zorya.store.schema import metadata

DAY = timedelta(days=1)
LINK = re.compile(r"https://zorya\.example(/answers/[\w-]{43})")


@dataclass
class House:
    """The town's alert, and its partners."""

    town: Any
    settings: Any
    clock: Any
    alert: Any

    def referral(self) -> Any:
        with self.town.store.reading() as connection:
            return referrals.of_alert(connection, self.alert.id)

    def told(self, partner: str = "la-strada") -> str:
        """Digest and delivery a day later; the path of the link that the mail holds."""
        self.clock.forward(days=1)
        digest.run(self.town.store, self.settings, as_of=self.clock())
        outbox.deliver(self.town.store, self.settings, as_of=self.clock())
        newest = max((self.settings.outbox_dir / partner).glob("*.eml"))
        mail = message_from_bytes(newest.read_bytes(), policy=policy.default)
        parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]  # type: ignore[attr-defined]
        found = {LINK.search(part)[1] for part in parts}  # type: ignore[index]
        assert len(found) == 1
        return found.pop()


def _confirm(town: Any, campaign: str, at: datetime) -> None:
    for number, name in enumerate(("anna", "boris"), start=7):
        task = Task(ids.task_id(campaign, number), campaign, number, TaskReason.RISK, 1.0, at, done_at=at)
        verdict = Verdict(
            ids.verdict_id(task.id, name, at), task.id, campaign, name, VerdictLabel.CONCERN, at,
            patterns=("labour_exploitation",), severity=2,
        )  # fmt: skip
        with town.store.writing() as connection:
            reviews.add_task(connection, task)
            reviews.add_verdict(connection, verdict)


@pytest.fixture
def house(town: Any, clock: Any) -> House:
    """One confirmed campaign for La Strada, with a second organisation behind it on the route."""
    folder = town.settings.home / "partners"
    folder.mkdir(parents=True)
    spec: dict[str, Any] = {"org_type": "ngo", "tlp_ceiling": "TLP:AMBER", "cadence": {"every": "daily", "hour": 0}}
    for name, more in (("la-strada", {"language": "ro"}), ("dorcas", {"scope": {"languages": ["hu"]}})):
        values = spec | {"name": name, "channels": [{"kind": "folder"}]} | more
        (folder / f"{name}.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    route = {"routes": [{"name": "all", "organisations": ["la-strada", "dorcas"]}]}
    (folder / "routes.yml").write_text(yaml.safe_dump(route), encoding="utf-8")
    _confirm(town, town.campaigns[0], clock())
    for name, role in (("lena", Role.LEAD), ("maria", Role.PARTNER), ("dirk", Role.PARTNER), ("nobody", Role.PARTNER)):
        town.person(name, role)
    with town.store.writing() as connection:
        referrals.link_account(connection, "maria", "la-strada")
        referrals.link_account(connection, "dirk", "dorcas")
    selection.run(town.store, town.settings, as_of=clock())
    with town.store.reading() as connection:
        (alert,) = sharing.alerts_in(connection, AlertState.WAITING)
    mailing = town.settings.digest.model_copy(update={"answer_url": "https://zorya.example"})
    return House(town, town.settings.model_copy(update={"digest": mailing}), clock, alert)


@pytest.fixture
def lena(house: House, browse: Any) -> Any:
    """A lead's browser."""
    return browse("lena")


def _approve(lena: Any, house: House) -> Any:
    path = f"/approvals/{house.alert.id}"
    return lena.fill(path, act="approve", content_hash=house.alert.content_hash)


def _everything(store: Any) -> dict[str, Any]:
    with store.reading() as connection:
        return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}


def test_a_lead_reads_what_the_partner_will_read_and_lets_it_leave(house: House, lena: Any) -> None:
    assert house.alert.id in lena.get("/approvals").text
    page = lena.get(f"/approvals/{house.alert.id}").text
    assert "TLP:AMBER" in page
    assert 'lang="ro"' in page
    assert "exploatare prin muncă" in page
    assert "Approved" in _approve(lena, house).text
    with house.town.store.reading() as connection:
        entries = [entry["action"] for entry in audit.page(connection, actor="lena")]
    assert {"alert.view", "alert.approve"} <= set(entries)
    assert house.told().startswith("/answers/")


def test_a_card_that_was_not_the_one_read_is_not_approved(house: House, lena: Any) -> None:
    answer = lena.fill(f"/approvals/{house.alert.id}", act="approve", content_hash="0" * 64)
    assert answer.status_code == 409
    assert lena.fill(f"/approvals/{house.alert.id}", act="approve").status_code == 409
    assert house.referral() is None


@pytest.mark.parametrize("name", ["anna", "maria"])
def test_analysts_and_partners_see_no_approvals(house: House, browse: Any, name: str) -> None:
    assert browse(name).get("/approvals").status_code == 403
    assert browse(name).fill(f"/approvals/{house.alert.id}", act="approve").status_code == 403


def test_sending_back_asks_why_and_keeps_it_here(house: House, lena: Any) -> None:
    path, seen = f"/approvals/{house.alert.id}", {"content_hash": house.alert.content_hash}
    assert lena.fill(path, act="send_back", **seen).status_code == 409
    lena.fill(path, act="send_back", reason="the place is a name", **seen)
    assert house.alert.id in lena.get("/approvals?state=sent_back").text
    assert "the place is a name" in lena.get(path).text


def test_a_recall_from_the_page_tells_everybody(house: House, lena: Any) -> None:
    _approve(lena, house)
    house.told()
    lena.sign_in("lena")  # a day has passed
    page = lena.fill(f"/approvals/{house.alert.id}", act="recall", reason="it is a lawful firm")
    assert "Recalled" in page.text
    assert len(list((house.settings.outbox_dir / "la-strada").glob("*.eml"))) == 2


def test_a_partner_sees_its_own_referrals_and_no_others(house: House, lena: Any, browse: Any) -> None:
    _approve(lena, house)
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


def test_the_four_answers_and_what_they_teach(house: House, lena: Any, browse: Any) -> None:
    _approve(lena, house)
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
        records = [row for row in labelled_ads(connection) if row["campaign"] == house.alert.campaign_id]
        assert {word.analyst for word in reviews.verdicts_in_force(connection)} == {"anna", "boris"}
    assert all(row["outside"][0]["label"] == "concern" for row in records)
    assert {row["outside"][0]["partner"] for row in records} == {"dorcas"}
    assert "dorcas" in browse("anna").get(f"/campaigns/{house.alert.campaign_id}").text


def test_opening_a_link_changes_nothing(house: House, lena: Any, browse: Any) -> None:
    _approve(lena, house)
    path = house.told()
    before = _everything(house.town.store)
    anybody = browse()
    for _ in range(3):
        page = anybody.get(path)
        assert page.status_code == 200
        assert '<html lang="ro"' in page.text
        assert anybody.head(path).status_code in {200, 405}
    assert _everything(house.town.store) == before
    token = path.rpartition("/")[2]
    assert not any(token in str(rows) for rows in before.values()), "only its hash is at rest"


def test_a_link_answers_once_and_the_next_page_has_its_own(house: House, lena: Any, browse: Any) -> None:
    _approve(lena, house)
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


def test_a_link_runs_out_with_its_date(house: House, lena: Any, browse: Any) -> None:
    _approve(lena, house)
    path = house.told()
    house.clock.forward(days=8)
    assert browse().get(path).status_code == 410


@pytest.mark.parametrize("path", ["/answers/x", "/answers/" + "A" * 43, "/answers/%00"])
def test_a_guessed_link_opens_nothing(house: House, browse: Any, path: str) -> None:
    assert browse().get(path).status_code == 410
    assert browse().post(path, data={"step": "accept"}).status_code == 410


def test_a_link_that_nobody_follows_is_handed_on_and_dies(house: House, lena: Any, browse: Any) -> None:
    _approve(lena, house)
    path, anybody = house.told(), browse()
    anybody.post(path, data={"step": "decline", "code": "not_ours"})
    assert house.referral().owner == "dorcas"
    second = house.told("dorcas")
    assert second != path
    anybody.post(second, data={"step": "decline", "code": "no_capacity"})
    assert house.referral().owner == LEAD
    assert anybody.get(second).status_code == 410

"""Digests on a page: one's own alone, by a link once and in one browser, less what was recalled. GET does nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import select, update

from alerts import decisions, digest, links, outbox, selection
from zorya.domain import ids
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.domain.sharing import Act, AlertState
from zorya.store import audit, referrals, reviews, sharing
from zorya.store.schema import metadata
from zorya.store.sharing_schema import digests

TITLE = "exploatare prin muncă"
RENEW = 'name="act" value="renew"'


@dataclass
class Told:
    """A digest that was delivered, and the path of a link that opens it."""

    town: Any
    settings: Any
    digest: Any
    message: str
    path: str


def _confirm(town: Any, campaign: str, at: Any) -> None:
    for number, name in enumerate(("anna", "boris"), start=7):
        task = Task(ids.task_id(campaign, number), campaign, number, TaskReason.RISK, 1.0, at, done_at=at)
        label = (VerdictLabel.CONCERN, at, ("labour_exploitation",), 2)
        verdict = Verdict(ids.verdict_id(task.id, name, at), task.id, campaign, name, *label)
        with town.store.writing() as connection:
            reviews.add_task(connection, task)
            reviews.add_verdict(connection, verdict)


@pytest.fixture
def told(town: Any, clock: Any) -> Told:
    """La Strada has a digest of one alert; Maria speaks for it, Dirk for another."""
    folder = town.settings.home / "partners"
    folder.mkdir(parents=True)
    spec: dict[str, Any] = {"org_type": "ngo", "tlp_ceiling": "TLP:AMBER", "cadence": {"every": "daily", "hour": 0}}
    spec |= {"name": "La Strada", "language": "ro", "channels": [{"kind": "folder"}]}
    (folder / "la-strada.yml").write_text(yaml.safe_dump(spec), encoding="utf-8")
    for name, role in (("lena", Role.LEAD), ("maria", Role.PARTNER), ("dirk", Role.PARTNER)):
        town.person(name, role)
    with town.store.writing() as connection:
        referrals.link_account(connection, "maria", "la-strada")
        referrals.link_account(connection, "dirk", "dorcas")
    mailing = town.settings.digest.model_copy(update={"answer_url": "https://zorya.example"})
    settings = town.settings.model_copy(update={"digest": mailing})
    _confirm(town, town.campaigns[0], clock())
    selection.run(town.store, settings, as_of=clock())
    with town.store.reading() as connection:
        (alert,) = sharing.alerts_in(connection, AlertState.WAITING)
    decisions.decide(town.store, settings, alert.id, Act.APPROVE, by="lena", as_of=clock())
    clock.forward(days=1)
    digest.run(town.store, settings, as_of=clock())
    outbox.deliver(town.store, settings, as_of=clock())
    with town.store.writing() as connection:
        made = sharing.last_digest(connection, "la-strada")
        ((message, _channel),) = sharing.deliveries_of(connection, made.id)
        link = links.digest_link(connection, settings, made, message, at=clock())
    return Told(town, settings, made, message, link.removeprefix("https://zorya.example"))


def _everything(store: Any) -> dict[str, Any]:
    with store.reading() as connection:
        return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}


def test_a_partner_reads_its_digest_and_the_log_says_so(told, browse):
    page = browse("maria").get(f"/digests/{told.digest.id}")
    assert page.status_code == 200
    assert TITLE in page.text
    assert page.text.count("TLP:AMBER") >= 2
    with told.town.store.reading() as connection:
        assert [entry["object"] for entry in audit.page(connection, action="digest.view")] == [told.digest.id]


def test_its_answers_lead_to_ones_referral_and_hold_no_token(told, browse):
    page = browse("maria").get(f"/digests/{told.digest.id}").text
    assert 'href="/referrals/f-' in page
    assert "/answers/" not in page
    assert "ANSWER-" not in page


def test_another_organisation_finds_nothing_and_a_lead_does(told, browse):
    assert browse("dirk").get(f"/digests/{told.digest.id}").status_code == 404
    assert browse("lena").get(f"/digests/{told.digest.id}").status_code == 200
    assert browse("maria").get("/digests/g-none").status_code == 404


def test_opening_a_link_changes_nothing_until_a_button_is_pressed(told, browse):
    before, scanner = _everything(told.town.store), browse()
    for _ in range(3):
        page = scanner.get(told.path)
        assert page.status_code == 200
        assert TITLE not in page.text
    assert _everything(told.town.store) == before


def test_the_browser_that_opened_it_reads_it_again_and_another_sees_that_somebody_came_first(told, browse):
    first, second = browse(), browse()
    for _ in range(2):  # an impatient person presses twice
        opened = first.post(told.path)
        assert (opened.status_code, TITLE in opened.text) == (200, True)
    assert TITLE in first.get(told.path).text
    for answer in (second.get(told.path), second.post(told.path)):
        assert answer.status_code == 410
        assert RENEW in answer.text
        assert TITLE not in answer.text
    with told.town.store.reading() as connection:
        (entry,) = audit.page(connection, action="digest.open")
        assert len(audit.page(connection, action="digest.view")) == 3
    assert (entry["actor"], entry["object"]) == ("la-strada: link", told.digest.id)


def test_a_cookie_of_one_link_opens_no_other(told, browse, clock):
    with told.town.store.writing() as connection:
        another = links.digest_link(connection, told.settings, told.digest, "<m-0b@zorya.example>", at=clock())
    path = another.removeprefix("https://zorya.example")
    first, second = browse(), browse()
    first.post(told.path)
    second.post(path)
    stolen = {"cookie": f"zorya_digest={first.cookies['zorya_digest']}"}
    assert browse().get(path, headers=stolen).status_code == 410
    assert browse().get(told.path, headers=stolen).status_code == 200


def test_a_link_runs_out_and_an_invented_one_opens_nothing(told, browse, clock):
    browser = browse()
    assert browser.get("/digests/open/" + "x" * 43).status_code == 410
    clock.forward(days=14)
    assert browser.get(told.path).status_code == 410
    assert browser.post(told.path).status_code == 410


def test_answers_of_the_linked_page_work_without_an_account(told, browse):
    browser = browse()
    page = browser.post(told.path).text
    answer = page.partition('href="/answers/')[2].partition('"')[0]
    assert browser.get(f"/answers/{answer}").status_code == 200


def test_what_was_recalled_is_shown_no_more(told, browse, clock):
    (alert,) = told.digest.alert_ids
    decisions.recall(told.town.store, told.settings, alert, by="lena", as_of=clock(), reason="a lawful employer")
    page = browse("maria").get(f"/digests/{told.digest.id}").text
    assert alert in page
    assert TITLE not in page


def test_what_was_changed_in_the_database_is_not_shown(told, browse):
    with told.town.store.writing() as connection:
        forged = told.digest.text.replace("TLP:AMBER", "TLP:CLEAR")
        connection.execute(update(digests).where(digests.c.id == told.digest.id).values(text=forged))
    assert browse("maria").get(f"/digests/{told.digest.id}").status_code == 409


def test_a_lowered_ceiling_closes_the_page(told, browse):
    path = told.settings.home / "partners" / "la-strada.yml"
    path.write_text(path.read_text().replace("TLP:AMBER", "TLP:GREEN"), encoding="utf-8")
    answer = browse("maria").get(f"/digests/{told.digest.id}")
    assert answer.status_code == 409
    assert TITLE not in answer.text


def test_a_sent_again_letter_moves_the_end_of_its_link(told, clock, browse):
    clock.forward(days=13)
    with told.town.store.writing() as connection:
        links.digest_link(connection, told.settings, told.digest, told.message, at=clock())
    clock.forward(days=13)
    assert browse().get(told.path).status_code == 200
    assert clock() - told.digest.created_at >= timedelta(days=26)


def test_who_comes_second_has_a_new_link_sent_and_sees_none(told, browse):
    first, second = browse(), browse()
    first.post(told.path)
    asked = second.post(told.path, data={"act": "renew"})
    assert (asked.status_code, RENEW in asked.text) == (200, False)
    assert "/digests/open/" not in asked.text.replace(told.path, "")
    with told.town.store.reading() as connection:
        (entry,) = audit.page(connection, action="digest.renew")
        assert len(sharing.deliveries_of(connection, told.digest.id)) == 2
    assert (entry["actor"], entry["object"]) == ("la-strada: link", told.digest.id)
    for dead in (first.get(told.path), second.post(told.path, data={"act": "renew"})):
        assert (dead.status_code, RENEW in dead.text) == (410, False)


def test_a_link_that_ran_out_is_renewed_and_one_in_force_is_not(told, browse, clock):
    browser = browse()
    assert browser.post(told.path, data={"act": "renew"}).status_code == 410
    assert TITLE not in browser.get(told.path).text
    clock.forward(days=14)
    assert RENEW in browser.get(told.path).text
    assert browser.post(told.path, data={"act": "renew"}).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_new_link_is_asked_for_in_a_real_browser(told, serve, browser, browse, scheme):
    browse().post(told.path)
    page = browser.new_page(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    page.goto(f"{serve(told.town)}{told.path}")
    found = [each for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    with page.expect_navigation():
        page.click("main button.primary")
    assert "Un link nou este pe drum" in page.inner_text("main [role=status]")
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_a_link_opens_in_a_real_browser_without_javascript(told, serve, browser, scheme, width):
    seen = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "java_script_enabled": False}
    page = browser.new_page(**seen)
    page.goto(f"{serve(told.town)}{told.path}")
    with page.expect_navigation():
        page.click("main button.primary")
    assert TITLE in page.inner_text("main")
    page.reload()
    assert TITLE in page.inner_text("main")
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_nothing_runs_out_of_a_small_screen(told, serve, browser, scheme):
    address, page = serve(told.town), browser.new_page(viewport={"width": 320, "height": 800}, color_scheme=scheme)
    for _ in range(2):
        page.goto(f"{address}{told.path}")
        found = [each for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        if page.query_selector("main button.primary"):
            with page.expect_navigation():
                page.click("main button.primary")
    page.close()

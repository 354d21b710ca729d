"""Who may come in, who is in, who did what, and which model was in use."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from zorya.domain.reviews import Role
from zorya.store import audit, people, promotions
from zorya.store.promotions import Promotion


@pytest.fixture
def admin(town, browse):
    """An administrator's browser."""
    with town.store.writing() as connection:
        anna = people.user(connection, "anna")
        assert anna is not None
        people.add_user(
            connection,
            name="ada",
            display_name="Ada",
            role=Role.ADMIN,
            password_hash=anna["password_hash"],
            language="en",
            at=town.at,
        )
    return browse("ada")


def test_ending_sessions_logs_a_person_out_at_once(admin, browse):
    anna = browse("anna")
    assert anna.get("/queue").url.path == "/queue"
    assert "has ended" in admin.fill("/people/anna/sessions").text
    assert anna.get("/queue").url.path == "/login"


def test_a_closed_account_cannot_come_in_until_it_is_opened(admin, browse):
    admin.fill("/people/anna/close", reason="left the organisation")
    assert browse().sign_in("anna").url.path == "/login"
    admin.fill("/people/anna/open")
    assert browse().sign_in("anna").url.path == "/"


def test_closing_an_account_asks_why_and_writes_it_down(admin, town):
    assert admin.fill("/people/anna/close").status_code == 422
    admin.fill("/people/anna/close", reason="left the organisation")
    with town.store.reading() as connection:
        entry = audit.page(connection, action="user.close")[0]
    assert (entry["actor"], entry["object"], entry["reason"]) == ("ada", "anna", "left the organisation")


def test_nobody_closes_their_own_account(admin):
    assert admin.fill("/people/ada/close", reason="tired").status_code == 409
    assert admin.get("/people").status_code == 200


def test_an_account_that_does_not_exist_is_not_found(admin):
    assert admin.fill("/people/nobody/close", reason="tired").status_code == 404


def test_the_log_is_narrowed_by_person_and_action(admin, town):
    with town.store.writing() as connection:
        for actor, action in (("eva", "contact.reveal"), ("eva", "ad.view"), ("bob", "contact.reveal")):
            audit.add(connection, at=town.at, actor=actor, action=action, object=f"{actor}-{action}")
    page = admin.get("/audit?actor=eva&action=contact.reveal").text
    assert "eva-contact.reveal" in page
    assert "eva-ad.view" not in page
    assert "bob-contact.reveal" not in page


def test_the_log_goes_on_where_the_page_ended(admin, town):
    with town.store.writing() as connection:
        for number in range(120):
            audit.add(connection, at=town.at, actor="eva", action="ad.view", object=f"seen-{number:03}.")
    first = admin.get("/audit?actor=eva").text
    link = re.search(r'href="(/audit\?before=[^"]+)"', first)
    assert link is not None
    older = admin.get(link[1].replace("&amp;", "&")).text
    shown = [number for number in range(120) for page in (first, older) if f"seen-{number:03}." in page]
    assert shown == list(range(120))


def test_a_broken_chain_is_named_on_the_page(admin, town):
    assert "The chain holds" in admin.get("/audit?check=1").text
    with town.store.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE seq = 1"))
    assert "broken at entry 1" in admin.get("/audit?check=1").text


def test_looking_at_the_log_is_logged(admin, town):
    admin.get("/audit?actor=eva")
    with town.store.reading() as connection:
        entry = audit.page(connection, action="audit.view")[0]
    assert (entry["actor"], entry["object"]) == ("ada", "eva")


def test_models_say_who_put_them_in_use(admin, town):
    with town.store.writing() as connection:
        for day, version in enumerate(("first", "second")):
            at = town.at + timedelta(days=day)
            promotions.add(connection, Promotion(at, "linear", "promote", None, version, "0" * 64, "ana", "better"))
    page = admin.get("/models").text
    in_use = page.partition('<h2 id="acts">')[0]
    assert "linear@second" in in_use
    assert "linear@first" not in in_use
    assert page.count(">linear@first<") == 1

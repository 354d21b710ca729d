"""The page of one's own: what is chosen is kept and private, passwords change, sessions end and are extended."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.preferences import Preferences, Theme, of_row
from labeling.web.entrance import browser_words
from labeling.web.keymap import caps_of, code_of
from zorya.domain.reviews import Role
from zorya.store import audit, campaigns, people, postings

NEW = "another invented password"
SEQUENCES = st.lists(st.sampled_from(["q", "Q", "⇧7", "!", "?", "Enter", "9", "⌫", "KeyJ", "←"]), max_size=2)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=2)
)


@given(st.dictionaries(st.sampled_from([*Preferences.__slots__, "of a later version"]), JSON))
def test_whatever_is_stored_gives_preferences_that_survive_storing(row):
    chosen = of_row(row)
    assert of_row(chosen.as_row()) == chosen


def test_a_choice_is_kept_with_the_account_not_with_the_browser(browse):
    browse("anna").fill("/preferences", theme="dark", next="/")
    page = browse("anna").get("/").text
    assert '<html lang="en" data-theme="dark">' in page
    assert '<meta name="color-scheme" content="dark">' in page
    assert "data-theme" not in browse("boris").get("/").text


def test_a_form_changes_only_what_it_names(browse, town):
    anna = browse("anna")
    anna.fill("/preferences", theme="light")
    anna.fill("/preferences", keys="off")
    anna.fill("/preferences", theme="no such theme")
    with town.store.reading() as connection:
        row = people.user(connection, "anna")["preferences"]
    assert of_row(row) == Preferences(theme=Theme.LIGHT, keys_on=False)


def test_nobody_is_shown_the_preferences_of_others(town):
    with town.store.reading() as connection:
        assert all("preferences" not in row for row in people.all_users(connection))


def test_a_new_password_opens_the_door_and_ends_the_other_sessions(browse, town):
    here, elsewhere = browse("anna"), browse("anna")
    answer = here.fill("/preferences/password", old="a long invented password", new=NEW, again=NEW)
    assert "your other sessions have ended" in answer.text
    assert here.get("/queue").url.path == "/queue"
    assert elsewhere.get("/queue").url.path == "/login"
    assert browse().sign_in("anna").status_code == 401
    assert browse().sign_in("anna", NEW).url.path == "/"
    with town.store.reading() as connection:
        entry = audit.page(connection, action="user.password")[0]
    assert (entry["actor"], entry["object"], entry["reason"]) == ("anna", "anna", "")


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("a wrong password", NEW, NEW, "not the password in force"),
        ("a long invented password", NEW, f"{NEW}!", "typed in two ways"),
        ("a long invented password", "short", "short", "10 to 256 characters"),
    ],
)
def test_a_password_is_not_changed_by_mistake(browse, old, new, again, said):
    answer = browse("anna").fill("/preferences/password", old=old, new=new, again=again)
    assert answer.status_code == 422
    assert said in answer.text
    assert browse().sign_in("anna").url.path == "/"


def test_guessing_the_password_in_force_is_slowed_down(browse, clock):
    anna = browse("anna")
    for _ in range(5):
        anna.fill("/preferences/password", old="a wrong password", new=NEW, again=NEW)
    right = {"old": "a long invented password", "new": NEW, "again": NEW}
    assert anna.fill("/preferences/password", **right).status_code == 429
    clock.forward(seconds=31)
    assert anna.fill("/preferences/password", **right).status_code == 200


def test_one_sees_and_ends_ones_own_sessions(browse, town):
    here, elsewhere, other = browse("anna"), browse("anna"), browse("boris")
    page = here.get("/preferences").text
    (named,) = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    here.fill("/preferences/sessions", session=named)
    assert elsewhere.get("/queue").url.path == "/login"
    assert here.get("/queue").url.path == "/queue"
    with town.store.reading() as connection:
        theirs = people.sessions_of(connection, "boris", at=town.at)[0]["token_hash"]
    here.fill("/preferences/sessions", session=theirs)
    assert other.get("/queue").url.path == "/queue"


def test_logging_out_everywhere_else_leaves_this_session(browse):
    here, one, two = browse("anna"), browse("anna"), browse("anna")
    here.fill("/preferences/sessions")
    assert [b.get("/queue").url.path for b in (here, one, two)] == ["/queue", "/login", "/login"]


def test_a_session_warns_before_its_end_and_can_be_extended(browse, clock, town):
    anna = browse("anna")
    hidden = r'<form class="ending"[^>]* hidden>'
    assert re.search(hidden, anna.get("/").text)
    clock.forward(hours=town.settings.review.session_hours, minutes=-5)
    assert not re.search(hidden, anna.get("/").text)
    anna.fill("/session", next="/queue")
    clock.forward(minutes=30)
    assert re.search(hidden, anna.get("/queue").text)


def test_a_session_cannot_be_extended_for_ever(browse, clock, town):
    anna = browse("anna")
    for _ in range(2 * 3):
        anna.fill("/session")
        clock.forward(hours=town.settings.review.session_hours / 2 - 0.01)
        assert anna.get("/queue").url.path == "/queue"
    anna.fill("/session")
    clock.forward(hours=1)
    assert anna.get("/queue").url.path == "/login"


def test_the_page_is_everybodys(browse, town):
    town.person("paula", Role.PARTNER)
    assert browse("paula").get("/preferences").status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("something else", ""),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(agent, words):
    assert browser_words(agent) == words


def _keys_form(browser):
    page = browser.get("/preferences").text
    return dict(re.findall(r'name="(key\.[a-z_]+)" value="([^"]*)"', page))


def test_a_key_is_given_to_another_act_and_printed_on_its_button(browse):
    anna = browse("anna")
    anna.fill("/preferences/keys", **_keys_form(anna) | {"key.skip": "p", "key.note": "", "key.go_queue": "g w"})
    page = anna.get(anna.reserve()).text
    assert re.search(r'data-code="KeyP"[^>]*>[^<]*<kbd>P</kbd>', page)
    assert 'data-code="KeyB"' not in page
    assert 'data-code="KeyC"' not in page
    assert 'data-code="KeyG KeyW"' in page
    assert 'data-code="KeyB"' in browse("boris").get("/queue/next").text


def test_keys_that_clash_are_refused_and_what_was_typed_stays(browse, town):
    anna = browse("anna")
    answer = anna.fill("/preferences/keys", **_keys_form(anna) | {"key.skip": "x"})
    assert answer.status_code == 422
    assert "One key would do two things" in answer.text
    assert 'name="key.skip" value="X"' in answer.text
    assert anna.fill("/preferences/keys", **_keys_form(anna) | {"key.skip": "F13"}).status_code == 422
    with town.store.reading() as connection:
        assert people.user(connection, "anna")["preferences"] in ({}, Preferences().as_row())


def test_all_keys_can_be_had_as_shipped_again(browse):
    anna = browse("anna")
    shipped = _keys_form(anna)
    anna.fill("/preferences/keys", **shipped | {"key.skip": "p"})
    assert _keys_form(anna)["key.skip"] == "P"
    anna.fill("/preferences/keys", **_keys_form(anna), shipped="1")
    assert _keys_form(anna) == shipped


def test_keys_that_no_longer_fit_together_give_way_to_the_shipped_ones(browse, town):
    with town.store.writing() as connection:
        people.set_preferences(connection, "anna", {"keys": {"skip": "KeyX", "of a later version": "KeyY"}})
    assert 'data-code="KeyB"' in browse("anna").get("/queue/next").text


@given(SEQUENCES)
def test_what_a_key_is_called_can_be_typed_again(typed):
    code = code_of(" ".join(typed))
    assert code_of(" ".join(caps_of(code))) == code


def test_who_wants_latin_letters_finds_them_unfolded(browse, town):
    anna, boris = browse("anna"), browse("boris")
    with town.store.reading() as connection:
        listed = [campaigns.members(connection, each)[0].posting_id for each in town.campaigns]
        cyrillic = next(each for each in listed if postings.current(connection, each).posting.language in {"uk", "ru"})
    anna.fill("/preferences", latin="open")
    anna.fill("/preferences", latin="sideways")
    assert '<details class="latin" data-keeps="latin-open" open>' in anna.get(f"/ads/{cyrillic}").text
    assert '<details class="latin" data-keeps="latin">' in boris.get(f"/ads/{cyrillic}").text

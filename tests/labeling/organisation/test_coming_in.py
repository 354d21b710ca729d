"""Coming in through an organisation: role, account, link, log-out, settings."""

import html
import re
from base64 import urlsafe_b64encode
from hashlib import sha256

import httpx
import pytest

from labeling.organisation import BACK, OrganisationLogIn, client_secret
from zorya.domain.reviews import Role
from zorya.errors import SettingsError
from zorya.settings import OrganisationSettings, load_settings
from zorya.store import audit, identities, people

HERE = "https://zorya.example"
GROUPS = {"zorya-leads": Role.LEAD, "zorya-people": Role.ANALYST}


def _account(town, name):
    with town.store.reading() as connection:
        return people.user(connection, name)


def test_somebody_of_the_organisation_comes_in_with_the_role_of_their_group(browse, house, come_in, onward):
    browser = browse()
    assert "Log in with Dawn" in browser.get("/login").text
    assert onward(come_in(browser, "u-1").text) == "/queue"
    assert browser.get("/queue").status_code == 200
    account = _account(house, "olena")
    assert (account["role"], account["display_name"], account["password_hash"]) == (Role.ANALYST, "Olena", "")
    with house.store.reading() as connection:
        assert [e["action"] for e in audit.page(connection, actor="olena")][:4] == [
            "queue.view",
            "log-in",
            "identity.link",
            "user.add",
        ]


def test_the_code_flow_carries_state_nonce_pkce_and_our_exact_address(browse, house, provider, come_in):
    browser = browse()
    come_in(browser, "u-1")
    asked, _ = provider.of("/oauth2/authorize")
    sent, credentials = provider.of("/oauth2/token")
    assert asked["redirect_uri"] == sent["redirect_uri"] == f"{HERE}{BACK}"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    digest = urlsafe_b64encode(sha256(sent["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert digest == asked["code_challenge"]
    assert len({asked["state"], asked["nonce"], sent["code_verifier"]}) == 3
    assert min(map(len, (asked["state"], asked["nonce"], sent["code_verifier"]))) >= 43
    assert credentials.startswith("Basic ")


def test_of_several_groups_the_first_named_in_the_settings_counts(browse, house, come_in):
    come_in(browse(), "u-2")
    assert _account(house, "petru")["role"] == Role.LEAD


def test_an_account_of_the_same_name_or_address_is_not_taken_over(browse, house, come_in):
    browser = browse()
    come_in(browser, "u-4")
    assert _account(house, "anna")["role"] == Role.ANALYST
    page = browser.get("/preferences").text
    assert "You come in through your organisation" in page
    with house.store.reading() as connection:
        names = {row["name"] for row in people.all_users(connection)} - {"anna", "boris"}
    assert len(names) == 1
    assert re.fullmatch(r"anna~[0-9a-f]{8}", names.pop())


def test_an_account_without_password_opens_to_no_password(browse, house, come_in):
    come_in(browse(), "u-1")
    for guess in ("", "nobody has this password", "a long invented password"):
        assert browse().sign_in("olena", guess).status_code == 401


def test_an_account_is_linked_by_who_is_signed_in_and_keeps_its_role(browse, house, back, come_in, onward):
    anna = browse("anna")
    start = anna.fill("/preferences/organisation")
    anna.get(back(onward(start.text), "u-4"))
    assert "linked to it" in anna.get("/preferences").text
    again = browse()
    come_in(again, "u-4")
    assert "Anna" in again.get("/").text
    assert _account(house, "anna")["role"] == Role.ANALYST
    boris = browse("boris")
    answer = boris.get(back(onward(boris.fill("/preferences/organisation").text), "u-4"))
    assert answer.status_code == 403
    assert "another account already" in answer.text


def test_a_role_follows_the_group_at_the_next_log_in(browse, house, provider, come_in):
    come_in(browse(), "u-1")
    httpx.put(f"{provider.issuer}/users/u-1", json={"preferred_username": "renamed", "groups": ["zorya-leads"]})
    come_in(browse(), "u-1")
    assert _account(house, "olena")["role"] == Role.LEAD
    assert _account(house, "renamed") is None
    with house.store.reading() as connection:
        assert audit.page(connection, action="user.role")[0]["reason"] == "lead"


def test_a_closed_account_stays_closed(browse, house, clock, come_in):
    come_in(browse(), "u-1")
    with house.store.writing() as connection:
        people.set_disabled(connection, "olena", at=clock())
    answer = come_in(browse(), "u-1")
    assert answer.status_code == 403
    assert "account is closed" in answer.text


def test_logging_out_shows_where_the_organisations_session_ends(browse, house, provider, come_in):
    browser = browse()
    come_in(browser, "u-1")
    answer = browser.fill("/logout")
    there = html.unescape(re.search(r'<a class="button" href="(http[^"]+)"', answer.text)[1])
    assert there.startswith(f"{provider.issuer}/oauth2/end_session?client_id=zorya&")
    assert httpx.get(there).status_code == 200
    assert browser.get("/queue").url.path == "/login"
    assert browse("anna").fill("/logout").url.path == "/login"


def test_the_organisation_vouches_for_the_second_factor(browse, house, come_in):
    house.settings = house.settings.model_copy(
        update={"review": house.settings.review.model_copy(update={"second_factor_roles": (Role.ANALYST,)})}
    )
    browser = browse(second_factor_roles=(Role.ANALYST,))
    come_in(browser, "u-1")
    assert browser.get("/queue").url.path == "/queue"


def test_without_an_organisation_there_is_no_such_door(browse):
    assert browse().get("/login/organisation").status_code == 404
    assert browse().get(BACK).status_code == 404
    assert "Log in with" not in browse().get("/login").text


def test_identities_are_tied_once(seed, as_of):
    for name in ("anna", "boris"):
        seed.person(name)
    with seed.store.writing() as connection:
        assert identities.link(connection, "https://id.example", "s", "anna", at=as_of)
        assert not identities.link(connection, "https://id.example", "s", "boris", at=as_of)
        assert identities.user_of(connection, "https://id.example", "s") == "anna"
        assert identities.user_of(connection, "https://other.example", "s") is None


def test_a_secret_is_demanded_and_its_places_named(sqlite_settings, monkeypatch):
    spec = OrganisationSettings(issuer="https://id.example", client_id="z", base_url=HERE, roles=GROUPS)
    settings = sqlite_settings.model_copy(update={"organisation": spec})
    with pytest.raises(SettingsError, match=r"organisation\.secret or set ZORYA_ORGANISATION_SECRET"):
        OrganisationLogIn(settings)
    monkeypatch.setenv("ZORYA_ORGANISATION_SECRET", "from the environment")
    assert client_secret(settings) == "from the environment"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"issuer": "https://id.example"}, "`client_id`, `base_url`, `roles` must be too"),
        (
            {"issuer": "http://id.example", "client_id": "z", "base_url": HERE, "roles": GROUPS},
            "`issuer` must be an https",
        ),
        (
            {"issuer": "https://id.example", "client_id": "z", "base_url": "http://z.example", "roles": GROUPS},
            "`base_url`",
        ),
    ],
)
def test_half_a_set_up_is_refused_with_the_key_at_fault(spec, said):
    with pytest.raises(SettingsError, match=said):
        load_settings(organisation=spec)

"""Who does not come in through an organisation: no role, forged or stale tokens, answers of others."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from labeling.organisation import BACK
from zorya.domain.reviews import Role
from zorya.store import people

HERE = "https://zorya.example"
GROUPS = {"zorya-leads": Role.LEAD, "zorya-people": Role.ANALYST}


def _account(town, name):
    with town.store.reading() as connection:
        return people.user(connection, name)


@pytest.mark.parametrize("subject", ["u-3", "u-5"])
def test_who_has_no_role_stays_outside_and_gets_no_account(browse, house, subject, come_in):
    browser = browse()
    answer = come_in(browser, subject)
    assert answer.status_code == 403
    assert "gives you no role" in answer.text
    assert browser.get("/queue").url.path == "/login"
    with house.store.reading() as connection:
        assert {row["name"] for row in people.all_users(connection)} == {"anna", "boris"}


def test_an_answer_counts_only_in_the_browser_that_asked_and_once(browse, house, back, onward):
    one, other = browse(), browse()
    back = back(onward(one.get("/login/organisation").text), "u-1")
    assert other.get(back).status_code == 403
    other.get("/login/organisation")
    assert other.get(back).status_code == 403
    assert onward(one.get(back).text) == "/"
    assert one.get(back).status_code == 403


def test_it_may_not_take_longer_than_ten_minutes(browse, house, clock, back, onward):
    browser = browse()
    back = back(onward(browser.get("/login/organisation").text), "u-1")
    clock.forward(minutes=11)
    assert "took too long" in browser.get(back).text


def test_breaking_off_and_another_issuer_are_refused(browse, house, back, onward):
    browser = browse()
    address = onward(browser.get("/login/organisation").text)
    state = dict(parse_qsl(urlsplit(address).query))["state"]
    assert "broken off" in browser.get(f"{BACK}?{urlencode({'error': 'access_denied', 'state': state})}").text
    browser.get("/login/organisation")
    back = back(onward(browser.get("/login/organisation").text), "u-1")
    assert "another log-in" in browser.get(f"{back}&iss=https://evil.example").text


def _unsigned(token):
    header = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return f"{header}.{token.split('.')[1]}."


def _by_a_stranger(token):
    payload = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))


def _by_our_secret(token):
    payload = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("an invented client secret"))


@pytest.mark.parametrize("tamper", [_unsigned, _by_a_stranger, _by_our_secret, lambda _: "", lambda _: "a.b.c"])
def test_a_forged_token_is_refused(browse, house, provider, tamper, come_in):
    browser = browse()
    provider.tamper = tamper
    answer = come_in(browser, "u-1")
    assert answer.status_code == 403
    assert "no valid answer" in answer.text
    assert _account(house, "olena") is None


def test_a_token_of_an_earlier_log_in_is_refused(browse, house, provider, come_in):
    come_in(browse(), "u-2")
    earlier = provider.last_token
    provider.tamper = lambda _: earlier
    assert "no valid answer" in come_in(browse(), "u-1").text


def test_a_token_for_somebody_elses_app_is_refused(browse, house, provider, back, onward):
    browser = browse()
    address = onward(browser.get("/login/organisation").text)
    asked = dict(parse_qsl(urlsplit(address).query))
    theirs = {**asked, "client_id": "another-app", "state": "x"}
    location = httpx.post(f"{provider.issuer}/oauth2/authorize?{urlencode(theirs)}", data={"sub": "u-1"}).headers[
        "location"
    ]
    form = {
        "grant_type": "authorization_code",
        "code": dict(parse_qsl(urlsplit(location).query))["code"],
        "redirect_uri": asked["redirect_uri"],
        "client_id": "another-app",
        "client_secret": "x",
    }
    stolen = httpx.post(f"{provider.issuer}/oauth2/token", data=form).json()["id_token"]
    provider.tamper = lambda _: stolen
    assert "no valid answer" in browser.get(back(address, "u-1")).text


def test_an_expired_token_is_refused(browse, open_to, run_provider, clock, come_in):
    clock.at = datetime.now(UTC)
    open_to(run_provider(access_token_max_age=timedelta(hours=-1)))
    assert "no valid answer" in come_in(browse(), "u-1").text


def test_a_provider_that_does_not_answer_is_said_with_a_remedy(browse, house, provider):
    provider.server.shutdown()
    provider.server.server_close()
    answer = browse().get("/login/organisation")
    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert browse("anna").get("/queue").status_code == 200

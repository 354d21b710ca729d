"""The second factor: enrolled, asked for, taken once, lost and reset. Codes come from a real authenticator (pyotp)."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from labeling import second_factor
from labeling.sealing import SealBroken
from labeling.second_factor import DRIFT, STEP, hash_of, new_recovery_codes, seal, step_of, unseal
from zorya.cli import app
from zorya.domain.reviews import Role
from zorya.store import audit, people, second_factors

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def enrol(clock):
    """`enrol(browser)`: set a second factor up; returns the authenticator and the recovery codes."""

    def run(browser):
        browser.fill("/second-factor")
        page = browser.get("/second-factor").text
        app_of_hers = pyotp.TOTP(re.search(r'<code class="mono key">([A-Z2-7 ]+)</code>', page)[1].replace(" ", ""))
        answer = browser.post("/second-factor/confirm", data=_form(browser, app_of_hers.at(clock())))
        codes = re.findall(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>", answer.text)
        clock.forward(seconds=60)
        return app_of_hers, codes

    return run


def _form(browser, code, **more):
    return {"csrf": browser.field("/second-factor", "csrf"), "code": code, **more}


def _second_step(browser, code):
    return browser.post("/login/code", data={"csrf": browser.cookies["zorya_login"], "code": code, "next": "/"})


@given(st.integers(0, 4_000_000_000), st.integers(-200, 200))
def test_a_code_fits_its_own_moment_and_one_step_around_it(second, away):
    code = pyotp.TOTP(SECRET).at(second)
    found = step_of(SECRET, code, at=datetime.fromtimestamp(max(0, second + away), UTC))
    steps = abs(max(0, second + away) // 30 - second // 30)
    assert found == second // 30 or steps > DRIFT or pyotp.TOTP(SECRET).at(found * 30) == code
    if steps > DRIFT:
        assert found != second // 30


def test_the_published_vectors_hold():
    """RFC 6238, appendix B (SHA-1), cut to six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for second, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert step_of(secret, code, at=datetime.fromtimestamp(second, UTC)) == second // 30


def test_a_sealed_secret_is_bound_to_key_and_account(sqlite_settings):
    sealed = seal(sqlite_settings, "anna", SECRET)
    assert SECRET.encode() not in sealed
    assert unseal(sqlite_settings, "anna", sealed) == SECRET
    with pytest.raises(SealBroken, match="reset-second-factor boris"):
        unseal(sqlite_settings, "boris", sealed)
    (sqlite_settings.keys_dir / "second-factor.key").write_bytes(bytes(32))
    with pytest.raises(SealBroken, match="restore the key"):
        unseal(sqlite_settings, "anna", sealed)


def test_recovery_codes_are_read_however_they_are_typed():
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert {len(code.replace("-", "")) for code in codes} == {16}
    assert hash_of(f" {codes[0].upper().replace('-', ' ')} ") == hash_of(codes[0])


def test_a_code_is_taken_once_and_no_older_one_after_it(seed, as_of):
    seed.person("anna")
    totp = pyotp.TOTP(SECRET)
    with seed.store.writing() as connection:
        second_factors.begin(connection, "anna", seal(seed.settings, "anna", SECRET), at=as_of)

        def accept(moment):
            code = totp.at(moment)
            return second_factor.accept(connection, seed.settings, "anna", code, at=as_of)

        assert accept(as_of) == "code"
        assert accept(as_of) == ""
        assert accept(as_of - STEP) == ""
        assert accept(as_of + STEP) == "code"


def test_a_recovery_code_opens_once(seed, as_of):
    for name in ("anna", "boris"):
        seed.person(name)
    with seed.store.writing() as connection:
        second_factors.begin(connection, "anna", seal(seed.settings, "anna", SECRET), at=as_of)
        second_factors.set_recovery_codes(connection, "anna", [hash_of("aaaa-bbbb-cccc-dddd")])
        given = (connection, seed.settings, "anna", "AAAA BBBB cccc dddd")
        assert second_factor.accept(*given, at=as_of) == "recovery code"
        assert second_factor.accept(*given, at=as_of) == ""
        assert second_factors.recovery_codes_left(connection, "anna") == 0


def test_the_code_is_asked_for_after_the_password(browse, enrol, clock, town):
    totp, codes = enrol(browse("anna"))
    assert len(codes) == 10
    browser = browse()
    answer = browser.sign_in("anna")
    assert "Your second factor" in answer.text
    assert "zorya_session" not in browser.cookies
    assert browser.get("/queue").url.path == "/login"
    assert _second_step(browser, "000000").status_code == 401
    assert _second_step(browser, totp.at(clock())).url.path == "/"
    assert browser.get("/queue").url.path == "/queue"
    with town.store.reading() as connection:
        assert audit.page(connection, action="log-in")[0]["reason"] == "second factor: code"


def test_a_code_seen_over_a_shoulder_is_worth_nothing(browse, enrol, clock):
    totp, _ = enrol(browse("anna"))
    code = totp.at(clock())
    one, two = browse(), browse()
    for browser in (one, two):
        browser.sign_in("anna")
    assert _second_step(one, code).url.path == "/"
    assert _second_step(two, code).status_code == 401


def test_a_recovery_code_lets_in_once(browse, enrol):
    _, codes = enrol(browse("anna"))
    one, two = browse(), browse()
    for browser in (one, two):
        browser.sign_in("anna")
    assert _second_step(one, codes[3]).url.path == "/"
    assert "9 recovery codes are left" in one.get("/second-factor").text
    assert _second_step(two, codes[3]).status_code == 401


def test_the_password_counts_for_five_minutes_in_this_browser_only(browse, enrol, clock):
    totp, _ = enrol(browse("anna"))
    browser, thief = browse(), browse()
    browser.sign_in("anna")
    thief.get("/login")
    thief.cookies.set("zorya_half", browser.cookies["zorya_half"])
    assert "took too long" in _second_step(thief, totp.at(clock())).text
    clock.forward(minutes=5)
    assert "took too long" in _second_step(browser, totp.at(clock())).text


@pytest.mark.parametrize("forged", ["", "616e6e61|99999999999|00", "zz|1|1", "616e6e61"])
def test_a_forged_first_step_is_refused(browse, enrol, clock, forged):
    totp, _ = enrol(browse("anna"))
    browser = browse()
    browser.get("/login")
    browser.cookies.set("zorya_half", forged)
    assert _second_step(browser, totp.at(clock())).status_code == 401


def test_guessing_codes_is_slowed_down(browse, enrol, clock):
    totp, _ = enrol(browse("anna"))
    browser = browse()
    browser.sign_in("anna")
    for _ in range(5):
        assert _second_step(browser, "000000").status_code == 401
    assert _second_step(browser, totp.at(clock())).status_code == 429
    clock.forward(seconds=31)
    assert _second_step(browser, totp.at(clock())).url.path == "/"


def test_a_role_that_needs_one_sees_nothing_before_it_is_set_up(browse, enrol, town):
    lead = browse("boris", second_factor_roles=(Role.ANALYST,))
    for path in ("/", "/queue", "/help", "/preferences"):
        assert lead.get(path).url.path == "/second-factor"
    token = {"csrf": lead.field("/second-factor", "csrf")}
    assert lead.post("/undo", data=token).status_code == 403
    enrol(lead)
    assert lead.get("/queue").url.path == "/queue"
    answer = lead.post("/second-factor/off", data=_form(lead, "000000"))
    assert answer.status_code == 409


def test_leads_and_administrators_need_one_unless_the_house_says_otherwise(sqlite_settings):
    assert set(sqlite_settings.review.second_factor_roles) == {Role.LEAD, Role.ADMIN}


def test_the_qr_code_shows_only_a_secret_that_is_not_in_force(browse, enrol):
    anna = browse("anna")
    assert anna.get("/second-factor/qr.svg").status_code == 404
    anna.fill("/second-factor")
    answer = anna.get("/second-factor/qr.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "style" not in answer.text
    enrol(anna)
    assert anna.get("/second-factor/qr.svg").status_code == 404
    assert 'class="mono key"' not in anna.fill("/second-factor").text


def test_new_recovery_codes_void_the_old_and_need_a_code(browse, enrol, clock):
    anna = browse("anna")
    totp, old = enrol(anna)
    assert anna.post("/second-factor/codes", data=_form(anna, "000000")).status_code == 422
    answer = anna.post("/second-factor/codes", data=_form(anna, totp.at(clock())))
    new = re.findall(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>", answer.text)
    assert len(new) == 10
    assert not set(new) & set(old)
    browser = browse()
    browser.sign_in("anna")
    assert _second_step(browser, old[0]).status_code == 401
    assert _second_step(browser, new[0]).url.path == "/"


def test_it_can_be_turned_off_with_a_code_where_the_role_allows(browse, enrol, clock):
    anna = browse("anna")
    totp, _ = enrol(anna)
    assert anna.post("/second-factor/off", data=_form(anna, "000000")).status_code == 422
    assert "is off" in anna.post("/second-factor/off", data=_form(anna, totp.at(clock()))).text
    assert browse().sign_in("anna").url.path == "/"


def test_an_administrator_resets_a_lost_one_with_a_reason(browse, enrol, town):
    town.person("ada", Role.ADMIN)
    anna, ada = browse("anna"), browse("ada")
    enrol(anna)
    assert ada.fill("/people/anna/second-factor").status_code == 422
    assert "second factor is gone" in ada.fill("/people/anna/second-factor", reason="telephone lost").text
    assert anna.get("/queue").url.path == "/login"
    assert browse().sign_in("anna").url.path == "/"
    assert ada.fill("/people/ada/second-factor", reason="mine").status_code == 409
    with town.store.reading() as connection:
        entry = audit.page(connection, action="second-factor.reset")[0]
    assert (entry["actor"], entry["object"], entry["reason"]) == ("ada", "anna", "telephone lost")


def test_the_command_line_resets_one_too(browse, enrol, town, clock):
    anna = browse("anna")
    enrol(anna)
    run = CliRunner().invoke(app, ["user", "reset-second-factor", "anna", "--reason", "telephone lost"])
    assert run.exit_code == 0, run.output
    assert CliRunner().invoke(app, ["user", "reset-second-factor", "anna", "--reason", "again"]).exit_code == 3
    with town.store.reading() as connection:
        assert second_factors.of(connection, "anna") is None
        assert audit.page(connection, action="second-factor.reset")[0]["reason"] == "telephone lost"
        assert people.user(connection, "anna")


def test_a_clock_that_is_off_by_half_a_minute_still_fits(browse, enrol, clock):
    totp, _ = enrol(browse("anna"))
    browser = browse()
    browser.sign_in("anna")
    assert _second_step(browser, totp.at(clock() - timedelta(seconds=30))).url.path == "/"

"""Log-in and log-out."""

import hmac
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from labeling import second_factor
from labeling.web.gate import LOGIN_COOKIE, SESSION_COOKIE, Call, refused, safe_path, same_token, set_cookie
from labeling.web.passwords import matches
from labeling.web.speech import N_
from zorya.domain.ids import new_secret, sha256_hex
from zorya.settings import secret_key
from zorya.store import audit, people, second_factors

HALF_COOKIE = "zorya_half"
HALF_WAY_S = 300
"""How long the password counts while the code is awaited."""

_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
"""Marks in what a browser says of itself; the first that fits counts, since most name others too."""


def show_login(call: Call) -> Response:
    """The form. Its token is tied to a cookie, so that nobody else can log this browser in."""
    return _form(call)


def log_in(call: Call) -> Response:
    """Check name and password; slow down after repeated failures."""
    if not same_token(call.text("csrf"), call.request.cookies.get(LOGIN_COOKIE, "")):
        return refused(call, 403, N_("This form is out of date. Go back, reload the log-in page and try again."))
    name, password = call.text("name", 80).strip(), call.text("password", 256)
    address = call.request.client.host if call.request.client else "?"
    keys = (f"{address}|{sha256_hex(name.encode())}", address)
    wait = max(call.app.throttle.wait(key, at=call.now) for key in keys)
    if wait > timedelta(0):
        return _form(call, status=429, error=call.wait_words(wait), name=name)
    with call.app.store.reading() as connection:
        account = people.user(connection, name)
    if not matches(password, account["password_hash"] if account else None):
        call.app.throttle.failed(keys[0], at=call.now)
        if call.app.throttle.wait(keys[0], at=call.now):
            call.app.throttle.failed(keys[1], at=call.now)
        return _form(call, status=401, error=N_("Name and password do not fit together."), name=name)
    call.app.throttle.succeeded(keys[0])
    with call.app.store.reading() as connection:
        factor = second_factors.of(connection, name)
    if factor is None or factor["confirmed_at"] is None:
        return open_session(call, name, target=safe_path(call.text("next", 200)))
    response = _code_form(call, target=safe_path(call.text("next", 200)))
    set_cookie(call, response, HALF_COOKIE, _half_way(call, account or {}), HALF_WAY_S)
    return response


def log_in_with_code(call: Call) -> Response:
    """The second step: a code of the authenticator app, or a recovery code, within five minutes of the password."""
    if not same_token(call.text("csrf"), call.request.cookies.get(LOGIN_COOKIE, "")):
        return refused(call, 403, N_("This form is out of date. Go back, reload the log-in page and try again."))
    given, target = call.request.cookies.get(HALF_COOKIE, ""), safe_path(call.text("next", 200))
    name = _half_way_name(given)
    with call.app.store.reading() as connection:
        account = people.user(connection, name)
    if account is None or not _still_half_way(call, account, given):
        return _form(call, status=401, error=N_("That took too long. Begin with your name and password again."))
    key = f"code|{name}"
    if (wait := call.app.throttle.wait(key, at=call.now)) > timedelta(0):
        return _code_form(call, status=429, error=call.wait_words(wait), target=target)
    with call.app.store.writing() as connection:
        how = second_factor.accept(connection, call.app.settings, name, call.text("code", 40), at=call.now)
    if not how:
        call.app.throttle.failed(key, at=call.now)
        error = N_("That code does not fit, or it was used before. Wait for the next one.")
        return _code_form(call, status=401, error=error, target=target)
    call.app.throttle.succeeded(key)
    return open_session(call, name, target=target, reason=f"second factor: {how}")


def open_session(call: Call, name: str, *, target: str, begun_by: str = "password", reason: str = "") -> Response:
    """Let somebody in who has shown who they are, and lead them to a page."""
    hours = timedelta(hours=call.app.settings.review.session_hours)
    with call.app.store.writing() as connection:
        token = people.open_session(
            connection,
            name,
            at=call.now,
            expires_at=call.now + hours,
            browser=browser_words(call.request.headers.get("user-agent", "")),
            begun_by=begun_by,
        )
        audit.add(connection, at=call.now, actor=name, action="log-in", object=name, reason=reason)
    response = call.go(target)
    set_cookie(call, response, SESSION_COOKIE, token, int(hours.total_seconds()))
    for cookie in (LOGIN_COOKIE, HALF_COOKIE):
        response.delete_cookie(cookie, path="/", httponly=True, samesite="strict")
    return response


def log_out(call: Call) -> Response:
    """Revoke the session at once, on the server."""
    with call.app.store.writing() as connection:
        people.close_session(connection, call.request.cookies[SESSION_COOKIE], at=call.now)
        audit.add(connection, at=call.now, actor=call.person.name, action="log-out", object=call.person.name)
    organisation = call.app.organisation if call.person.by_organisation else None
    there = organisation.log_out_address(call.now) if organisation else ""
    response = call.page("logged_out.html", onward=there) if there else call.go("/login")
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _form(call: Call, *, status: int = 200, error: str = "", name: str = "") -> Response:
    token = call.request.cookies.get(LOGIN_COOKIE) or new_secret()
    target = safe_path(call.text("next", 200) or call.request.query_params.get("next", "/"))
    shown = {"csrf": token, "error": error, "name": name, "target": target, "organisation": _organisation(call)}
    response = call.page("login.html", status=status, **shown)
    set_cookie(call, response, LOGIN_COOKIE, token, 3600)
    return response


def _organisation(call: Call) -> str:
    """What the button says that leads to the organisation's log-in; empty where there is none."""
    if call.app.organisation is None:
        return ""
    return call.app.settings.organisation.name or call.say("your organisation")


def _code_form(call: Call, *, target: str, status: int = 200, error: str = "") -> Response:
    token = call.request.cookies.get(LOGIN_COOKIE, "")
    return call.page("login_code.html", status=status, csrf=token, error=error, target=target)


def _half_way(call: Call, account: dict[str, Any]) -> str:
    """Who has given the right password, until when: `name in hex|seconds|seal`. Another password breaks the seal."""
    until = int(call.now.timestamp()) + HALF_WAY_S
    return f"{account['name'].encode().hex()}|{until}|{_seal(call, account, until)}"


def _half_way_name(given: str) -> str:
    try:
        return bytes.fromhex(given.partition("|")[0]).decode()
    except ValueError:
        return ""


def _still_half_way(call: Call, account: dict[str, Any], given: str) -> bool:
    until, _, seal = given.partition("|")[2].partition("|")
    if not (until.isascii() and until.isdecimal()) or len(until) > 12 or int(until) <= call.now.timestamp():
        return False
    return same_token(seal, _seal(call, account, int(until)))


def _seal(call: Call, account: dict[str, Any], until: int) -> str:
    browser = call.request.cookies.get(LOGIN_COOKIE, "")
    parts = "\x1f".join((account["name"], account["password_hash"], str(until), browser))
    return hmac.new(secret_key(call.app.settings, "log-in"), parts.encode(), "sha256").hexdigest()


def browser_words(agent: str) -> str:
    """`Firefox, Linux`: what its owner knows a browser by; empty for what calls itself otherwise."""
    found = [next((words for mark, words in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(part for part in found if part)

"""Log-in and log-out."""

from datetime import timedelta

from starlette.responses import Response

from labeling.web.gate import LOGIN_COOKIE, SESSION_COOKIE, Call, refused, safe_path, same_token, set_cookie
from labeling.web.passwords import matches
from labeling.web.speech import N_
from zorya.domain.ids import new_secret, sha256_hex
from zorya.store import audit, people

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
    hours = timedelta(hours=call.app.settings.review.session_hours)
    with call.app.store.writing() as connection:
        browser = browser_words(call.request.headers.get("user-agent", ""))
        token = people.open_session(connection, name, at=call.now, expires_at=call.now + hours, browser=browser)
        audit.add(connection, at=call.now, actor=name, action="log-in", object=name)
    response = call.go(safe_path(call.text("next", 200)))
    set_cookie(call, response, SESSION_COOKIE, token, int(hours.total_seconds()))
    response.delete_cookie(LOGIN_COOKIE, path="/", httponly=True, samesite="strict")
    return response


def log_out(call: Call) -> Response:
    """Revoke the session at once, on the server."""
    with call.app.store.writing() as connection:
        people.close_session(connection, call.request.cookies[SESSION_COOKIE], at=call.now)
        audit.add(connection, at=call.now, actor=call.person.name, action="log-out", object=call.person.name)
    response = call.go("/login")
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _form(call: Call, *, status: int = 200, error: str = "", name: str = "") -> Response:
    token = call.request.cookies.get(LOGIN_COOKIE) or new_secret()
    target = safe_path(call.text("next", 200) or call.request.query_params.get("next", "/"))
    response = call.page("login.html", status=status, csrf=token, error=error, name=name, target=target)
    set_cookie(call, response, LOGIN_COOKIE, token, 3600)
    return response


def browser_words(agent: str) -> str:
    """`Firefox, Linux`: what its owner knows a browser by; empty for what calls itself otherwise."""
    found = [next((words for mark, words in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return ", ".join(part for part in found if part)

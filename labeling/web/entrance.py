"""Log-in, log-out, and the one preference kept in a cookie."""

from datetime import timedelta

from starlette.responses import Response

from labeling.web.gate import KEYS_COOKIE, LANGUAGE_COOKIE, LOGIN_COOKIE, SESSION_COOKIE, Call, refused, same_token
from labeling.web.passwords import matches
from labeling.web.speech import LANGUAGES, N_
from zorya.domain.ids import new_secret, sha256_hex
from zorya.store import audit, people


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
        seconds = int(wait.total_seconds()) + 1
        return _form(
            call,
            status=429,
            error=call.speech.plural(
                "Too many failed log-ins. Try again in %(num)s second.",
                "Too many failed log-ins. Try again in %(num)s seconds.",
                seconds,
            ),
            name=name,
        )
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
        token = people.open_session(connection, name, at=call.now, expires_at=call.now + hours)
        audit.add(connection, at=call.now, actor=name, action="log-in", object=name)
    response = call.go(_safe_path(call.text("next", 200)))
    _set(call, response, SESSION_COOKIE, token, int(hours.total_seconds()))
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


def prefer(call: Call) -> Response:
    """Single-key shortcuts on or off for this browser (WCAG 2.1.4), or another language for this person."""
    response = call.go(_safe_path(call.text("next", 200)))
    if call.text("keys"):
        _set(call, response, KEYS_COOKIE, "off" if call.text("keys") == "off" else "on", 365 * 86400)
    chosen = call.text("language", 5)
    if chosen in LANGUAGES:
        with call.app.store.writing() as connection:
            people.set_language(connection, call.person.name, chosen)
        _set(call, response, LANGUAGE_COOKIE, chosen, 365 * 86400)
    return response


def _form(call: Call, *, status: int = 200, error: str = "", name: str = "") -> Response:
    token = call.request.cookies.get(LOGIN_COOKIE) or new_secret()
    target = _safe_path(call.text("next", 200) or call.request.query_params.get("next", "/"))
    response = call.page("login.html", status=status, csrf=token, error=error, name=name, target=target)
    _set(call, response, LOGIN_COOKIE, token, 3600)
    return response


def _set(call: Call, response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, samesite="strict", secure=call.is_secure()
    )


def _safe_path(path: str) -> str:
    """An address inside the app; anything else becomes the first page."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside and "\\" not in path else "/"

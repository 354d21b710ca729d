"""Coming in through one's organisation: to its log-in and back, and linking it to an account one has already.

The browser takes a sealed errand along in a cookie that survives the way back (SameSite=Lax); the session's own cookie
stays strict, so that the way in ends on a page of ours which leads on.
"""

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling.organisation import Arrival, LogInRefused, OrganisationLogIn
from labeling.web.entrance import open_session
from labeling.web.gate import Call, refused, safe_path
from zorya.domain.ids import sha256_hex
from zorya.store import audit, identities, people

ERRAND_COOKIE = "zorya_errand"
ERRAND_S = 600


def begin(call: Call) -> Response:
    """To the organisation's log-in."""
    return _sent_off(call, target=safe_path(call.request.query_params.get("next", "/")), link="")


def begin_link(call: Call) -> Response:
    """To the organisation's log-in, to tie whoever one is there to the account one is signed in with."""
    return _sent_off(call, target="/preferences?said=linked", link=call.person.name)


def come_back(call: Call) -> Response:
    """From the organisation's log-in: into the account of that identity, made now if there is none."""
    provider = _provider(call)
    try:
        cookie = call.request.cookies.get(ERRAND_COOKIE, "")
        arrival = provider.finish(cookie, dict(call.request.query_params), now=call.now)
        with call.app.store.writing() as connection:
            name = _account_of(connection, call, arrival)
    except LogInRefused as exc:
        response = refused(call, 403, str(exc))
    else:
        opened = open_session(call, name, target=arrival.target, begun_by="organisation", reason="organisation")
        response = call.page("onward.html", onward=arrival.target)
        response.raw_headers += [pair for pair in opened.raw_headers if pair[0] == b"set-cookie"]
    response.delete_cookie(ERRAND_COOKIE, path="/login", httponly=True, samesite="lax")
    return response


def _sent_off(call: Call, *, target: str, link: str) -> Response:
    try:
        address, errand = _provider(call).begin(target=target, link=link, now=call.now)
    except LogInRefused as exc:
        return refused(call, 503, str(exc))
    # Not a redirect: after a form the browser would refuse to leave (form-action 'self').
    response = call.page("onward.html", onward=address)
    secure = call.is_secure()
    response.set_cookie(
        ERRAND_COOKIE, errand, max_age=ERRAND_S, path="/login", httponly=True, samesite="lax", secure=secure
    )
    return response


def _provider(call: Call) -> OrganisationLogIn:
    if call.app.organisation is None:
        raise HTTPException(404)
    return call.app.organisation


def _account_of(connection: Connection, call: Call, arrival: Arrival) -> str:
    """The account that an identity belongs to: linked, known, or made now. Never by name or e-mail address."""
    known = identities.user_of(connection, arrival.issuer, arrival.subject)
    if arrival.link and known not in {None, arrival.link}:
        raise LogInRefused("You are linked to another account already. Log in there, or ask your administrator.")
    name = known or arrival.link or _made(connection, call, arrival)
    account = people.user(connection, name)
    if account is None:
        raise LogInRefused("Your account is closed. Ask your administrator to open it again.")
    if known is None:
        identities.link(connection, arrival.issuer, arrival.subject, name, at=call.now)
        audit.add(connection, at=call.now, actor=name, action="identity.link", object=name, reason=arrival.issuer)
    if not account["password_hash"] and account["role"] != arrival.role:
        people.set_role(connection, name, arrival.role)
        audit.add(connection, at=call.now, actor=name, action="user.role", object=name, reason=arrival.role.value)
    return name


def _made(connection: Connection, call: Call, arrival: Arrival) -> str:
    """A new account without a password, under the provider's name for the person where that is free."""
    plain = "".join(letter for letter in arrival.name if letter.isprintable() and letter not in "/?#%\\").strip()[:60]
    own = sha256_hex(f"{arrival.issuer}\x1f{arrival.subject}".encode())[:8]
    for name in (plain, f"{plain}~{own}".strip("~")):
        if name and people.add_user(
            connection,
            name=name,
            display_name=arrival.display_name[:120],
            role=arrival.role,
            password_hash="",
            language=call.app.settings.language,
            at=call.now,
        ):
            audit.add(connection, at=call.now, actor=name, action="user.add", object=name, reason=arrival.role.value)
            return name
    raise LogInRefused("No account can be made for you. Ask your administrator.")

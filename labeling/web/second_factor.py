"""Setting up a second factor of one's own: QR code, first code, recovery codes; and turning it off again."""

from datetime import timedelta
from io import BytesIO

import segno
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from labeling import second_factor
from labeling.web.gate import Call
from labeling.web.speech import N_
from zorya.store import audit, second_factors

SAID = {"off": N_("The second factor is off."), "on": N_("The second factor is on.")}
WRONG = N_("That code does not fit, or it was used before. Wait for the next one.")


def show(call: Call) -> Response:
    """Whether it is on; how to turn it on or off."""
    return _page(call, said=SAID.get(call.request.query_params.get("said", ""), ""))


def begin(call: Call) -> Response:
    """Make a new secret; it counts once a code of it was given."""
    name, settings = call.person.name, call.app.settings
    sealed = second_factor.seal(settings, name, second_factor.new_secret())
    with call.app.store.writing() as connection:
        begun = second_factors.begin(connection, name, sealed, at=call.now)
    return call.go("/second-factor#set-up") if begun else call.go("/second-factor?said=on")


def qr_code(call: Call) -> Response:
    """The waiting secret for an authenticator app, as SVG; never one that is in force."""
    secret = _waiting_secret(call)
    if not secret:
        raise HTTPException(404)
    drawn = BytesIO()
    code = segno.make(second_factor.address_of(secret, call.person.name), error="m", micro=False)
    code.save(drawn, kind="svg", scale=5, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


def confirm(call: Call) -> Response:
    """The first code puts the secret in force; the recovery codes are shown now and never again."""
    if not _waiting_secret(call):
        return call.go("/second-factor")
    if (refusal := _refusal(call)) is not None:
        return refusal
    codes = second_factor.new_recovery_codes()
    with call.app.store.writing() as connection:
        second_factors.confirm(connection, call.person.name, at=call.now)
        second_factors.set_recovery_codes(connection, call.person.name, map(second_factor.hash_of, codes))
        _log(call, connection, "second-factor.on")
    return _page(call, said=SAID["on"], codes=codes)


def renew_codes(call: Call) -> Response:
    """Ten new recovery codes in place of the old ones, for who gives a code."""
    if (refusal := _refusal(call)) is not None:
        return refusal
    codes = second_factor.new_recovery_codes()
    with call.app.store.writing() as connection:
        second_factors.set_recovery_codes(connection, call.person.name, map(second_factor.hash_of, codes))
        _log(call, connection, "second-factor.codes")
    return _page(call, said=N_("The old recovery codes are void."), codes=codes)


def turn_off(call: Call) -> Response:
    """Turn it off, for who gives a code and whose role may do without."""
    if call.person.role in call.app.settings.review.second_factor_roles:
        return _page(call, status=409, error=N_("Your role needs a second factor."))
    if (refusal := _refusal(call)) is not None:
        return refusal
    with call.app.store.writing() as connection:
        second_factors.drop(connection, call.person.name)
        _log(call, connection, "second-factor.off")
    return call.go("/second-factor?said=off")


def _refusal(call: Call) -> Response | None:
    """None for a code that fits and is taken; else the page that says why not."""
    key = f"code|{call.person.name}"
    if (wait := call.app.throttle.wait(key, at=call.now)) > timedelta(0):
        return _page(call, status=429, error=call.wait_words(wait))
    with call.app.store.writing() as connection:
        code = call.text("code", 40)
        how = second_factor.accept(connection, call.app.settings, call.person.name, code, at=call.now)
    if not how:
        call.app.throttle.failed(key, at=call.now)
        return _page(call, status=422, error=WRONG)
    call.app.throttle.succeeded(key)
    return None


def _waiting_secret(call: Call) -> str:
    with call.app.store.reading() as connection:
        factor = second_factors.of(connection, call.person.name)
    if factor is None or factor["confirmed_at"]:
        return ""
    return second_factor.unseal(call.app.settings, call.person.name, bytes(factor["secret"]))


def _log(call: Call, connection: Connection, action: str) -> None:
    audit.add(connection, at=call.now, actor=call.person.name, action=action, object=call.person.name)


def _page(
    call: Call, *, status: int = 200, said: str = "", error: str = "", codes: list[str] | None = None
) -> Response:
    with call.app.store.reading() as connection:
        factor = second_factors.of(connection, call.person.name)
        left = second_factors.recovery_codes_left(connection, call.person.name)
    secret = _waiting_secret(call)
    return call.page(
        "second_factor.html",
        status=status,
        said=said,
        error=error,
        since=factor["confirmed_at"] if factor else None,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        needed=call.person.role in call.app.settings.review.second_factor_roles,
        codes=codes or [],
        left=left,
    )

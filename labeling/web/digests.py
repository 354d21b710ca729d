"""Digests on a page, where their contents may not travel: for an account of the partner, and for who has the link.

Nothing happens on GET: mail programs open links by themselves. A button opens a link; from then on it opens in that
browser alone, so that who comes second sees that somebody came first, and may have a fresh link sent to the partner.
"""

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from labeling.web.approving import desk_of, sentence
from labeling.web.gate import Call, refused
from labeling.web.speech import N_
from zorya.domain.partner_desk import Renewal
from zorya.domain.referrals import LEAD
from zorya.domain.reviews import Role
from zorya.errors import ZoryaError
from zorya.settings import secret_key
from zorya.store import audit, digest_links, referrals, sharing
from zorya.store.digest_links import DigestLink

OPENED_COOKIE = "zorya_digest"


def show(call: Call) -> Response:
    """A digest of the organisation of this account; for a lead any."""
    name = str(call.request.path_params["digest"])[:40]
    with call.app.store.reading() as connection:
        owner = LEAD if call.person.role is Role.LEAD else referrals.partner_of(connection, call.person.name)
        found = sharing.digest(connection, name)
        if found is None or not owner or owner not in {LEAD, found.partner}:
            raise HTTPException(404)
    call.log("digest.view", name)
    return _drawn(call, name, "digest.html", by_link=False)


def show_link(call: Call) -> Response:
    """What the link of a digest opens: a button, or the digest in the browser that pressed it. Changes nothing."""
    link = _link(call)
    if link is None or (link.used_at and not _was_here(call)):
        return _gone(call)
    if link.used_at is None:
        return _drawn(call, link.digest_id, "digest_link.html", by_link=True, expires=link.expires_at)
    with call.app.store.writing() as connection:
        _log(call, connection, link, "digest.view")
    return _drawn(call, link.digest_id, "digest.html", by_link=True)


def open_link(call: Call) -> Response:
    """Spend the link for this browser, which may open it again until it runs out; pressing twice does no harm. Of one
    that opens nothing here any more, send a fresh one to the partner.
    """
    if call.text("act", 10) == "renew":
        return _renewed(call)
    link = _link(call)
    if link is None:
        return _gone(call)
    path = call.request.url.path
    if link.used_at and _was_here(call):
        return RedirectResponse(path, 303)
    with call.app.store.writing() as connection:
        if not digest_links.use(connection, _token(call), at=call.now):
            return _gone(call)
        _log(call, connection, link, "digest.open")
    response = RedirectResponse(path, 303)
    seconds = int((link.expires_at - call.now).total_seconds())
    # Lax: who opens the mail's link again comes from another site.
    kept = {"max_age": seconds, "path": path, "httponly": True, "samesite": "lax", "secure": call.is_secure()}
    response.set_cookie(OPENED_COOKIE, _mark(call), **kept)  # type: ignore[arg-type]
    return response


def _drawn(call: Call, name: str, template: str, *, by_link: bool, **more: Any) -> Response:
    """A page about a digest; who has no account is spoken to in the partner's language."""
    try:
        reading = desk_of(call).digest(name, by_link=by_link)
    except ZoryaError as exc:
        return refused(call, 409, sentence(exc))
    spoken = replace(call, language=reading.language) if by_link else call
    return spoken.page(template, reading=reading, by_link=by_link, **more)


def _gone(call: Call, *, answer: Renewal | None = None) -> Response:
    """Why a link opens nothing here, and the button that sends another to the partner."""
    with call.app.store.reading() as connection:
        link = digest_links.known(connection, _token(call))
    if link is None:
        return refused(call, 410, N_("This link has run out, or there never was one. Ask who sent it for another."))
    opened = link.used_at if link.expires_at > call.now else None
    return _drawn(call, link.digest_id, "digest_link_gone.html", by_link=True, status=410, opened=opened, answer=answer)


def _renewed(call: Call) -> Response:
    """Ask for a fresh link; what it became of stands on the page that comes back, in the partner's language."""
    with call.app.store.reading() as connection:
        link = digest_links.known(connection, _token(call))
    answer = desk_of(call).renew_link(_token(call), at=call.now)
    if link is None or answer is not Renewal.SENT:
        return _gone(call, answer=answer)
    return _drawn(call, link.digest_id, "digest_link_gone.html", by_link=True, opened=None, answer=answer)


def _token(call: Call) -> str:
    return str(call.request.path_params["token"])[:100]


def _link(call: Call) -> DigestLink | None:
    with call.app.store.reading() as connection:
        return digest_links.find(connection, _token(call), at=call.now)


def _log(call: Call, connection: object, link: DigestLink, action: str) -> None:
    who = f"{link.partner}: link"
    audit.add(connection, at=call.now, actor=who, action=action, object=link.digest_id)  # type: ignore[arg-type]


def _was_here(call: Call) -> bool:
    """Whether this browser is the one that opened the link."""
    return hmac.compare_digest(call.request.cookies.get(OPENED_COOKIE, "").encode(), _mark(call).encode())


def _mark(call: Call) -> str:
    """What the browser that opened a link keeps: keyed, so that it is not at rest here."""
    key = secret_key(call.app.settings, "answers")
    digest = hmac.new(key, f"opened\x1f{_token(call)}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")

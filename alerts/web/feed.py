"""A partner's Atom feed (RFC 4287): that a digest is there, how it is marked, where it is read. Never what it says."""

import hashlib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from lxml import etree
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts import disclosure
from alerts.partners import Partner
from alerts.web.partner_access import Door, Visit
from alerts.words import Words
from zorya.domain.sharing import Digest
from zorya.logs import get
from zorya.settings import Settings
from zorya.store import Store, audit, published

ENTRIES = 50
_ATOM = "http://www.w3.org/2005/Atom"
_TLP = "https://www.first.org/tlp/"
_NAMES = uuid.UUID("6c0f1a52-3f0e-5d0b-9f0c-2b1c8a7d4e10")
"""Namespace of the feed's ids: an entry has the same one for ever."""
_NOTHING_YET = datetime(2020, 1, 1, tzinfo=UTC)
_PRIVATE = {"cache-control": "private, no-cache", "vary": "authorization"}


def feed_app(store: Store, settings: Settings, *, clock: Callable[[], datetime]) -> Starlette:
    """The application below `/feeds`: `digests.atom`, for who has a partner's token."""
    door = Door(store, settings, clock)

    def read(visit: Visit) -> Response:
        with store.reading() as connection:
            found = published.newest(connection, visit.partner.id, "feed", limit=ENTRIES)
        allowed = [(each, at) for each, at in found if each.marking.within(visit.partner.spec.tlp_ceiling)]
        body = drawn(visit.partner, allowed, base=settings.digest.answer_url.rstrip("/"))
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        asked = {each.strip().removeprefix("W/") for each in visit.request.headers.get("if-none-match", "").split(",")}
        if asked & {etag, "*"}:
            return Response(status_code=304, headers=_PRIVATE | {"etag": etag})
        with store.writing() as connection:
            who = f"{visit.partner.id}: machine"
            audit.add(connection, at=visit.now, actor=who, action="feed.read", object=visit.partner.id)
        return Response(body, headers=_PRIVATE | {"etag": etag}, media_type="application/atom+xml")

    routes = [Route("/digests.atom", door.behind(read), methods=["GET"])]
    return Starlette(routes=routes, exception_handlers={HTTPException: _refused, Exception: _failed})


def drawn(partner: Partner, found: list[tuple[Digest, datetime]], *, base: str) -> bytes:
    """The feed as bytes: the same ones for the same digests."""
    words = Words.of(partner.spec.language, partner.spec.zone)
    root = etree.Element(f"{{{_ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": words.code}, {None: _ATOM})
    _add(root, "id", uuid.uuid5(_NAMES, partner.id).urn)
    _add(root, "title", f"Zorya · {partner.spec.name}")
    _add(root, "updated", _moment(max((at for _each, at in found), default=_NOTHING_YET)))
    _add(root, "link", rel="self", href=f"{base}/feeds/digests.atom", type="application/atom+xml")
    _add(etree.SubElement(root, f"{{{_ATOM}}}author"), "name", "Zorya")
    for digest, at in found:
        entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
        _add(entry, "id", uuid.uuid5(_NAMES, digest.id).urn)
        _add(entry, "title", disclosure.title_of(digest, words))
        _add(entry, "updated", _moment(at))
        _add(entry, "category", term=digest.marking.value, scheme=_TLP)
        _add(entry, "link", rel="alternate", href=f"{base}/digests/{digest.id}", type="text/html")
        _add(entry, "summary", words.marking(digest.marking))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> None:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    element.text = text or None


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 — the handler of that class alone
    headers = {"cache-control": "no-store"} | dict(error.headers or {})
    return Response(error.detail, error.status_code, headers, "text/plain")


async def _failed(_request: Request, error: Exception) -> Response:
    get("alerts.feed").error("feed failed", error=type(error).__name__)
    return Response("Something went wrong on our side.", 500, media_type="text/plain")

"""A TAXII 2.1 server, read-only: each partner's machine fetches what its partner was told, as STIX 2.1.

One collection a partner, which only its token opens. Every read is in the audit log. Mounted below `/taxii2`.
"""

import json
from collections.abc import Awaitable, Callable
from email.utils import parseaddr
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from alerts.exports import stream
from alerts.exports.stream import Dated, stamp
from alerts.web.partner_access import Door, Visit
from alerts.web.taxii_query import Query
from zorya.domain import ids
from zorya.logs import get
from zorya.settings import Settings
from zorya.store import Store, audit

ROOT = "/taxii2"
MEDIA = "application/taxii+json;version=2.1"
_STIX = "application/stix+json;version=2.1"
_API = "/alerts/"
_ACCEPTED = {"application/taxii+json", MEDIA, "application/*", "*/*"}
Endpoint = Callable[[Request], Awaitable[Response]]


def collection_id(partner: str) -> str:
    """The id of a partner's collection."""
    return ids.interchange_uuid("taxii-collection", partner)


class Taxii:
    """The application; `door` lets partners' machines in."""

    def __init__(self, store: Store, settings: Settings, door: Door) -> None:
        self._store, self._settings, self._door = store, settings, door

    def app(self) -> Starlette:
        """To be mounted below `ROOT`."""
        one = f"{_API}collections/{{collection}}/"
        routes = [
            ("/", self._discovery),
            (_API, self._api_root),
            (f"{_API}collections/", self._collections),
            (one, self._collection),
            (f"{one}manifest/", self._manifest),
            (f"{one}objects/", self._objects),
            (f"{one}objects/{{object}}/", self._object),
            (f"{one}objects/{{object}}/versions/", self._versions),
        ]
        made = [Route(path, self._door.behind(_answering(handler)), methods=["GET"]) for path, handler in routes]
        made += [
            Route(f"{one}objects/", self._door.behind(_read_only), methods=["POST"]),
            Route(f"{one}objects/{{object}}/", self._door.behind(_read_only), methods=["DELETE"]),
        ]
        app = Starlette(routes=made, exception_handlers={HTTPException: _refused, Exception: _failed})
        app.router.redirect_slashes = False  # behind TLS a redirect would lead a token to plain HTTP
        return app

    def _discovery(self, visit: Visit) -> Response:
        root, digest = f"{ROOT}{_API}", self._settings.digest
        name, contact = parseaddr(digest.sender)
        told = {"title": name or "Zorya", "description": "Alerts that were told to one organisation."}
        return self._told(visit, "discovery", told | {"contact": contact, "default": root, "api_roots": [root]})

    def _api_root(self, visit: Visit) -> Response:
        told = {"title": "Alerts", "versions": [MEDIA], "max_content_length": 1}
        return self._told(visit, "api root", told)

    def _collections(self, visit: Visit) -> Response:
        return self._told(visit, "collections", {"collections": [_described(visit)]})

    def _collection(self, visit: Visit) -> Response:
        _is_own(visit)
        return self._told(visit, "collection", _described(visit))

    def _objects(self, visit: Visit) -> Response:
        page, following = self._page(visit)
        told = {"more": bool(following), "objects": [dated.thing for dated in page]} if page else {}
        return self._told(visit, "objects", told | _next(following), page)

    def _manifest(self, visit: Visit) -> Response:
        page, following = self._page(visit)
        records = [
            {"id": dated.id, "date_added": stamp(dated.added_at), "version": dated.version, "media_type": _STIX}
            for dated in page
        ]
        told = {"more": bool(following), "objects": records} if page else {}
        return self._told(visit, "manifest", told | _next(following), page)

    def _object(self, visit: Visit) -> Response:
        page, _following = self._named(visit)
        return self._told(visit, "object", {"more": False, "objects": [dated.thing for dated in page]}, page)

    def _versions(self, visit: Visit) -> Response:
        page, _following = self._named(visit)
        return self._told(visit, "versions", {"more": False, "versions": [dated.version for dated in page]}, page)

    def _named(self, visit: Visit) -> tuple[list[Dated], str]:
        """The object that the address names; 404 where the collection has none."""
        name = visit.request.path_params["object"]
        page, following = self._page(visit, {"match[id]": name})
        if not page:
            raise HTTPException(404, "This collection has no such object.")
        return page, following

    def _page(self, visit: Visit, more: dict[str, str] | None = None) -> tuple[list[Dated], str]:
        _is_own(visit)
        query = Query.of(dict(visit.request.query_params) | (more or {}))
        with self._store.reading() as connection:
            return query.page(stream.of_partner(connection, self._settings, visit.partner, since=query.since))

    def _told(self, visit: Visit, what: str, told: dict[str, Any], page: list[Dated] | None = None) -> Response:
        """The answer, once the audit log says that it was read."""
        reason = what if page is None else f"{what}: {len(page)}"
        actor, name = f"partner:{visit.partner.id}", collection_id(visit.partner.id)
        with self._store.writing() as connection:
            audit.add(connection, at=visit.now, actor=actor, action="taxii.read", object=name, reason=reason)
        headers = {}
        if page:
            headers["x-taxii-date-added-first"] = stamp(page[0].added_at)
            headers["x-taxii-date-added-last"] = stamp(page[-1].added_at)
        return _response(told, headers=headers)


def _described(visit: Visit) -> dict[str, Any]:
    spec = visit.partner.spec
    return {
        "id": collection_id(visit.partner.id),
        "title": f"Alerts for {spec.name}",
        "description": f"What was told to {spec.name}, at most {spec.tlp_ceiling}.",
        "alias": visit.partner.id,
        "can_read": True,
        "can_write": False,
        "media_types": [_STIX],
    }


def _is_own(visit: Visit) -> None:
    """A collection goes by its id or its alias; another partner's looks like one that is not there."""
    if visit.request.path_params["collection"] not in {collection_id(visit.partner.id), visit.partner.id}:
        raise HTTPException(404, "There is no such collection for you.")


def _next(following: str) -> dict[str, str]:
    return {"next": following} if following else {}


def _answering(handler: Callable[[Visit], Response]) -> Callable[[Visit], Response]:
    """A handler for whoever accepts TAXII 2.1."""

    def answer(visit: Visit) -> Response:
        accepts = visit.request.headers.get("accept", "*/*").split(",")
        if not {part.replace(" ", "").split(";q=")[0].lower() for part in accepts} & _ACCEPTED:
            raise HTTPException(406, f"This server speaks {MEDIA} only.")
        return handler(visit)

    return answer


def _read_only(visit: Visit) -> Response:
    raise HTTPException(403, "This collection can be read only.")


def _response(told: dict[str, Any], status: int = 200, headers: dict[str, str] | None = None) -> Response:
    body = json.dumps(told, ensure_ascii=False).encode()
    return Response(body, status, media_type=MEDIA, headers=headers)


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = error.detail if isinstance(error, HTTPException) else ""
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return _response({"title": said, "http_status": str(status)}, status, headers)


async def _failed(request: Request, error: Exception) -> Response:
    get("alerts.taxii").error("request failed", error=type(error).__name__)  # never what was asked
    return _response({"title": "Something went wrong on our side.", "http_status": "500"}, 500)

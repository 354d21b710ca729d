"""Whatever is sent to a route, it answers: schemathesis on every page, form and machine's address makes no 5xx.

The app ships no OpenAPI document: its answers are pages, and what partners' machines read is described by TAXII and
Atom. One is made here from the app's own routes; names of fields are those that the module of a handler asks for, so a
new page or field is in it at once.
"""

import base64
import dataclasses
import inspect
import re
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
import uvicorn
from schemathesis.config import CacheConfig, SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import NonFatalError, ScenarioFinished
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route

from alerts.desk import Desk
from alerts.web.feed import feed_app
from alerts.web.partner_access import Door
from alerts.web.taxii import Taxii
from alerts.web.throttle import Throttle
from labeling.web.app import ROUTES, create_app
from labeling.web.policy import POLICY, may
from labeling.web.search_filters import Sought
from labeling.web.server import address_of, bind
from models.registry.shelf import Shelf
from zorya.domain.reviews import Role
from zorya.store import partner_tokens, people, reviews

_FIELD = re.compile(r"""(?:call\.texts?|\.get|query_params)\(?\[?"([a-z][a-z_-]*)["']""")
_PLACE = re.compile(r"\{(\w+)\}")
_DOORS = {"labeling.web.policy", "labeling.web.speech"}
FORM = "application/x-www-form-urlencoded"


def document(app: Starlette, known: Collection[str]) -> dict[str, Any]:
    """OpenAPI 3.1 of every route. `known`: values that mean something to this house, tried beside invented ones."""
    value = {"anyOf": [{"enum": sorted(known)}, {"type": "string"}]}
    paths: dict[str, dict[str, Any]] = {}
    for method, path in operations(app.routes):
        names = sorted(_fields(method, path))
        places = [{"name": name, "in": "path", "required": True, "schema": value} for name in _PLACE.findall(path)]
        asked = [{"name": name, "in": "query", "schema": value} for name in names]
        told: dict[str, Any] = {"responses": {"default": {"description": "an answer"}}}
        if method == "POST":
            form = {"type": "object", "properties": dict.fromkeys(names, value)}
            told |= {"parameters": places, "requestBody": {"content": {FORM: {"schema": form}}}}
        else:
            told |= {"parameters": [*places, *asked]}
        paths.setdefault(path, {})[method.lower()] = told
    return {"openapi": "3.1.0", "info": {"title": "Zorya", "version": "1"}, "paths": paths}


def operations(routes: Collection[BaseRoute], root: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every route, those of mounted applications too."""
    for each in routes:
        if isinstance(each, Mount):
            yield from operations(each.routes, root + each.path)
        elif isinstance(each, Route):
            yield from ((method, root + each.path) for method in sorted((each.methods or set()) - {"HEAD"}))


def _fields(method: str, path: str) -> set[str]:
    handlers: dict[tuple[str, str], Callable[..., Any]] = {(way, at): handler for way, at, handler in ROUTES}
    handler = handlers.get((method, path))
    if handler is None:  # of an application that is mounted: what TAXII 2.1 lets a client ask for
        return {"limit", "next", "added_after", "match[id]", "match[type]", "match[version]", "match[spec_version]"}
    module = inspect.getmodule(handler)
    read = [module, *(each for each in vars(module).values() if inspect.ismodule(each))]
    ours = [each for each in read if each and each.__name__.startswith("labeling.web.") and each.__name__ not in _DOORS]
    asked = {name for each in ours for name in _FIELD.findall(inspect.getsource(each))}
    return asked | {field.name for field in dataclasses.fields(Sought)} if path == "/search" else asked


TOKEN = "zorya-an-invented-token"
PARTNER = """name: Invented Partner
org_type: ngo
language: en
timezone: UTC
tlp_ceiling: TLP:AMBER
cadence: {every: daily, hour: 8}
channels: [{kind: folder}]
"""
VALUES = ("anna", "concern", "2", "9" * 40, "\x00", "ă" * 300)
"""What fields are tried with beside what schemathesis thinks of: words that mean something here, and odd ones."""


def _app(town: Any, folder: Any) -> Starlette:
    """All that this house serves: pages, forms, the feed and the TAXII server."""
    (folder / "invented-partner.yml").write_text(PARTNER, encoding="utf-8")
    review = town.settings.review.model_copy(update={"second_factor_roles": ()})
    house = town.settings.model_copy(update={"review": review, "partner_dirs": (folder,)})
    with town.store.writing() as connection:
        until = town.at + timedelta(days=9)
        partner_tokens.issue(connection, "invented-partner", TOKEN, at=town.at, expires_at=until)
    door = Door(town.store, house, lambda: town.at, reads=Throttle(10**6))
    machines = {"/taxii2": Taxii(town.store, house, door).app()}
    machines["/feeds"] = feed_app(town.store, house, clock=lambda: town.at)
    desks: dict[str, Any] = {"partner_desk": Desk(town.store, house), "shelf": Shelf(house.models_dir)}
    return create_app(house, town.store, clock=lambda: town.at, machines=machines, **desks)


@contextmanager
def _served(app: Starlette) -> Iterator[str]:
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield address_of(listener).rstrip("/")
    finally:
        server.should_exit = True
        thread.join(20)


def _let_in(town: Any) -> Callable[..., None]:
    """A hook that signs each request: as somebody who may open the page, or as a partner's machine."""
    basic = base64.b64encode(f"invented-partner:{TOKEN}".encode()).decode()

    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        key = (case.method.upper(), case.operation.path)
        if key not in POLICY:
            case.headers["authorization"] = f"Basic {basic}"
            return
        rule = POLICY[key]
        role = Role.LEAD if not rule or may(Role.LEAD, *key) else min(rule)
        name = f"fuzz-{role.value}"
        with town.store.writing() as connection:  # anew each time: some routes end sessions
            people.set_disabled(connection, name, at=None)
            token = people.open_session(connection, name, at=town.at, expires_at=town.at + timedelta(hours=8))
            session = people.session(connection, token, at=town.at)
        case.headers["cookie"] = f"zorya_session={token}"
        if isinstance(case.body, dict) and session:
            case.body["csrf"] = session["csrf"]

    return before_call


def _run(told: dict[str, Any], address: str, sign: Callable[..., None]) -> tuple[set[str], dict[str, int]]:
    """Operations that answered with a 5xx or not at all, and how many requests each got."""
    schema = schemathesis.openapi.from_dict(told, config=SchemathesisConfig(seed=7, cache=CacheConfig(enabled=False)))
    schema.config.update(base_url=address, continue_on_failure=True)
    schema.config.checks.update(included_check_names=["not_a_server_error"])
    schema.config.phases.update(phases=["examples", "coverage", "fuzzing"])
    schema.config.generation.update(max_examples=6, database="none", no_shrink=True, deterministic=True)
    schemathesis.hook(sign)
    failed: set[str] = set()
    asked: dict[str, int] = {}
    try:
        for event in from_schema(schema).execute():
            if isinstance(event, NonFatalError):
                failed.add(f"{event.label}: {event.value}")
            if isinstance(event, ScenarioFinished) and event.label:
                asked[event.label] = asked.get(event.label, 0) + len(event.recorder.interactions)
                if event.recorder.failing_case_ids():
                    failed.add(event.label)
    finally:
        schemathesis.hooks.unregister(sign)
    return failed, asked


@pytest.mark.slow
def test_no_request_makes_a_server_error(town: Any, tmp_path: Any) -> None:
    for role in Role:
        town.person(f"fuzz-{role.value}", role)
    with town.store.reading() as connection:
        (task,) = reviews.open_tasks(connection, at=town.at, limit=1)
    app = _app(town, tmp_path)
    told = document(app, [task.id, town.campaigns[0], *VALUES])
    with _served(app) as address:
        failed, asked = _run(told, address, _let_in(town))
    assert not failed
    assert set(asked) == {f"{method} {path}" for method, path in operations(app.routes)}
    assert min(asked.values()) >= 3, asked
    print(f"{len(asked)} operations, {sum(asked.values())} requests")


@pytest.mark.slow
def test_a_route_that_breaks_is_found(town: Any) -> None:
    async def breaks(request: Request) -> PlainTextResponse:
        return PlainTextResponse(
            request.path_params["name"], status_code=500 if "limit" in request.query_params else 200
        )

    app = Starlette(routes=[Route("/taxii2/{name}", breaks)])
    with _served(app) as address:
        failed, asked = _run(document(app, []), address, _let_in(town))
    assert failed == {"GET /taxii2/{name}"} == set(asked)


def test_the_document_names_every_route(town: Any, tmp_path: Any) -> None:
    told = document(_app(town, tmp_path), [])
    named = {(method.upper(), path) for path, each in told["paths"].items() for method in each}
    assert {(method, path) for method, path, _ in ROUTES} < named
    assert {path for _, path in named if path.startswith(("/feeds", "/taxii2"))}


def test_the_document_names_the_fields_a_handler_asks_for(town: Any, tmp_path: Any) -> None:
    told = document(_app(town, tmp_path), [])
    form = told["paths"]["/tasks/{task}/verdict"]["post"]["requestBody"]["content"]
    (schema,) = (each["schema"] for each in form.values())
    assert {"verdict", "severity", "rationale", "reason"} <= set(schema["properties"])
    sought = {each["name"] for each in told["paths"]["/search"]["get"]["parameters"]}
    assert {"before", "q", "sector", "until"} <= sought

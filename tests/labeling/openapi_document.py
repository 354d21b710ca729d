"""An OpenAPI document of a running app, from its own routes: for schemathesis, which tests what a document says.

The app ships none: its answers are pages, and what partners' machines read is described by TAXII and Atom. Names of
fields are those that the module of a handler asks for, so a new page or field is in the document at once.
"""

import dataclasses
import inspect
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from labeling.web.app import ROUTES
from labeling.web.search_filters import Sought

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

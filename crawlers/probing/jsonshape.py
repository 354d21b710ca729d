"""JSON endpoints: where the list of ads lies in an answer, which keys hold which field, how to get the next page."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawlers.fields import at_path
from crawlers.probing.words import words

_NEXT = ("next", "nextPage", "next_page", "next_page_url", "nextPageUrl", "nextUrl", "next_url", "@odata.nextLink")
_BELOW = ("", "links", "_links", "paging", "pagination", "meta", "page")
_COUNTERS = ("page", "p", "pageNumber", "pageNo", "currentPage", "current_page", "strona", "seite")
_DEPTH = 6
_NAMED = ("name", "label", "title", "display_name", "displayName", "href")


@dataclass(frozen=True, slots=True)
class JsonGuess:
    """How a JSON answer could be read: `items` path, field → path within an item, and the way to more."""

    items: str
    fields: dict[str, str]
    shares: dict[str, float]
    next: str | None = None
    page: str | None = None
    count: int = 0


def guess_json(value: Any, url: str) -> JsonGuess | None:
    """The likeliest reading of an answer; None when no list of objects has titles or texts."""
    best: JsonGuess | None = None
    for path, items in _lists(value, "", 0):
        fields, shares = _fields(items)
        if "title" not in fields and "body" not in fields:
            continue
        guess = JsonGuess(path, fields, shares, count=len(items))
        if best is None or (len(fields), guess.count) > (len(best.fields), best.count):
            best = guess
    if best is None:
        return None
    following, counter = _next(value, url)
    return JsonGuess(best.items, best.fields, best.shares, following, counter, best.count)


def _lists(value: Any, path: str, depth: int) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """(dotted path, objects) of every list of objects, not below another one."""
    if isinstance(value, list):
        objects = [item for item in value if isinstance(item, Mapping)]
        if objects and len(objects) >= len(value) / 2:
            yield path, objects
        return
    if isinstance(value, Mapping) and depth < _DEPTH:
        for key, inner in value.items():
            if "." not in key:
                yield from _lists(inner, f"{path}.{key}" if path else key, depth + 1)


def _fields(items: list[Mapping[str, Any]]) -> tuple[dict[str, str], dict[str, float]]:
    """Field → path, and field → share of items where it says something."""
    known = words().json_keys
    found: dict[str, list[tuple[int, float, str]]] = {}
    paths = Counter(path for item in items for path in _paths(item, "", 0))
    for path, count in paths.items():
        steps = path.split(".")
        key = steps[-2] if len(steps) > 1 and steps[-1] in _NAMED else steps[-1]
        name = known.field_of(key)
        if name is not None and (len(steps) == 1 or steps[-1] in _NAMED or len(steps) == 2):
            found.setdefault(name, []).append((known.rank(name, key) + 5 * (len(steps) - 1), count / len(items), path))
    chosen: dict[str, str] = {}
    for name, ways in found.items():
        usable = [way for way in ways if way[2] not in chosen.values() and _fits(name, way[2], items)]
        if name == "body" and usable:
            chosen[name] = max(usable, key=lambda way: _length(items, way[2]))[2]
        elif usable:
            chosen[name] = min(usable, key=lambda way: (way[0] - 3 * way[1], way[2]))[2]
    return chosen, {name: _share(items, path) for name, path in chosen.items()}


def _paths(value: Mapping[str, Any], path: str, depth: int) -> Iterator[str]:
    for key, inner in value.items():
        here = f"{path}.{key}" if path else key
        if "." in key:
            continue
        if isinstance(inner, list) and inner and isinstance(inner[0], Mapping):
            inner = inner[0]
        if isinstance(inner, Mapping):
            if depth < 1:
                yield from _paths(inner, here, depth + 1)
        elif inner not in (None, "", [], False):
            yield here


def _fits(name: str, path: str, items: list[Mapping[str, Any]]) -> bool:
    """True when the values can be that field: addresses are addresses, texts no numbers."""
    values = [one for item in items if (one := at_path(item, path)) not in (None, "", [])]
    first = values[0] if values else None
    if isinstance(first, list):
        first = first[0] if first else None
    if name == "url":
        return isinstance(first, str) and (first.startswith(("http://", "https://", "/")))
    if name in {"title", "body", "employer", "place", "contact"}:
        return isinstance(first, str) and not first.isdigit()
    return isinstance(first, str | int | float)


def _length(items: list[Mapping[str, Any]], path: str) -> int:
    return sum(len(value) for item in items if isinstance(value := at_path(item, path), str))


def _share(items: list[Mapping[str, Any]], path: str) -> float:
    return sum(at_path(item, path) not in (None, "", []) for item in items) / len(items)


def _next(value: Any, url: str) -> tuple[str | None, str | None]:
    """(path to the next address, name of the counting parameter)."""
    if isinstance(value, Mapping):
        for below in _BELOW:
            for name in _NEXT:
                for path in (".".join(filter(None, (below, name))), ".".join(filter(None, (below, name, "href")))):
                    link = at_path(value, path)
                    if isinstance(link, str) and link.startswith(("http://", "https://", "/", "?")):
                        return path, None
    query = parse_qs(urlsplit(url).query)
    return None, next((name for name in _COUNTERS if name in query), None)

"""RDFa on a page in the shape of JSON-LD: schema.org objects, nested as the page has them, in the page's order.

extruct answers with a graph: flat nodes in any order under full addresses, and texts without their line breaks. Here
its nodes are put into one another again, and long texts are given back the HTML they were written in.
"""

import re
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from crawlers.jobposting import BODY_PARTS

_SCHEMA = re.compile(r"https?://(?:www\.)?schema\.org/(\w+)")
_DEEPEST = 8
_MOST_NODES = 2_000


def rdfa_objects(source: str, url: str) -> list[dict[str, Any]]:
    """Objects of schema.org types that no other holds. Raises whatever extruct's parsers raise on broken pages."""
    import extruct

    found = extruct.extract(source, base_url=url, syntaxes=["rdfa"], errors="ignore").get("rdfa", [])
    graph = _Graph(found[:_MOST_NODES], LexborHTMLParser(source))
    return graph.in_order([graph.nested(name) for name in graph.roots()])


class _Graph:
    """extruct's nodes, and where the page says what they say."""

    def __init__(self, nodes: list[dict[str, Any]], document: LexborHTMLParser) -> None:
        self._nodes = {str(node.get("@id")): node for node in nodes}
        self._places: dict[str, int] = {}
        self._html: dict[str, str] = {}
        for index, node in enumerate(document.css("[property]")):
            said = _dense(node.attributes.get("content") or node.text())
            self._places.setdefault(said, index)
            self._html.setdefault(said, node.html or "")

    def roots(self) -> list[str]:
        """Names of the typed nodes that no other refers to; of a ring that nobody refers to, the first."""
        held = {inner for name in self._nodes for inner in self._held(name) if inner != name}
        found = [name for name in self._nodes if name not in held and _types(self._nodes[name])]
        seen = set[str]()
        for name in [*found, *self._nodes]:
            if name not in seen and name not in found and _types(self._nodes[name]):
                found.append(name)
            queue = [name]
            while queue:
                if (step := queue.pop()) not in seen:
                    seen.add(step)
                    queue += self._held(step)
        return found

    def _held(self, name: str) -> list[str]:
        values = [one for value in self._nodes[name].values() for one in _members(value) if isinstance(one, dict)]
        return [one["@id"] for one in values if one.get("@id") in self._nodes]

    def nested(self, name: str, above: tuple[str, ...] = ()) -> dict[str, Any]:
        """A node with those it refers to in their places; one that would hold itself is left out."""
        node = self._nodes[name]
        made: dict[str, Any] = {"@type": _types(node)} | ({} if name.startswith("_:") else {"@id": name})
        for key, values in node.items():
            if match := _SCHEMA.fullmatch(key):
                inside = [self._value(match[1], value, (*above, name)) for value in _members(values)]
                made[match[1]] = self.in_order([value for value in inside if value])
        return made

    def _value(self, key: str, value: dict[str, Any], above: tuple[str, ...]) -> Any:
        if "@value" in value:
            text = str(value["@value"])
            return self._html.get(_dense(text), text) if key in BODY_PARTS else text
        name = str(value.get("@id", ""))
        if name in self._nodes and name not in above and len(above) < _DEEPEST:
            return self.nested(name, above)
        return "" if name.startswith("_:") else name

    def in_order(self, values: list[Any]) -> list[Any]:
        """Sorted by where the last thing that each says for the first time stands; equal ones by what they say."""
        return sorted(values, key=lambda value: (self._last_place(value), repr(value)))

    def _last_place(self, value: Any) -> int:
        if isinstance(value, dict):
            return max((self._last_place(inner) for key, inner in value.items() if key[0] != "@"), default=-1)
        if isinstance(value, list):
            return max(map(self._last_place, value), default=-1)
        return self._places.get(_dense(str(value)), -1)


def _types(node: dict[str, Any]) -> list[str]:
    return sorted(match[1] for kind in _members(node.get("@type")) if (match := _SCHEMA.fullmatch(str(kind))))


def _members(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dense(text: str) -> str:
    return "".join(text.split())

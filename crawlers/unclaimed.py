"""What a page or item says in labelled fields and no rule, reader or `ignore` of its source claims.

A label that nobody claims is either worth a rule or worth a line in `ignore`: `source try` shows each once.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parsel import Selector

from crawlers.extract import Document
from crawlers.fields import at_path, select
from crawlers.jsonads import parse_json
from crawlers.page import Page
from crawlers.spec import SourceSpec
from crawlers.text import element_text, one_line

_LABEL = re.compile(r"[^\W\d_][\w\s./()'’-]{1,38}?(?<!\d)")
_ROW = re.compile(rf"\s*({_LABEL.pattern})\s*:\s*(?!//)(\S.{{0,200}})")
_LABELLED = (
    ("//dt", ""),
    ("//tr[count(td|th)=2]/*[1]", ""),
    ("//*[contains(concat(' ', translate(@class, '-_', '  '), ' '), ' label ')]", "value"),
)
"""Where labels stand, and what the class of the element after one must contain for it to be the value."""
_ROWS = (
    "//li[not(.//li)] | //p[string-length(normalize-space(.)) < 240]"
    " | //div[not(.//div or .//p or .//li or .//tr or .//dt)]"
)
_MOST = 40
_LIMIT = 2_000_000
"""Characters of source beyond which nobody looks for labels."""


def unclaimed_in(document: Document, spec: SourceSpec) -> list[str]:
    """Of a captured page or JSON answer of a source: labels or keys that nothing claims."""
    text = document.text(spec.encoding)
    if spec.json_ is None:
        return unclaimed(Page(text, document.url), spec)
    items = at_path(parse_json(text), spec.json_.items)
    found = (key for item in (items if isinstance(items, list) else [items]) for key in unclaimed_keys(item, spec))
    return list(dict.fromkeys(found))[:_MOST]


def unclaimed(page: Page, spec: SourceSpec) -> list[str]:
    """Labels on a detail page that nothing claims, in the page's order, each once."""
    if len(page.source) > _LIMIT:
        return []
    claimed = _claimed(page.selector, spec)
    ignored = {_folded(label) for label in spec.ignore}
    found: dict[str, str] = {}
    for label, nodes in _labelled(page.selector):
        folded = _folded(label)
        if folded and folded not in ignored and not any(_covered(node, claimed) for node in nodes):
            found.setdefault(folded, label)
    return list(found.values())[:_MOST]


def unclaimed_keys(item: Any, spec: SourceSpec) -> list[str]:
    """Keys of a JSON item, dotted, that hold something and that no `json:` rule reads nor `ignore` lists."""
    rules = [rule.json_ for rule in spec.fields.given.values() if rule.json_ is not None]
    read = {path for rule in rules for path in _prefixes(rule)}
    ignored = set(spec.ignore)
    return [path for path in _paths(item) if path not in read and path not in ignored and at_path(item, path)][:_MOST]


def _prefixes(path: str) -> Iterator[str]:
    steps = [step for step in path.split(".") if not step.isdigit()]
    return (".".join(steps[:size]) for size in range(1, len(steps) + 1))


def _paths(item: Any, above: str = "", depth: int = 3) -> Iterator[str]:
    """Paths of the values of an item; lists and what is deeper than three steps count as one value."""
    for key, value in item.items() if isinstance(item, Mapping) else ():
        path = f"{above}{key}"
        if isinstance(value, Mapping) and value and depth > 1:
            yield from _paths(value, f"{path}.", depth - 1)
        else:
            yield path


def _labelled(selector: Selector) -> Iterator[tuple[str, list[Any]]]:
    """(label, the elements that hold it and its value)."""
    for expression, mark in _LABELLED:
        for match in selector.xpath(expression):
            value = next((node for node in match.root.itersiblings() if isinstance(node.tag, str)), None)
            if value is None or mark not in (value.get("class") or ""):
                continue
            label = one_line(element_text(match.root)).rstrip(" :")
            if _LABEL.fullmatch(label) and one_line(element_text(value)):
                yield label, [match.root, value]
    for match in selector.xpath(_ROWS):
        row = _ROW.match(one_line(element_text(match.root)))
        if row and len(row[1].split()) <= 4:
            yield row[1], [match.root]


def _claimed(selector: Selector, spec: SourceSpec) -> set[Any]:
    """Elements that the source's rules select."""
    found: set[Any] = set()
    for rule in spec.fields.given.values():
        expression = rule.css or rule.xpath
        for match in select(selector, expression) if expression else ():
            root = match.root
            found.add(root if hasattr(root, "iter") else root.getparent() if hasattr(root, "getparent") else None)
    return found


def _covered(node: Any, claimed: set[Any]) -> bool:
    """True when a rule selects the element, something in it, or something around it short of the whole page."""
    if any(inner in claimed for inner in node.iter()):
        return True
    return any(around in claimed for around in node.iterancestors() if around.tag not in {"body", "html"})


def _folded(label: str) -> str:
    return one_line(label).rstrip(" :").casefold()

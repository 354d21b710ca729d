"""Selectors that last: from elements of a page to the plainest CSS that means exactly them.

Class names made by a build tool change with every release, and classes that only say how a thing looks say nothing of
what it is; both are passed over.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from parsel import Selector

_PLAIN = re.compile(r"[A-Za-z_][\w-]*\Z")
_MADE = re.compile(
    r"(?:css|sc|jss|emotion|svelte|styled|makeStyles|Mui\w*|ng|v|data-v)-?\w*\d\w*\Z|.*[_-](?=\w*\d)(?=\w*[a-zA-Z])\w{5,}\Z"
    r"|.*__[a-zA-Z0-9]{5}\Z"
)
_LOOKS = re.compile(
    r"(?:[mp][trblxy]?|w|h|gap|col|row|order|offset|span)-?[\w-]*\d\Z"
    r"|(?:flex|grid|block|inline|hidden|text|bg|font|float|border|rounded|shadow|items|justify|align|d|clearfix|container|row|col)"
    r"(?:-[\w-]+)?\Z|(?:odd|even|first|last|active|visited|selected|new|top|vip|promo|highlight\w*|item-\d+)\Z",
    re.IGNORECASE,
)
_MARKS = ("itemprop", "data-testid", "data-qa", "data-test", "data-role", "data-automation", "role")
_REACH = 5
"""Ancestors looked at."""


def lasting_classes(element: Any) -> list[str]:
    """Classes of an element that are likely to be there next month; telling ones first."""
    names = [name for name in (element.get("class") or "").split() if _PLAIN.match(name) and not _MADE.match(name)]
    return sorted(dict.fromkeys(names), key=lambda name: bool(_LOOKS.match(name)))


def handles(element: Any) -> Iterator[str]:
    """Compound selectors an element answers to by itself, the most telling first."""
    tag = element.tag
    for name in _MARKS:
        value = element.get(name)
        if value and re.fullmatch(r"[\w-]{2,40}", value) and not re.search(r"\d{3}", value):
            yield f'{tag}[{name}="{value}"]'
    telling = [name for name in lasting_classes(element) if not _LOOKS.match(name)]
    yield from (f"{tag}.{name}" for name in telling)
    key = element.get("id") or ""
    if _PLAIN.match(key) and not re.search(r"\d", key):
        yield f"{tag}#{key}"


def candidates(elements: Sequence[Any]) -> Iterator[str]:
    """Selectors that all these elements answer to, the plainest first."""
    if len({element.tag for element in elements}) > 1:
        return
    shared = [set(handles(element)) for element in elements]
    own = set.intersection(*shared)
    yield from (handle for handle in handles(elements[0]) if handle in own)
    tag = elements[0].tag
    trails = [list(_above(element)) for element in elements]
    for level, (parent, between) in enumerate(trails[0]):
        for handle in handles(parent):
            if all(level < len(trail) and handle in set(handles(trail[level][0])) for trail in trails):
                yield f"{handle} {between}{tag}"
                yield f"{handle} {tag}"


def _above(element: Any) -> Iterator[tuple[Any, str]]:
    """(ancestor, the headings and list items between it and the element as a selector)."""
    between = ""
    for node in list(element.iterancestors())[:_REACH]:
        if not isinstance(node.tag, str) or node.tag in {"body", "html"}:
            return
        yield node, between
        if node.tag in {"h1", "h2", "h3", "h4", "li", "dt", "td"}:
            between = f"{node.tag} {between}"


def best(
    elements: Sequence[Any], page: Selector, meant: set[str], reach: Callable[[Selector, str], set[str]]
) -> tuple[str, float]:
    """(selector, precision) that finds what is `meant`; ("", 0) when none finds nearly all of it.

    `reach` gives what a selector finds on the page, in the terms of `meant`.
    """
    ranked: list[tuple[float, str, float]] = []
    for selector in dict.fromkeys(candidates(elements)):
        found = reach(page, selector)
        recall = len(found & meant) / len(meant)
        precision = len(found & meant) / len(found) if found else 0.0
        if recall >= 0.95 and precision == 1.0:
            return selector, precision
        if recall >= 0.9:
            ranked.append((precision + recall, selector, precision))
    if not ranked:
        return "", 0.0
    _, selector, precision = max(ranked, key=lambda entry: entry[0])
    return selector, precision

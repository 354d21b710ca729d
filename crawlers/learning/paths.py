"""Selectors that should hold on the site's other pages: by meaning first, by place last, never by number or hash."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_TAG = re.compile(r"[a-z][a-z0-9-]*")
"""Names that CSS can say; markup may invent others."""
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z_-]{1,40}")
_HASHED = re.compile(r"(?:^|[-_])(?=[a-zA-Z]*[a-z])(?=(?:[a-zA-Z]*[A-Z]){2})[a-zA-Z]{5,8}$|[bcdfghjklmnpqrstvwxz]{7}")
_STATES = re.compile(
    r"^(?:active|current|open|visible|hidden|loaded|first|last|odd|even|vip|premium|new|top|promo|highlight\w*)$", re.I
)
_MEANT = ("itemprop", "data-testid", "data-qa", "role")
_ALONE = frozenset({"main", "article", "h1", "time"})
_REACH = 4
"""Ancestors looked at for a landmark."""


def stable_classes(node: LexborNode) -> list[str]:
    """Classes of an element without digits, build hashes and passing states."""
    named = (node.attrs.sget("class") or "").split()
    return [n for n in dict.fromkeys(named) if _PLAIN.fullmatch(n) and not _HASHED.search(n) and not _STATES.match(n)]


def handles(node: LexborNode) -> Iterator[str]:
    """Compound selectors an element answers to by itself, the most telling first."""
    tag = node.tag
    if not _TAG.fullmatch(str(tag)):
        return
    for name in _MEANT:
        value = node.attrs.sget(name) or ""
        if _PLAIN.fullmatch(value):
            yield f'{tag}[{name}="{value}"]'
    key = node.id or ""
    if _PLAIN.fullmatch(key) and not _HASHED.search(key):
        yield f"{tag}#{key}"
    classes = stable_classes(node)[:4]
    yield from (f"{tag}.{name}" for name in classes)
    if len(classes) > 1:
        yield f"{tag}.{'.'.join(classes)}"
    if tag in _ALONE:
        yield str(tag)


def selectors(document: LexborHTMLParser, node: LexborNode) -> list[str]:
    """Selectors that find this element and no other on its page, the most lasting first."""
    if not _speakable(node):
        return []
    found = [selector for selector in dict.fromkeys(_drawn(node)) if _finds(document, selector, node)]
    return found or [selector for selector in [_placed(node)] if selector and _finds(document, selector, node)]


def _finds(document: LexborHTMLParser, selector: str, node: LexborNode) -> bool:
    """True when a selector finds this very element; `==` of nodes compares their HTML, and like ones are equal."""
    found = only(document, selector)
    return found is not None and found.mem_id == node.mem_id


def _speakable(node: LexborNode) -> bool:
    return all(_TAG.fullmatch(name) for name in tag_path(node).split("<"))


def only(root: LexborHTMLParser | LexborNode, selector: str) -> LexborNode | None:
    """The single element a selector finds on a page or in an element, None for no or several ones."""
    matches = root.css(selector)
    return matches[0] if len(matches) == 1 else None


def tag_path(node: LexborNode) -> str:
    """Names of an element and its ancestors: where it stands, whatever the classes are called today."""
    names: list[str] = []
    step: LexborNode | None = node
    while step is not None and step.tag not in {"html", "-document"} and len(names) < 60:
        names.append(str(step.tag))
        step = step.parent
    return "<".join(names)


def _drawn(node: LexborNode) -> Iterator[str]:
    yield from handles(node)
    between = str(node.tag)
    own = next((handle for handle in handles(node) if "." in handle), between)
    parent = node.parent
    for _ in range(_REACH):
        if parent is None or parent.tag in {"html", "body", "-document"}:
            return
        for handle in handles(parent):
            yield f"{handle} > {between}"
            if own != node.tag:
                yield f"{handle} {own}"
        between = f"{parent.tag} > {between}"
        parent = parent.parent


def _placed(node: LexborNode) -> str:
    """The way from the body by tag names, with a number only where a parent has several such children."""
    steps: list[str] = []
    step: LexborNode | None = node
    while step is not None and step.tag not in {"html", "body", "-document"}:
        parent = step.parent
        same = [child.mem_id for child in parent.iter() if child.tag == step.tag] if parent else [step.mem_id]
        number = f":nth-of-type({same.index(step.mem_id) + 1})" if len(same) > 1 else ""
        steps.append(f"{step.tag}{number}")
        step = parent
        if len(steps) > 12:
            return ""
    return " > ".join(["body", *reversed(steps)]) if steps else ""

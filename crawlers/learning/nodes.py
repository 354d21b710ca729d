"""Which element of a page holds the answer that a full reading gave, and what inside it does not belong to it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.learning.agreement import f1, shared, words
from crawlers.learning.paths import handles
from crawlers.text import one_line

_SILENT = "script, style, noscript, template, svg, iframe, object"
_NEAR = 0.02
"""Elements whose F1 is so close to the best one's hold the answer as well."""
_APART = frozenset({"nav", "aside", "footer", "form", "button", "header"})
_BOILERPLATE = re.compile(
    r"related|similar|recommend|share|social|breadcrumb|cookie|banner|advert|promo|subscribe|newsletter|comment|pager|menu"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """An element that holds the answer; `f1` of its text against it."""

    node: LexborNode
    f1: float


def holders(document: LexborHTMLParser, answer: str) -> list[Holder]:
    """The elements that hold the answer best, innermost first; [] for a page without a body."""
    wanted = words(answer)
    if document.body is None or not wanted:
        return []
    found = [Holder(node, f1(visible_words(node), wanted)) for node in _large(document.body, len(answer))]
    best = max((one.f1 for one in found), default=0.0)
    return [one for one in reversed(found) if one.f1 >= best - _NEAR and one.f1 > 0]


def _large(body: LexborNode, size: int) -> Iterator[LexborNode]:
    """Elements with as much text as the answer, and not six times as much; parents first."""
    queue = [body]
    while queue:
        node = queue.pop()
        length = len(node.text())
        if length < size * 0.4 or node.tag in {"script", "style", "noscript", "template", "svg"}:
            continue
        if length < size * 6 + 2_000:
            yield node
        queue.extend(node.iter())


def visible_words(node: LexborNode) -> Counter[str]:
    """Words of an element's text, scripts and styles left out."""
    found = words(node.text(separator=" "))
    for silent in node.css(_SILENT):
        if silent.mem_id != node.mem_id:
            found.subtract(words(silent.text(separator=" ")))
    return +found


def strangers(holder: LexborNode, answer: Counter[str]) -> Iterator[tuple[str, bool]]:
    """(selector, whether it belongs to the answer) of parts that look like navigation, adverts or other ads."""
    for node in holder.css("nav, aside, footer, form, button, header, [class], [id]"):
        if node.mem_id == holder.mem_id:
            continue
        text = words(node.text(separator=" "))
        if text.total() < 3:
            continue
        selector = next(iter(handles(node)), str(node.tag) if node.tag in _APART else "")
        if selector and _looks_apart(node, text):
            yield selector, shared(text, answer) * 5 >= text.total()


def _looks_apart(node: LexborNode, text: Counter[str]) -> bool:
    named = f"{node.attrs.sget('class')} {node.id or ''}".lower()
    if node.tag in _APART or _BOILERPLATE.search(named):
        return True
    linked = sum(words(link.text(separator=" ")).total() for link in node.css("a"))
    return linked * 2 > text.total()


def with_text(document: LexborHTMLParser, text: str) -> list[LexborNode]:
    """Elements whose whole text is this one, innermost first: where a title stands."""
    wanted = text.casefold()
    likely = document.css("h1, h2, h3, [class], [id], [itemprop], td, th, b, strong")
    found = [
        node
        for node in likely
        if node.tag not in {"a", "option", "title"}
        and len(raw := node.text()) < len(text) * 3 + 200
        and one_line(raw).casefold() == wanted
    ]
    return sorted(found, key=lambda node: node.tag not in {"h1", "h2", "h3"})[:4]

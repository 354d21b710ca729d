"""Teasers of other ads on an ad's page: often more text than the ad itself, and taken for it by text density.

A teaser is one of several like siblings (same tag and class) that begin with a link. Paragraphs are never teasers.
"""

from collections import defaultdict

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.learning.agreement import shared, words

_AT_LEAST = 3
_LEVELS = 4
"""Ancestors of a link among which its teaser is looked for."""
_NEVER = frozenset({"p", "body", "html", "main", "span", "b", "strong", "em", "i", "tbody", "td", "table"})
_MOST_LINKS = 2_000
_LONGEST = 1_000
_MUCH = 0.3
"""Share of a page's text from which teasers are taken out before anybody looks for the main text."""
_SHARE = 0.2
"""Share of an answer's words in teasers from which the answer is not believed."""


def teaser_groups(document: LexborHTMLParser) -> list[list[LexborNode]]:
    """Groups of like siblings that each begin with a link and say more than it, outermost first."""
    groups: dict[tuple[int, str, str], dict[int, LexborNode]] = defaultdict(dict)
    texts: dict[int, str] = {}
    for link in document.css("a[href]")[:_MOST_LINKS]:
        label = link.text().strip()
        node: LexborNode | None = link
        for _ in range(_LEVELS if label else 0):
            if node is None or node.parent is None or node.tag == "body":
                break
            if node.mem_id not in texts:
                texts[node.mem_id] = node.text().lstrip()[:_LONGEST]
            if node.tag not in _NEVER and texts[node.mem_id].startswith(label):
                groups[node.parent.mem_id, str(node.tag), node.attrs.sget("class") or ""][node.mem_id] = node
            node = node.parent
    found = [list(group.values()) for group in groups.values() if len(group) >= _AT_LEAST]
    return [group for group in found if sum(len(node.text()) for node in group) >= 40 * len(group)]


class Teasers:
    """The teasers of a page; found once, asked for before and after the main text is looked for."""

    def __init__(self, source: str | bytes) -> None:
        self._document = LexborHTMLParser(source)
        self._groups = teaser_groups(self._document)

    def left_out(self, answer: str | None = None) -> str | None:
        """The source without its teasers if they are much of its text, or much of an answer; else None."""
        groups = _much_of(self._document, self._groups) if answer is None else _in_answer(self._groups, answer)
        for node in (node for group in groups for node in group):
            if node.parent is not None:
                node.decompose()
        return self._document.html if groups else None


def _much_of(document: LexborHTMLParser, groups: list[list[LexborNode]]) -> list[list[LexborNode]]:
    """The groups, if they hold much of the page's text; scripts in the body only make that rarer."""
    size = len(document.body.text()) if document.body is not None else 0
    told = max((sum(len(node.text()) for node in group) for group in groups), default=0)
    return groups if told > _MUCH * size else []


def _in_answer(groups: list[list[LexborNode]], answer: str) -> list[list[LexborNode]]:
    wanted, guilty = words(answer), []
    for group in groups:
        text = words(" ".join(node.text(separator=" ") for node in group))
        if shared(text, wanted) >= _SHARE * wanted.total() and shared(text, wanted) * 2 >= text.total():
            guilty.append(group)
    return guilty

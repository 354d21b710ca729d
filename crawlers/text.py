"""HTML → readable text, and the check that the parser did not lose any of it.

Deep nesting is a silent way to hide text: libxml2 drops what lies under too many open elements. What a parser kept is
therefore compared with an independent, tag-stripped reading of the same source.
"""

import re
from html import unescape
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from selectolax.lexbor import LexborNode

BODY_LIMIT = 200_000
"""Longest body kept in the store; the whole page stays in evidence, and the posting is flagged `body_shortened`."""

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "dd", "details", "div", "dl", "dt", "fieldset"),
        *("figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol"),
        *("option", "p", "pre", "section", "table", "td", "th", "tr", "ul"),
    )
)
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "title", "iframe", "object"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\f\v]{2,}|[\t\f\v]")
_TO_JOIN = ("  ", "\t", "\f", "\v")
_PLAIN_TAG = r"/?(?:p|br|ul|ol|li|b|strong|em|i|u|div|span|h[1-6])\s?/?>"
_OTHER_TAG = re.compile(rf"<(?!{_PLAIN_TAG})", re.IGNORECASE)
_PLAIN_BREAK = re.compile(r"</?(?:p|br|ul|ol|li|div|h[1-6])\s?/?>", re.IGNORECASE)
_DROPPED = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|noscript|template|svg|title|iframe|object)\b.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"</?[A-Za-z!?][^<>]{0,5000}>")
_TAG_OPENS = re.compile(r"<[/!?]?[A-Za-z]")
_QUOTE_OR_END = re.compile(r"=\s{0,20}([\"'])|>")
_BREAK_TAG = re.compile(r"</?(?:" + "|".join(sorted(_BLOCKS)) + r")\b[^<>]{0,5000}>", re.IGNORECASE)


def clean(text: str) -> str:
    """Text fit for the store: no NUL, control characters or lone surrogates; spaces trimmed line by line.

    Zero-width and bidirectional characters stay: they are evidence.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    if not text.replace("\n", "").isprintable():  # the cheap question first: most texts need nothing
        text = _CONTROL.sub("", text)
    if any(space in text for space in _TO_JOIN):
        text = _SPACES.sub(" ", text)
    text = "\n".join(line.strip() for line in text.split("\n"))
    return (re.sub(r"\n{3,}", "\n\n", text) if "\n\n\n" in text else text).strip()


def one_line(text: str) -> str:
    """Cleaned text on a single line, for titles and names."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(_CONTROL.sub("", line).split())


def parse(source: str) -> Any:
    """lxml tree of a page, or None for a source without elements."""
    parser = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
    try:
        return lxml_html.document_fromstring(_CONTROL.sub("", source).encode("utf-8"), parser=parser)
    except (etree.ParserError, ValueError):
        return None


def element_text(element: Any) -> str:
    """Readable text of an element: block elements begin a line, scripts and styles are left out. Not recursive."""
    parts: list[str] = []
    silent = 0
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        tag = node.tag if isinstance(node.tag, str) else None
        if event == "start":
            silent += tag in _SILENT
            parts.append("\n" if tag in _BLOCKS else "")
            if not silent and node.text:
                parts.append(node.text)
            continue
        if event == "end":
            silent -= tag in _SILENT
            parts.append("\n" if tag in _BLOCKS and tag != "br" else "")
        if node is not element and node.tail and not silent:
            parts.append(node.tail)
    return clean("".join(parts))


def node_text(node: LexborNode) -> str:
    """Readable text of a lexbor element, broken into lines where `element_text` breaks them. Not recursive."""
    parts: list[str] = []
    silent = False
    for step in node.traverse(include_text=True):
        tag = step.tag
        if tag == "-text":
            if silent and _under_silence(step, node):
                continue
            before = step.prev
            if before is not None and before.tag in _BLOCKS:
                parts.append("\n")
            parts.append(step.text_content or "")
        elif tag in _BLOCKS:
            parts.append("\n")
        elif tag in _SILENT:
            silent = True
    text = "".join(parts).replace("\r", "\n")
    if text.replace("\n", "").isprintable():  # asked once of all lines: most texts have nothing to take out
        return "\n".join(line for raw in text.split("\n") if (line := " ".join(raw.split())))
    return "\n".join(line for raw in text.split("\n") if (line := one_line(raw)))


def _under_silence(node: LexborNode, root: LexborNode) -> bool:
    step, top = node.parent, root.mem_id  # `==` of nodes compares their whole HTML
    while step is not None and step.mem_id != top:
        if step.tag in _SILENT:
            return True
        step = step.parent
    return False


def html_text(fragment: str) -> str:
    """Readable text of an HTML fragment such as a feed's description; plain text passes through."""
    if "<" not in fragment:
        return clean(unescape(fragment))
    if not _OTHER_TAG.search(fragment):
        # Only plain tags without attributes, as most descriptions have: no tree is needed to read them.
        return clean(unescape(_TAG.sub("", _PLAIN_BREAK.sub("\n", fragment))))
    tree = parse(f"<div>{fragment}</div>")
    text = element_text(tree) if tree is not None else ""
    stripped = strip_tags(fragment)
    return stripped if lost_text(text, stripped) else text


def strip_tags(source: str) -> str:
    """Visible text by removing tags: knows nothing of nesting and so loses nothing to it."""
    kept = _BREAK_TAG.sub("\n", _DROPPED.sub(" ", source))
    return clean(unescape(_TAG.sub("", kept)))


def strip_tags_carefully(source: str) -> str:
    """As `strip_tags`, but right about `<` and `>` inside quoted attributes; slower, for pages under suspicion."""
    source = _DROPPED.sub(" ", source)
    parts: list[str] = []
    position, unclosed = 0, set[str]()
    while opening := _TAG_OPENS.search(source, position):
        parts.append(source[position : opening.start()])
        end = opening.end()
        while step := _QUOTE_OR_END.search(source, end):
            end = step.end()
            if step[1] is None:
                break
            closing = -1 if step[1] in unclosed else source.find(step[1], end)
            if closing < 0:
                unclosed.add(step[1])  # no such quote follows anywhere: do not look again, the scan stays linear
            end = max(end, closing + 1)
        else:
            break
        parts.append("\n" if _BREAK_TAG.match(source, opening.start()) else "")
        position = end
    parts.append(source[position:])
    return clean(unescape("".join(parts)))


def lost_text(parsed: str, stripped: str) -> bool:
    """True when a parser kept clearly less than there is to read."""
    there, kept = len("".join(stripped.split())), len("".join(parsed.split()))
    return there - kept > 40 and kept < there * 0.95

"""What a page's source tells before and beside its parsing: what a parser can bear, and what style sheets hide.

An HTML5 parser answers a few kilobytes of misnested formatting with millions of nodes, and deep nesting with seconds
of work. Such sources are recognised here, in time linear in their length, and never handed to it.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_FEW_TAGS = 1_200
"""Whatever is made of so few tags is parsed within milliseconds and 130 MiB."""
_MOST_TAGS = 200_000
_MOST_COPIES = 1_000_000
"""Open formatting elements times tags: an upper bound of the nodes that re-opening them makes."""
_DEEPEST = 3_000
_DEEP = 60
"""Elements around a text; the deepest of 142 saved pages had 40."""
_NAMED = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)(\s?)")
_FORMATTING = frozenset(("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"))
_STYLED = re.compile(r"<(?:big|b|code|em|font|i|nobr|strike|strong|small|s|tt|u)\s", re.IGNORECASE)
_SELF_CLOSED = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p"),
        *("li", "td", "th", "tr", "dd", "dt", "option", "tbody", "thead", "path", "use", "circle", "rect"),
    )
)
_HEAD_PARTS = re.compile(r"<(title|h1)\b[^<>]{0,500}>[^<]{0,500}</\1|<meta\s[^<>]{0,2000}>", re.IGNORECASE)
_LD_JSON = re.compile(r"<script\b[^<>]{0,300}ld\+json[^<>]{0,300}>(.*?)</script", re.IGNORECASE | re.DOTALL)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0(?![.\d])"
    r"|(?:left|right|top|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_MAYBE_HIDING = re.compile(r":\s*(?:none|hidden|collapse|-\d{3}|0)", re.IGNORECASE)
"""Cheap to search for; `_HIDING` then looks at the few characters around."""
_STYLE_LIMIT = 100_000
_FURNITURE = re.compile(r"cookie|consent|modal|popup|menu|nav|dialog|login|banner|toast|dropdown|overlay|tooltip|lang")
_APART = frozenset({"nav", "header", "footer", "dialog", "form", "select", "svg", "script", "style", "noscript"})
_SUBSTANTIAL = 60
"""Characters of hidden text from which it is worth a flag: a sentence, not a label for screen readers."""


def bearable(source: str, tags: int) -> bool:
    """True when an HTML5 parser reads this source, with so many `<`, in time and memory that fit its length."""
    if tags <= _FEW_TAGS:
        return True
    if tags > _MOST_TAGS:
        return False
    if tags <= 2 * _DEEPEST and len(_STYLED.findall(source)) * tags <= _MOST_COPIES:
        return True
    depth, styled = _open_at_once(source)
    return depth <= _DEEPEST and styled * tags <= _MOST_COPIES


def _open_at_once(source: str) -> tuple[int, int]:
    """Most elements, and most formatting elements with attributes, that are open at one place (counted, not parsed)."""
    depth = styled = deepest = most = 0
    for closing, name, space in _NAMED.findall(source):
        name = name.lower()
        if name in _SELF_CLOSED:
            continue
        step = -1 if closing else 1
        depth = max(0, depth + step)
        deepest = max(deepest, depth)
        if name in _FORMATTING and (closing or space):
            styled = max(0, styled + step)
            most = max(most, styled)
    return deepest, most


def deep_text(source: str, document: LexborHTMLParser | None) -> bool:
    """True when a sentence or more stands under more elements than any page needs.

    Without a document, for a source that no parser should see, the count of open tags decides.
    """
    if _open_at_once(source)[0] <= _DEEP:
        return False
    if document is None or document.body is None:
        return True
    size = 0
    for node in document.body.traverse(include_text=True):
        if node.tag == "-text" and (text := (node.text_content or "").strip()) and _is_deep(node):
            size += len(text)
            if size >= _SUBSTANTIAL // 2:
                return True
    return False


def _is_deep(node: LexborNode) -> bool:
    step = node.parent
    for _ in range(_DEEP):
        if step is None or step.tag in {"script", "style"}:
            return False
        step = step.parent
    return step is not None


def head_of(source: str) -> str:
    """Title, metas and first headings of a source that cannot be parsed, as a small one that can."""
    return "".join(match[0] + ">" for _, match in zip(range(100), _HEAD_PARTS.finditer(source), strict=False))


def ld_json(source: str) -> list[str]:
    """Contents of JSON-LD scripts by scanning, for a source that cannot be parsed."""
    return [match[1] for _, match in zip(range(100), _LD_JSON.finditer(source), strict=False)]


def hidden_texts(document: LexborHTMLParser) -> Iterator[str]:
    """Texts of a sentence or more that the page keeps from the reader's eye; menus, dialogs and forms are left out."""
    nodes = _hidden_by_attribute(document)
    for selector in _hiding_selectors(document):
        try:
            nodes += document.css(selector)
        except SelectolaxError:
            continue
    for node in nodes:
        text = " ".join(node.text(separator=" ").split())
        if len(text) >= _SUBSTANTIAL and not _is_furniture(node, text):
            yield text


def drawn_texts(document: LexborHTMLParser) -> Iterator[str]:
    """Sentences inside drawings (SVG): a person may see them, reading leaves drawings out."""
    for drawing in document.css("svg"):
        text = " ".join(drawing.text(separator=" ").split())
        beside = sum(len(node.text()) for node in drawing.css("title, desc, style, script"))
        if len(text) - beside >= _SUBSTANTIAL:
            yield text


def hides_sentence(node: LexborNode) -> bool:
    """True when attributes of elements inside this one keep a sentence or more of it from the reader's eye."""
    return any(len(" ".join(inner.text().split())) >= _SUBSTANTIAL for inner in _hidden_by_attribute(node))


def _hidden_by_attribute(root: LexborHTMLParser | LexborNode) -> list[LexborNode]:
    found = root.css("[hidden], [style]")
    return [node for node in found if "hidden" in node.attrs or _HIDING.search(node.attrs.sget("style") or "")]


def _hiding_selectors(document: LexborHTMLParser) -> list[str]:
    """Selectors of the page's own style rules that hide what they match; print and narrow-screen rules are left out."""
    found: dict[str, None] = {}
    for style in document.css("style"):
        text = style.text()[:_STYLE_LIMIT]
        for hint in _MAYBE_HIDING.finditer(text):
            if not _HIDING.search(text, max(0, hint.start() - 20), hint.end() + 4):
                continue
            opens = text.rfind("{", 0, hint.start())
            begins = max(text.rfind(mark, 0, opens) for mark in "{};/") + 1 if opens > 0 else 0
            selector = text[begins : max(opens, 0)].strip()
            if selector and ":" not in selector and "@" not in selector and text[begins - 1 : begins] != "{":
                found[selector[:300]] = None
                if len(found) >= 50:
                    return list(found)
    return list(found)


def _is_furniture(node: LexborNode, text: str) -> bool:
    """True for what ordinary pages hide: navigation, dialogs, forms, lists of links, scripts' templates."""
    step: LexborNode | None = node
    for _ in range(20):
        if step is None or step.tag in {"body", "html", None}:
            break
        named = f"{step.attrs.sget('class')} {step.id or ''} {step.attrs.sget('role')}".lower()
        if step.tag in _APART or _FURNITURE.search(named):
            return True
        step = step.parent
    if node.css_first("form, input, select, script, style") is not None:
        return True
    linked = sum(len(link.text()) for link in node.css("a"))
    return linked * 2 > len(text)

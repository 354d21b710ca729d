"""One HTML page, decoded: each way of looking at it is worked out when somebody first asks for it.

Structured data and learned selectors need the HTML5 parser only; rules and general reading ask for lxml's tree as
well, and whoever reads text from that tree asks `truncated` whether it is all there.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from parsel import Selector
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.headings import is_generic
from crawlers.markup import bearable, deep_text, drawn_texts, head_of, hidden_texts, ld_json
from crawlers.text import element_text, lost_text, node_text, one_line, parse, strip_tags, strip_tags_carefully

_TOLD = 'script[type*="ld+json" i], a[href*=":"], a[href*="/cdn-cgi/l/email-protection"]'
"""Every page is asked for these: one selector list is one walk over its elements, three selectors are three."""
_SILENT = "script, style, noscript, template"
_HEADINGS = ("h1", "h2", "h3")
_TITLE_TAILS = re.compile(r"\s+[|–—·»-]\s+[^|–—·»]{2,60}$")


class Page:
    """A decoded page, parsed at most once by each parser."""

    def __init__(self, source: str, url: str) -> None:
        self.source, self.url = source, url

    @cached_property
    def tree(self) -> Any:
        """lxml tree, or None when there are no elements."""
        return parse(self.source)

    @cached_property
    def selector(self) -> Selector:
        """Selector for the source's rules."""
        return Selector(root=self.tree, type="html") if self.tree is not None else Selector(text="<html></html>")

    @cached_property
    def whole(self) -> bool:
        """True when `lexbor` holds the whole page; False for a source that would cost it seconds or gigabytes."""
        return bearable(self.source, self._utf8.count(b"<"))

    @cached_property
    def _utf8(self) -> bytes:
        """The source as bytes: counted and parsed faster than as text."""
        return self.source.encode("utf-8", "replace")

    @cached_property
    def lexbor(self) -> LexborHTMLParser:
        """The page by an HTML5 parser, which survives nesting that libxml2 does not; else title and metas only."""
        return LexborHTMLParser(self._utf8 if self.whole else head_of(self.source))

    @cached_property
    def stripped(self) -> str:
        """Visible text by removing tags; with care where the quick way finds more than the parser did."""
        quick = strip_tags(self.source)
        return strip_tags_carefully(self.source) if lost_text(self.text, quick) else quick

    @cached_property
    def text(self) -> str:
        """Visible text as lxml parsed it."""
        return element_text(self.tree) if self.tree is not None else ""

    @cached_property
    def seen(self) -> str:
        """Visible text as lexbor parsed it, without any white space: to count and to look up, not to show."""
        if not self.whole or self.lexbor.body is None:
            return ""
        text, parts, position = self.lexbor.body.text(), [], 0
        for node in self.lexbor.body.css(_SILENT):
            inside = node.text()
            start = text.find(inside, position) if len(inside) > 20 else -1
            if start >= 0:
                parts.append(text[position:start])
                position = start + len(inside)
        text = "".join(parts) + text[position:]
        return "".join(text.split())

    def shows(self, run: Sequence[str]) -> bool:
        """True when these words stand in this order in the visible text; white space does not matter."""
        return " ".join(run) in self._raw_text or "".join(run) in self.seen

    @cached_property
    def _raw_text(self) -> str:
        """Text of the body where it is cheap to have: scripts are in it, so none may say anything."""
        body = self.lexbor.body
        if body is None or any(len(node.text()) > 200 for node in body.css("script")):
            return ""
        return body.text()

    def shows_more(self, run: Sequence[str], length: int) -> bool:
        """True when the element around the innermost one that shows these words has more text than so much."""
        wanted, node, around = " ".join(run), self.lexbor.body, 0
        size = len(self._raw_text)
        while node is not None:
            for child in node.iter():
                text = child.text()
                if wanted in text and child.tag not in {"script", "style"}:
                    node, around, size = child, size, len(text)
                    break
            else:
                return around > length
        return False

    @cached_property
    def truncated(self) -> bool:
        """True when lxml lost text, or has it where main text is not looked for: under very many elements.

        Counts against lexbor first; strips tags only where the counts differ.
        """
        if deep_text(self.source, self.lexbor if self.whole else None):
            return True
        if self.tree is not None and self.whole and self.lexbor.body is not None:
            silent = sum(_dense(str(node.xpath("string()"))) for node in self.tree.iter("title", *_SILENT.split(", ")))
            kept = _dense(str(self.tree.xpath("string()"))) - silent
            if len(self.seen) - kept <= 40 or kept >= len(self.seen) * 0.95:
                return False
        return lost_text(self.text, self.stripped)

    def hides(self, read: str) -> bool:
        """True when a sentence of what was read, or as much text as was read, is kept from a person's eye by style."""
        if not self.whole:
            return False
        known = "".join(read.split())
        hidden = ["".join(text.split()) for text in hidden_texts(self.lexbor)]
        if next(drawn_texts(self.lexbor), ""):
            return True
        return any(text[:60] in known for text in hidden) or sum(map(len, hidden)) > max(200, len(known) // 2)

    @cached_property
    def language(self) -> str | None:
        """ISO 639-1 of `<html lang>`."""
        root = self.lexbor.css_first("html[lang]")
        declared = root.attrs.sget("lang")[:2].lower() if root else ""
        return declared if re.fullmatch(r"[a-z]{2}", declared) else None

    @cached_property
    def _metas(self) -> list[tuple[frozenset[str], str]]:
        found = (node.attributes for node in self.lexbor.css("meta[content]"))
        keys = ("property", "name", "itemprop")
        return [(frozenset(given.get(key) or "" for key in keys), given["content"] or "") for given in found]

    def meta(self, *names: str) -> str:
        """Content of the first of these meta properties that says something."""
        for name in names:
            for keys, content in self._metas:
                if name in keys and one_line(content):
                    return content
        return ""

    def scripts(self) -> list[str]:
        """Contents of the JSON-LD scripts."""
        if not self.whole:
            return ld_json(self.source)
        return [node.text(deep=True) for node in self._told if node.tag == "script"]

    @property
    def links(self) -> list[LexborNode]:
        """Links that may be a contact: those with a scheme, and those that hide a mail address."""
        return [node for node in self._told if node.tag == "a"]

    @cached_property
    def _told(self) -> list[LexborNode]:
        return self.lexbor.css(_TOLD)

    @property
    def marks_job_posting(self) -> bool:
        """True when an element is marked as a JobPosting by microdata or RDFa."""
        if not self.whole:
            return "JobPosting" in self.source
        return self.lexbor.css_first('[itemtype*="JobPosting"], [typeof*="JobPosting"]') is not None

    @cached_property
    def title(self) -> str:
        """A lone h1, og:title, the document's title, any heading, in this order; what every page says comes last."""
        heads = [text for node in self.lexbor.css("h1") if (text := _words(node))]
        if len(heads) == 1 and 2 < len(heads[0]) <= 300 and not is_generic(heads[0]):
            return heads[0]
        named = self.lexbor.css_first("title")
        document = _words(named) if named else ""
        shared = one_line(self.meta("og:title", "twitter:title"))
        for text in (shared, _TITLE_TAILS.sub("", document) or document):
            if text and not is_generic(_TITLE_TAILS.sub("", text)):
                return text
        if heads and (below := self._headings_below(heads[0])):
            return below[0][:300]
        for tag in _HEADINGS:
            for node in self.lexbor.css(tag):
                if text := _words(node):
                    return text[:300]
        return one_line(self.meta("title", "headline", "name")) or shared or document

    def _headings_below(self, first: str) -> list[str]:
        """Headings with something to say that follow a heading which says nothing."""
        texts = [text for node in self.lexbor.css(", ".join(_HEADINGS)) if (text := _words(node))]
        return [text for text in texts[texts.index(first) :] if not is_generic(text)]


def _words(node: Any) -> str:
    """Text of a heading on one line; block elements and line breaks inside it part words."""
    text = node.text()
    if node.css_first("br, div, p, small, script, style") is not None:
        text = node_text(node)
    return one_line(text)


def _dense(text: str) -> int:
    return sum(map(len, text.split()))

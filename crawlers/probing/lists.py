"""List pages: which of a page's links lead to ads, which one to the next page, and how to say so in a selector."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from parsel import Selector
from tldextract import TLDExtract

from crawlers.fields import select
from crawlers.page import Page
from crawlers.probing.selectors import best, handles
from crawlers.probing.words import words
from crawlers.text import element_text, one_line

_registered = TLDExtract(suffix_list_urls=(), cache_dir=None)
_FRAME = frozenset({"nav", "header", "footer"})
_ASSET = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|css|js|pdf|zip|docx?|ico|xml|rss|mp4)\Z", re.IGNORECASE)
_PAGE_NUMBER = re.compile(
    r"(?:[?&](?:page|p|pg|strana|strona|pagina|seite|oldal|start|offset|PAGEN_\d+)=|/page[/-]?)\d+"
)
_NEVER = re.compile(
    r"/(?:login|log-in|signin|register|registration|account|user|cart|privacy|terms|contact|about|help|faq|rules"
    r"|tag|search)(?:[/?.]|\Z)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Group:
    """Links that look alike: addresses of one shape."""

    shape: str
    elements: list[Any] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    """Address → the longest text that links to it."""

    @property
    def urls(self) -> list[str]:
        """Distinct addresses in the page's order."""
        return list(self.texts)

    @property
    def weight(self) -> float:
        """How much the group looks like the ads of a list: many, told apart, with titles for texts."""
        lengths = sorted(len(text) for text in self.texts.values())
        middle = lengths[len(lengths) // 2]
        different = len(set(self.texts.values())) / len(self.texts)
        numbered = 1.6 if "{n}" in self.shape or "{id}" in self.shape else 1.3 if "{slug}" in self.shape else 1.0
        return min(len(self.texts), 40) * min(middle, 50) / 50 * different * numbered


@dataclass(frozen=True, slots=True)
class ListGuess:
    """How a list page could be read."""

    ad: str
    match: str | None
    urls: tuple[str, ...]
    texts: tuple[str, ...]
    shape: str


def link_groups(page: Page) -> list[Group]:
    """Groups of links that may be ads, the likeliest first."""
    groups: dict[str, Group] = {}
    for element, url, text in _links(page):
        shape = shape_of(url)
        group = groups.setdefault(shape, Group(shape))
        group.elements.append(element)
        if len(text) >= len(group.texts.get(url, "")):
            group.texts[url] = text
    plain = [group for group in groups.values() if len(group.texts) >= 2]
    plain += _by_build(page, [group for group in groups.values() if len(group.texts) == 1])
    return sorted((group for group in plain if group.weight > 0.4), key=lambda group: -group.weight)


def guess_list(page: Page, group: Group) -> ListGuess | None:
    """A selector for a group; None when no lasting one tells it from the rest."""
    meant = set(group.urls)
    firsts = _one_each(group)
    selector, precision = best(firsts, page.selector, meant, lambda root, css: set(reach(root, css, page.url)))
    match = pattern_of(group.shape)
    prefix = group.shape.split("{")[0]
    if not selector and len(prefix.strip("/")) > 1:
        selector = f'a[href*="{prefix}"]'
        precision = len(meant) / max(1, len(reach(page.selector, selector, page.url)))
    if not selector:
        return None
    narrow = match if precision < 1.0 else None
    return ListGuess(selector, narrow, tuple(group.urls), tuple(group.texts.values()), group.shape)


def guess_next(page: Page) -> str | None:
    """A selector of the link to the next list page."""
    for css in ("a[rel~=next]", "link[rel~=next]", "a.next", ".next a", "a.pagination-next", ".pagination-next a"):
        found = reach(page.selector, css, page.url)
        if len(found) == 1 and page.url not in found:
            return css
    known = {word.casefold() for word in words().next}
    for node in page.selector.xpath("//a[@href]"):
        text = one_line(element_text(node.root))
        if text.casefold().strip(" .") in known or text.casefold().rstrip(" »›→>").strip() in known:
            return _unique_handle(page, node.root) or f"//a[normalize-space()={_quoted(_normal(node))}]"
    numbered = [url for _, url, text in _links(page, least=1) if _PAGE_NUMBER.search(url) and text.isdigit()]
    if numbered:
        part = _PAGE_NUMBER.search(numbered[0])
        key = re.sub(r"\d+\Z", "", part[0]) if part else ""
        return f'a[href*="{key.lstrip("?&")}"]'
    return None


def reach(root: Selector, selector: str, base: str) -> list[str]:
    """Addresses a selector leads to, each once, in the page's order."""
    found = []
    for match in select(root, selector):
        own = match.root.get("href") if hasattr(match.root, "get") else str(match.root)
        href = own or str(match.xpath("string(.//a/@href)").get() or "")
        found += [_joined(base, href)] if href else []
    return [url for url in dict.fromkeys(found) if url]


def shape_of(url: str) -> str:
    """An address with its changing parts replaced: `/ad/{n}`, `/job/{slug}`, `/view?id={n}`."""
    parts = urlsplit(url)
    pieces = parts.path.split("/")
    shaped = [_piece(piece, last=index == len(pieces) - 1) for index, piece in enumerate(pieces)]
    query = "&".join(f"{key}={_piece(value, last=True)}" for key, value in parse_qsl(parts.query))
    return "/".join(shaped) + (f"?{query}" if query else "")


def pattern_of(shape: str) -> str | None:
    """A pattern that addresses of a shape contain; None when the shape says nothing."""
    if "{" not in shape or shape.strip("/") in {"{slug}", "{id}", "{n}"}:
        return None
    swaps = {"{n}": r"\d+", "{id}": r"[^/?&#]*\d[^/?&#]*", "{slug}": r"[^/?&#]+"}
    parts = re.split(r"(\{n\}|\{id\}|\{slug\})", shape)
    return "".join(swaps.get(part, re.escape(part).replace("/", "/").replace(r"\-", "-")) for part in parts)


def site_of(url: str) -> str:
    """The registered domain of an address, or its host."""
    host = urlsplit(url).hostname or ""
    return _registered(host).top_domain_under_public_suffix or host


def _piece(piece: str, *, last: bool) -> str:
    stem = re.sub(r"\.(?:html?|php|aspx?)\Z", "", piece)
    if stem.isdigit():
        return "{n}" + piece[len(stem) :]
    if sum(character.isdigit() for character in stem) >= 3 or (last and re.search(r"[a-z]\d|\d[a-z]", stem)):
        return "{id}" + piece[len(stem) :]
    if last and (stem.count("-") + stem.count("_") >= 2 or len(stem) > 24):
        return "{slug}" + piece[len(stem) :]
    return piece


def _links(page: Page, *, least: int = 4) -> Iterator[tuple[Any, str, str]]:
    """(element, address, text) of links that stay on the site, are no frame of the page and are named."""
    base = _joined(page.url, str(page.selector.xpath("string(//base/@href)").get() or "")) or page.url
    for node in page.selector.xpath("//a[@href]"):
        element = node.root
        url = _joined(base, element.get("href"))
        if not url or url == page.url or site_of(url) != site_of(page.url) or _ASSET.search(urlsplit(url).path):
            continue
        if least > 1 and (_PAGE_NUMBER.search(url) or _NEVER.search(urlsplit(url).path)):
            continue
        if any(parent.tag in _FRAME for parent in element.iterancestors()):
            continue
        text = one_line(element_text(element)) or _beside(element)
        if len(text) >= least or (least > 1 and text.isdigit()):
            yield element, url, text


def _beside(element: Any) -> str:
    """Text of the heading that stands with a link without words."""
    for parent in list(element.iterancestors())[:3]:
        heads = parent.xpath(".//h1|.//h2|.//h3|.//h4")
        if heads:
            return one_line(element_text(heads[0]))
    return str(element.get("title") or element.get("aria-label") or "")


def _by_build(page: Page, lone: Sequence[Group]) -> Iterator[Group]:
    """Links of different shapes that stand in the same kind of place: `/jobs/waiter`, `/jobs/cook`."""
    stands: dict[str, Group] = defaultdict(lambda: Group(""))
    for group in lone:
        element, (url, text) = group.elements[0], next(iter(group.texts.items()))
        trail = [node.tag for node in element.iterancestors() if isinstance(node.tag, str)][:4]
        folder = urlsplit(url).path.rpartition("/")[0]
        key = f"{folder}|{'/'.join(trail)}|{' '.join(sorted(handles(element)))}"
        stands[key].elements.append(element)
        stands[key].texts[url] = text
        stands[key].shape = f"{folder}/{{slug}}"
    yield from (group for group in stands.values() if len(group.texts) >= 3)


def _one_each(group: Group) -> list[Any]:
    """One element per address: the one with the longest text."""
    chosen: dict[str, Any] = {}
    for element in group.elements:
        key = element.get("href")
        if key not in chosen or len(element_text(element)) > len(element_text(chosen[key])):
            chosen[key] = element
    return list(chosen.values())


def _unique_handle(page: Page, element: Any) -> str | None:
    return next((css for css in handles(element) if len(page.selector.css(css)) == 1), None)


def _normal(node: Any) -> str:
    return " ".join("".join(node.xpath(".//text()").getall()).split())


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'


def _joined(base: str, href: str) -> str:
    """An address without fragment; empty for what cannot be visited."""
    try:
        url = urljoin(base, href.strip())
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    return url.partition("#")[0] if scheme in {"http", "https"} and not href.strip().startswith("#") else ""

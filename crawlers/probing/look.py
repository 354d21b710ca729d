"""Looking around a site: which few addresses a probe asks for, and what lies there. Decides nothing."""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import urljoin, urlsplit

from protego import Protego

from crawlers.extract import Document, ad_on_page, extract
from crawlers.feeds import looks_like_feed
from crawlers.page import Page
from crawlers.previews import looks_like_preview
from crawlers.probing.lists import ListGuess, guess_list, guess_next, link_groups, shape_of, site_of
from crawlers.probing.refusing import with_remedy
from crawlers.probing.visits import Answer, Visits
from crawlers.probing.words import mentions, words
from crawlers.spec import Engine, SourceSpec
from crawlers.text import element_text, one_line
from zorya.domain.ads import Kind
from zorya.domain.sources import Finding
from zorya.redact import redact

SAMPLE = 4
"""Ad pages that are read."""
_FEED_PATHS = ("/feed", "/rss.xml", "/rss")
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_LARGEST = 50 * 1024 * 1024
_CHANNEL = r"(?:(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me)/(?:s/)?@?|@)([A-Za-z]\w{3,31})/?(?:\d+)?"
_DOOR = re.compile(r"/api/|/s/\w|\.(?:xml|rss|json)\b")
_ABOUT_ADS = re.compile(
    r"job|vacan|ad[sv]?[-_/.]|offer|ofert|anun|praca|prac[ey]|rabot|stelle|inzer|munka|allas|post", re.IGNORECASE
)


@dataclass(slots=True)
class Sight:
    """What was seen. `samples` are ad pages, `texts` what links to them said."""

    url: str
    front: Document | None = None
    sort: str = ""
    """telegram, feed, json, sitemap or site: what the address itself answers."""
    refusal: str = ""
    delay: float = 0.0
    feeds: list[Document] = field(default_factory=list)
    sitemap: str = ""
    mapped: list[str] = field(default_factory=list)
    listed: ListGuess | None = None
    next: str | None = None
    samples: list[Document] = field(default_factory=list)
    behind: list[Document] = field(default_factory=list)
    """Pages that a feed's ads link to, where nothing else leads to ads: is the feed a teaser of them?"""
    texts: dict[str, str] = field(default_factory=dict)
    title: str = ""
    """What the site calls itself on the page that was asked for."""
    findings: list[Finding] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def note(self, name: str, state: Literal["found", "absent", "refused"], detail: str = "") -> None:
        """Add a finding."""
        self.findings.append(Finding(name, state, detail))


def entrance(text: str) -> str:
    """The address a person means: `@name` and t.me links become public previews, `https://` may be left out."""
    text = text.strip()
    if match := re.fullmatch(_CHANNEL, text):
        return f"https://t.me/s/{match[1]}"
    return text if "://" in text else f"https://{text}"


def sort_of(document: Document) -> str:
    """What a document is: telegram, feed, json, sitemap or site."""
    text = document.text()
    head = text.lstrip("\ufeff \t\r\n")
    if looks_like_preview(text):
        return "telegram"
    if looks_like_feed(text):
        return "feed"
    if head[:1] in {"{", "["}:
        return "json"
    if document.body.startswith(b"\x1f\x8b") or "<urlset" in head[:2000] or "<sitemapindex" in head[:2000]:
        return "sitemap"
    return "site"


def look(url: str, visits: Visits, *, today: date) -> Sight:
    """Visit an address and, for a site, its feeds, sitemaps, list page and a few ads."""
    sight = Sight(url)
    first = visits.ask([url])[0]
    if first.document is None:
        sight.refusal = with_remedy(first.reason) if first.refused else ""
        sight.note("address", "refused" if first.refused else "absent", first.reason)
        return sight
    sight.front, sight.sort = first.document, sort_of(first.document)
    sight.note("address", "found", f"reads as {'a web page' if sight.sort == 'site' else 'a ' + sight.sort}")
    sight.title = site_title(first.document)
    maps = _robots(sight, visits)
    if sight.sort == "sitemap":
        sight.sitemap, sight.mapped = first.document.url, locations(first.document)
        sight.samples = _read(visits, _spread(_usual(sight.mapped)))
    elif sight.sort == "site":
        _around(sight, first.document, visits, maps, today)
    return sight


def _around(sight: Sight, front: Document, visits: Visits, maps: list[str], today: date) -> None:
    """A web page: better doors first when it is only the way in."""
    page = Page(front.text(), front.url)
    if states_one_ad(front, today) or not link_groups(page):
        page = _doors(sight, visits, page)
    if sight.sort != "site":
        return
    _feeds(sight, visits, page)
    _sitemaps(sight, visits, maps)
    _list(sight, visits, page, today)
    if sight.listed is None and sight.mapped:
        sight.samples = _read(visits, _spread(_usual(sight.mapped)))
    if not sight.samples and sight.feeds:
        fed = extract(sight.feeds[0], today=today)
        sight.behind = _read(visits, [ad.url for ad in fed if ad.url != sight.feeds[0].url][:2])


def _doors(sight: Sight, visits: Visits, page: Page) -> Page:
    """What one ad's page, or a front page without ads, leads to; the first door with ads behind becomes the front."""
    doors = [urljoin(page.url, "/")] if urlsplit(page.url).path.strip("/") else []
    for node in page.selector.xpath("//a[@href]"):
        url, text = urljoin(page.url, node.root.get("href")), one_line(element_text(node.root))
        telling = mentions(text, (*words().recruits, *words().dating)) or re.search(
            r"/api/|/s/\w|\.(?:xml|rss|json)", url
        )
        if telling and site_of(url) == site_of(page.url) and url.startswith("http"):
            doors.append(url)
    for answer in visits.ask([url for url in dict.fromkeys(doors) if url != page.url][:3]):
        if answer.document is None:
            continue
        behind = sort_of(answer.document)
        inner = Page(answer.document.text(), answer.document.url)
        if behind != "site" or link_groups(inner):
            sight.front, sight.sort = answer.document, behind
            sight.note("way in", "found", f"{answer.asked}: the ads are listed there")
            return inner
    return page


def site_title(document: Document) -> str:
    """The name a page gives its site, or its own title."""
    page = Page(document.text()[:200_000], document.url)
    named = page.meta("og:site_name") or str(page.selector.xpath("string(//title)").get() or "")
    return redact(one_line(named))[:80]


def _robots(sight: Sight, visits: Visits) -> list[str]:
    """What robots.txt says; returns the sitemaps it names."""
    answer = visits.ask([urljoin(sight.url, "/robots.txt")])[0]
    if answer.document is None:
        sight.note("robots.txt", "absent", "there is none: everything public may be read")
        return []
    rules = Protego.parse(answer.document.text())
    sight.delay = float(rules.crawl_delay("ZoryaBot") or 0.0)
    asks = f", and asks for {sight.delay:g} s between requests" if sight.delay else ""
    sight.note("robots.txt", "found", f"lets us read this address{asks}")
    return [url for url in rules.sitemaps if url.startswith("http")]


def _feeds(sight: Sight, visits: Visits, page: Page) -> None:
    stated = [
        urljoin(page.url, node.root.get("href"))
        for node in page.selector.xpath("//link[@rel][@href][@type]")
        if "alternate" in node.root.get("rel") and node.root.get("type").lower() in _FEED_TYPES
    ]
    tried = list(dict.fromkeys(stated))[:2] or [urljoin(page.url, path) for path in _FEED_PATHS]
    for answer in visits.ask(tried):
        if answer.document is not None and looks_like_feed(answer.document.text()):
            sight.feeds.append(answer.document)
            if not stated:
                break
    where = ", ".join(document.url for document in sight.feeds)
    sight.note("feed", "found" if sight.feeds else "absent", where or _why(tried, stated))


def _why(tried: Sequence[str], stated: Sequence[str]) -> str:
    return "the page names one that is none" if stated else f"asked at {', '.join(urlsplit(url).path for url in tried)}"


def _sitemaps(sight: Sight, visits: Visits, named: list[str]) -> None:
    for answer in visits.ask(named[:2] or [urljoin(sight.url, "/sitemap.xml")]):
        if answer.document is None or sort_of(answer.document) != "sitemap":
            continue
        inside = locations(answer.document)
        if "<sitemapindex" in _unpacked(answer.document)[:2000]:
            children = sorted(inside, key=lambda url: not _ABOUT_ADS.search(urlsplit(url).path))[:1]
            inside = [url for child in visits.ask(children) if child.document for url in locations(child.document)]
        if len(inside) > len(sight.mapped):
            sight.sitemap, sight.mapped = answer.document.url, inside
    detail = f"{sight.sitemap}: {len(sight.mapped)} addresses" if sight.sitemap else "none named, none at /sitemap.xml"
    sight.note("sitemap", "found" if sight.sitemap else "absent", detail)


def _list(sight: Sight, visits: Visits, page: Page, today: date) -> None:
    """The group of links that leads to ads: the likeliest two are tried with one page each."""
    tried: list[tuple[int, ListGuess, Document]] = []
    for group in link_groups(page)[:2]:
        guess = guess_list(page, group)
        answer = visits.ask([guess.urls[0]])[0] if guess else None
        if guess and answer and answer.document:
            tried.append((_like_an_ad(answer.document, today), guess, answer.document))
            if tried[-1][0] >= 2:
                break
    if not tried:
        sight.note("list page", "absent", "no group of links to pages of one kind")
        return
    _, sight.listed, first = max(tried, key=lambda entry: entry[0])
    sight.next = guess_next(page)
    sight.samples = [first, *_read(visits, sight.listed.urls[1:SAMPLE])]
    sight.texts = dict(zip(sight.listed.urls, sight.listed.texts, strict=True))
    more = f", next page by `{sight.next}`" if sight.next else ", no next page"
    sight.note("list page", "found", f"{len(sight.listed.urls)} links by `{sight.listed.ad}`{more}")


def _like_an_ad(document: Document, today: date) -> int:
    """2 for a page that states one ad, 1 for one with a text of its own, 0 for another list."""
    if states_one_ad(document, today):
        return 2
    page = Page(document.text(), document.url)
    linked = sum(len(text) for group in link_groups(page) for text in group.texts.values())
    return int(len(page.text) > 2 * linked)


def states_one_ad(document: Document, today: date) -> bool:
    """True for a page with schema.org data of exactly one job."""
    return len(ad_on_page(document, today=today, spec=reader(document.url), general=False)) == 1


def reader(url: str) -> SourceSpec:
    """A source without rules, for reading pages of which nothing is known yet."""
    return SourceSpec(
        id="probe", title="probe", homepage=url, kind=Kind.JOB, country="zz", languages=("en",), engine=Engine.FEED,
        start=(url,),
    )  # fmt: skip


def _read(visits: Visits, urls: Sequence[str]) -> list[Document]:
    answers: list[Answer] = visits.ask(urls)
    return [answer.document for answer in answers if answer.document is not None]


def _usual(urls: Sequence[str]) -> list[str]:
    """The addresses of the commonest changing shape: a sitemap also lists pages that are no ads."""
    shapes = Counter(shape for url in urls if "{" in (shape := shape_of(url)))
    if not shapes:
        return list(urls)
    usual, _ = max(shapes.items(), key=lambda entry: entry[1] * (2 if _ABOUT_ADS.search(entry[0]) else 1))
    return [url for url in urls if shape_of(url) == usual]


def _spread(urls: Sequence[str]) -> list[str]:
    """A few addresses from the whole length of a list."""
    step = max(1, len(urls) // SAMPLE)
    return list(urls[::step])[:SAMPLE]


def locations(document: Document) -> list[str]:
    found = re.findall(r"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]{1,2000})", _unpacked(document))
    return list(dict.fromkeys(url.replace("&amp;", "&") for url in found))


def _unpacked(document: Document) -> str:
    if not document.body.startswith(b"\x1f\x8b"):
        return document.text()
    inflater = zlib.decompressobj(wbits=31)
    return Document(inflater.decompress(document.body, _LARGEST), document.url).text()


def usual_shape(urls: Sequence[str]) -> str:
    """The shape of a sitemap's ads; empty when they have none in common."""
    return next((shape for url in _usual(urls) if "{" in (shape := shape_of(url))), "")

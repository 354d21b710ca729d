"""Sitemaps (plain, index, gzip) that lead to pages with schema.org JobPosting.

`lastmod` plays the part of a card, unless a sitemap gives all its entries the same: then it says when the sitemap was
made, and every ad would be asked for each time.
"""

import re
import zlib
from typing import Any

from lxml import etree

from crawlers import cards, jobposting
from crawlers.engines.base import BoardSpider, Harvest, Link, absolute
from crawlers.extract import Document, ad_on_page
from crawlers.page import Page
from zorya.domain.runs import Outcome

_LARGEST = 50 * 1024 * 1024
"""The size at which the sitemap protocol itself draws the line."""


class SitemapSpider(BoardSpider):
    """sitemap → pages; a page counts as an ad when it states a JobPosting or the source has rules for it."""

    def read_start(self, document: Document) -> Harvest:
        """Addresses in a sitemap; those of an index are sitemaps in turn."""
        text = _inflated(document).text(self.spec.encoding)
        index = "<sitemapindex" in text[:2000]
        wanted = re.compile(self.spec.follow.match or "")
        listed = {absolute(document.url, url): lastmod for url, lastmod in _locations(text).items()}
        if not listed:
            return Harvest(outcome=Outcome.EMPTY, reason="the sitemap lists no address")
        if index:
            return Harvest(links=[Link(url, self.read_start) for url in listed])
        telling = len(set(listed.values())) > 1
        shown = {url: cards.digest(lastmod) if telling else "" for url, lastmod in listed.items() if wanted.search(url)}
        return Harvest(links=[Link(url, self.read_ad, ad=True, card=card) for url, card in shown.items()])

    def read_ad(self, document: Document) -> Harvest:
        """The job or jobs a page states."""
        general = bool(self.spec.fields.given)
        found = ad_on_page(document, today=self.today, spec=self.spec, general=general, learner=self.learner)
        if any(posting.body or posting.title for posting in found):
            return Harvest(found)
        text = document.text(self.spec.encoding)
        if "JobPosting" in text and jobposting.blocks(Page(text, document.url).scripts())[1]:
            return Harvest(outcome=Outcome.UNREADABLE, reason="the page's JSON-LD is malformed")
        return Harvest(outcome=Outcome.SKIPPED, reason="the page states no JobPosting")


def _inflated(document: Document) -> Document:
    if not document.body.startswith(b"\x1f\x8b"):
        return document
    inflater = zlib.decompressobj(wbits=31)
    return Document(inflater.decompress(document.body, _LARGEST), document.url)


def _locations(text: str) -> dict[str, str]:
    """Address → `lastmod` (empty where not given), read strictly, else by pattern; a plain list of addresses is one."""
    body = text[text.find("?>") + 2 :] if text.lstrip().startswith("<?xml") else text
    try:
        root = etree.fromstring(
            body.strip().encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        )
        found = [_entry(node) for node in root.iter() if _name(node) == "loc"]
    except etree.XMLSyntaxError:
        found = [(url, "") for url in re.findall(r"<loc>\s*([^<\s]{1,2000})\s*</loc>", text)]
        if not found and "<" not in text:
            found = [(line, "") for line in text.split() if line.startswith("http")]
    return {url.strip().replace("&amp;", "&"): lastmod for url, lastmod in found if url.strip()}


def _entry(loc: Any) -> tuple[str, str]:
    """A `loc` with the `lastmod` beside it."""
    beside = loc.getparent() if loc.getparent() is not None else ()
    lastmod = next((node.text for node in beside if _name(node) == "lastmod"), None)
    return loc.text or "", (lastmod or "").strip()


def _name(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""

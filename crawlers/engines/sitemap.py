"""Sitemaps (plain, index, gzip) that lead to pages with schema.org JobPosting."""

import re
import zlib

from lxml import etree

from crawlers.engines.base import BoardSpider, Harvest, Link, absolute
from crawlers.extract import Document, ad_on_page
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
        urls = [absolute(document.url, url) for url in _locations(text)]
        if not urls:
            return Harvest(outcome=Outcome.EMPTY, reason="the sitemap lists no address")
        if index:
            return Harvest(links=[Link(url, self.read_start) for url in urls])
        return Harvest(links=[Link(url, self.read_ad, ad=True) for url in urls if wanted.search(url)])

    def read_ad(self, document: Document) -> Harvest:
        """The job or jobs a page states."""
        found = ad_on_page(document, today=self.today, spec=self.spec, general=bool(self.spec.fields.given))
        if not any(posting.body or posting.title for posting in found):
            return Harvest(outcome=Outcome.SKIPPED, reason="the page states no JobPosting")
        return Harvest(found)


def _inflated(document: Document) -> Document:
    if not document.body.startswith(b"\x1f\x8b"):
        return document
    inflater = zlib.decompressobj(wbits=31)
    return Document(inflater.decompress(document.body, _LARGEST), document.url)


def _locations(text: str) -> list[str]:
    """`loc` values, read strictly, else by pattern; a plain list of addresses is a sitemap too."""
    body = text[text.find("?>") + 2 :] if text.lstrip().startswith("<?xml") else text
    try:
        root = etree.fromstring(
            body.strip().encode(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        )
        found = [
            node.text or ""
            for node in root.iter()
            if isinstance(node.tag, str) and etree.QName(node).localname == "loc"
        ]
    except etree.XMLSyntaxError:
        found = re.findall(r"<loc>\s*([^<\s]{1,2000})\s*</loc>", text)
        if not found and "<" not in text:
            found = [line for line in text.split() if line.startswith("http")]
    return list(dict.fromkeys(url.strip().replace("&amp;", "&") for url in found if url.strip()))

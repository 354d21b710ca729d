"""List pages that link to the ads, and to the next list page."""

import re
from typing import Any
from urllib.parse import urlsplit

from crawlers import cards
from crawlers.engines.base import BoardSpider, Harvest, Link, absolute
from crawlers.extract import Document, ad_on_page
from crawlers.fields import select
from crawlers.page import Page
from crawlers.text import one_line
from zorya.domain.runs import Outcome


class ListingSpider(BoardSpider):
    """list → detail, by the source's `follow` selectors."""

    def read_start(self, document: Document) -> Harvest:
        """A first page without ads is suspicious: the layout has changed."""
        harvest = self.read_list(document)
        if not any(link.ad for link in harvest.links):
            page = Page(document.text(self.spec.encoding), document.url)
            named = one_line(str(page.selector.xpath("string(//title)").get() or ""))[:80]
            reason = "`follow.ad` finds no link on the list page" + (f" (“{named}”)" if named else "")
            return Harvest(links=harvest.links, outcome=Outcome.EMPTY, reason=reason)
        return harvest

    def read_list(self, document: Document) -> Harvest:
        """Links to ads, each with its card, then to the next page."""
        follow = self.spec.follow
        page = Page(document.text(self.spec.encoding), document.url)
        found = _links(page, follow.ad, pattern=follow.match)
        shown = cards.of_links([(node, url) for node, url in found if node is not None])
        ads = dict.fromkeys(url for _, url in found)
        links = [Link(url, self.read_ad, ad=True, card=shown.get(url, "")) for url in ads]
        following = dict.fromkeys(url for _, url in _links(page, follow.next))
        links += [Link(url, self.read_list, deeper=True) for url in following]
        return Harvest(links=links)

    def read_ad(self, document: Document) -> Harvest:
        """The ad on a detail page."""
        found = ad_on_page(document, today=self.today, spec=self.spec, learner=self.learner)
        if not found:
            return Harvest(outcome=Outcome.UNREADABLE, reason="no ad could be read from the page")
        return Harvest(found)


def _links(page: Page, rule: str | None, pattern: str | None = None) -> list[tuple[Any, str]]:
    """(element, address) of all that a selector finds: attribute values as they are, elements by their own `href` or
    the first one inside. The element of an attribute value is the first link with that `href`."""
    base = absolute(page.url, str(page.selector.xpath("string(//base/@href)").get() or ""))
    found: list[tuple[Any, str]] = []
    for match in select(page.selector, rule) if rule else ():
        root, bare = match.root, not hasattr(match.root, "get")
        href = str(root) if bare else root.get("href") or match.xpath("string(.//a/@href)").get()
        if not href or _scheme(str(href)) not in {"", "http", "https"} or str(href).startswith("#"):
            continue
        url = absolute(base, str(href))
        if pattern is None or re.search(pattern, url):
            found.append((href if bare else root, url))
    if any(isinstance(node, str) for node, _ in found):
        anchors = {str(node.root.get("href")): node.root for node in reversed(page.selector.xpath("//a[@href]"))}
        found = [(anchors.get(node) if isinstance(node, str) else node, url) for node, url in found]
    return found


def _scheme(href: str) -> str:
    """Scheme of a link, empty for a relative or malformed one."""
    try:
        return urlsplit(href.strip()).scheme.lower()
    except ValueError:
        return ""

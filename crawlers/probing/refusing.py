"""What Zorya does not read: boards on which people advertise themselves. It reads offers made *by others*."""

import re
from collections.abc import Sequence

from crawlers.extract import Document
from crawlers.page import Page
from crawlers.probing.words import mentions, words
from crawlers.text import one_line
from zorya.domain.ads import Posting

_IN_TEXT = 2
"""Phrases of self-advertising that make an ad one."""


def with_remedy(reason: str) -> str:
    """Why an address that a person named is not visited; where the guard says so, how their own board is excepted.

    Only for addresses people name: to a hostile page's link nobody should be told to open a door.
    """
    if re.search(r"address guard: (?:port \d|\S+ is at )", reason):
        return f"{reason}; if the board is your own, name its host:port in `crawl.allow_hosts`"
    return reason


def heading_of(document: Document) -> str:
    """What a board says of itself: title, description, site name, main headings."""
    page = Page(document.text()[:200_000], document.url)
    said = page.selector.xpath("//title//text() | //h1//text() | //channel/title/text() | //channel/description/text()")
    parts = [*said.getall(), page.meta("description", "og:description"), page.meta("og:site_name", "og:title")]
    return one_line(" ".join(parts))[:2000]


def own_ads(heading: str, ads: Sequence[Posting]) -> str:
    """Why a board is one of sex workers' own ads, or an empty string. A board that says it recruits is none."""
    lists = words()
    named, recruits = mentions(heading, lists.own_ads), mentions(heading, lists.recruits)
    if named and not recruits:
        return f"the board calls itself by `{named[0]}`, and says nothing of work offered by others"
    own = [ad for ad in ads if len(mentions(ad.text, (*lists.own_ads_in_text, *lists.own_ads))) >= _IN_TEXT]
    if ads and len(own) * 2 >= len(ads) and not recruits:
        return f"{len(own)} of {len(ads)} ads read are by people who advertise themselves"
    return ""

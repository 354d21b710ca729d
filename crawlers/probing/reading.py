"""Reading one document as a crawl of its source would, without a crawl: the ads in it, and where it leads."""

import re
from datetime import date

from crawlers.extract import Document, ad_on_page, extract, postings
from crawlers.fields import Reading, at_path, draft_by_rules, in_item
from crawlers.jsonads import parse_json
from crawlers.page import Page
from crawlers.probing.lists import reach
from crawlers.probing.look import locations
from crawlers.spec import Engine, SourceSpec
from zorya.domain.ads import Posting


def ads_in(spec: SourceSpec, document: Document, *, today: date) -> list[Posting]:
    """The ads of an ad page, or of a whole feed, preview or JSON answer."""
    if spec.engine is Engine.JSON_API:
        items = at_path(parse_json(document.text(spec.encoding)), spec.json_.items if spec.json_ else "")
        reading = Reading.of(spec, today)
        found = [draft_by_rules(spec.fields.given, in_item(item, document.url), reading) for item in items or ()]
        return postings([draft for draft in found if not draft.empty], document.url, spec)
    if spec.engine in {Engine.FEED, Engine.TELEGRAM}:
        return extract(document, today=today, spec=spec)
    general = spec.engine is Engine.LISTING or bool(spec.fields.given)
    return ad_on_page(document, today=today, spec=spec, general=general)


def links_in(spec: SourceSpec, document: Document) -> list[str]:
    """Addresses of ads that a list page or sitemap leads to, in its order; [] for engines whose answers are the ads."""
    if spec.engine is Engine.SITEMAP:
        found = locations(document)
    elif spec.engine is Engine.LISTING and spec.follow.ad:
        page = Page(document.text(spec.encoding), document.url)
        found = reach(page.selector, spec.follow.ad, document.url)
    else:
        return []
    return [url for url in found if re.search(spec.follow.match or "", url)]

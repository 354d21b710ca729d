"""One HTML page → drafts: schema.org JobPosting, then the source's rules, then general reading (heading, main text)."""

import logging
import re
from functools import cached_property
from typing import Any

from parsel import Selector
from selectolax.lexbor import LexborHTMLParser

from crawlers import jobposting
from crawlers.dates import parse_date
from crawlers.draft import Draft
from crawlers.field_rules import FieldRule
from crawlers.fields import Reading, draft_by_rules, on_page
from crawlers.text import element_text, html_text, lost_text, one_line, parse, strip_tags, strip_tags_carefully

_TRAFILATURA_LIMIT = 1_500_000
"""Characters of source beyond which the main text is not searched for: it costs seconds per megabyte."""
_HEADINGS = ("h1", "h2", "h3")
_TITLE_TAILS = re.compile(r"\s+[|–—·»-]\s+[^|–—·»]{2,60}$")


class Page:
    """A decoded page, parsed once."""

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
    def lexbor(self) -> LexborHTMLParser:
        """The page by an HTML5 parser, which survives nesting that libxml2 does not."""
        return LexborHTMLParser(self.source)

    @cached_property
    def stripped(self) -> str:
        """Visible text by removing tags; with care where the quick way finds more than the parser did."""
        quick = strip_tags(self.source)
        return strip_tags_carefully(self.source) if lost_text(self.text, quick) else quick

    @cached_property
    def text(self) -> str:
        """Visible text as parsed."""
        return element_text(self.tree) if self.tree is not None else ""

    @cached_property
    def truncated(self) -> bool:
        """True when the parser lost text."""
        return lost_text(self.text, self.stripped)

    @cached_property
    def language(self) -> str | None:
        """ISO 639-1 of `<html lang>`."""
        declared = str(self.selector.xpath("string(/html/@lang)").get() or "")[:2].lower()
        return declared if re.fullmatch(r"[a-z]{2}", declared) else None

    def meta(self, *names: str) -> str:
        """Content of the first of these meta properties that says something."""
        for name in names:
            for value in self.selector.xpath(
                "//meta[@property=$n or @name=$n or @itemprop=$n]/@content", n=name
            ).getall():
                if one_line(value):
                    return str(value)
        return ""

    def scripts(self) -> list[str]:
        """Contents of the JSON-LD scripts."""
        wanted = (
            node for node in self.lexbor.css("script") if "ld+json" in (node.attributes.get("type") or "").lower()
        )
        return [node.text(deep=True) for node in wanted]


def read_page(page: Page, *, rules: dict[str, FieldRule], reading: Reading, general: bool = True) -> list[Draft]:
    """The ads on a page. `general` False gives only what structured data or rules state."""
    languages = reading.languages or ((page.language,) if page.language else ())
    reading = Reading(reading.today, reading.country, languages)
    values, broken = jobposting.blocks(page.scripts())
    jobs = jobposting.job_postings(values)
    if not jobs and "JobPosting" in page.source:
        jobs = jobposting.embedded(page.source, page.url)
    flags = ("broken_json_ld",) if broken else ()
    stated = [
        jobposting.draft_of(job, today=reading.today, country=reading.country, languages=languages) for job in jobs
    ]
    if len(stated) > 1:
        drafts = [draft for draft in stated if not draft.empty]
        return [_named(draft, page, index).flagged(*flags) for index, draft in enumerate(drafts)]
    ruled = draft_by_rules(rules, on_page(page.selector, page.url), reading) if rules else Draft()
    # The board's own number (a rule) and address identify the ad; `identifier` is often the employer's number.
    found = Draft(native_id=ruled.native_id, url=ruled.url)
    if stated:
        found = found.over(Draft(**{n: getattr(stated[0], n) for n in _CONTENT}))
    found = found.over(ruled)
    if general or not found.empty:
        found = found.over(_general(page, reading, title=not found.title, body=not (found.body or page.truncated)))
    if page.truncated:
        found = _recovered(found, page, body_wanted=not (stated and stated[0].body))
    return [] if found.empty else [found.flagged(*flags)]


_CONTENT = ("title", "body", "employer", "places", "pay", "posted_on", "contacts")


def _named(draft: Draft, page: Page, index: int) -> Draft:
    """One of several ads on a page: its own address, or the page's with a mark that tells it apart."""
    if draft.url.startswith(("http://", "https://")) and draft.url != page.url:
        return Draft(native_id="").over(Draft(**{n: getattr(draft, n) for n in (*_CONTENT, "url")}))
    mark = draft.native_id or str(index)
    return Draft(native_id=f"{page.url}#{mark}").over(draft)


def _general(page: Page, reading: Reading, *, title: bool, body: bool) -> Draft:
    """What any page tells: its heading and its main text. Only what is asked for is searched."""
    posted = page.meta("article:published_time", "datePublished", "date", "dc.date")
    heading = _title(page) if title else ""
    return Draft(
        title=heading,
        body=_main_text(page, heading) if body else "",
        posted_on=parse_date(posted, today=reading.today, languages=reading.languages) if posted else None,
    )


def _title(page: Page) -> str:
    """og:title, a lone h1, the document's title, any heading, in this order."""
    heads = [text for node in page.selector.xpath("//h1") if (text := one_line(element_text(node.root)))]
    shared = one_line(page.meta("og:title", "twitter:title"))
    document = one_line(str(page.selector.xpath("string(//title)").get() or "")) or _lexbor_title(page)
    if len(heads) == 1 and 2 < len(heads[0]) <= 300:
        return heads[0]
    if shared or document:
        return shared or _TITLE_TAILS.sub("", document) or document
    for tag in _HEADINGS:
        for node in page.selector.xpath(f"//{tag}"):
            if text := one_line(element_text(node.root)):
                return text[:300]
    return one_line(page.meta("title", "headline", "name"))


def _lexbor_title(page: Page) -> str:
    node = page.lexbor.css_first("title")
    return one_line(node.text(deep=True)) if node else ""


def _main_text(page: Page, title: str) -> str:
    """Main text by trafilatura; the whole visible text where that finds too little or would take too long."""
    found = ""
    if len(page.source) <= _TRAFILATURA_LIMIT and page.tree is not None:
        found = _trafilatura(page.source)
    if len(found) < 80 and len(page.text) > len(found):
        described = html_text(page.meta("og:description", "description"))
        found = page.text if len(page.text) < 4000 or not described else max(found, described, key=len)
    return found.removeprefix(title).lstrip() if title and found != title else found


def _trafilatura(source: str) -> str:
    from trafilatura import extract

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs its own guesses; ours are flags
    try:
        found = extract(source, include_comments=False, include_tables=True, favor_recall=True, deduplicate=False)
    except Exception:  # any parser failure means only that general reading must do without it
        return ""
    return found or ""


def _recovered(draft: Draft, page: Page, *, body_wanted: bool) -> Draft:
    """A page whose text the parser lost: all visible text by a reader that knows no nesting, flagged for people."""
    body = page.stripped if body_wanted or not draft.body else draft.body
    title = draft.title or _lexbor_title(page)
    return Draft(title=title, body=body).over(draft).flagged("parser_truncated")

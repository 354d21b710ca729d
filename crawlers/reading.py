"""One HTML page → drafts: schema.org JobPosting, then the source's rules, then general reading (heading, main text)."""

import logging
from dataclasses import replace
from typing import Protocol

from crawlers import jobposting, microdata
from crawlers.draft import Draft
from crawlers.field_rules import FieldRule
from crawlers.fields import Reading, draft_by_rules, on_page
from crawlers.page import Page
from crawlers.page_links import HIDDEN, hides_contact, linked_contacts
from crawlers.posted import posted_on
from crawlers.teasers import Teasers
from crawlers.text import html_text

_TRAFILATURA_LIMIT = 1_500_000
_TRAFILATURA_TAGS = 25_000
"""Characters and tags of source beyond which the main text is not searched for: it costs seconds per megabyte."""
_TEASER = 300
"""Characters up to which a stated description may be the beginning of a longer one on the page."""
_CONTENT = ("title", "body", "employer", "places", "pay", "posted_on", "contacts")


class Learner(Protocol):
    """Somebody who knows the site from its earlier pages (`crawlers.learning.SiteLearner`)."""

    coded: bool
    """True when pages of the site were seen that hold contacts in data attributes."""

    def read(self, page: Page, reading: Reading) -> Draft | None:
        """The draft by what was learned, or None: read the page in full, then `note` it."""
        ...

    def note(self, page: Page, full: Draft, reading: Reading) -> Draft:
        """Learn from a page that was read in full; the draft to use for it."""
        ...

    def teach(self, page: Page, stated: Draft, reading: Reading) -> None:
        """Learn from a page whose structured data or rules give title and body."""
        ...


def read_page(
    page: Page,
    *,
    rules: dict[str, FieldRule],
    reading: Reading,
    general: bool = True,
    learner: Learner | None = None,
) -> list[Draft]:
    """The ads on a page. `general` False gives only what structured data or rules state."""
    languages = reading.languages or ((page.language,) if page.language else ())
    reading = reading if languages == reading.languages else replace(reading, languages=languages)
    values, broken = jobposting.blocks(page.scripts())
    jobs = jobposting.job_postings(values)
    known = learner.read(page, reading) if learner and general and not jobs and "body" not in rules else None
    if known is None and not jobs and (page.marks_job_posting or (general and not rules and learner is None)):
        jobs = microdata.embedded(page.source, page.url)
    flags = ("broken_json_ld",) if broken else ()
    stated = [
        jobposting.draft_of(job, today=reading.today, country=reading.country, languages=languages) for job in jobs
    ]
    if len(stated) > 1:
        drafts = [draft for draft in stated if not draft.empty]
        return [_named(draft, page, index).flagged(*flags) for index, draft in enumerate(drafts)]
    found = _stated_or_ruled(page, stated[0] if stated else None, rules, reading) if stated or rules else Draft()
    if known is not None:
        found = found.over(known) if rules else known
    elif general and not found.body and learner is not None:
        found = found.over(_learned(page, found, reading, learner))
    elif general or not found.empty:
        found = _general(page, reading, found, from_lxml=not (stated and stated[0].body))
        if learner is not None and found.title and found.body:
            learner.teach(page, found, reading)
    if general and not found.empty:
        coded = "data-" in page.source if known is None or learner is None else learner.coded
        found = _with_links(page, found, reading, coded=coded)
    return [] if found.empty else [found.flagged(*flags) if flags else found]


def _with_links(page: Page, found: Draft, reading: Reading, *, coded: bool) -> Draft:
    """With the contacts that the page gives as links, where data and rules state none.

    `coded` False: the page has no data attributes that could hold one.
    """
    if not page.whole:
        return found
    if not found.contacts:
        linked = linked_contacts(page, coded=coded, country=reading.country)
        found = replace(found, contacts=linked) if linked else found
    return found.flagged(HIDDEN) if hides_contact(page, coded=coded) else found


def _stated_or_ruled(page: Page, stated: Draft | None, rules: dict[str, FieldRule], reading: Reading) -> Draft:
    # The board's own number (a rule) and address identify the ad; `identifier` is often the employer's number.
    said = _checked(page, replace(stated, native_id="", url="")) if stated else Draft()
    if not rules:
        return said
    ruled = draft_by_rules(rules, on_page(page.selector, page.url), reading)
    return Draft(native_id=ruled.native_id, url=ruled.url).over(said).over(ruled)


def _checked(page: Page, stated: Draft) -> Draft:
    """What a JobPosting states, beside what the page shows: a longer text wins, a different one is flagged.

    Four runs of four words are looked up in the visible text. A page that shows next to nothing is filled by
    scripts in the browser and says nothing against its data.
    """
    words = stated.body.split()
    if len(words) < 8:
        return stated
    step = max(1, (len(words) - 4) // 3)
    runs = [words[start : start + 4] for start in range(0, len(words) - 3, step)][:4]
    if sum(map(page.shows, runs)) * 3 < len(runs):
        return stated if len(page.seen) < 200 else stated.flagged("structured_text_differs")
    if len(stated.body) <= _TEASER and page.shows_more(runs[0], 2 * len(stated.body) + 200):
        main = _main_text(page, stated.title)
        if len(main) > 2 * len(stated.body) and "".join(runs[0]) in "".join(main.split()):
            return replace(stated, body=main).flagged("structured_text_differs")
    return stated


def _learned(page: Page, found: Draft, reading: Reading, learner: Learner) -> Draft:
    draft = learner.read(page, reading) if found.title else None
    return draft or learner.note(page, _general(page, reading, found), reading)


def _named(draft: Draft, page: Page, index: int) -> Draft:
    """One of several ads on a page: its own address, or the page's with a mark that tells it apart."""
    if draft.url.startswith(("http://", "https://")) and draft.url != page.url:
        return Draft(native_id="").over(Draft(**{n: getattr(draft, n) for n in (*_CONTENT, "url")}))
    mark = draft.native_id or str(index)
    return Draft(native_id=f"{page.url}#{mark}").over(draft)


def _general(page: Page, reading: Reading, found: Draft, *, from_lxml: bool = True) -> Draft:
    """What was found, and what any page tells beside it: its heading and its main text, searched only if missing.

    Text that lxml read (rules, main text) is checked for truncation; a JobPosting's text is not lxml's.
    """
    if found.title and found.posted_on and not from_lxml:
        return found
    day = None if found.posted_on else posted_on(page, reading)
    found = found.over(Draft(title="" if found.title else page.title, posted_on=day))
    if not from_lxml:
        return found
    if page.truncated:
        # All visible text by a reader that knows no nesting, flagged for people.
        return replace(found, body=page.stripped).flagged("parser_truncated")
    found = found.over(Draft(body="" if found.body else _main_text(page, found.title)))
    return found.flagged("hidden_text") if page.hides(found.body) else found


def _main_text(page: Page, title: str) -> str:
    """Main text by trafilatura; the whole visible text where that finds too little or would take too long."""
    found = ""
    bounded = len(page.source) <= _TRAFILATURA_LIMIT and page.source.count("<") <= _TRAFILATURA_TAGS
    if bounded and page.tree is not None:
        teasers = Teasers(page.source) if page.whole else None
        rest = teasers.left_out() if teasers else None
        found = _trafilatura(rest) if rest else ""
        found = found if len(found) >= 80 else _trafilatura(page.source)
        if teasers and not rest and (rest := teasers.left_out(found)):
            found = _trafilatura(rest) or found
    if len(found) < 80 and len(page.text) > len(found):
        described = html_text(page.meta("og:description", "description"))
        found = page.text if len(page.text) < 4000 or not described else max(found, described, key=len)
    return found.removeprefix(title).lstrip() if title and found != title else found


def _trafilatura(source: str) -> str:
    """Fast mode: the same token F1 on real pages as the default (0.9615 and 0.9616) at half its cost."""
    from trafilatura import extract

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs its own guesses; ours are flags
    try:
        found = extract(source, include_comments=False, include_tables=True, favor_recall=True, fast=True)
    except Exception:  # any parser failure means only that general reading must do without it
        return ""
    return found or ""

"""The desk where a person brings an address: probe it, look at the draft, keep it.

It stands behind `zorya source add` and the web page /sources/new.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.catalog import Catalog, load_catalog, read_draft
from crawlers.draft import canonical_url
from crawlers.extract import Document, ad_on_page, extract, postings
from crawlers.fields import Reading, draft_by_rules, in_item
from crawlers.lifecycle import note
from crawlers.masking import masked
from crawlers.page import Page
from crawlers.probing.choose import Choice, choose, guess_country, in_items, mix
from crawlers.probing.drafting import REFUSED, About, draft_id, draft_text
from crawlers.probing.look import Sight, entrance, look
from crawlers.probing.refusing import heading_of, own_ads
from crawlers.probing.visits import delay_for, open_visits
from crawlers.probing.words import mentions, words
from crawlers.spec import Engine, SourceSpec, SourceStatus
from zorya.domain.ads import Posting
from zorya.domain.sources import Finding, Probe
from zorya.errors import DataFileError, PolicyRefusal
from zorya.settings import Settings
from zorya.store import Store, audit, sources

FIELDS = ("title", "body", "employer", "places", "pay", "posted_on", "contacts")
"""Fields whose coverage a probe shows."""
Completer = Callable[[Posting, str], Posting]
"""Fills in what the text itself says (contacts, pay, places); gets the ad and the board's country."""


class Desk:
    """Implements `zorya.domain.sources.SourceDesk` on a store, settings and a clock."""

    def __init__(
        self, store: Store, settings: Settings, clock: Callable[[], datetime], complete: Completer | None = None
    ) -> None:
        self._store, self._settings, self._clock = store, settings, clock
        self._complete: Completer = complete or (lambda posting, country: posting)

    def probe(self, url: str) -> Probe:
        """Look at an address; a dozen requests at the pace of a crawl."""
        address, today = entrance(url), self._clock().date()
        with open_visits(address, self._settings) as visits:
            sight = look(address, visits, today=today)
        if sight.front is None:
            return Probe(address, False, sight.refusal, findings=tuple(sight.findings))
        seen = _first_reading(sight, today)
        country = guess_country(sight.front.url, list(mix(seen)) if seen else [], _declared(sight.front))
        languages = tuple(language for language in (mix(seen) if seen else {}) if language != "?")
        choice = choose(sight, today=today, country=country[0], languages=languages)
        if choice is None:
            warning = _why_nothing(sight.front)
            return Probe(address, True, findings=tuple(sight.findings), warnings=(*sight.warnings, warning))
        return self._report(sight, choice, seen, country)

    def keep(self, draft: str, *, by: str) -> Path:
        """Write a draft into the home folder; never over a file that is there."""
        if REFUSED in draft:
            reason = next(line for line in draft.splitlines() if REFUSED in line).partition(REFUSED)[2].strip()
            raise PolicyRefusal(f"this board is not read: {reason}")
        spec = read_draft(draft)
        if reason := own_ads(spec.title, ()):
            raise PolicyRefusal(f"this board is not read: {reason}")
        catalog = load_catalog(self._settings.source_folders)
        path = self._settings.home / "sources" / f"{spec.id}.yml"
        if path.exists() or spec.id in {one.id for one in catalog.specs}:
            raise DataFileError(path, f"source `{spec.id}` exists already; change `id`, or edit that file")
        for name in _reading(catalog, spec.start):
            raise DataFileError(path, f"source `{name}` reads this very address already; edit its file instead")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(draft)
        with self._store.writing() as connection:
            audit.add(connection, at=self._clock(), actor=by, action="source-add", object=spec.id)
            note(connection, spec, at=self._clock())
        return path

    def _report(self, sight: Sight, choice: Choice, seen: Sequence[Posting], country: tuple[str, str]) -> Probe:
        heading = heading_of(choice.documents[0] if sight.front is None else sight.front)
        languages = mix(seen) if seen else {}
        refusal = own_ads(heading, seen)
        dating = bool(mentions(heading, words().dating)) and not mentions(heading, words().recruits)
        pace = max(sight.delay, delay_for(sight.url, self._settings.crawl))
        title = sight.title or urlsplit(choice.start).netloc
        kind, day = "dating" if dating else "job", self._clock().date()
        about = About(choice.start, title, kind, country, languages, pace, day, refusal)
        catalog = load_catalog(self._settings.source_folders)
        source_id = draft_id(about, {spec.id for spec in catalog.specs})
        draft = draft_text(choice, about, source_id)
        ads = [self._complete(ad, country[0]) for ad in read_ads(choice, read_draft(draft), about)]
        with self._store.reading() as connection:
            doubles = sources.already_read(connection, ads)
        same = _reading(catalog, [choice.start])
        warnings = [*sight.warnings, *_warnings(choice, ads, same)]
        return Probe(
            url=sight.url,
            reached=True,
            refusal=f"this board is not read: {refusal}" if refusal else "",
            engine=str(choice.engine),
            findings=(*sight.findings, Finding("choice", "found", f"{choice.engine}: {'; '.join(choice.why)}")),
            ads=tuple(masked(ad) for ad in ads),
            coverage={name: (sum(bool(getattr(ad, name)) for ad in ads), len(ads)) for name in FIELDS},
            languages=mix(ads) if ads else {},
            duplicates=tuple(doubles.most_common()),
            known_as=tuple(same),
            warnings=tuple(warnings),
            draft_id=source_id,
            draft=draft,
        )


def _reading(catalog: Catalog, start: Sequence[str]) -> list[str]:
    """Sources that begin at one of these addresses; a retired one has left it free."""
    wanted = set(map(canonical_url, start))
    living = (spec for spec in catalog.specs if spec.standing is not SourceStatus.RETIRED)
    return [spec.id for spec in living if not wanted.isdisjoint(map(canonical_url, spec.start))]


def read_ads(choice: Choice, spec: SourceSpec, about: About) -> list[Posting]:
    """The ads of the documents at hand, read as a crawl of the draft would."""
    if choice.engine is Engine.JSON_API:
        reading = Reading.of(spec, about.day)
        front = choice.documents[0]
        drafts = [draft_by_rules(spec.fields.given, in_item(item, front.url), reading) for item in in_items(choice)]
        return postings([draft for draft in drafts if not draft.empty], front.url, spec)[:10]
    if choice.engine in {Engine.FEED, Engine.TELEGRAM}:
        return extract(choice.documents[0], today=about.day, spec=spec)[:10]
    general = choice.engine is Engine.LISTING or bool(spec.fields.given)
    return [ad for one in choice.documents for ad in ad_on_page(one, today=about.day, spec=spec, general=general)]


def _first_reading(sight: Sight, today: date) -> list[Posting]:
    documents = sight.samples or [one for one in [sight.front] if one is not None]
    return [ad for one in documents for ad in extract(one, today=today)][:20]


def _declared(front: Document) -> str:
    return str(Page(front.text(), front.url).selector.xpath("string(/html/@lang)").get() or "")


def _warnings(choice: Choice, ads: Sequence[Posting], same: Sequence[str]) -> list[str]:
    found = [f"source `{name}` reads this very address already" for name in same]
    if not ads:
        found.append("no ad could be read by this draft; edit it and use `zorya source try FILE`")
    short = sum(len(ad.body) < 80 for ad in ads)
    if ads and short * 2 >= len(ads):
        found.append(
            f"{short} of {len(ads)} ads have less than 80 characters of text: the rule for `body` needs a look"
        )
    flags = sorted({flag for ad in ads for flag in ad.flags})
    return [*found, *(f"some ads are flagged `{flag}`" for flag in flags)]


def _why_nothing(front: Document) -> str:
    page = Page(front.text(), front.url)
    if len(page.text) < 500 and page.source.count("<script") >= 2:
        return "the page is drawn by JavaScript: write the source by hand with `javascript: true` (extra `[browser]`)"
    return "no ads in sight: paste the address of the page that lists them"

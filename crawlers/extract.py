"""The front door of reading: what a server sent → postings. Knows pages, feeds, previews and JSON; fetches nothing."""

from dataclasses import dataclass
from datetime import date

from crawlers.binary import is_binary
from crawlers.countries import country_of_address
from crawlers.draft import Draft, posting_of
from crawlers.encodings import decode
from crawlers.feeds import looks_like_feed, read_feed
from crawlers.fields import Reading
from crawlers.jsonads import parse_json, read_json
from crawlers.page import Page
from crawlers.previews import looks_like_preview, read_preview
from crawlers.reading import Learner, read_page
from crawlers.spec import SourceSpec
from zorya.domain.ads import Kind, Posting


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes as served, with what is known about them."""

    body: bytes
    url: str
    content_type: str | None = None

    def text(self, override: str | None = None) -> str:
        """Decoded text."""
        return decode(self.body, content_type=self.content_type, override=override)


def extract(document: Document, *, today: date, spec: SourceSpec | None = None) -> list[Posting]:
    """Every ad in a document of unknown kind; [] when there is nothing to read."""
    text = document.text(spec.encoding if spec else None)
    if is_binary(document.body, text):
        return []
    reading = Reading.of(spec, today) if spec else Reading(today, country_of_address(document.url))
    return postings(_drafts(document, text, reading, spec), document.url, spec)


def postings(drafts: list[Draft], url: str, spec: SourceSpec | None) -> list[Posting]:
    """Postings of drafts, under the source's name and kind; each identity once."""
    source, kind = (spec.id, spec.kind) if spec else ("", Kind.JOB)
    found: dict[str, Posting] = {}
    for draft in drafts:
        posting = posting_of(draft, source=source, url=url, kind=kind)
        if spec is None and len(drafts) > 1 and posting.native_id in found:
            posting = posting_of(
                Draft(native_id=f"{posting.native_id}#{len(found)}").over(draft), source=source, url=url, kind=kind
            )
        found.setdefault(posting.native_id, posting)
    return list(found.values())


def ad_on_page(
    document: Document, *, today: date, spec: SourceSpec, general: bool = True, learner: Learner | None = None
) -> list[Posting]:
    """The ad or ads on a detail page of a source; `learner` knows the source's earlier pages."""
    text = document.text(spec.encoding)
    if is_binary(document.body, text):
        return []
    page = Page(text, document.url)
    reading = Reading.of(spec, today)
    drafts = read_page(page, rules=spec.fields.given, reading=reading, general=general, learner=learner)
    return postings(drafts, document.url, spec)


def _drafts(document: Document, text: str, reading: Reading, spec: SourceSpec | None) -> list[Draft]:
    if not text.strip(" \t\r\n\x00\ufeff"):
        return []
    if looks_like_feed(text):
        return read_feed(document.body, text, url=document.url, reading=reading)
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["} and (value := parse_json(text)) is not None:
        return read_json(value, reading=reading)
    page = Page(text, document.url)
    if looks_like_preview(text):
        return read_preview(page, reading=reading)
    return read_page(page, rules=spec.fields.given if spec else {}, reading=reading)

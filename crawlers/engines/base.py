"""BoardSpider: what all engines share — limits, the fate of every request, storing before following."""

import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from tldextract import TLDExtract
from twisted.python.failure import Failure

from crawlers.blocking import barrier
from crawlers.draft import canonical_url
from crawlers.encodings import decode
from crawlers.extract import Document
from crawlers.guard import Refused
from crawlers.ledger import Ledger
from crawlers.pipelines import PostingSink
from crawlers.spec import SourceSpec
from zorya.domain.ads import Posting
from zorya.domain.runs import Outcome
from zorya.evidence import Exchange

_LONGEST_URL = 2000
_registered = TLDExtract(suffix_list_urls=(), cache_dir=None)
"""Uses the list shipped with the package: a crawl asks no third party."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address to visit next, and who reads the answer."""

    url: str
    reader: "Reader"
    ad: bool = False


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one answer brought."""

    postings: list[Posting] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    outcome: Outcome = Outcome.OK
    reason: str = ""


Reader = Callable[[Document], Harvest]


class BoardSpider(Spider):
    """A crawl of one source. Engines say how the first page is read; everything else happens here."""

    name = "board"

    def __init__(self, spec: SourceSpec, sink: PostingSink, ledger: Ledger, today: date, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec, self.sink, self.ledger, self.today = spec, sink, ledger, today
        self.halted = ""
        """Why no further request is sent; empty while the site welcomes us."""
        self._counts = {True: 0, False: 0}
        self._seen: set[str] = set()
        self._pages: set[str] = set()
        hosts = [urlsplit(url).hostname or "" for url in (*spec.start, spec.homepage)]
        self._domains = {_domain(host) for host in (*hosts, *spec.hosts)}

    def read_start(self, document: Document) -> Harvest:
        """Read a start page; each engine says how."""
        raise NotImplementedError

    def in_scope(self, host: str) -> bool:
        """True for hosts of this source: the site of `start` and `homepage` with its subdomains, and `hosts`."""
        return _domain(host) in self._domains

    def watch(self, response: Response) -> None:
        """Called for every answer before the next request is sent: a site that wants us gone is left at once."""
        self.halted = self.halted or _obstacle(response)

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's entry: the start pages."""
        for url in self.spec.start:
            for request in self._visits([Link(url, self.read_start)]):
                yield request

    def closed(self, reason: str) -> None:
        """Scrapy's exit: whatever is still open gets its outcome."""
        if reason == "closespider_timeout":
            self.ledger.close(reason, Outcome.CAPPED, "the run's time limit was reached")
        else:
            self.ledger.close(reason, Outcome.FAILED, "no answer was recorded")

    def _visits(self, links: list[Link]) -> Iterator[Request]:
        """Requests for links not seen before, each entered in the ledger with a fate if it is not sent."""
        for link in links:
            key = canonical_url(link.url)
            if key in self._seen:
                continue
            self._seen.add(key)
            number = self.ledger.scheduled(link.url[:_LONGEST_URL])
            limit = self.spec.limits.ads if link.ad else self.spec.limits.pages
            if self._counts[link.ad] >= limit:
                self.ledger.outcome(number, Outcome.CAPPED, f"limits.{'ads' if link.ad else 'pages'} is {limit}")
            elif not link.url.startswith(("http://", "https://")) or len(link.url) > _LONGEST_URL:
                self.ledger.outcome(number, Outcome.SKIPPED, "not an address that can be visited")
            else:
                self._counts[link.ad] += 1
                if not link.ad:
                    self._pages.add(key)
                yield from self._request(link, number)

    def _request(self, link: Link, number: int) -> Iterator[Request]:
        try:
            yield Request(
                link.url,
                callback=self._receive,
                errback=self._failed,
                cb_kwargs={"link": link},
                meta={"visit": number},
                dont_filter=True,
            )
        except ValueError as exc:
            self.ledger.outcome(number, Outcome.SKIPPED, f"malformed address: {exc}")

    def _receive(self, response: Response, link: Link) -> Iterator[Request]:
        """An answer: judge it, read it, store what it brought, then follow its links."""
        number = int(response.meta["visit"])
        document = Document(response.body, response.url, _header(response, "Content-Type"))
        outcome, reason = self._judge(response, document, link)
        if outcome is not None:
            self.ledger.outcome(number, outcome, reason, response.status)
            return
        try:
            harvest = link.reader(document)
        except Exception as exc:  # one page that cannot be read must not cost the others
            traceback.print_exc()
            self.ledger.outcome(number, Outcome.UNREADABLE, f"cannot be read: {type(exc).__name__}", response.status)
            return
        if self._store(response, number, harvest):
            self.ledger.outcome(number, harvest.outcome, harvest.reason, response.status)
        yield from self._visits(harvest.links)

    def _store(self, response: Response, number: int, harvest: Harvest) -> bool:
        try:
            sightings = self.sink.keep(_exchange(response), harvest.postings)
        except Exception as exc:  # a full disk or a locked database fails this page visibly, not the run
            traceback.print_exc()
            self.ledger.outcome(number, Outcome.FAILED, f"cannot be stored: {type(exc).__name__}", response.status)
            return False
        for posting, sighting in zip(harvest.postings, sightings, strict=True):
            self.ledger.posting(posting, sighting)
        return True

    def _judge(self, response: Response, document: Document, link: Link) -> tuple[Outcome | None, str]:
        """The outcome of an answer that is not to be read, else (None, "")."""
        status = response.status
        if status == 429:
            return Outcome.BLOCKED, self.halted
        if status in {401, 403, 451}:
            return Outcome.BLOCKED, f"the site answers {status}"
        if status in {404, 410} and link.ad:
            return Outcome.SKIPPED, f"gone ({status})"
        if status == 304:
            return Outcome.NOT_MODIFIED, ""
        if not 200 <= status < 300:
            return Outcome.FAILED, f"the site answers {status}"
        if not response.body.strip(b" \t\r\n\x00"):
            return Outcome.EMPTY, "the answer has no content"
        if link.ad and canonical_url(response.url) in self._pages:
            return Outcome.SKIPPED, "gone: the address leads back to the list"
        if self.halted and _obstacle(response):
            return Outcome.BLOCKED, self.halted
        return None, ""

    def _failed(self, failure: Failure) -> None:
        """No answer: say why."""
        error = failure.value
        number = int(failure.request.meta["visit"])  # type: ignore[attr-defined]
        if isinstance(error, Refused):
            self.ledger.outcome(number, error.outcome, error.reason)
        elif isinstance(error, DownloadCancelledError) or (
            isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error)
        ):
            self.ledger.outcome(number, Outcome.OVERSIZE, "larger than the limit of a page")
        else:
            self.ledger.outcome(number, Outcome.FAILED, f"{type(error).__name__}: {error}"[:300])


def _obstacle(response: Response) -> str:
    """Why the visit ends with this answer; empty when it goes on."""
    if response.status == 429:
        return "the site asked us to slow down (429)"
    if not 200 <= response.status < 300 or b"<" not in response.body[:1000]:
        return ""
    return barrier(decode(response.body[:100_000], content_type=_header(response, "Content-Type")))


def absolute(base: str, href: str) -> str:
    """A link's address; an unusable one stays as it is and is skipped with a reason."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return href


def _domain(host: str) -> str:
    return _registered(host).top_domain_under_public_suffix or host.lower()


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _exchange(response: Response) -> Exchange:
    def pairs(headers: Any) -> tuple[tuple[str, str], ...]:
        return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, values in headers.items() for v in values)

    request = response.request
    return Exchange(
        url=response.url,
        status=response.status,
        request_headers=pairs(request.headers) if request else (),
        response_headers=pairs(response.headers),
        body=response.body,
        fetched_at=datetime.now(UTC),  # evidence says when it was fetched, whatever period the run is for
    )

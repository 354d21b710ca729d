"""BoardSpider: what all engines share — which answers are read, the fate of every request, storing before following."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from tldextract import TLDExtract
from twisted.python.failure import Failure

from crawlers.blocking import obstacle_in
from crawlers.draft import canonical_url
from crawlers.exchanges import exchange_of
from crawlers.extract import Document
from crawlers.failing import in_words
from crawlers.guard import Refused
from crawlers.page import Page
from crawlers.pipelines import WAIT_S, Assignment, Recorder
from crawlers.revisits import Revisits
from crawlers.schedule import Claim
from crawlers.visits import Harvest, Link, Visit
from zorya import logs
from zorya.domain import ids
from zorya.domain.runs import Outcome

__all__ = ["BoardSpider", "Harvest", "Link", "absolute"]

_registered = TLDExtract(suffix_list_urls=(), cache_dir=None)
"""Uses the list shipped with the package: a crawl asks no third party."""


class BoardSpider(Spider):
    """A crawl of one source. Engines say how the first page is read; everything else happens here."""

    name = "board"

    def __init__(self, assignment: Assignment, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec, self.today = assignment.spec, assignment.as_of.date()
        self.halted = ""
        """Why no further request is sent; empty while the site welcomes us."""
        self.revisits = Revisits(self.spec, seen_at=assignment.as_of, link_of=self.link_of)
        self.recorder = Recorder(assignment, self.revisits)
        self.learner = self.recorder.learner()
        self._told = assignment.settings_hash
        hosts = [urlsplit(url).hostname or "" for url in (*self.spec.start, self.spec.homepage)]
        self._domains = {_domain(host) for host in (*hosts, *self.spec.hosts)}

    def read_start(self, document: Document) -> Harvest:
        """Read a start page; each engine says how."""
        raise NotImplementedError

    def read_check(self, document: Document) -> Harvest:
        """The own page of an ad that no list shows any more: its text, in which the ad's title is looked for."""
        page = Page(document.text(self.spec.encoding), document.url)
        return Harvest(text="\n".join((page.title, page.text, *page.scripts())))

    def in_scope(self, host: str) -> bool:
        """True for hosts of this source: the site of `start` and `homepage` with its subdomains, and `hosts`."""
        return _domain(host) in self._domains

    def watch(self, response: Response) -> None:
        """Called for every answer before the next request is sent: a site that wants us gone is left at once."""
        self.halted = self.halted or obstacle_in(response)

    def link_of(self, url: str, name: str) -> Link:
        """A link again, from its address and its `reader_name`; a reader that is no more is the start page's."""
        kind, _, reader = name.partition(":")
        return Link(url, getattr(self, reader, self.read_start), ad=kind == "ad")

    def open(self) -> None:
        """Take up the run where its frontier stands; the scheduler calls this before anything is sent."""
        self.recorder.open([Link(url, self.read_start) for url in self.spec.start])

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's entry: nothing, for every request comes from the frontier by way of the scheduler."""
        empty: tuple[Any, ...] = ()
        for nothing in empty:
            yield nothing

    def closed(self, reason: str) -> None:
        """Scrapy's exit: what waits is stored; what time did not allow gets its outcome."""
        late = reason == "closespider_timeout"
        self.recorder.close(Outcome.CAPPED if late else None, "the run's time limit was reached")
        self.recorder.keep(self.learner)

    def request_for(self, claim: Claim) -> Request | None:
        """The request for a claimed entry; None, with an outcome, when its address makes none."""
        seq, key, link = claim.entry.seq, claim.entry.key, claim.link
        try:
            return Request(
                link.url,
                headers=claim.headers,
                callback=self._receive,
                errback=self._failed,
                cb_kwargs={"link": link},
                meta={"visit": seq, "key": key},
                dont_filter=True,
            )
        except ValueError as exc:
            self._note(Visit(seq, key, link, Outcome.SKIPPED, f"malformed address: {exc}"))
            return None

    def _note(self, visit: Visit) -> None:
        """Hand a visit over to be stored; should it wait for others, then not for long."""
        self.recorder.add(visit)
        if self.recorder.waiting:
            asyncio.get_running_loop().call_later(WAIT_S, self.recorder.flush)

    def _receive(self, response: Response, link: Link) -> None:
        """An answer: judge it, read it, hand over what it brought. Its links are followed once they are stored."""
        seq, key = int(response.meta["visit"]), str(response.meta["key"])
        document = Document(response.body, response.url, _header(response, "Content-Type"))
        outcome, reason = self._judge(response, document, link)
        if outcome is Outcome.NOT_MODIFIED or (outcome is None and self.revisits.same(key, response.body)):
            outcome = outcome or Outcome.OK
            self._note(
                Visit(seq, key, link, outcome, "", response.status, exchange_of(response, self._told), unchanged=True)
            )
            return
        if outcome is not None:
            self._note(Visit(seq, key, link, outcome, reason, response.status))
            return
        try:
            harvest = link.reader(document)
        except Exception as exc:  # one page that cannot be read must not cost the others
            logs.print_crash()
            reason = f"cannot be read: {type(exc).__name__}"
            self._note(Visit(seq, key, link, Outcome.UNREADABLE, reason, response.status))
            return
        fate = (harvest.outcome, harvest.reason, response.status)
        self._note(Visit(seq, key, link, *fate, exchange_of(response, self._told), harvest))

    def _judge(self, response: Response, document: Document, link: Link) -> tuple[Outcome | None, str]:
        """The outcome of an answer that is not to be read, else (None, "")."""
        status = response.status
        if status == 429:
            return Outcome.BLOCKED, self.halted
        if status in {401, 403, 451}:
            return Outcome.BLOCKED, obstacle_in(response) or f"the site answers {status}"
        if status in {404, 410} and link.ad:
            return Outcome.SKIPPED, f"gone ({status})"
        if status == 304:
            told = response.request.headers if response.request else {}
            if "If-None-Match" in told or "If-Modified-Since" in told:
                return Outcome.NOT_MODIFIED, ""
            return Outcome.FAILED, "the site answers 304 though it was not asked whether anything changed"
        if not 200 <= status < 300:
            return Outcome.FAILED, f"the site answers {status}"
        if not response.body.strip(b" \t\r\n\x00"):
            return Outcome.EMPTY, "the answer has no content"
        if link.ad and self._leads_to_list(link.url, response.url):
            return Outcome.SKIPPED, "gone: the address leads back to the list"
        if self.halted and obstacle_in(response):
            return Outcome.BLOCKED, self.halted
        return None, ""

    def _leads_to_list(self, asked: str, came_to: str) -> bool:
        """True when an ad's address was redirected to a list page or to the front page."""
        address = canonical_url(came_to)
        if address == canonical_url(asked):
            return False
        return address == canonical_url(self.spec.homepage) or self.recorder.schedule.is_list(ids.url_key(address))

    def _failed(self, failure: Failure) -> None:
        """No answer: say why."""
        error, request = failure.value, failure.request  # type: ignore[attr-defined]
        if isinstance(error, Refused):
            outcome, reason = error.outcome, error.reason
        elif isinstance(error, DownloadCancelledError) or (
            isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error)
        ):
            outcome, reason = Outcome.OVERSIZE, "larger than the limit of a page"
        else:
            outcome, reason = Outcome.FAILED, in_words(error)
        meta = request.meta
        self._note(Visit(int(meta["visit"]), str(meta["key"]), request.cb_kwargs["link"], outcome, reason))


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

"""The crawl process of a replay: a recording answers in place of the network; what it does not hold is *skipped*.

Guard, robots.txt and delays are not asked, for there is nobody to be asked; the resolver still knows no address.
Archives are partial, so besides the start pages a replay visits

* pages that Zorya archived itself: they were kept because ads were read from them;
* addresses that match the source's `follow.match`, as ads (engines `listing` and `sitemap`);
* addresses that differ from a start page's in the query only, as further pages of it.

Absence from an archive means nothing: no ad is *gone* by a replay, and nothing is remembered for the next visit.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from crawlers.archived import Recording
from crawlers.blocking import obstacle_in
from crawlers.engines.base import BoardSpider
from crawlers.every_page import EveryPage
from crawlers.exchanges import RECORDED
from crawlers.guard import Refused
from crawlers.pipelines import Assignment, Recorder
from crawlers.spec import Engine
from crawlers.visits import Link
from crawlers.warc_answers import Answer, unpacked
from zorya.domain.runs import Outcome

MISSING = "not in the archive"
_HANDLER = "crawlers.offline.ArchiveHandler"
_NETWORK = ("crawlers.guard.", "crawlers.robots.", "crawlers.patience.", "crawlers.browser.")


def offline(values: dict[str, Any], recording: str) -> dict[str, Any]:
    """A crawl's Scrapy settings with a recording in place of the network."""
    passed = values["DOWNLOADER_MIDDLEWARES"].items()
    kept = {name: place for name, place in passed if not name.startswith(_NETWORK)}
    return values | {
        "RECORDING": recording,
        "DOWNLOAD_HANDLERS": values["DOWNLOAD_HANDLERS"] | {"http": _HANDLER, "https": _HANDLER},
        "DOWNLOADER_MIDDLEWARES": kept | {"crawlers.offline.ScopeMiddleware": 60},
        "DOWNLOAD_DELAY": 0,
        "RETRY_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "CLOSESPIDER_TIMEOUT": 0,
    }


class ArchiveHandler(BaseDownloadHandler):
    """Answers requests from a recording."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._recording = Recording(Path(crawler.settings["RECORDING"]))
        self._largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    async def download_request(self, request: Request) -> Response:
        """The archived answer; raises Refused when there is none."""
        found = self._recording.find(request.url)
        if found is None:
            raise Refused(Outcome.SKIPPED, MISSING)
        try:
            body = unpacked(Answer(found.status, found.protocol, found.response_headers, found.body), self._largest)
        except ValueError as exc:
            raise Refused(Outcome.OVERSIZE, "larger than the limit of a page once unpacked") from exc
        if len(body) > self._largest:
            raise Refused(Outcome.OVERSIZE, "larger than the limit of a page")
        request.meta[RECORDED] = found
        headers = Headers()
        for name, value in found.response_headers:
            if name.lower() not in {"content-encoding", "transfer-encoding"}:
                headers.appendlist(name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        kind = responsetypes.from_args(headers=headers, url=found.url, body=body)
        return kind(url=found.url, status=found.status, headers=headers, body=body, protocol=found.protocol)

    async def close(self) -> None:
        """Close the recording."""
        self._recording.close()


class ScopeMiddleware:
    """What of the guard concerns reading: the source's own hosts only, and no block page read as an ad."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ScopeMiddleware":
        """Scrapy's constructor."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise Refused for a host of somebody else."""
        spider: Any = self.crawler.spider
        host = urlsplit(request.url).hostname or ""
        if not spider.in_scope(host):
            raise Refused(Outcome.SKIPPED, f"{host} is not a host of this source")

    def process_response(self, request: Request, response: Response) -> Response:
        """Raise Refused for a page that kept the archiver out; the other pages are read all the same."""
        if obstacle := obstacle_in(response):
            raise Refused(Outcome.BLOCKED, obstacle)
        return response


def replaying(engine: type[BoardSpider]) -> type[BoardSpider]:
    """An engine's spider over a recording."""

    class Replaying(engine):  # type: ignore[misc, valid-type]
        def __init__(self, assignment: Assignment, recording: str, **kwargs: Any) -> None:
            super().__init__(assignment, **kwargs)
            self._recording = Path(recording)
            self.revisits = EveryPage(self.spec, seen_at=assignment.as_of, link_of=self.link_of)
            self.recorder = Recorder(assignment, self.revisits)

        def open(self) -> None:
            with closing(Recording(self._recording)) as recording:
                links = list(_links(self, recording))
            self.recorder.open(links)

    return Replaying


def _links(spider: BoardSpider, recording: Recording) -> Iterator[Link]:
    """The start pages, then what else of the archive is a page of this source."""
    spec = spider.spec
    yield from (Link(url, spider.read_start) for url in spec.start)
    starts = {_without_query(url) for url in spec.start}
    ports = {80, 443, *(_port_of(url) for url in (*spec.start, spec.homepage))}  # on another one answers another site
    read_ad, read_list = (getattr(spider, name, spider.read_start) for name in ("read_ad", "read_list"))
    has_ad_pages = spec.engine in {Engine.LISTING, Engine.SITEMAP}
    pattern = re.compile(spec.follow.match) if has_ad_pages and spec.follow.match else None
    for url, kept in recording.pages():
        if not spider.in_scope(urlsplit(url).hostname or "") or _port_of(url) not in ports:
            continue
        if _without_query(url) in starts:
            yield Link(url, read_list)
        elif kept or (pattern is not None and pattern.search(url)):
            yield Link(url, read_ad, ad=has_ad_pages)


def _port_of(url: str) -> int:
    """The port an address names or means; 0 for one that names none there is."""
    parts = urlsplit(url)
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return 0


def _without_query(url: str) -> str:
    return url.partition("?")[0].partition("#")[0]

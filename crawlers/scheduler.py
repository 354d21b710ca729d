"""Scrapy's scheduler over the SQL frontier: a request leaves only after its entry is stored and its try counted."""

from collections import deque
from typing import Any

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawlers.engines.base import BoardSpider
from crawlers.schedule import Claim


class FrontierScheduler(BaseScheduler):
    """Hands out the entries of the spider's recorder, and before them what Scrapy itself asks to repeat."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._spider: BoardSpider
        self._again: deque[Request] = deque()
        """Redirects and retries of requests whose entry is claimed already."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "FrontierScheduler":
        """Scrapy's constructor."""
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        """Scrapy opens the run."""
        if not isinstance(spider, BoardSpider):
            raise TypeError("the frontier's scheduler serves our own spiders only")
        self._spider = spider
        spider.open()

    def has_pending_requests(self) -> bool:
        """True while something is to be asked for or to be stored."""
        recorder = self._spider.recorder
        return not recorder.broken and (bool(self._again) or recorder.pending)

    def enqueue_request(self, request: Request) -> bool:
        """Take a redirect or a retry."""
        self._again.append(request)
        return True

    def next_request(self) -> Request | None:
        """The next request; None when nothing is to be sent now."""
        if self._spider.recorder.broken:
            return None
        if self._again:
            return self._again.popleft()
        while claim := self._next():
            if request := self._spider.request_for(claim):
                return request
        return None

    def _next(self) -> Claim | None:
        recorder = self._spider.recorder
        claim = recorder.next()
        if claim is None and self._resting and not self._spider.halted and recorder.recheck():
            return recorder.next()
        return claim

    @property
    def _resting(self) -> bool:
        """True when no answer is under way or being read."""
        engine: Any = self.crawler.engine
        return not engine.downloader.active and engine.scraper.slot.is_idle()

"""Retry-After (RFC 9110 §10.2.3): a host that asks us to wait is asked again after that time, or not in this run."""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

_LONGEST_WAIT = 300.0
"""Seconds a run waits for a host; who asks for more gets the rest of the run off."""


def retry_after(value: str, now: datetime) -> float:
    """Seconds asked for by a Retry-After header, as a number or as a date; 0 when it says nothing usable."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now.timestamp(), 0.0)


class Patience:
    """Downloader middleware next to the wire: sees 429 and 503 before anything is retried.

    A 429 without a time ends the visit (the spider does that); with a time within reach it is asked once more then.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._until: dict[str, float] = {}
        self._end = time.monotonic() + crawler.settings.getfloat("CLOSESPIDER_TIMEOUT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Patience":
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait until the host wants to be asked again."""
        while (rest := self._until.get(_host(request), 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(rest)

    def process_response(self, request: Request, response: Response) -> Response:
        """Note what the host asks for; a wait beyond this run's patience ends the run."""
        if response.status not in {429, 503}:
            return response
        header = (response.headers.get("Retry-After") or b"").decode("latin-1")
        wait = retry_after(header, datetime.now(UTC))
        host = _host(request)
        if wait > min(_LONGEST_WAIT, self._end - time.monotonic()):
            request.meta["dont_retry"] = True
            spider: Any = self.crawler.spider
            spider.halted = (
                spider.halted or f"{host} asks us to wait {wait:.0f} s (Retry-After), longer than a run waits"
            )
        elif wait:
            self._until[host] = time.monotonic() + wait
        elif response.status == 429:
            request.meta["dont_retry"] = True
        return response


def _host(request: Request) -> str:
    return (urlsplit(request.url).hostname or "").lower()

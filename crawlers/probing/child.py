"""The probe's own process: `python -m crawlers.probing.child`. Addresses come on stdin, one answer a line on stdout.

It reads like a crawl — robots, guard, limits, delay — and follows nothing by itself. The page's bytes go to a file.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from tldextract import TLDExtract
from twisted.python.failure import Failure

from crawlers.blocking import obstacle_in
from crawlers.failing import in_words
from crawlers.guard import Refused
from crawlers.settings import scrapy_settings
from crawlers.spec import SourceSpec
from zorya.domain.runs import Outcome
from zorya.settings import Settings

_registered = TLDExtract(suffix_list_urls=(), cache_dir=None)


class VisitSpider(Spider):
    """Visits what it is told, one site only, and stops for good at a challenge, a log-in or a request to slow down."""

    name = "visits"

    def __init__(self, host: str, folder: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.halted = ""
        """Why no further request is sent; the guard asks."""
        self._domain, self._folder = _domain(host), folder

    def in_scope(self, host: str) -> bool:
        """True for the site that was asked about, with its subdomains."""
        return _domain(host) == self._domain

    def watch(self, response: Response) -> None:
        """Called for every answer before the next request is sent."""
        self.halted = self.halted or obstacle_in(response)

    async def start(self) -> AsyncIterator[Any]:
        """Scrapy's entry: addresses as they come in, until stdin is closed."""
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            order = json.loads(line)
            try:
                yield Request(
                    order["url"],
                    callback=self._received,
                    errback=self._failed,
                    meta={"visit": order["number"]},
                    dont_filter=True,
                )
            except ValueError as exc:
                self._tell(order["number"], Outcome.SKIPPED, f"not an address that can be visited: {exc}")

    def _received(self, response: Response) -> None:
        number = int(response.meta["visit"])
        if reason := obstacle_in(response):
            self._tell(number, Outcome.BLOCKED, reason, response)
        elif response.status in {401, 403, 451}:
            self._tell(number, Outcome.BLOCKED, f"the site answers {response.status}", response)
        elif not 200 <= response.status < 300:
            self._tell(number, Outcome.FAILED, f"the site answers {response.status}", response)
        else:
            (self._folder / str(number)).write_bytes(response.body)
            self._tell(number, Outcome.OK, "", response)

    def _failed(self, failure: Failure) -> None:
        error = failure.value
        number = int(failure.request.meta["visit"])  # type: ignore[attr-defined]
        if isinstance(error, Refused):
            self._tell(number, error.outcome, error.reason)
        elif isinstance(error, DownloadCancelledError) or (
            isinstance(error, IgnoreRequest) and "DOWNLOAD_MAXSIZE" in str(error)
        ):
            self._tell(number, Outcome.OVERSIZE, "larger than the limit of a page")
        else:
            self._tell(number, Outcome.FAILED, in_words(error))

    def _tell(self, number: int, outcome: Outcome, reason: str, response: Response | None = None) -> None:
        about = {
            "number": number,
            "outcome": outcome,
            "reason": reason,
            "url": response.url if response else "",
            "content_type": _content_type(response) if response else None,
        }
        print(json.dumps(about), flush=True)


def _domain(host: str) -> str:
    return _registered(host).top_domain_under_public_suffix or host.lower()


def _content_type(response: Response) -> str | None:
    value = response.headers.get("Content-Type")
    return value.decode("latin-1") if value else None


def main(order: dict[str, Any]) -> None:
    """Serve visits until stdin is closed."""
    from scrapy.crawler import AsyncCrawlerProcess

    settings, spec = Settings(**order["settings"]), SourceSpec.model_validate(order["spec"])
    own = {"SCHEDULER": "scrapy.core.scheduler.Scheduler", "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue"}
    process = AsyncCrawlerProcess(settings=scrapy_settings(settings.crawl, spec) | own)  # a probe has no frontier
    process.crawl(VisitSpider, host=order["host"], folder=Path(order["folder"]))
    process.start()


if __name__ == "__main__":
    main(json.loads(sys.stdin.readline()))

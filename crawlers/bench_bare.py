"""The yardstick of `zorya bench crawl`: a bare Scrapy spider with default settings that keeps nothing it reads."""

import sys
from collections.abc import Iterator
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess


class BareSpider(Spider):
    """List pages and ads, parsed for their links and headings only."""

    name = "bare"

    def parse(self, response: Any, **kwargs: Any) -> Iterator[Any]:
        """Follow the list."""
        yield from response.follow_all(css="a.ad", callback=self.read)
        yield from response.follow_all(css="a.next")

    def read(self, response: Any) -> dict[str, Any]:
        """One ad."""
        return {"url": response.url, "title": response.css("h1::text").get()}


if __name__ == "__main__":
    process = AsyncCrawlerProcess({"LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False})
    process.crawl(BareSpider, start_urls=[sys.argv[1]])
    process.start()

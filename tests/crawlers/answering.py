"""A crawl without Scrapy's reactor: the spider, its recorder and the store are real, a test's board answers in memory.

Starting a crawl process costs a second or two; what is asked for again depends on none of it.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from crawlers.engines import spider_for
from crawlers.engines.base import BoardSpider
from crawlers.pipelines import Assignment
from crawlers.spec import SourceSpec
from zorya.evidence import Archive
from zorya.settings import Settings
from zorya.store import open_store


def crawl_in_process(order: dict[str, Any], board: Any) -> str:
    """Carry out a crawl's order as its process would; an empty string when it ended well."""
    settings, spec = Settings(**order["settings"]), SourceSpec.model_validate(order["spec"])
    store = open_store(settings)
    assignment = Assignment(
        store=store,
        archive=Archive(settings.evidence_dir, run_id=order["run_id"]),
        spec=spec,
        run_id=order["run_id"],
        fence=order["fence"],
        as_of=datetime.fromisoformat(order["as_of"]),
        clock=lambda: datetime.now(UTC),
        name=order["name"],
    )
    spider = spider_for(spec.engine)(assignment)
    asyncio.run(_visit_all(spider, board))
    store.close()
    return str(spider.recorder.broken)


async def _visit_all(spider: BoardSpider, board: Any) -> None:
    spider.open()
    recorder = spider.recorder
    while True:
        claim = recorder.next()
        if claim is None and not (recorder.recheck() and (claim := recorder.next())):
            break
        request = spider.request_for(claim)
        if request is not None:
            request.callback(_answer(board, request), **request.cb_kwargs)
    spider.closed("finished")


def _answer(board: Any, request: Request) -> Response:
    """What the board says, redirects followed."""
    url = request.url
    for _ in range(5):
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        status, body, headers = board.say(path, {name.decode(): v[0].decode() for name, v in request.headers.items()})
        if status not in {301, 302}:
            break
        url = urljoin(url, headers["Location"])
    return HtmlResponse(url, status=status, headers=headers, body=body, request=request)

"""A crawl without Scrapy's reactor: the spider, its recorder and the store are real, a test's board answers in memory.

Starting a crawl process costs a second or two; what is asked for again depends on none of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse, Response
from sqlalchemy import select

from crawlers.engines import spider_for
from crawlers.engines.base import BoardSpider
from crawlers.pipelines import Assignment
from crawlers.runner import crawl_spec
from crawlers.spec import SourceSpec
from zorya.domain.runs import RunReport
from zorya.evidence import Archive
from zorya.settings import Settings
from zorya.store import Store, open_store
from zorya.store.schema import postings as table
from zorya.store.schema import versions

WORDS = ("apple", "birch", "cedar", "dill", "elm", "fern", "gorse", "hazel", "iris", "jasmine")


def crawl_in_process(order: dict[str, Any], board: Any, run_async: Any) -> str:
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
    run_async(_visit_all(spider, board))
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


@dataclass
class Site:
    """A board under crawl. `crawl(spec, later)` crawls it that much after the first time."""

    board: Any
    crawl: Callable[..., RunReport]
    store: Store

    @staticmethod
    def word(number: int) -> str:
        """A word of a number's own: texts that differ in numbers only count as the same."""
        return "".join(WORDS[int(digit)] for digit in str(number))

    def asked(self) -> list[str]:
        """Addresses asked for since the last call, robots.txt left out."""
        found = [path for path in self.board.asked if path != "/robots.txt"]
        self.board.asked.clear()
        return found

    def rows(self) -> dict[str, Any]:
        """Postings by the title of their current version."""
        query = select(table, versions.c.title).join(versions, versions.c.id == table.c.current_version)
        with self.store.reading() as connection:
            return {row["title"]: row for row in connection.execute(query).mappings()}

    def put(self, total: int, *, per_page: int = 10) -> None:
        """List pages of so many ads, newest first, and the ads."""
        for page in range(1, (total - 1) // per_page + 2):
            newest = total - (page - 1) * per_page
            shown = range(newest, max(newest - per_page, 0), -1)
            more = f"<a class='next' href='/?page={page + 1}'>more</a>" if newest > per_page else ""
            self.board.put_list(*shown, path="/" if page == 1 else f"/?page={page}", more=more)
        for number in range(1, total + 1):
            if f"/ad/{number}" not in self.board.answers:
                self.board.put_ad(
                    number, f"Ad {number}", f"Baker in {self.word(number)} street, mornings, a contract from day one."
                )


@pytest.fixture
def site(live: Site, run_async: Any, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A board whose crawls run in this process, without sockets."""
    monkeypatch.setattr("crawlers.runner.run_child", lambda order, **_: crawl_in_process(order, live.board, run_async))
    return live


@pytest.fixture
def live(sqlite_store: Store, crawlable: Settings, board: Any, as_of: datetime) -> Site:
    """A board whose crawls are real: a process, sockets, robots.txt and guards."""
    board.tags = True

    def crawl(spec: SourceSpec, later: timedelta = timedelta()) -> RunReport:
        report = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of + later)
        assert report.accounted
        return report

    return Site(board, crawl, sqlite_store)


@pytest.fixture
def both(
    store: Store,
    settings: Settings,
    board: Any,
    allowing: Any,
    as_of: datetime,
    run_async: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Site:
    """A board whose crawls run in this process, on either engine."""
    board.tags = True
    monkeypatch.setattr("crawlers.runner.run_child", lambda order, **_: crawl_in_process(order, board, run_async))

    def crawl(spec: SourceSpec, later: timedelta = timedelta()) -> RunReport:
        return crawl_spec(store, allowing(settings, board), spec, as_of=as_of + later)

    return Site(board, crawl, store)

"""robots.txt by RFC 9309 and a little stricter, Retry-After, and the pause between requests, at work."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from crawlers.patience import retry_after
from crawlers.robots import rules_from
from crawlers.runner import crawl_spec
from crawlers.settings import scrapy_settings
from crawlers.spec import Limits
from zorya.domain.runs import RunReport
from zorya.settings import CrawlSettings, Settings
from zorya.store import Store

KIT = run_path(str(Path(__file__).with_name("hostile.py")))
CHILD = KIT["CHILD"]
Web = KIT["Web"]
write_prelude = KIT["write_prelude"]

ALLOWED = {"rules", "html", "chain", "missing", "gone", "teapot"}
DENIED = {"disallow", "ring", "auth", "forbidden", "many", "broken", "busy", "drop", "slow", "oversize", "loop"}
STATUS = {"missing": 404, "gone": 410, "teapot": 418, "auth": 401, "forbidden": 403, "many": 429, "broken": 500}
SCRAPYS_OWN = """
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from crawlers import robots
robots.RobotsPolicy = RobotsTxtMiddleware
"""


class Hosts:
    """One server, a host name per case of robots.txt."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.patience = threading.Event()

    def __call__(self, host: str, path: str) -> tuple[int, dict[str, str], str]:
        case = host.partition(".")[0]
        if path == "/x":
            self.read.add(case)
            return 200, {}, "<h1>Cook</h1><p>Kitchen, mornings.</p>"
        hop = int(path.rpartition("/")[2]) if path.startswith("/hop/") else 0
        if case in {"chain", "loop"} and hop < (4 if case == "chain" else 9):
            return 301, {"Location": f"/hop/{hop + 1}"}, ""
        if case == "drop":
            raise ConnectionAbortedError
        if case == "slow":
            self.patience.wait(3)
        if case == "ring":
            return 302, {"Location": "/robots.txt"}, ""
        if case == "oversize":
            return 200, {}, "User-agent: *\nAllow: /\n" + "# x\n" * 3_000_000
        text = {"disallow": "User-agent: *\nDisallow: /x", "html": "<html>Welcome</html>"}.get(case, "User-agent: *")
        return STATUS.get(case, 503 if case == "busy" else 200), {}, text


@pytest.fixture
def web() -> Iterator[Callable[..., Web]]:
    """Servers that end with the test."""
    servers: list[Web] = []

    def serve(answer: Any) -> Web:
        servers.append(Web(answer, ("127.0.0.1", 0)))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


@pytest.fixture
def crawl(sqlite_store: Store, sqlite_settings: Settings, source: Any, as_of: Any) -> Callable[..., RunReport]:
    """Crawl a board whose hosts are excepted from the guard."""

    def go(board: Web, hosts: tuple[str, ...] = (), **changes: Any) -> RunReport:
        crawl = CrawlSettings(allow_hosts=(f"127.0.0.1:{board.port}", *hosts), timeout_s=1)
        settings = sqlite_settings.model_copy(update={"crawl": crawl})
        return crawl_spec(sqlite_store, settings, source(board, **changes), as_of=as_of)

    return go


def read_at(hosts: Hosts, cases: set[str], board: Web, crawl: Any) -> set[str]:
    names = tuple(f"{case}.robots.example:{board.port}" for case in sorted(cases))
    crawl(board, names, start=[f"http://{name}/x" for name in names], limits={"delay": 0.001})
    return hosts.read


def test_every_state_of_robots_is_obeyed(web: Any, crawl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = Hosts()
    board = web(hosts)
    write_prelude(tmp_path / "prelude", CHILD, board.port)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "prelude"))
    assert read_at(hosts, ALLOWED | DENIED, board, crawl) == ALLOWED


def test_control_scrapys_own_policy_reads_where_robots_fails(
    web: Any, crawl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = Hosts()
    board = web(hosts)
    write_prelude(tmp_path / "prelude", CHILD + SCRAPYS_OWN, board.port)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "prelude"))
    assert read_at(hosts, {"busy", "auth", "drop"}, board, crawl) == {"busy", "auth", "drop"}


def test_a_long_robots_file_ends_with_a_whole_line() -> None:
    rules = b"User-agent: *\n" + b"# filler\n" * 56_886
    body = rules + b"Disallow: /private-things\n"
    assert len(rules) < 500 * 1024 < len(body)
    assert not rules_from(200, body).refusal("https://board.example/jobs", "ZoryaBot")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Tue, 24 Nov 2026 09:01:00 GMT", 60),
        ("Tue, 24 Nov 2026 08:00:00 GMT", 0),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("1e9", 0),
        ("9" * 400, 999_999_999),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str, seconds: float) -> None:
    assert retry_after(value, datetime(2026, 11, 24, 9, 0, tzinfo=UTC)) == seconds


def once(status: int, headers: dict[str, str]) -> Callable[[str, str], tuple[int, dict[str, str], str]]:
    """A board whose first ad answers `status` the first time it is asked for."""
    asked: list[str] = []

    def answer(host: str, path: str) -> tuple[int, dict[str, str], str]:
        asked.append(path)
        if path == "/robots.txt":
            return 404, {}, ""
        if path == "/ad/1" and asked.count(path) == 1:
            return status, headers, "later"
        return 200, {}, "".join(f"<a class=ad href='/ad/{n}'></a>" for n in (1, 2)) if path == "/" else "<h1>Cook</h1>"

    return answer


@pytest.mark.parametrize("status", [429, pytest.param(503, marks=pytest.mark.slow)])
def test_a_host_is_not_asked_again_before_the_time_it_names(web: Any, crawl: Any, status: int) -> None:
    board = web(once(status, {"Retry-After": "2"}))
    report = crawl(board, limits={"delay": 0.01})
    assert report.outcomes == {"ok": 3}
    refused = board.asked.index("/ad/1")
    assert board.asked_at[refused + 1] - board.asked_at[refused] >= 2


@pytest.mark.slow
def test_control_without_a_time_the_next_request_comes_at_once(web: Any, crawl: Any) -> None:
    board = web(once(503, {}))
    assert crawl(board, limits={"delay": 0.01}).outcomes == {"ok": 3}
    assert max(after - before for before, after in pairwise(board.asked_at)) < 2


@pytest.mark.parametrize(
    ("status", "headers"), [(429, {}), (429, {"Retry-After": "7200"}), (503, {"Retry-After": "7200"})]
)
def test_a_host_that_asks_for_more_than_a_run_waits_is_left(web: Any, crawl: Any, status: int, headers: Any) -> None:
    board = web(once(status, headers))
    report = crawl(board, limits={"delay": 0.01})
    assert board.asked[-1] == "/ad/1"
    assert report.outcomes["skipped"] == 1
    assert ("Retry-After" if headers else "429") in " ".join(report.messages)


@pytest.mark.slow
def test_requests_to_a_host_keep_the_longer_of_both_pauses(web: Any, crawl: Any, source: Any) -> None:
    def answer(host: str, path: str) -> tuple[int, dict[str, str], str]:
        if path == "/robots.txt":
            return 200, {}, "User-agent: *\nCrawl-delay: 0.6"
        return (
            200,
            {},
            "".join(f"<a class=ad href='/ad/{n}'></a>" for n in range(4)) if path == "/" else "<h1>Cook</h1>",
        )

    board = web(answer)
    crawl(board, limits={"delay": 0.3})
    gaps = [after - before for before, after in pairwise(board.asked_at)]
    assert len(gaps) == 5
    assert min(gaps[1:]) >= 0.55
    assert gaps[0] >= 0.25
    assert scrapy_settings(CrawlSettings(), source(board, limits={}))["DOWNLOAD_DELAY"] == Limits().delay == 1.0

"""Crawls whose every page leads inside: nothing reaches a listening canary. With the guard off, every way does."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from runpy import run_path
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy import Request

from crawlers.runner import crawl_spec
from zorya.settings import CrawlSettings, Settings
from zorya.store import Store

KIT = run_path(str(Path(__file__).with_name("hostile.py")))
CHILD = KIT["CHILD"]
Web = KIT["Web"]
hostile = KIT["hostile"]
traps = KIT["traps"]
write_prelude = KIT["write_prelude"]

KINDS = ("start", "link", "redirect", "refresh", "robots", "sitemap", "index")


GUARD_OFF = """
guard.forbidden_address, guard.plain_host = (lambda address: False), (lambda host: True)
"""
SECOND_IS_PUBLIC = """
guard.forbidden_address = lambda address: address != "127.0.0.2"
"""
RESOLVES_TWICE = """
from scrapy.resolver import CachingHostnameResolver
guard.GuardedResolver = CachingHostnameResolver
"""


@pytest.fixture
def web() -> Iterator[Callable[..., Web]]:
    """Servers that end with the test."""
    servers: list[Web] = []

    def serve(answer: Any, bind: tuple[str, int] = ("127.0.0.1", 0)) -> Web:
        servers.append(Web(answer, bind))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


@pytest.fixture
def prelude(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, int], None]:
    """Code that the crawl process runs before anything else, in place of a switch in the product."""

    def write(code: str, port: int) -> None:
        write_prelude(tmp_path / "prelude", code, port)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "prelude"))

    return write


@pytest.fixture
def crawl(sqlite_store: Store, sqlite_settings: Settings, source: Any, as_of: Any) -> Callable[..., None]:
    """Crawl a board as described; only its own address is excepted from the guard, if any is."""

    def go(board: Web, *, excepted: tuple[str, ...] = (), **changes: Any) -> None:
        settings = sqlite_settings.model_copy(update={"crawl": CrawlSettings(allow_hosts=excepted)})
        report = crawl_spec(sqlite_store, settings, source(board, **changes), as_of=as_of)
        assert report.accounted, report.messages

    return go


def crawl_all(urls: list[str], board: Web, crawl: Callable[..., None]) -> None:
    """Crawl the traps by each engine that has a way in."""
    names = [f"{n}.robots.example:{board.port}" for n in range(len(urls))]
    common = {
        "homepage": f"{board.base}/",
        "hosts": sorted({urlsplit(Request(url).url).hostname or "none.example" for url in urls}),
        "limits": {"delay": 0.001, "pages": 9999, "ads": 99999},
        "excepted": (f"127.0.0.1:{board.port}", *names),
    }
    starts = [f"{board.base}/", *(f"{url}start" for url in urls), *(f"http://{name}/x" for name in names)]
    crawl(board, start=starts, **common)
    crawl(board, id="xx_map", engine="sitemap", start=[f"{board.base}/{m}.xml" for m in ("sitemap", "index")], **common)


@pytest.fixture
def canary(web: Any) -> Web:
    """What must not be reached."""
    bird: Web = web(lambda host, path: (200, {}, "<h1>Inside</h1>"))
    return bird


@pytest.fixture
def canaries(canary: Web, web: Any) -> list[Web]:
    """The canary, and its like on the same port of this machine's other addresses."""
    others = [*(["::1"] if has_ipv6_loopback() else []), "127.0.0.2", "127.255.255.254"]
    return [canary, *(web(lambda host, path: (200, {}, "inside"), (host, canary.port)) for host in others)]


def has_ipv6_loopback() -> bool:
    """Containers often have none."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def heard(canaries: list[Web]) -> int:
    """Connections that were taken, with or without a request on them."""
    return sum(bird.heard for bird in canaries)


@pytest.mark.parametrize("step", [16, pytest.param(1, marks=pytest.mark.slow)])
def test_no_way_leads_inside(canaries: list[Web], canary: Web, web: Any, prelude: Any, crawl: Any, step: int) -> None:
    urls = hostile(canary.port)[::step]
    prelude(CHILD, canary.port)
    board = web(traps(urls))
    crawl_all(urls, board, crawl)
    assert heard(canaries) == 0
    assert board.asked.count("/robots.txt") > len(urls)
    assert {f"/{kind}/{n}" for n in range(len(urls)) for kind in ("redirect", "refresh")} <= set(board.asked)
    assert step > 1 or len(urls) >= 300


def test_control_with_the_guard_off_every_way_leads_inside(canary: Web, web: Any, prelude: Any, crawl: Any) -> None:
    urls = [f"http://{host}:{canary.port}/" for host in ("127.0.0.1", "127.1", "2130706433", "localhost")]
    prelude(CHILD + GUARD_OFF, canary.port)
    crawl_all(urls, web(traps(urls)), crawl)
    assert {path.strip("/") for path in canary.asked} >= set(KINDS)
    assert canary.heard >= len(KINDS)


def test_control_a_handshake_without_a_request_is_heard(canary: Web, web: Any, prelude: Any, crawl: Any) -> None:
    urls = [f"https://127.0.0.1:{canary.port}/"]
    prelude(CHILD + GUARD_OFF, canary.port)
    crawl_all(urls, web(traps(urls)), crawl)
    assert canary.asked == []
    assert canary.heard > 0


@pytest.mark.parametrize("names", [20, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_name_that_changes_its_mind_is_held_to_its_first_answer(
    web: Any, prelude: Any, crawl: Any, names: int
) -> None:
    public, inside = flip(web, prelude, SECOND_IS_PUBLIC, names, crawl)
    assert inside.heard == 0
    assert len({path for path in public.asked if path.startswith("/ad/")}) == names


def test_control_who_resolves_twice_is_led_inside(web: Any, prelude: Any, crawl: Any) -> None:
    _, inside = flip(web, prelude, SECOND_IS_PUBLIC + RESOLVES_TWICE, 20, crawl)
    assert len({path for path in inside.asked if path.startswith("/ad/")}) == 20


def flip(web: Any, prelude: Any, code: str, names: int, crawl: Any) -> tuple[Web, Web]:
    """Crawl a board on 127.0.0.2 ("public" here) whose names are at 127.0.0.1 when they are asked for again."""

    def answer(host: str, path: str) -> tuple[int, dict[str, str], str]:
        links = "".join(f"<a class=ad href='http://n{n}.flip.example:{port}/ad/{n}'></a>" for n in range(names))
        return 200, {}, links if path == "/" else "<h1>Cook</h1><p>Kitchen, mornings.</p>"

    public: Web = web(answer, ("127.0.0.2", 0))
    port = public.port
    inside: Web = web(lambda host, path: (200, {}, "inside"), ("127.0.0.1", port))
    prelude(CHILD + code, port)
    hosts = [f"n{n}.flip.example" for n in range(names)]
    crawl(public, start=[f"{public.base}/"], hosts=hosts, limits={"delay": 0.001, "ads": 9999})
    return public, inside


@pytest.mark.slow
def test_no_image_script_or_request_of_a_drawn_page_leads_inside(
    canary: Web, web: Any, prelude: Any, crawl: Any
) -> None:
    urls = [url for url in hostile(canary.port) if str(canary.port) in url]
    assert len(urls) > 70
    images = "".join(f"<img src='{url}image'>" for url in urls)
    scripts = "".join(f"<script src='{url}script' async></script>" for url in urls)
    asking = "".join(f"fetch('{url}fetch').catch(() => 0);" for url in urls).replace("\\", "\\\\")
    page = f"<a class=ad href='/ad/1'>1</a>{images}{scripts}<script>{asking} fetch('/done')</script>"
    board = web(lambda host, path: (200, {"Content-Type": "text/html; charset=utf-8"}, page))
    prelude(CHILD, canary.port)
    crawl(board, javascript=True, excepted=(f"127.0.0.1:{board.port}",))
    assert "/done" in board.asked
    assert canary.heard == 0

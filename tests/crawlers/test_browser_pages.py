"""Pages drawn by JavaScript: the ads are found, and the browser reaches nothing that the crawl may not reach."""

import gzip
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from crawlers.browser import program
from crawlers.runner import crawl_spec
from crawlers.settings import scrapy_settings
from zorya.domain.runs import RunStatus
from zorya.errors import SettingsError
from zorya.settings import CrawlSettings, Settings
from zorya.store import Store, postings

_EVERY_WAY_OUT = """<h1>Seamstress wanted</h1><p>Workshop in town, mornings only, contract from day one.</p>
<img src="{0}/img"><link rel=stylesheet href="{0}/css"><link rel=preconnect href="{0}/">
<link rel=prefetch href="{0}/pre"><link rel=dns-prefetch href="{0}"><script src="{0}/script"></script>
<iframe src="{0}/frame"></iframe>
<script type=speculationrules>{{"prefetch":[{{"source":"list","urls":["{0}/spec"],"eagerness":"immediate"}}]}}</script>
<script>
fetch('{0}/fetch').catch(() => 0); fetch('/r/inside').catch(() => 0);
fetch('{0}/keep', {{keepalive: true}}).catch(() => 0);
navigator.sendBeacon('{0}/beacon'); new EventSource('{0}/events'); new WebSocket('ws://{1}/socket');
new Worker(URL.createObjectURL(new Blob(["fetch('{0}/worker').catch(()=>0); new WebSocket('ws://{1}/w')"])));
new SharedWorker(URL.createObjectURL(new Blob(["fetch('{0}/shared').catch(()=>0)"])));
const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:{1}'}}]}}); peer.createDataChannel('x');
peer.createOffer().then(offer => peer.setLocalDescription(offer));
window.open('{0}/popup');
</script>"""


class Canary:
    """Counts everything that arrives on a loopback port, TCP and UDP."""

    def __init__(self) -> None:
        self.heard = 0
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._tcp.getsockname()[1]}"
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(self._tcp.getsockname())
        for listen in (self._accept, self._receive):
            threading.Thread(target=listen, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._tcp.accept()
            except OSError:
                return
            self.heard += 1
            connection.close()

    def _receive(self) -> None:
        while True:
            try:
                if not self._udp.recv(2000):
                    return
            except OSError:
                return
            self.heard += 1

    def close(self) -> None:
        """Stop listening."""
        for one in (self._tcp, self._udp):
            one.shutdown(socket.SHUT_RDWR) if one is self._tcp else None
            one.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary()
    yield bird
    bird.close()


def drawn(board: Any, source: Any, **changes: Any) -> Any:
    return source(board, javascript=True, **changes)


def test_ads_that_only_javascript_shows_are_found(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: Any
) -> None:
    board.put("/", "<ul id=list></ul><script src='/app.js'></script>")
    board.put(
        "/app.js",
        "fetch('/api').then(r => r.json()).then(all => all.forEach(n => document.getElementById('list').innerHTML +="
        " `<li><a class=ad href='/ad/${n}'>${n}</a></li>`))",
        Content_Type="text/javascript",
    )
    board.put("/api", "[1, 2, 3]", Content_Type="application/json")
    for number in (1, 2):
        board.put(
            f"/ad/{number}",
            f"<div id=app></div><script>document.getElementById('app').innerHTML = '<h1>Cook {number}</h1>"
            "<p>Kitchen in town, mornings only, contract from day one.</p>'</script>",
        )
    board.put("/ad/3", "<script>location.href = '/ad/2?moved'</script>")
    board.put("/ad/2?moved", "<h1>Cook 3</h1><p>Kitchen by the sea, evenings only, contract from day one.</p>")
    report = crawl_spec(sqlite_store, crawlable, drawn(board, source), as_of=as_of)
    assert (report.status, report.outcomes) == (RunStatus.OK, {"ok": 4}), report.messages
    with sqlite_store.reading() as connection:
        assert {one.posting.title for one in postings.all_current(connection)} == {"Cook 1", "Cook 2", "Cook 3"}
    assert board.asked.count("/robots.txt") == board.asked.count("/app.js") == 1
    kept = [gzip.decompress(file.read_bytes()) for file in crawlable.evidence_dir.rglob("*.warc.gz")]
    assert kept
    assert all(b"X-Zorya-Drawn: from sha256:" in record for record in kept)


def test_the_browser_reaches_nothing_by_any_way_out(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: Any, canary: Canary
) -> None:
    inside = f"http://{canary.address}"
    board.put_list(1)
    board.put("/ad/1", _EVERY_WAY_OUT.format(inside, canary.address))
    board.put("/r/inside", "", status=302, Location=f"{inside}/redirect")
    report = crawl_spec(sqlite_store, crawlable, drawn(board, source), as_of=as_of)
    assert (report.status, report.outcomes) == (RunStatus.OK, {"ok": 2}), report.messages
    assert "/r/inside" in board.asked
    assert canary.heard == 0


def test_control_an_ordinary_browser_reaches_the_inside(canary: Canary, run_async: Any) -> None:
    async def open_page() -> None:
        from playwright.async_api import async_playwright

        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=program(), chromium_sandbox=False)
            page = await browser.new_page()
            await page.set_content(_EVERY_WAY_OUT.format(f"http://{canary.address}", canary.address), wait_until="load")
            await page.wait_for_timeout(500)
            await browser.close()

    run_async(open_page())
    assert canary.heard >= 5


@pytest.mark.slow
def test_robots_holds_for_what_a_page_asks_for(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: Any
) -> None:
    board.put("/robots.txt", "User-agent: *\nDisallow: /private")
    board.put_list(1)
    board.put("/ad/1", "<h1>Cook</h1><p>Kitchen in town, mornings only.</p><script>fetch('/private/x')</script>")
    crawl_spec(sqlite_store, crawlable, drawn(board, source), as_of=as_of)
    assert "/private/x" not in board.asked
    assert "/ad/1" in board.asked


@pytest.mark.slow
def test_a_challenge_is_not_drawn(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: Any
) -> None:
    board.put("/", "<title>Just a moment...</title><script src='/pass.js'></script>")
    report = crawl_spec(sqlite_store, crawlable, drawn(board, source), as_of=as_of)
    assert report.outcomes == {"blocked": 1}
    assert "/pass.js" not in board.asked


@pytest.mark.slow
def test_a_page_that_never_rests_costs_only_itself(
    sqlite_store: Store, sqlite_settings: Settings, board: Any, source: Any, as_of: Any, allowing: Any
) -> None:
    board.put_list(1, 2, 3)
    board.put("/ad/1", "<h1>Loop</h1><script>for (;;) {}</script>")
    board.put("/ad/2", "<h1>Grows</h1><script>for (;;) document.body.append('x'.repeat(1e6))</script>")
    board.put_ad(3, "Waiter")
    settings = allowing(sqlite_settings, board, timeout_s=2)
    report = crawl_spec(sqlite_store, settings, drawn(board, source), as_of=as_of)
    assert report.outcomes == {"failed": 2, "ok": 2}, report.messages


def test_what_is_missing_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch, board: Any, source: Any) -> None:
    with pytest.raises(SettingsError, match=r"no program at /nowhere"):
        scrapy_settings(CrawlSettings(browser="/nowhere/chromium"), drawn(board, source))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("crawlers.browser._PROGRAMS", ("chromium",))
    with pytest.raises(SettingsError, match="apt-get install chromium"):
        program()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"pip install -e '\.\[browser\]'"):
        program()

"""Pages drawn by JavaScript (extra `[browser]`): a browser without a network, fed by the crawl's guarded downloader.

The page itself is fetched as every page is. Then Chromium draws it: each script, style and data request it makes is
intercepted and answered through Scrapy, and so through address guard, robots.txt, size limits and the pause per host.
Chromium resolves no name and has no way out of its own, so WebSockets, WebRTC, pre-connections and whatever else is
not intercepted lead nowhere. Why not scrapy-playwright: docs/adr/0004.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import BaseRedirectMiddleware
from scrapy.http import Response, TextResponse
from scrapy.http.request import NO_CALLBACK

from crawlers.blocking import obstacle_in
from crawlers.guard import Refused
from zorya.domain.ids import sha256_hex
from zorya.domain.runs import Outcome
from zorya.errors import SettingsError

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Page, Playwright, Route

_PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_FLAGS = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--disable-domain-reliability"),
    # No way out: no name and no address resolves, not even this machine's, and UDP is not used.
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://nowhere.invalid:9"),
    *("--proxy-bypass-list=<-loopback>", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp"),
    *("--webrtc-ip-handling-policy=disable_non_proxied_udp", "--js-flags=--max-old-space-size=256"),
)
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TMPDIR")
_DATA = frozenset({"script", "stylesheet", "xhr", "fetch", "manifest", "other"})
"""Kinds of request that are answered; images, fonts, media, frames and pings are not needed to read an ad."""
_SENT = frozenset({"accept", "accept-language", "content-type", "x-requested-with"})
"""Request headers of the page that are passed on: neither cookies nor credentials."""
_NOT_KEPT = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"})
_MOST_PARTS = 200
_MOST_POSTED = 64 * 1024
_CACHE_BYTES = 16 * 1024 * 1024


def program(chosen: str = "") -> str:
    """The browser to use: the setting `crawl.browser` or one found on this machine. Nothing is ever downloaded."""
    if importlib.util.find_spec("playwright") is None:
        raise SettingsError("`javascript: true` needs the extra: .venv/bin/python -m pip install -e '.[browser]'")
    for candidate in (chosen,) if chosen else _PROGRAMS:
        if found := shutil.which(candidate):
            return found
    if chosen:
        raise SettingsError(f"setting `crawl.browser`: no program at {chosen}")
    raise SettingsError("`javascript: true` needs Chromium: apt-get install chromium, or set `crawl.browser`")


class Drawing(BaseRedirectMiddleware):
    """Downloader middleware: the page as a visitor sees it, in place of the page as it was served.

    The answer as served stays in `request.meta["served"]`. A page that sends its visitor on within the source is one
    more redirect. A challenge is not drawn: a browser would pass it by itself, which would be a way around.
    """

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self._browser = _Chromium(settings["BROWSER"])
        self._most = settings.getint("DOWNLOAD_MAXSIZE")
        self._seconds = 4 * settings.getfloat("DOWNLOAD_TIMEOUT")
        self._cache: dict[str, Response] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Drawing":
        """Scrapy's constructor."""
        made = super().from_crawler(crawler)
        crawler.signals.connect(made._browser.close, signals.engine_stopped)
        return made

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The drawn page; Refused when it cannot be drawn."""
        if "visit" not in request.meta or not _is_page(response) or obstacle_in(response):
            return response
        visit = _Visit(self, response)
        try:
            async with asyncio.timeout(self._seconds):
                html = await visit.draw(self._browser)
        except Exception as exc:  # TimeoutError, a crashed tab, a browser that is gone
            await self._browser.close()
            raise Refused(Outcome.FAILED, f"the page could not be drawn: {type(exc).__name__}: {exc}"[:300]) from exc
        if len(body := html.encode("utf-8", "replace")) > self._most:
            raise Refused(Outcome.OVERSIZE, "larger than the limit of a page once drawn")
        if visit.leads_to:
            return self._redirect(request.replace(url=visit.leads_to), request, "script")
        request.meta["served"] = response
        drawn = response.replace(body=body, flags=[*response.flags, "drawn"], encoding="utf-8")
        drawn.headers["Content-Type"] = "text/html; charset=utf-8"
        drawn.headers["X-Zorya-Drawn"] = f"from sha256:{sha256_hex(response.body)}"  # evidence must say what this is
        return drawn

    async def part(self, url: str, method: str, headers: dict[str, str], body: bytes | None) -> Response:
        """One thing a page asks for, by the crawl's own way out; scripts and styles are kept for the run."""
        if method == "GET" and url in self._cache:
            return self._cache[url]
        request = Request(
            url,
            method=method,
            body=body or b"",
            headers={name: value for name, value in headers.items() if name in _SENT},
            meta={"part": True, "dont_retry": True},
            callback=NO_CALLBACK,
        )
        engine: Any = self.crawler.engine
        response: Response = await engine.download_async(request)
        kind = response.headers.get("Content-Type") or b""
        lasting = method == "GET" and response.status == 200 and (b"javascript" in kind or b"css" in kind)
        if lasting and sum(len(one.body) for one in self._cache.values()) + len(response.body) <= _CACHE_BYTES:
            self._cache[url] = response
        return response


class _Visit:
    """One page being drawn."""

    def __init__(self, drawing: Drawing, response: Response) -> None:
        self._drawing, self._response = drawing, response
        self._spider: Any = drawing.crawler.spider
        self._page: Page | None = None
        self._served = False
        self._parts = 0
        self.leads_to = ""
        """Where the page sends its visitor, within the source; empty when it stays."""

    async def draw(self, browser: "_Chromium") -> str:
        """The drawn document as text, cut a little beyond the size limit."""
        async with browser.context(self._drawing.crawler.settings["USER_AGENT"]) as context:
            await context.route("**/*", self._answer)
            await context.route_web_socket("**/*", lambda socket: socket.close())
            self._page = page = await context.new_page()
            patience = self._drawing._seconds / 2
            with contextlib.suppress(_timeout_error()):  # a page that never rests is read as it is by then
                await page.goto(self._response.url, wait_until="networkidle", timeout=1000 * patience)
            return await _document(context, page, self._drawing._most + 1)

    async def _answer(self, route: "Route") -> None:
        """Answer one request of the browser, or refuse it; nothing is let through."""
        try:
            response = await self._fetched(route)
        except Exception:  # refused by guard or robots.txt, unreachable, oversize: the page does without it
            response = None
        with contextlib.suppress(Exception):  # the page may be gone by now
            if response is None:
                await route.abort()
            else:
                await route.fulfill(status=response.status, headers=_headers(response), body=response.body)

    async def _fetched(self, route: "Route") -> Response | None:
        asked = route.request
        if asked.is_navigation_request():
            return self._navigation(route)
        self._parts += 1
        host = urlsplit(asked.url).hostname or ""
        posted = asked.post_data_buffer if asked.method == "POST" else None
        allowed = asked.method == "GET" or (
            asked.method == "POST" and self._spider.in_scope(host) and len(posted or b"") <= _MOST_POSTED
        )
        if asked.resource_type not in _DATA or not allowed or self._parts > _MOST_PARTS:
            return None
        return await self._drawing.part(asked.url, asked.method, asked.headers, posted)

    def _navigation(self, route: "Route") -> Response | None:
        """The page itself, once; afterwards only the wish to go elsewhere is noted."""
        asked = route.request
        if self._page is None or asked.frame != self._page.main_frame:
            return None
        if not self._served:
            self._served = True
            return self._response
        host = urlsplit(asked.url).hostname or ""
        if asked.method == "GET" and asked.url != self._response.url and self._spider.in_scope(host):
            self.leads_to = asked.url
        return None


class _Chromium:
    """The browser process of a crawl, started when first needed; it listens on no port."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    @contextlib.asynccontextmanager
    async def context(self, agent: str) -> Any:
        """A fresh profile: nothing is remembered from page to page."""
        if self._browser is None:
            await self._start()
        assert self._browser is not None  # noqa: S101 - for the type checker
        context = await self._browser.new_context(user_agent=agent, service_workers="block", accept_downloads=False)
        try:
            yield context
        finally:
            with contextlib.suppress(Exception):
                await context.close()

    async def _start(self) -> None:
        from playwright.async_api import async_playwright

        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=self._path,
            args=list(_FLAGS),
            chromium_sandbox=os.geteuid() != 0,  # Chromium's sandbox refuses to run as root
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )

    async def close(self) -> None:
        """End the browser; a later page starts another."""
        browser, playwright = self._browser, self._playwright
        self._browser = self._playwright = None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(5):
                if browser:
                    await browser.close()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(5):
                if playwright:
                    await playwright.stop()


async def _document(context: "BrowserContext", page: "Page", most: int) -> str:
    """The document's text, read in a world of its own that the page's scripts cannot reach."""
    session = await context.new_cdp_session(page)
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame})
    expression = f"'<!DOCTYPE html>' + document.documentElement.outerHTML.slice(0, {most})"
    answer = await session.send(
        "Runtime.evaluate",
        {"expression": expression, "contextId": world["executionContextId"], "returnByValue": True},
    )
    return str(answer["result"]["value"])


def _is_page(response: Response) -> bool:
    kind = response.headers.get("Content-Type") or b""
    return isinstance(response, TextResponse) and 200 <= response.status < 300 and b"html" in kind.lower()


def _headers(response: Response) -> dict[str, str]:
    pairs = {name.decode("latin-1").lower(): values for name, values in response.headers.items()}
    return {name: values[-1].decode("latin-1") for name, values in pairs.items() if values and name not in _NOT_KEPT}


def _timeout_error() -> type[Exception]:
    from playwright.async_api import TimeoutError as Late

    return Late

"""robots.txt, by RFC 9309 and a little stricter: unreachable or 5xx means *no*, 401/403 *no*, other 4xx *yes*.

Scrapy's own middleware reads the page when robots.txt fails; this one replaces it.
"""

import asyncio
import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers.failing import in_words
from crawlers.guard import Refused
from zorya.domain.runs import Outcome

_MOST_BYTES = 500 * 1024
_LONGEST_DELAY = 60.0
_UNREAD = " (asked for robots.txt; without it nothing is read)"


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one host's robots.txt says to us; `denied` gives the reason when everything is denied."""

    parser: Protego | None = None
    denied: str = ""
    fate: Outcome = Outcome.ROBOTS
    """Outcome of what is denied: *failed* where the host was not reached, for then nobody has forbidden anything."""

    def refusal(self, url: str, agent: str) -> str:
        """Why an address may not be read; empty when it may."""
        if self.denied:
            return self.denied
        return "" if self.parser is None or self.parser.can_fetch(url, agent) else "robots.txt disallows it"

    def delay(self, agent: str) -> float:
        """Seconds between requests that robots.txt asks for."""
        asked = self.parser.crawl_delay(agent) if self.parser else None
        return min(float(asked), _LONGEST_DELAY) if asked and math.isfinite(asked) and asked > 0 else 0.0


def rules_from(status: int, body: bytes) -> RobotsRules:
    """Rules by the status of robots.txt."""
    if 200 <= status < 300:
        return RobotsRules(Protego.parse(_whole_lines(body).decode("utf-8", "replace").lstrip("\ufeff")))
    if status in {401, 403}:
        return RobotsRules(denied=f"robots.txt answers {status}: access is not wanted")
    if 400 <= status < 500 and status != 429:
        return RobotsRules()
    return RobotsRules(denied=f"robots.txt answers {status}: complete disallow until it can be read")


def _whole_lines(body: bytes) -> bytes:
    """The part that is read of a long file; it ends with a line, for half a rule may forbid or allow too much."""
    return body if len(body) <= _MOST_BYTES else body[: body.rfind(b"\n", 0, _MOST_BYTES) + 1]


def _fate(refused: Refused) -> Outcome:
    return Outcome.FAILED if refused.outcome is Outcome.FAILED else Outcome.ROBOTS


class RobotsPolicy:
    """Downloader middleware: asks each host's robots.txt once a run."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = str(crawler.settings["USER_AGENT"])
        self._rules: dict[str, asyncio.Task[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "RobotsPolicy":
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused when robots.txt does not let us."""
        if request.meta.get("robots_txt"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._ask(origin))
        rules = await self._rules[origin]
        if reason := rules.refusal(request.url, self.agent):
            raise Refused(rules.fate, reason)

    async def _ask(self, origin: str) -> RobotsRules:
        request = Request(f"{origin}/robots.txt", meta={"robots_txt": True}, priority=1000, callback=NO_CALLBACK)
        engine: Any = self.crawler.engine
        try:
            response: Response = await engine.download_async(request)
        except Refused as exc:  # by the guard: a host without an address, or a redirect to where nobody may go
            return RobotsRules(denied=f"{exc.reason}{_UNREAD}", fate=_fate(exc))
        except Exception as exc:  # whatever went wrong, robots.txt was not read, so nothing may be
            return RobotsRules(denied=f"{in_words(exc)}{_UNREAD}", fate=Outcome.FAILED)
        rules = rules_from(response.status, response.body)
        self._slow_down(origin, rules.delay(self.agent))
        return rules

    def _slow_down(self, origin: str, delay: float) -> None:
        engine: Any = self.crawler.engine
        host = urlsplit(origin).hostname or ""
        kept = engine.downloader.per_slot_settings.setdefault(host, {})  # Scrapy forgets a slot that rests for a while
        kept["delay"] = max(kept.get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY")), delay)
        if slot := engine.downloader.slots.get(host):
            slot.delay = max(slot.delay, delay)

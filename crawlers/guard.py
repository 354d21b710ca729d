"""The address guard: what a crawl may connect to. A name is resolved once, each address checked, the checked ones used.

`allowed_domains` does not stop a redirect to an inner address and `ipaddress.is_global` is wrong about NAT64, 6to4 and
multicast, so the lists here are explicit. Scrapy's resolver is replaced by one that knows only addresses the guard has
passed: a name that answers differently a second later changes nothing.
"""

import asyncio
import re
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer  # type: ignore[import-untyped]

from zorya.domain.addresses import forbidden_address, plain_host
from zorya.domain.runs import Outcome

_RESOLVE_S = 20.0
_PORTS = frozenset({80, 443, 8080, 8443})
_STRANGE = re.compile(r"[\\\s\x00-\x20\x7f]")


class Refused(IgnoreRequest):
    """A request that policy stops; carries the outcome that is recorded for it."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome, self.reason = outcome, reason


class AddressGuard:
    """Decides about addresses and remembers those that passed."""

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        self.allow_hosts = frozenset(host.lower() for host in allow_hosts)
        self._passed: dict[tuple[str, int], tuple[str, ...]] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> "AddressGuard":
        """Scrapy copies its settings per crawler; middleware and resolver must still share one guard."""
        return self

    def target(self, url: str) -> tuple[str, int]:
        """Host and port of an address; raises Refused when its form is suspicious or its port unusual."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").lower(), parts.port
        except ValueError as exc:
            raise Refused(Outcome.BLOCKED, f"address guard: malformed address ({exc})") from exc
        if parts.scheme not in {"http", "https"}:
            raise Refused(Outcome.BLOCKED, f"address guard: scheme `{parts.scheme}` is not crawled")
        if _STRANGE.search(url) or "@" in parts.netloc or not plain_host(host):
            raise Refused(Outcome.BLOCKED, "address guard: malformed address")
        port = (443 if parts.scheme == "https" else 80) if port is None else port
        if port not in _PORTS and not self.excepted(host, port):
            raise Refused(Outcome.BLOCKED, f"address guard: port {port} is not crawled")
        return host, port

    def excepted(self, host: str, port: int) -> bool:
        """True when the operator allowed this host by name."""
        bracketed = f"[{host}]" if ":" in host else host
        return not self.allow_hosts.isdisjoint({host, bracketed, f"{bracketed}:{port}"})

    def admit(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Pass a host whose addresses are all public (or that is excepted); raises Refused otherwise."""
        checked = tuple(dict.fromkeys(addresses))
        bad = [] if self.excepted(host, port) else [address for address in checked if forbidden_address(address)]
        if bad:
            raise Refused(Outcome.BLOCKED, f"address guard: {host} is at {bad[0]}, which is not a public address")
        if not checked:
            raise Refused(Outcome.FAILED, f"no address found for {host}")
        self._passed[host, port] = checked

    async def check(self, url: str) -> str:
        """The host of an address that may be connected to; resolves it once. Raises Refused otherwise."""
        host, port = self.target(url)
        if not self.passed(host, port):
            self.admit(host, port, await _resolve(host, port))
        return host

    def passed(self, host: str, port: int) -> tuple[str, ...]:
        """Addresses that may be connected to; none for a host that was never checked."""
        return self._passed.get((host.lower(), port), ())


async def _resolve(host: str, port: int) -> list[str]:
    try:
        async with asyncio.timeout(_RESOLVE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:  # TimeoutError is an OSError
        raise Refused(Outcome.FAILED, f"no address found for {host}: {exc}") from exc
    return [str(entry[4][0]) for entry in found]


class GuardMiddleware:
    """Every request — start, link, redirect, robots.txt — passes here before anything is sent."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.guard: AddressGuard = crawler.settings["ADDRESS_GUARD"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "GuardMiddleware":
        """Scrapy's constructor."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Refused unless the request may be sent."""
        spider: Any = self.crawler.spider
        if spider.halted and "visit" in request.meta:
            raise Refused(Outcome.SKIPPED, spider.halted)
        host = await self.guard.check(request.url)
        if "visit" in request.meta and not spider.in_scope(host):
            raise Refused(Outcome.SKIPPED, f"{host} is not a host of this source")

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the spider see each answer before the next request leaves, so that a halt stops that one too."""
        if "visit" in request.meta:
            spider: Any = self.crawler.spider
            spider.watch(response)
        return response


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's resolver for the crawl: it resolves nothing, it hands out what the guard has passed."""

    def __init__(self, reactor: Any, guard: AddressGuard) -> None:
        self.reactor, self.guard = reactor, guard

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> "GuardedResolver":
        """Scrapy's constructor."""
        return cls(reactor, crawler.settings["ADDRESS_GUARD"])

    def install_on_reactor(self) -> None:
        """Put this resolver in force."""
        self.reactor.installNameResolver(self)

    def resolveHostName(  # Twisted's name
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Report the passed addresses of a host, none for an unknown one."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        for address in self.guard.passed(hostName, portNumber):
            kind = IPv6Address if ":" in address else IPv4Address
            resolutionReceiver.addressResolved(kind("TCP", address, portNumber))
        resolutionReceiver.resolutionComplete()
        return resolution


class _Resolution:
    """What Twisted wants back."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """Nothing is under way."""

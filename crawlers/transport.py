"""The connection itself: Scrapy's HTTP/1.1 handler, with a bound on what a server may send before the body begins."""

from typing import Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from scrapy.crawler import Crawler

_MOST_HEAD = 256 * 1024
"""Bytes of status lines and headers. Scrapy and Twisted bound each line and the body, never their number."""


class _BoundedParser(_LenientHTTPClientParser):
    """A parser that gives up on endless headers and endless `100 Continue`."""

    head = 0

    def lineReceived(self, line: bytes) -> None:  # Twisted's name
        """Count a line of the head, then read it."""
        self.head += len(line) + 2
        if self.head > _MOST_HEAD:
            raise ValueError("the headers of the answer do not end")
        super().lineReceived(line)


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    """One connection."""

    def request(self, request: Any) -> Any:
        """Send a request; its answer is read by the bounded parser, put in place as Scrapy puts its own."""
        answer = super().request(request)
        if self._parser is not None:
            self._parser.__class__ = _BoundedParser
        return answer


class _BoundedFactory(_LenientHTTP11ClientFactory):
    """Makes bounded connections."""

    def buildProtocol(self, addr: Any) -> _BoundedProtocol:  # Twisted's name
        """A connection for the pool."""
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class HttpHandler(HTTP11DownloadHandler):
    """http and https."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _BoundedFactory

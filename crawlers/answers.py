"""What happens to an answer before the spider sees it: unpacked within the size limit, short meta refreshes followed.

Both are Scrapy's own middleware with their holes closed: a body that cannot be unpacked is *unreadable* instead of
garbage or a bare traceback, and a page that refreshes itself, or is a challenge, is kept instead of lost.
"""

import re
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse

from crawlers.blocking import obstacle_in
from crawlers.guard import Refused
from zorya.domain.runs import Outcome

_MOST = {b"<": 500_000, b"=": 500_000, b"[": 200_000, b"{": 200_000}
"""Marks of elements (open and close), attributes and JSON values that one answer may have. Each costs some two hundred
bytes when parsed: without this bound 10 MiB of `<b>` become 900. The 50,000 addresses of a sitemap stay below it."""
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Unpacking(HttpCompressionMiddleware):
    """gzip, deflate, br and zstd, also nested, up to DOWNLOAD_MAXSIZE; raises Refused for anything else."""

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """The unpacked answer."""
        try:
            unpacked = super().process_response(request, response)
        except IgnoreRequest as exc:
            raise Refused(Outcome.OVERSIZE, "larger than the limit of a page once unpacked") from exc
        except Exception as exc:  # each codec has errors of its own; every one means: not what the header says
            coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
            raise Refused(Outcome.UNREADABLE, f"cannot be unpacked ({coding[:40]}): {type(exc).__name__}") from exc
        if isinstance(unpacked, Response) and _still_packed(unpacked):
            coding = (unpacked.headers.get("Content-Encoding") or b"").decode("latin-1")
            raise Refused(Outcome.UNREADABLE, f"packed in a way nobody here can unpack ({coding[:40]})")
        if isinstance(unpacked, Response) and any(unpacked.body.count(mark) > most for mark, most in _MOST.items()):
            raise Refused(Outcome.OVERSIZE, "more elements than a page may have")
        return unpacked


def _still_packed(response: Response) -> bool:
    """True for a body in an unknown coding. Some servers name a charset there, or `none`: the bytes decide."""
    return "Content-Encoding" in response.headers and _BINARY.search(response.body[:2000]) is not None


class MetaRefresh(MetaRefreshMiddleware):
    """A refresh within METAREFRESH_MAXDELAY seconds is one more redirect: same guards, same limit of redirects."""

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """The page, or the request its refresh asks for."""
        if "visit" not in request.meta or not isinstance(response, TextResponse):
            return response
        if obstacle_in(response):
            return response  # a challenge that passes itself on is still a challenge
        try:
            following = super().process_response(request, response)
        except IgnoreRequest:
            return response  # a ring: the page is what there is
        except ValueError:
            return response  # an address that is none
        if isinstance(following, Request) and following.url == request.url:
            return response
        return following

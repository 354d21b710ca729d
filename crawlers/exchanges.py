"""A Scrapy response as the exchange that is kept as evidence."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response

from crawlers.spec import SourceSpec
from zorya.domain import ids
from zorya.evidence import Exchange
from zorya.settings import CrawlSettings

RECORDED = "recorded"
"""Key in a request's meta: the archived exchange that answered it, in a replay."""


def settings_hash(spec: SourceSpec, crawl: CrawlSettings) -> str:
    """Digest of what a crawl was told: the source's description and the crawl settings."""
    return ids.content_digest({"source": spec.model_dump(mode="json", by_alias=True), "crawl": crawl.model_dump()})


def exchange_of(response: Response, settings_hash: str) -> Exchange:
    """What happened, as far as Scrapy tells: it hands on neither the reason phrase nor the answers that redirected.

    A replayed answer keeps its own date, request, address, certificate and way.
    """
    request = response.request
    meta = request.meta if request else {}
    recorded: Exchange | None = meta.get(RECORDED)
    if recorded is not None:
        return replace(
            recorded,
            response_headers=_pairs(response.headers),
            body=response.body,
            redirects=recorded.redirects or _redirects(meta),
            settings_hash=recorded.settings_hash or settings_hash,
        )
    return Exchange(
        url=response.url,
        status=response.status,
        request_headers=_pairs(request.headers) if request else (),
        response_headers=_pairs(response.headers),
        body=response.body,
        fetched_at=datetime.now(UTC),  # evidence says when it was fetched, whatever period the run is for
        ip=str(response.ip_address) if response.ip_address else "",
        certificate=bytes(response.certificate.dump()) if response.certificate else b"",
        redirects=_redirects(meta),
        settings_hash=settings_hash,
        method=request.method if request else "GET",
        protocol=response.protocol or "HTTP/1.1",
    )


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, values in headers.items() for v in values)


def _redirects(meta: dict[str, Any]) -> tuple[tuple[int, str], ...]:
    """(status, address) of the answers before this one; a page that refreshed itself answered 200."""
    reasons = [reason if isinstance(reason, int) else 200 for reason in meta.get("redirect_reasons", ())]
    return tuple(zip(reasons, meta.get("redirect_urls", ()), strict=False))

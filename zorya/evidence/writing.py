"""An exchange as WARC 1.1: warcinfo, response, request and metadata, each a gzip member of its own.

Written here and not by warcio because it is on the way of every page: warcio's digests are SHA-1, its compression level
is 9 and its dates are whole seconds. Record ids follow from the capture, so the same exchange gives the same bytes.
"""

import base64
import hashlib
import json
import platform
import uuid
import zlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from zorya.evidence.exchange import Exchange

LEVEL = 4
"""Gzip level. On real pages of 92 kB: 1 takes 0.53 ms and saves 77 %, 4 0.81 ms and 80 %, 6 1.38 ms and 81 %."""
_REWRITTEN = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers that described the coded body; it is stored decoded."""
_LINE_ENDS = str.maketrans("\r\n\0", "   ")
_NAMES = uuid.UUID("5a0c1f6e-5f0e-5c55-9c0e-2f1b7d3a9e10")


def stamp(at: datetime) -> str:
    """A WARC-Date to the microsecond: the capture's id holds the moment, so a replay can make it again."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def write_package(exchange: Exchange, *, capture_id: str, payload_sha256: str, run_id: str) -> bytes:
    """The four records of one capture."""
    date, url = stamp(exchange.fetched_at), exchange.url.translate(_LINE_ENDS)
    about, answer = _urn(capture_id, "warcinfo"), _urn(capture_id, "response")
    known = [("WARC-Warcinfo-ID", about), ("WARC-Target-URI", url)]
    beside = [*known, ("WARC-Concurrent-To", answer)]
    address = [("WARC-IP-Address", exchange.ip)] if exchange.ip else []
    response = [*known, *address, ("WARC-Payload-Digest", f"sha256:{payload_sha256}")]
    facts = json.dumps(_facts(exchange, capture_id, payload_sha256, run_id), ensure_ascii=False).encode()
    return b"".join(
        (
            _record("warcinfo", about, date, "application/warc-fields", [], _software_fields()),
            _record("response", answer, date, "application/http; msgtype=response", response, _answer(exchange)),
            _record(
                "request",
                _urn(capture_id, "request"),
                date,
                "application/http; msgtype=request",
                beside,
                _question(exchange),
            ),
            _record(
                "metadata",
                _urn(capture_id, "metadata"),
                date,
                "application/json",
                [*beside, ("WARC-Refers-To", answer)],
                facts,
            ),
        )
    )


def _record(kind: str, name: str, date: str, media_type: str, fields: list[tuple[str, str]], block: bytes) -> bytes:
    head = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", name),
        ("WARC-Date", date),
        *fields,
        ("WARC-Block-Digest", f"sha256:{hashlib.sha256(block).hexdigest()}"),
        ("Content-Type", media_type),
        ("Content-Length", str(len(block))),
    ]
    lines = "".join(f"{key}: {value}\r\n" for key, value in head)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, 31)
    start = packer.compress(f"WARC/1.1\r\n{lines}\r\n".encode())
    return start + packer.compress(block) + packer.compress(b"\r\n\r\n") + packer.flush()


def _urn(capture_id: str, kind: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_NAMES, f'{capture_id}/{kind}')}>"


def _answer(exchange: Exchange) -> bytes:
    """The response as HTTP; the reason phrase stays empty because nothing hands it on."""
    kept = [(name, value) for name, value in exchange.response_headers if name.lower() not in _REWRITTEN]
    start = f"{exchange.protocol} {exchange.status} "
    return _http(start, [*kept, ("Content-Length", str(len(exchange.body)))]) + exchange.body


def _question(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = list(exchange.request_headers)
    if not any(name.lower() == "host" for name, _ in sent):
        sent.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    return _http(f"{exchange.method} {path} HTTP/1.1", sent)


def _http(start: str, headers: list[tuple[str, str]]) -> bytes:
    lines = [start, *(f"{name}: {value}" for name, value in headers)]
    return ("".join(line.translate(_LINE_ENDS) + "\r\n" for line in lines) + "\r\n").encode("latin-1", "replace")


def _facts(exchange: Exchange, capture_id: str, payload_sha256: str, run_id: str) -> dict[str, Any]:
    """What is known about the exchange besides its bytes."""
    return {
        "capture": capture_id,
        "url": exchange.url,
        "status": exchange.status,
        "payload_sha256": payload_sha256,
        "body": "decoded",
        "fetched_at": exchange.fetched_at.astimezone(UTC).isoformat(),
        "clock": _clock(exchange),
        "ip": exchange.ip or None,
        "certificate": _certificate(exchange.certificate) if exchange.certificate else None,
        "redirects": [{"status": status, "url": url} for status, url in exchange.redirects],
        "settings_sha256": exchange.settings_hash or None,
        "run": run_id or None,
        "software": _software(),
    }


def _clock(exchange: Exchange) -> dict[str, Any]:
    """What the server's clock said beside ours; its header knows whole seconds only."""
    said = exchange.header("date")
    try:
        theirs = parsedate_to_datetime(said)
    except ValueError:
        return {"server_date": said or None, "server_minus_ours_s": None}
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    return {"server_date": said, "server_minus_ours_s": round((theirs - exchange.fetched_at).total_seconds(), 1)}


@lru_cache(maxsize=64)
def _certificate(der: bytes) -> dict[str, Any]:
    from cryptography import x509

    about: dict[str, Any] = {"sha256": hashlib.sha256(der).hexdigest(), "der_base64": base64.b64encode(der).decode()}
    try:
        read = x509.load_der_x509_certificate(der)
    except ValueError:
        return about | {"not_before": None, "not_after": None}
    return about | {
        "not_before": read.not_valid_before_utc.isoformat(),
        "not_after": read.not_valid_after_utc.isoformat(),
    }


@lru_cache(maxsize=1)
def _software() -> dict[str, str]:
    """Versions of what fetched and wrote it."""
    found = {"python": platform.python_version(), "zlib": zlib.ZLIB_RUNTIME_VERSION}
    for name in ("zorya", "scrapy", "twisted"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found


@lru_cache(maxsize=1)
def _software_fields() -> bytes:
    named = _software()
    lines = {
        "software": f"zorya/{named['zorya']} scrapy/{named['scrapy']} python/{named['python']}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode()

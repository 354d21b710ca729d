"""The evidence archive: what servers sent, unchanged, before anything is read from it.

One gzipped WARC record pair per capture, under `evidence/<aa>/<sha256-of-payload>-<capture id>.warc.gz`, with SHA-256
block and payload digests (warcio's own default is SHA-1). The file is complete and fsynced before `put` returns.
"""

import gzip
import io
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.utils import Digester
from warcio.warcwriter import WARCWriter

from zorya.domain import ids
from zorya.domain.ads import Capture
from zorya.errors import EvidenceError


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it happened; `body` is the payload after transfer and content decoding."""

    url: str
    status: int
    request_headers: tuple[tuple[str, str], ...]
    response_headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    ip: str = ""
    """Address the answer came from."""
    certificate: bytes = b""
    """The server's TLS certificate, DER; empty for plain HTTP."""
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, address) of each answer that led here, first one first."""
    settings_hash: str = ""
    """SHA-256 of what the crawl was told: the source's description and the crawl settings."""

    @property
    def media_type(self) -> str:
        """Content type without parameters, lower case."""
        value = next((v for k, v in self.response_headers if k.lower() == "content-type"), "")
        return value.partition(";")[0].strip().lower()[:120]


class Archive:
    """Content-addressed evidence in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, exchange: Exchange) -> Capture:
        """Write an exchange to disk, fsynced; the same exchange twice is written once."""
        payload = ids.sha256_hex(exchange.body)
        capture = ids.capture_id(payload, exchange.url, exchange.fetched_at)
        name = f"{payload[:2]}/{payload}-{capture}.warc.gz"
        path = self.folder / name
        if not path.exists():
            _write_whole(path, _warc(exchange))
        return Capture(
            id=capture,
            url=exchange.url,
            status=exchange.status,
            media_type=exchange.media_type,
            headers=exchange.response_headers,
            fetched_at=exchange.fetched_at,
            sha256=payload,
            warc_file=name,
            warc_offset=0,
        )

    def get(self, warc_file: str, sha256: str) -> bytes:
        """The payload of a capture; raises EvidenceError when missing or altered."""
        try:
            payload = read_payload((self.folder / warc_file).read_bytes())
        except FileNotFoundError as exc:
            raise EvidenceError(f"{self.folder / warc_file}: evidence is missing; restore it from backup") from exc
        if ids.sha256_hex(payload) != sha256:
            raise EvidenceError(f"{self.folder / warc_file}: payload does not match its SHA-256 {sha256}")
        return payload

    def verify(self, capture: Capture) -> None:
        """Raise EvidenceError unless the capture is on disk as it was written."""
        self.get(capture.warc_file, capture.sha256)


def read_payload(warc: bytes) -> bytes:
    """Payload of the response record; every record is read to its end and its digests checked.

    Raises EvidenceError when the file is damaged.
    """
    payload: bytes | None = None
    kinds = []
    try:
        for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise"):
            content = bytes(record.content_stream().read())
            kinds.append(record.rec_type)
            payload = content if record.rec_type == "response" else payload
        whole = gzip.decompress(warc)  # warcio does not mind a member that ends early
    except Exception as exc:  # warcio raises many kinds; every one of them means: not as written
        raise EvidenceError(f"damaged WARC: {exc}") from exc
    if payload is None or kinds != ["response", "request"] or not whole.endswith(b"\r\n\r\n"):
        raise EvidenceError("damaged WARC: it does not hold one response and its request")
    return payload


class _Sha256Writer(WARCWriter):  # type: ignore[misc]
    """warcio with SHA-256 instead of SHA-1, in the algorithm:base32 notation that its checker reads."""

    @staticmethod
    def _create_digester() -> Digester:
        return Digester("sha256")

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()  # warcio's own temporary files are left open, and a body is in memory anyway


def _warc(exchange: Exchange) -> bytes:
    buffer = io.BytesIO()
    writer = _Sha256Writer(buffer, gzip=True)
    stamp = exchange.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    skipped = {"content-encoding", "transfer-encoding", "content-length"}  # the body is stored decoded
    kept = [(name, value) for name, value in exchange.response_headers if name.lower() not in skipped]
    response = writer.create_warc_record(
        exchange.url,
        "response",
        payload=io.BytesIO(exchange.body),
        http_headers=StatusAndHeaders(
            f"{exchange.status}", [*kept, ("Content-Length", str(len(exchange.body)))], protocol="HTTP/1.1"
        ),
        warc_headers_dict={"WARC-Date": stamp},
    )
    request = writer.create_warc_record(
        exchange.url,
        "request",
        http_headers=StatusAndHeaders("GET / HTTP/1.1", list(exchange.request_headers), is_http_request=True),
        warc_headers_dict={"WARC-Date": stamp},
    )
    writer.write_request_response_pair(request, response)
    return buffer.getvalue()


def _write_whole(path: Path, data: bytes) -> None:
    """Write to a temporary file, fsync, rename, fsync the folder: whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

"""A capture's WARC, read back and checked: every record to its end, every digest, every cross-reference."""

import gzip
import io
import json
from dataclasses import dataclass
from typing import Any

from warcio.archiveiterator import ArchiveIterator

from zorya.domain import ids
from zorya.errors import EvidenceError

_KINDS = (["warcinfo", "response", "request", "metadata"], ["response", "request"])
"""What a capture holds, and what one held before there was a metadata record."""


@dataclass(frozen=True, slots=True)
class Package:
    """The payload of a capture, and what its metadata record says (empty in files that have none)."""

    payload: bytes
    about: dict[str, Any]


def read_package(warc: bytes) -> Package:
    """Read a capture; raises EvidenceError when a record, a digest or the agreement between records is damaged."""
    payload, about, kinds = None, {}, []
    try:
        for record in ArchiveIterator(io.BytesIO(warc), check_digests="raise"):
            content = bytes(record.content_stream().read())
            kinds.append(record.rec_type)
            if record.rec_type == "response":
                payload = content
            elif record.rec_type == "metadata":
                about = json.loads(content)
        whole = gzip.decompress(warc)  # warcio does not mind a member that ends early
    except Exception as exc:  # warcio raises many kinds; every one of them means: not as written
        raise EvidenceError(f"damaged WARC: {exc}") from exc
    if payload is None or kinds not in _KINDS or not whole.endswith(b"\r\n\r\n"):
        raise EvidenceError("damaged WARC: it does not hold one response, its request and what is known about them")
    if about and about.get("payload_sha256") != ids.sha256_hex(payload):
        raise EvidenceError("damaged WARC: its metadata speaks of another payload")
    return Package(payload, about)


def read_payload(warc: bytes) -> bytes:
    """Payload of the response record; raises EvidenceError when the file is damaged."""
    return read_package(warc).payload

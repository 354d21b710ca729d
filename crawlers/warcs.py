"""Answers saved in WARC files, as documents."""

import io

from warcio.archiveiterator import ArchiveIterator

from crawlers.extract import Document
from zorya.errors import ExtractionError

_LARGEST = 20 * 1024 * 1024


def looks_like_warc(body: bytes) -> bool:
    """True for a WARC file, gzipped or not."""
    if body.startswith(b"\x1f\x8b"):
        import zlib

        try:
            return zlib.decompressobj(wbits=31).decompress(body[:4096], 16).startswith(b"WARC/")
        except zlib.error:
            return False
    return body.startswith(b"WARC/")


def warc_documents(body: bytes) -> list[Document]:
    """Every readable answer of a WARC, in its order."""
    found: list[Document] = []
    try:
        for record in ArchiveIterator(io.BytesIO(body)):
            if record.rec_type not in {"response", "resource"}:
                continue
            headers = record.http_headers or record.rec_headers
            kind = headers.get_header("Content-Type") or ""
            if record.http_headers and not record.http_headers.get_statuscode().startswith("2"):
                continue
            if kind.startswith(("text/", "application/")) and "javascript" not in kind and "css" not in kind:
                url = str(record.rec_headers.get_header("WARC-Target-URI") or "")
                found.append(Document(record.content_stream().read(_LARGEST), url, kind))
    except Exception as exc:  # warcio raises many kinds; every one of them means: not a WARC we can read
        if not found:
            raise ExtractionError(f"damaged WARC: {exc}") from exc
    return found

"""HTTP answers kept in WARC records: taken apart, unpacked, and as documents to read."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from scrapy.utils._compression import _DecompressionMaxSizeExceeded, _inflate, _unbrotli, _unzstd
from scrapy.utils.gz import gunzip

from crawlers.extract import Document
from crawlers.warcs import FIELD, Record, WarcReader
from zorya.errors import ExtractionError

_LARGEST = 20 * 1024 * 1024
"""Bytes of an unpacked document that `extract` reads."""
_STATUS = re.compile(rb"(HTTP/\d(?:\.\d)?) +(\d{3})\b")
_CHUNK_HEAD = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer in a record; `body` without chunks, but still packed as Content-Encoding says."""

    status: int
    protocol: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """First header of that name (lower case), or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def answer_in(block: bytes) -> Answer | None:
    """The HTTP answer in the block of a response, None when it is none."""
    start = _STATUS.match(block)
    if start is None:
        return None
    head, gap, body = block.partition(b"\r\n\r\n")
    if not gap or (b"\n\n" in head):
        head, _, body = block.partition(b"\n\n")
    pairs = [match for line in head.splitlines()[1:] if (match := FIELD.match(line))]
    headers = tuple((match[1].decode("latin-1"), match[2].strip().decode("latin-1")) for match in pairs)
    answer = Answer(int(start[2]), start[1].decode(), headers, body)
    if "chunked" in answer.header("transfer-encoding").lower():
        answer = Answer(answer.status, answer.protocol, headers, _joined(body))
    return answer


def _joined(body: bytes) -> bytes:
    """A chunked body put together; as it is where it is not chunked: some archivers keep the header only."""
    parts, at = [], 0
    while match := _CHUNK_HEAD.match(body, at):
        size = int(match[1], 16)
        parts.append(body[match.end() : match.end() + size])
        at = match.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
        if not size:
            return b"".join(parts)
    return b"".join(parts) if parts and at >= len(body) else body


def warc_documents(body: bytes, faults: list[str], name: str = "WARC") -> list[Document]:
    """Every readable answer of a WARC, in its order; raises ExtractionError when there is damage and nothing else."""
    reader = WarcReader(io.BytesIO(body), name, faults)
    found = [document for record in reader if (document := _document(record, faults)) is not None]
    if faults and not found:
        raise ExtractionError(f"damaged WARC: {faults[0]}")
    return found


def _document(record: Record, faults: list[str]) -> Document | None:
    kind, body = record.fields.get("content-type", ""), record.block
    if record.kind == "response":
        answer = answer_in(record.block)
        if answer is None or not 200 <= answer.status < 300:
            return None
        kind = answer.header("content-type")
        try:
            body = unpacked(answer, _LARGEST)
        except ValueError as exc:
            faults.append(f"{record.url}: {exc}")
            return None
    elif record.kind != "resource":
        return None
    if not kind.startswith(("text/", "application/")) or "javascript" in kind or "css" in kind:
        return None
    return Document(body[:_LARGEST], record.url, kind)


_CODECS: dict[str, Callable[..., bytes]] = {"gzip": gunzip, "deflate": _inflate, "br": _unbrotli, "zstd": _unzstd}


def unpacked(answer: Answer, limit: int) -> bytes:
    """A body without its coding, as it is where the archiver kept only the header; ValueError beyond `limit` bytes."""
    body = answer.body
    for coding in reversed(answer.header("content-encoding").lower().split(",")):
        codec = _CODECS.get(coding.strip().removeprefix("x-"))
        try:
            body = codec(body, max_size=limit) if codec and body else body
        except _DecompressionMaxSizeExceeded as exc:
            raise ValueError(f"larger than {limit} bytes once unpacked") from exc
        except Exception:  # each codec has errors of its own; every one means: not packed, or not any more
            return answer.body
    return body

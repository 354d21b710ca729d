"""The parts of a package that make it a WACZ (1.1.1), so that readers of web archives open it: the index of what lies
where in the WARCs, the list of pages, and the description of the package with the digest of every file.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from zorya.domain import ids
from zorya.errors import EvidenceError

VERSION = "1.1.1"
ARCHIVE, INDEX, BLOCKS, PAGES = "archive/", "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"
DESCRIPTION, DESCRIPTION_DIGEST = "datapackage.json", "datapackage-digest.json"
_BLOCK = 300
"""Lines of the index in one gzip member."""
_LARGEST = 64 * 1024 * 1024
_WWW = re.compile(r"^www\d*\.")
_PORTS = {"http": 80, "https": 443}
_PLAIN = "/?%:@!$&'()*+,;=~-._[]"


def indexed(captures: Sequence[Mapping[str, Any]], warcs: Mapping[str, bytes]) -> dict[str, bytes]:
    """Index, its blocks and the list of pages. `captures` are entries of the manifest, `warcs` their files by name."""
    lines = sorted(_line(one, warcs[one["file"]]) for one in captures)
    index, blocks = b"", ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    for at in range(0, len(lines), _BLOCK):
        packed = gzip.compress("".join(lines[at : at + _BLOCK]).encode(), mtime=0)
        where = {"offset": len(index), "length": len(packed), "digest": f"sha256:{ids.sha256_hex(packed)}"}
        blocks.append(f"{lines[at].partition(' {')[0]} {json.dumps(where)}\n")
        index += packed
    return {INDEX: index, BLOCKS: "".join(blocks).encode(), PAGES: _pages(captures)}


def described(files: Mapping[str, tuple[str, int]], *, title: str, made_at: str, software: str) -> dict[str, bytes]:
    """The description of a package of these files (SHA-256, bytes), and that description's digest."""
    resources = [
        {"name": name.rpartition("/")[2].lower(), "path": name, "hash": f"sha256:{digest}", "bytes": size}
        for name, (digest, size) in sorted(files.items())
    ]
    told = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": title,
        "created": made_at,
        "software": software,
        "resources": resources,
    }
    description = _json(told)
    digest = {"path": DESCRIPTION, "hash": f"sha256:{ids.sha256_hex(description)}"}
    return {DESCRIPTION: description, DESCRIPTION_DIGEST: _json(digest)}


def sort_key(url: str) -> str:
    """An address as indexes of web archives sort it (SURT): `https://www.b.example/x?b&a` → `example,b)/x?a&b`."""
    parts = urlsplit(url.lower())
    if parts.scheme not in _PORTS or not parts.hostname:
        return url
    host = ",".join(reversed(_WWW.sub("", parts.hostname).split(".")))
    try:
        port = parts.port
    except ValueError:
        port = None
    where = f":{port}" if port and port != _PORTS[parts.scheme] else ""
    query = "&".join(sorted(part for part in parts.query.split("&") if part))
    rest = (parts.path.rstrip("/") or "/") + (f"?{query}" if query else "")
    return f"{host}{where}){quote(rest, safe=_PLAIN).lower()}"


def members(warc: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(offset, length, content) of each record of a gzipped WARC; raises EvidenceError for one that is damaged or
    unpacks beyond all bounds.
    """
    offset, size = 0, 0
    while offset < len(warc):
        unpacker = zlib.decompressobj(wbits=31)
        try:
            content = unpacker.decompress(warc[offset:], _LARGEST + 1 - size)
        except zlib.error as exc:
            raise EvidenceError(f"damaged WARC: {exc}") from exc
        size += len(content)
        if size > _LARGEST:
            raise EvidenceError(f"larger than {_LARGEST} bytes once unpacked")
        if not unpacker.eof:
            raise EvidenceError("damaged WARC: it ends early")
        length = len(warc) - offset - len(unpacker.unused_data)
        yield offset, length, content
        offset += length


def _line(capture: Mapping[str, Any], warc: bytes) -> str:
    """The line of the index for a capture's answer."""
    answers = (one for one in members(warc) if b"\r\nWARC-Type: response\r\n" in one[2][:2000])
    offset, length, _ = next(answers, (0, 0, b""))
    if not length:
        raise EvidenceError(f"{capture['file']}: it holds no answer")
    told = {
        "url": capture["url"],
        "mime": capture["media_type"],
        "status": str(capture["status"]),
        "digest": f"sha256:{capture['payload_sha256']}",
        "length": str(length),
        "offset": str(offset),
        "filename": capture["file"].removeprefix(ARCHIVE),
    }
    moment = re.sub(r"\D", "", capture["fetched_at"][:19])
    return f"{sort_key(capture['url'])} {moment} {json.dumps(told)}\n"


def _pages(captures: Sequence[Mapping[str, Any]]) -> bytes:
    lines: list[dict[str, Any]] = [{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}]
    for one in captures:
        titles = [ad["title"] for ad in one["ads"] if ad["title"]]
        moment = f"{one['fetched_at'][:19]}Z"
        lines.append({"id": one["capture"], "url": one["url"], "ts": moment, "title": (titles or [one["url"]])[0]})
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"

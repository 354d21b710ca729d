"""WARC files of any origin, record by record: gzipped per record, gzipped whole or plain; read past every damage.

What is damaged is left out and reported with file and offset; reading goes on at the next record that can be found.
"""

import base64
import binascii
import contextlib
import hashlib
import io
import re
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

_LARGEST_BLOCK = 64 * 1024 * 1024
"""A record larger than this is passed over: films and archives are no ads."""
_LONGEST_HEAD = 256 * 1024
_IN_MEMORY = 16 * 1024 * 1024
_CHUNK = 256 * 1024
_CUT = "the file ends within a record"
_READ = frozenset({"response", "revisit", "resource", "request", "metadata"})
FIELD = re.compile(rb"([^\s:][^:]*?)\s*:[ \t]*(.*)")
"""A header line: name and value."""
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `fields` by lower-case name; `offset` is where it, or the gzip member around it, begins."""

    kind: str
    fields: dict[str, str]
    block: bytes
    offset: int

    @property
    def url(self) -> str:
        """Target address, without the brackets that some versions of wget put around it."""
        return self.fields.get("warc-target-uri", "").strip("<>").replace(" ", "%20")


@dataclass(slots=True)
class WarcReader:
    """Records of one open file; `faults` fills up while they are read. `name` is what messages call the file."""

    file: IO[bytes]
    name: str
    faults: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Record]:
        self.file.seek(0)
        if self.file.read(2) != b"\x1f\x8b":
            yield from self._plain(self.file, None)
            return
        offset: int | None = 0
        while offset is not None:
            with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as unpacked:
                following, problem = self._unpack(offset, unpacked)
                if problem:
                    self._fault(offset, None, problem)
                unpacked.seek(0)
                yield from self._plain(unpacked, offset, torn=bool(problem))
            offset = self._next_member(following)
            if offset != following and not problem and self._more(following):
                self._fault(following, None, "no WARC record begins here")

    def _unpack(self, offset: int, target: Any) -> tuple[int, str]:
        """Unpack one gzip member; returns where to go on, and what is wrong with it."""
        unpacker = zlib.decompressobj(31)
        self.file.seek(offset)
        while not unpacker.eof:
            data = unpacker.unconsumed_tail or self.file.read(_CHUNK)
            if not data:
                return offset + 1, _CUT
            before = unpacker.copy()
            try:
                target.write(unpacker.decompress(data, _CHUNK))
            except zlib.error as exc:
                target.write(_up_to_damage(before, data))
                return offset + 1, f"damaged: {exc}"
        return self.file.tell() - len(unpacker.unused_data), ""

    def _next_member(self, start: int) -> int | None:
        """Offset of the next gzip member that holds a WARC record; anything else on the way is a fault."""
        at: int | None = start
        while (at := _find(self.file, at, b"\x1f\x8b\x08")) is not None and not self._begins_record(at):
            at += 1
        return at

    def _more(self, offset: int) -> bool:
        """True when something but padding lies behind an offset."""
        self.file.seek(offset)
        return any(chunk.strip(b"\0") for chunk in iter(lambda: self.file.read(_CHUNK), b""))

    def _begins_record(self, offset: int) -> bool:
        self.file.seek(offset)
        try:
            return zlib.decompressobj(31).decompress(self.file.read(4096), 16).lstrip().startswith(b"WARC/")
        except zlib.error:
            return False

    def _plain(self, stream: IO[bytes], member: int | None, *, torn: bool = False) -> Iterator[Record]:
        """Records of an unpacked stream. `torn`: its end is missing, which has been reported."""
        at: int | None = 0
        while at is not None:
            stream.seek(at)
            line = stream.readline(_LONGEST_HEAD)
            if not line:
                return
            if not line.strip():
                at = stream.tell()
                continue
            record, problem = self._record(stream, line, at, member)
            if record is not None and torn and "warc-block-digest" not in record.fields:
                record, problem = None, "nothing tells whether the record is as it was written"
            if record is not None:
                yield record
            elif problem and not (torn and problem == _CUT):
                self._fault(member, at, problem)
            at = _find(stream, at + 1, b"\nWARC/", skip=1) if problem else stream.tell()

    def _record(self, stream: IO[bytes], line: bytes, at: int, member: int | None) -> tuple[Record | None, str]:
        """The record that begins with `line`, None for one nobody reads; and what is wrong, if something is."""
        if not line.startswith(b"WARC/"):
            return None, "no WARC record begins here"
        fields = _fields(stream)
        if fields is None:
            return None, "the record's header is damaged"
        length = fields.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            return None, "the record has no readable length"
        kind, size, start = fields.get("warc-type", "").lower(), int(length), stream.tell()
        if kind not in _READ or size > _LARGEST_BLOCK:
            stream.seek(0, io.SEEK_END)
            if stream.tell() < start + size:
                return None, _CUT
            stream.seek(start + size)
            return None, ""
        block = stream.read(size)
        if len(block) < size:
            return None, _CUT
        if not _matches(block, fields.get("warc-block-digest", "")):
            return None, "the record does not match its digest"
        return Record(kind, fields, block, at if member is None else member), ""

    def _fault(self, member: int | None, at: int | None, problem: str) -> None:
        where = f"offset {at if member is None else member}"
        if member is not None and at:
            where += f", {at} after unpacking"
        self.faults.append(f"{self.name}: {where}: {problem}")


def _up_to_damage(unpacker: Any, data: bytes) -> bytes:
    """What can be unpacked of a chunk before its damage."""
    found = b""
    with contextlib.suppress(zlib.error):
        for at in range(0, len(data), 64):
            found += unpacker.decompress(data[at : at + 64])
    return found


def _fields(stream: IO[bytes]) -> dict[str, str] | None:
    """Header fields up to the empty line, by lower-case name; None when a line is none."""
    found: dict[str, str] = {}
    room = _LONGEST_HEAD
    while room > 0 and (line := stream.readline(room)).strip():
        room -= len(line)
        match = FIELD.match(line.strip())
        if match is not None and _NAME.fullmatch(match[1]) and not _CONTROL.search(match[2]):
            found[match[1].decode("ascii").lower()] = match[2].decode("utf-8", "replace")
        elif not line.startswith((b" ", b"\t")):
            return None
    return found


def _find(stream: IO[bytes], start: int | None, needle: bytes, *, skip: int = 0) -> int | None:
    """Offset of the next `needle`, plus `skip`; None when there is none."""
    at = start or 0
    stream.seek(at)
    window = b""
    while chunk := stream.read(_CHUNK):
        window += chunk
        if (found := window.find(needle)) >= 0:
            return at + found + skip
        kept = len(needle) - 1
        at += len(window) - kept
        window = window[-kept:]
    return None


def _matches(block: bytes, digest: str) -> bool:
    """False when a digest in base32 or hex (RFC 3548 leaves the choice) is another one; unknown kinds pass."""
    algorithm, _, value = digest.partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if algorithm not in {"sha1", "sha256", "sha512", "md5"} or not value:
        return True
    ours = hashlib.new(algorithm, block, usedforsecurity=False).digest()
    try:
        theirs = bytes.fromhex(value) if len(value) == 2 * len(ours) else base64.b32decode(value.upper())
    except (ValueError, binascii.Error):
        return False
    return ours == theirs


def looks_like_warc(body: bytes) -> bool:
    """True for a WARC file, gzipped or not."""
    if body.startswith(b"\x1f\x8b"):
        try:
            return zlib.decompressobj(wbits=31).decompress(body[:4096], 16).startswith(b"WARC/")
        except zlib.error:
            return False
    return body.startswith(b"WARC/")

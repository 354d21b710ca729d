"""A zip with one spelling: the same files at the same moment give the same bytes, and nothing else is accepted.

Readers of zips differ in what they make of two entries of one name, of bytes between entries, or of a directory that
tells another story than the entries; a package that has any of it reads differently for a lawyer and for a court. So
entries stand in the order of their names, stored as they are, without gaps, comments or extra fields (PKWARE APPNOTE
4.3), and opening a file means finding exactly that.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from zorya.errors import EvidenceError

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)?")
"""A file, or a file in a folder: nothing hidden, nothing that climbs out, nothing that systems spell differently."""
_FOLDER = ": a zip that you packed yourself is checked by its unpacked folder"
_VERSION, _UNIX, _RIGHTS = 20, 3 << 8, 0o100644 << 16
_MOST_FILES, _MOST_BYTES = 0xFFFF - 1, 0xFFFFFFFF - 1
LARGEST = 64 * 1024 * 1024
"""Bytes of one file: six times the largest page that a crawl keeps."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the zip: where its bytes lie, how many, their CRC-32."""

    name: str
    start: int
    size: int
    crc: int


def write(file: BinaryIO, content: Iterable[tuple[str, bytes]], at: datetime) -> None:
    """Write files, given in the order of their names; raises EvidenceError beyond what a plain zip can hold."""
    directory, place, count = b"", 0, 0
    for name, data in content:
        if len(data) > LARGEST or place + len(data) > _MOST_BYTES - LARGEST or count == _MOST_FILES:
            raise EvidenceError(f"{name}: too much for one package: export fewer ids at a time")
        head, listed = _heads(name.encode(), len(data), zlib.crc32(data), _dos(at), place)
        file.write(head)
        file.write(data)
        directory, place, count = directory + listed, place + len(head) + len(data), count + 1
    file.write(directory + _END.pack(b"PK\5\6", 0, 0, count, count, len(directory), place, 0))


def entries(file: BinaryIO) -> tuple[list[Entry], int]:
    """The files of a zip and its moment (DOS date and time); raises EvidenceError for one that `write` did not make.

    The bytes of the files are not looked at.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _END.size))
    end = file.read(_END.size)
    if len(end) < _END.size or end[:4] != b"PK\5\6":
        raise EvidenceError(f"no package, or one that was cut off or packed anew{_FOLDER}")
    _, _, _, count, _, length, start, _ = _END.unpack(end)
    if start + length + _END.size != size or end != _END.pack(b"PK\5\6", 0, 0, count, count, length, start, 0):
        raise EvidenceError("the zip holds bytes that belong to no file")
    file.seek(start)
    found: list[Entry] = []
    whole, moment, place, told = file.read(length), -1, 0, 0
    for name, span, crc, dos in _listed(whole, count):
        head, listed = _heads(name, span, crc, dos, place)
        file.seek(place)
        if file.read(len(head)) != head or not whole.startswith(listed, told):
            raise EvidenceError(f"the zip tells two stories about {ascii(name)[2:-1]}, or was packed anew{_FOLDER}")
        if moment not in (-1, dos) or (found and name.decode() <= found[-1].name):
            raise EvidenceError(f"the files of the zip are not in their order, or not of one moment{_FOLDER}")
        found.append(Entry(name.decode(), place + len(head), span, crc))
        told, moment, place = told + len(listed), dos, place + len(head) + span
    if told != length or place != start:
        raise EvidenceError("the zip holds bytes that belong to no file")
    return found, moment


def read(file: BinaryIO, entry: Entry) -> bytes:
    """The bytes of a file; raises EvidenceError when they are too many or not those that the zip speaks of."""
    if entry.size > LARGEST:
        raise EvidenceError(f"larger than {LARGEST} bytes")
    file.seek(entry.start)
    data = file.read(entry.size)
    if zlib.crc32(data) != entry.crc:
        raise EvidenceError("damaged zip: the CRC does not fit")
    return data


def is_of(moment: int, at: datetime) -> bool:
    """Whether a zip's moment is that of a time."""
    return moment == _dos(at)


def is_plain(name: str) -> bool:
    """Whether a name may stand in a package."""
    return name.isascii() and _NAME.fullmatch(name.encode()) is not None


def _listed(directory: bytes, count: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(name, size, CRC, moment) of each entry as the directory lists it."""
    at = 0
    for _ in range(count):
        if len(directory) - at < _CENTRAL.size:
            raise EvidenceError("the zip's directory ends early")
        told = _CENTRAL.unpack_from(directory, at)
        clock, day, crc, size, length = told[5], told[6], told[7], told[8], told[10]
        at += _CENTRAL.size + length
        name = directory[at - length : at]
        if not _NAME.fullmatch(name):
            raise EvidenceError(f"the zip holds a file of a name that no package has: {ascii(name)[2:-1]}")
        yield name, size, crc, day << 16 | clock


def _heads(name: bytes, size: int, crc: int, dos: int, place: int) -> tuple[bytes, bytes]:
    """What stands before a file's bytes, and what the directory says of it."""
    clock, day, length = dos & 0xFFFF, dos >> 16, len(name)
    head = _LOCAL.pack(b"PK\3\4", _VERSION, 0, 0, clock, day, crc, size, size, length, 0) + name
    said = (_UNIX | _VERSION, _VERSION, 0, 0, clock, day, crc, size, size, length, 0, 0, 0, 0, _RIGHTS, place)
    return head, _CENTRAL.pack(b"PK\1\2", *said) + name


def _dos(at: datetime) -> int:
    """A moment as zips keep it, in UTC, to two seconds; dates before 1980 cannot be kept."""
    utc = at.astimezone(UTC)
    day = (max(utc.year, 1980) - 1980) << 9 | utc.month << 5 | utc.day
    return day << 16 | utc.hour << 11 | utc.minute << 5 | utc.second // 2

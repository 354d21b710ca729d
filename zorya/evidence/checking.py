"""An evidence package checked: every digest, every WARC to its end, and that manifest and WARC tell one story.

Needs nothing but the package: no database, no network. A package may come from strangers, so nothing of it is unpacked
onto the disk, and what unpacks beyond all bounds is a fault.
"""

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zorya.domain import ids
from zorya.errors import EvidenceError
from zorya.evidence.archive import moment
from zorya.evidence.packaging import FORMAT, MANIFEST, README, SUMS
from zorya.evidence.reading import read_package

_LARGEST = 64 * 1024 * 1024
"""Bytes of one file, and of one WARC unpacked: six times the largest page that a crawl keeps."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong: a file `missing`, `altered`, or `extra` (named by nobody)."""

    kind: str
    file: str
    detail: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a package found. `digest` is the SHA-256 of its SHA256SUMS, to be compared by another way."""

    digest: str
    captures: int
    files: int
    damages: tuple[Damage, ...]


Reader = Callable[[str], bytes]


def check(path: Path) -> Checked:
    """Check a package, a folder or a zip; raises EvidenceError for what is no package."""
    with _opened(path) as (names, read):
        try:
            sums = read(SUMS)
            lines = [_line(line) for line in sums.decode().splitlines()]
            told = dict(lines)
            if len(told) < len(lines):
                raise EvidenceError(f"{path}: {SUMS} names a file twice")
            manifest = json.loads(read(MANIFEST))
            captures = [dict(one) for one in manifest["captures"]]
            if manifest["format"] != FORMAT:
                raise EvidenceError(f"{path}: a package of another format: {manifest['format']!r}")
        except (KeyError, TypeError, ValueError, OSError) as exc:
            raise EvidenceError(f"{path}: no evidence package: {SUMS} or {MANIFEST} is missing or unreadable") from exc
        own = {README, MANIFEST, *(str(one.get("file")) for one in captures)}
        damages = [*_sums(told, names, read), *_extras(told, names, own)]
        for one in captures:
            if problem := _capture(one, told, read):
                damages.append(Damage("altered", str(one.get("file")), problem))
    known = {damage.file: damage for damage in reversed(damages)}  # the first thing said about a file is enough
    return Checked(ids.sha256_hex(sums), len(captures), len(told), tuple(reversed(known.values())))


def _line(line: str) -> tuple[str, str]:
    digest, name = line.split("  ", 1)
    return name, digest


def _sums(told: dict[str, str], names: set[str], read: Reader) -> Iterator[Damage]:
    for name, digest in told.items():
        if name not in names:
            yield Damage("missing", name, f"{SUMS} names it, and it is not there")
            continue
        try:
            found = ids.sha256_hex(read(name))
        except (EvidenceError, OSError, ValueError) as exc:
            yield Damage("altered", name, f"cannot be read: {exc}")
            continue
        if found != digest:
            yield Damage("altered", name, f"its SHA-256 is {found}, not {digest}")


def _extras(told: dict[str, str], names: set[str], own: set[str]) -> Iterator[Damage]:
    for name in sorted((names | told.keys()) - (told.keys() & own) - {SUMS}):
        yield Damage("extra", ascii(name)[1:-1], f"{SUMS} or {MANIFEST} does not name it: somebody added it")


def _capture(one: dict[str, Any], told: dict[str, str], read: Reader) -> str:
    """What is wrong with a capture of the manifest; empty when nothing is."""
    if one.get("file") not in told or told[one["file"]] != one.get("file_sha256"):
        return f"{MANIFEST} and {SUMS} do not agree about it"
    try:
        data = read(one["file"])
        _bounded(data)
        package = read_package(data)
    except (KeyError, OSError, ValueError, EvidenceError) as exc:
        return str(exc)
    payload, at = ids.sha256_hex(package.payload), moment(one.get("fetched_at"))
    if payload != one.get("payload_sha256"):
        return f"{MANIFEST} speaks of another page: the SHA-256 of this one is {payload}"
    if at is None or one.get("capture") != ids.capture_id(payload, str(one.get("url")), at):
        return f"{MANIFEST} gives an address or a time that do not make this capture's id"
    about = package.about
    inside = {"capture": about.get("capture"), "url": about.get("url"), "status": about.get("status")}
    if about and (inside != {key: one.get(key) for key in inside} or moment(about.get("fetched_at")) != at):
        return f"{MANIFEST} and the WARC's own metadata tell different stories"
    return ""


def _bounded(data: bytes) -> None:
    """Raise EvidenceError for a WARC that unpacks beyond all bounds."""
    left, size = data, 0
    while left:
        unpacker = zlib.decompressobj(wbits=31)
        try:
            size += len(unpacker.decompress(left, _LARGEST + 1 - size))
        except zlib.error as exc:
            raise EvidenceError(f"damaged WARC: {exc}") from exc
        if size > _LARGEST:
            raise EvidenceError(f"larger than {_LARGEST} bytes once unpacked")
        if not unpacker.eof:
            raise EvidenceError("damaged WARC: it ends early")
        left = unpacker.unused_data


@contextmanager
def _opened(path: Path) -> Iterator[tuple[set[str], Reader]]:
    """Names and a reader of a package's files."""
    if path.is_dir():
        names = {one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file()}
        yield names, lambda name: _read_file(path, name, names)
        return
    try:
        packed = zipfile.ZipFile(path)
    except FileNotFoundError as exc:
        raise EvidenceError(f"{path}: there is no such package") from exc
    except (OSError, zipfile.BadZipFile) as exc:
        raise EvidenceError(f"{path}: neither a folder nor a readable zip") from exc
    with packed:
        entries = [one for one in packed.infolist() if not one.is_dir()]
        sizes = {one.filename: one.file_size for one in entries}
        if len(sizes) < len(entries):
            raise EvidenceError(f"{path}: the zip holds two files of one name")
        yield set(sizes), lambda name: _read_entry(packed, name, sizes)


def _read_file(folder: Path, name: str, names: set[str]) -> bytes:
    if name not in names:
        raise FileNotFoundError(name)
    path = folder / name
    if path.stat().st_size > _LARGEST:
        raise EvidenceError(f"larger than {_LARGEST} bytes")
    return path.read_bytes()


def _read_entry(packed: zipfile.ZipFile, name: str, sizes: dict[str, int]) -> bytes:
    if sizes[name] > _LARGEST:
        raise EvidenceError(f"larger than {_LARGEST} bytes")
    try:
        return packed.read(name)
    except (zipfile.BadZipFile, zlib.error) as exc:
        raise EvidenceError(f"damaged zip: {exc}") from exc

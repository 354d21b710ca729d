"""A package opened without unpacking it: the names of its files and a reader of them, of a WACZ file or of the folder
somebody unpacked it into.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from zorya.errors import EvidenceError
from zorya.evidence import zipped


@dataclass(frozen=True, slots=True)
class Opened:
    """Names of the files, and their bytes by name (EvidenceError when they cannot be read). `is_of` tells whether the
    package bears the moment it says it was made at; a folder bears none.
    """

    names: frozenset[str]
    read: Callable[[str], bytes]
    is_of: Callable[[datetime], bool]


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a package; EvidenceError for what is none, or is a zip that readers could read in two ways."""
    if path.is_dir():
        names = frozenset(one.relative_to(path).as_posix() for one in path.rglob("*") if not one.is_dir())
        yield Opened(names, lambda name: _read_file(path / _of(names, name)), lambda _: True)
        return
    try:
        file = path.open("rb")
    except FileNotFoundError as exc:
        raise EvidenceError(f"{path}: there is no such package") from exc
    except OSError as exc:
        raise EvidenceError(f"{path}: cannot be read ({exc.strerror})") from exc
    with file:
        yield _zip(path, file)


def _zip(path: Path, file: BinaryIO) -> Opened:
    try:
        entries, moment = zipped.entries(file)
    except EvidenceError as exc:
        raise EvidenceError(f"{path}: {exc}") from exc
    by_name = {entry.name: entry for entry in entries}

    def read(name: str) -> bytes:
        return zipped.read(file, by_name[_of(by_name, name)])

    return Opened(frozenset(by_name), read, lambda at: zipped.is_of(moment, at))


def _of(names: Collection[str], name: object) -> str:
    """A name that the package has: what a manifest calls a file may lead anywhere else."""
    if not isinstance(name, str) or name not in names:
        raise EvidenceError("there is no such file in the package")
    return name


def _read_file(path: Path) -> bytes:
    """A file of a folder, itself and not where a link leads."""
    if path.is_symlink() or not path.is_file():
        raise EvidenceError("neither a file nor a folder: packages hold nothing else")
    try:
        if path.stat().st_size > zipped.LARGEST:
            raise EvidenceError(f"larger than {zipped.LARGEST} bytes")
        return path.read_bytes()
    except OSError as exc:
        raise EvidenceError(f"cannot be read ({exc.strerror})") from exc

"""What is worked out of data files, kept between processes: compiling the word lists anew is most of a start.

A kept value is plain JSON in a file of its own, under a digest of the data files, of the code that compiles them and of
the Python that ran it. Whatever does not match or cannot be read is worked out anew; where it cannot be written, it is
worked out each time. Nothing is kept until an entry point says where.
"""

import contextlib
import secrets
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

_HERE = Path(__file__).parent
_OWN_CODE = (_HERE / "domain", _HERE / "compiled.py", _HERE / "datafiles.py")
"""What any room compiles with."""
_DIGEST = 32
"""Bytes of a digest. A kept file begins with two: of what the value was made from, and of the value itself."""


class _Kept:
    folder: Path | None = None


def keep_in(folder: Path | None) -> None:
    """Keep compiled values of this process in `folder`, which is made when it is needed; None: keep nothing."""
    _Kept.folder = folder


def compiled(name: str, files: Iterable[Path], code: Path, build: Callable[[], Any], *, also: bytes = b"") -> Any:
    """What `build` makes of data files: lists, dicts with text keys, text and numbers, as JSON gives them back.

    `files` are all files that `build` reads, `code` the folder of the package that compiles them, `also` what else the
    value depends on. What `build` raises of a faulty file is raised; nothing is kept then.
    """
    folder = _Kept.folder
    digest = _digest_of(files, code, also) if folder else None
    if not folder or not digest:
        return orjson.loads(orjson.dumps(build()))
    path = folder / f"{name}.bin"
    value = _read(path, digest)
    if value is None:
        value = orjson.dumps(build())
        _write(path, digest + sha256(value).digest() + value)
    return orjson.loads(value)


def lines(words: Collection[str]) -> str:
    """Words without line breaks as one text, which is read ten times as fast as a list of them."""
    return "\n".join(words)


def words_of(text: str) -> list[str]:
    """What `lines` was given."""
    return text.split("\n") if text else []


class Table(Mapping[str, Any]):
    """Words → plain values, kept as two texts of lines; a value is read when it is asked for."""

    def __init__(self, kept: Mapping[str, str]) -> None:
        """`kept`: what `Table.of` gave."""
        self._texts = dict(zip(words_of(kept["words"]), words_of(kept["values"]), strict=True))

    @staticmethod
    def of(values: Mapping[str, Any]) -> dict[str, str]:
        """A table to keep. Words hold no line break."""
        return {"words": lines(values), "values": lines([orjson.dumps(value).decode() for value in values.values()])}

    def __getitem__(self, word: str) -> Any:
        return orjson.loads(self._texts[word])

    def get(self, word: str, default: Any = None) -> Any:
        """The value of a word, or `default`: most words are in no table."""
        text = self._texts.get(word)
        return default if text is None else orjson.loads(text)

    def __contains__(self, word: object) -> bool:
        return word in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


def _digest_of(files: Iterable[Path], code: Path, also: bytes) -> bytes | None:
    """None where a file cannot be read: `build` says which, and why."""
    digest = sha256(_digest_of_code(code) + also)
    try:
        for file in sorted(files):
            _add(digest, file)
    except OSError:
        return None
    return digest.digest()


@cache
def _digest_of_code(code: Path) -> bytes:
    digest = sha256(sys.version.encode())
    for place in (code, *_OWN_CODE):
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            _add(digest, file)
    return digest.digest()


def _add(digest: Any, file: Path) -> None:
    held = file.read_bytes()
    digest.update(f"{file.name} {len(held)}\n".encode())
    digest.update(held)


def _read(path: Path, digest: bytes) -> bytes | None:
    try:
        held = path.read_bytes()
    except OSError:
        return None
    value = held[2 * _DIGEST :]
    return value if held[: 2 * _DIGEST] == digest + sha256(value).digest() else None


def _write(path: Path, held: bytes) -> None:
    """Whole or not at all: other processes may be reading or writing it."""
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_bytes(held)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

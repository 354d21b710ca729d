"""Ordinary ads from a folder of JSON lines, to count false alarms on. Nothing of them is stored."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from zorya.domain.ads import Kind, Posting
from zorya.errors import DataFileError


def sets_of(folder: Path) -> list[Path]:
    """The `*.jsonl` and `*.jsonl.gz` files of a folder, each one set of ads; an empty folder is an error."""
    found = sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")])
    if not found:
        raise DataFileError(folder, "no ads here: expected *.jsonl or *.jsonl.gz, one {id, title, body} a line")
    return found


def name_of(path: Path) -> str:
    """Name of a set: its file without endings."""
    return path.name.removesuffix(".gz").removesuffix(".jsonl")


def read_set(path: Path, *, limit: int | None = None) -> Iterator[Posting]:
    """The first `limit` ads of a set; other keys than id, title and body are ignored."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        try:
            for number, line in enumerate(islice(lines, limit), 1):
                if line.strip():
                    yield _posting(path, number, line)
        except (OSError, EOFError, UnicodeDecodeError) as exc:
            raise DataFileError(path, f"cannot be read as UTF-8 JSON lines ({exc})") from exc


def _posting(path: Path, number: int, line: str) -> Posting:
    try:
        ad = json.loads(line)
        title, body = ad.get("title") or "", ad.get("body") or ""
        if not isinstance(title, str) or not isinstance(body, str):
            raise TypeError("title and body must be text")
        name = str(ad["id"])
    except (json.JSONDecodeError, AttributeError, TypeError, KeyError) as exc:
        raise DataFileError(path, f"expected an object with id, title, body ({exc})", line=number) from exc
    return Posting(name_of(path), name, f"ordinary:{name}", Kind.OTHER, title, body)

"""Rows of a foreign file: CSV, TSV, JSON lines, a JSON array, Parquet; the text formats also as `.gz`.

A row that cannot be read is a fault with its line; the rows around it are read.
"""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from zorya.errors import DataFileError

_FIELD_BYTES = 10 * 1024**2


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `line` is the 1-based line it begins or, in CSV, ends on; the number of the row in Parquet."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be used, and what to do about it."""

    line: int
    error: str


def rows(path: Path) -> Iterator[Row | Fault]:
    """The rows of a file in its order; raises DataFileError where nothing of it can be read."""
    packed = path.suffix == ".gz"
    suffix = Path(path.stem).suffix if packed else path.suffix
    reader = {".csv": _csv, ".tsv": _tsv, ".jsonl": _lines, ".ndjson": _lines, ".json": _array}.get(suffix.lower())
    if reader is None and suffix.lower() == ".parquet" and not packed:
        yield from _parquet(path)
        return
    if reader is None:
        raise DataFileError(path, "not .csv, .tsv, .jsonl, .json (each also .gz) or .parquet; rename or convert it")
    last = 1
    try:
        # a byte that is no UTF-8 becomes a lone surrogate, which `_judged` reports with its line
        how: dict[str, Any] = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}
        with gzip.open(path, "rt", **how) if packed else path.open(**how) as text:
            for row in reader(text):
                last = row.line
                yield _judged(row)
    except (EOFError, gzip.BadGzipFile, zlib.error) as exc:
        yield Fault(last + 1, f"the compressed file is damaged after this ({exc}); fetch it again")
    except OSError as exc:
        raise DataFileError(path, f"cannot be read ({exc.strerror or exc})") from exc


def _judged(row: Row | Fault) -> Row | Fault:
    if isinstance(row, Row) and _has_surrogate(row.values):
        return Fault(row.line, "is not UTF-8; save the file as UTF-8")
    return row


def _has_surrogate(value: Any) -> bool:
    if isinstance(value, str):
        return not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_surrogate(each) for each in inside)


def _tsv(text: IO[str]) -> Iterator[Row | Fault]:
    return _csv(text, delimiter="\t")


def _csv(text: IO[str], delimiter: str = ",") -> Iterator[Row | Fault]:
    csv.field_size_limit(_FIELD_BYTES)
    reader = csv.reader(text, delimiter=delimiter, strict=False)
    head: list[str] = []
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            yield Fault(reader.line_num, f"not a line of CSV ({exc})")
            continue
        if not head:
            head = [name.strip() for name in cells]
        elif len(cells) != len(head) and cells:
            yield Fault(reader.line_num, f"{len(cells)} cells under {len(head)} columns; quote texts that hold commas")
        elif cells:
            yield Row(reader.line_num, dict(zip(head, cells, strict=True)))


def _lines(text: IO[str]) -> Iterator[Row | Fault]:
    for number, line in enumerate(text, 1):
        if line.strip():
            yield _object(number, line)


def _object(number: int, line: str) -> Row | Fault:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as exc:
        return Fault(number, f"not JSON ({exc})")
    return Row(number, values) if isinstance(values, dict) else Fault(number, "not a JSON object")


def _array(text: IO[str]) -> Iterator[Row | Fault]:
    """Elements one by one, so that each has its line and what stands before a fault is kept."""
    whole, decoder = text.read(), json.JSONDecoder()
    at, line, counted = _past(whole, 0, "["), 1, 0
    while at < len(whole) and whole[at] != "]":
        line, counted = line + whole.count("\n", counted, at), at
        try:
            values, end = decoder.raw_decode(whole, at)
        except (ValueError, RecursionError) as exc:
            yield Fault(line, f"not JSON from here on ({exc})")
            return
        yield Row(line, values) if isinstance(values, dict) else Fault(line, "not a JSON object")
        at = _past(whole, end, ",")


def _past(text: str, at: int, mark: str) -> int:
    """Where the next value begins, after white space and one `mark`."""
    while at < len(text) and (text[at].isspace() or text[at] == mark):
        at += 1
    return at


def _parquet(path: Path) -> Iterator[Row | Fault]:
    try:
        parquet: Any = import_module("pyarrow.parquet")
    except ImportError as exc:
        raise DataFileError(path, "Parquet needs pyarrow: `pip install pyarrow`, or save it as CSV") from exc
    number = 0
    try:
        for batch in parquet.ParquetFile(path).iter_batches():
            for values in batch.to_pylist():
                number += 1
                yield Row(number, values)
    except (OSError, ValueError) as exc:  # pyarrow's errors derive from these
        raise DataFileError(path, f"not a Parquet file ({exc})") from exc

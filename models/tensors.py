"""Arrays of numbers and characters in one file, as safetensors lays them out, read and written without numpy.

The format (https://huggingface.co/docs/safetensors): the length of a header (8 bytes, little-endian), the header as
JSON (name → dtype, shape, place of its bytes; `__metadata__`: texts), then the bytes. Nothing in it can be run.
"""

import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

_LENGTH = 8
_HEADER_LIMIT = 16 * 1024**2
_SIZES = {"F64": 8, "I32": 4, "U8": 1}
_PLAIN = "plain"
"""The key of the metadata under which plain values stand, as JSON."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a file holds."""

    numbers: dict[str, Sequence[float]]
    texts: dict[str, str]
    plain: dict[str, Any]
    tables: dict[str, memoryview] = field(default_factory=dict)
    """Whole numbers of 32 bits, little-endian, as the bytes they are: a large table is not copied at each start."""


def pack(
    *,
    numbers: Mapping[str, Sequence[float]],
    texts: Mapping[str, str],
    plain: Mapping[str, Any],
    tables: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """A file of rows of numbers (64-bit floats), tables of whole numbers (32 bits, little-endian), texts (UTF-8) and
    plain JSON values. The names differ.
    """
    parts = [(name, "F64", len(row), _bytes_of(array("d", row))) for name, row in numbers.items()]
    parts += [(name, "I32", len(table) // 4, table) for name, table in tables.items()]
    parts += [(name, "U8", len(encoded := text.encode()), encoded) for name, text in texts.items()]
    header: dict[str, Any] = {"__metadata__": {_PLAIN: json.dumps(plain)}}
    end = 0
    for name, kind, length, held in parts:  # the widest numbers first: all stay at multiples of their size
        header[name] = {"dtype": kind, "shape": [length], "data_offsets": [end, end := end + len(held)]}
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % _LENGTH)
    return b"".join([len(head).to_bytes(_LENGTH, "little"), head, *(held for *_, held in parts)])


def unpack(data: bytes) -> Held:
    """The content of a file; raises ValueError, KeyError, TypeError or AttributeError where it is none.

    Rows follow each other without gap or overlap, as the format asks: a file cannot hold more than its own size.
    """
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    if len(data) < _LENGTH or start > len(data):
        raise ValueError("the header is cut short")
    if start > _HEADER_LIMIT:
        raise ValueError("the header is too large")
    header = json.loads(data[_LENGTH:start])
    plain = json.loads(header.pop("__metadata__")[_PLAIN])
    held = Held({}, {}, plain)
    view = memoryview(data)[start:]
    end = 0
    for name, about in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        first, after = about["data_offsets"]
        if not 0 <= first <= after <= len(view):
            raise ValueError(f"{name} lies outside the file")
        if first != end:
            raise ValueError(f"{name} does not begin where the row before it ends")
        if about["shape"] != [(after - first) / _SIZES[about["dtype"]]]:
            raise ValueError(f"{name} is no multiple of its shape")
        end = after
        if about["dtype"] == "F64":
            held.numbers[name] = _numbers_of(view[first:after])
        elif about["dtype"] == "I32":
            held.tables[name] = view[first:after]
        else:
            held.texts[name] = str(view[first:after], "utf-8")
    if end != len(view):
        raise ValueError("the file is longer than its rows")
    return held


def _bytes_of(row: "array[float]") -> bytes:
    if sys.byteorder == "big":
        row.byteswap()
    return row.tobytes()


def _numbers_of(data: memoryview) -> "array[float]":
    row = array("d")
    row.frombytes(data)
    if sys.byteorder == "big":
        row.byteswap()
    return row

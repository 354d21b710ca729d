"""Rows of numbers and texts in the layout of safetensors."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tensors import pack, unpack

_NAMES = st.text("abcdef ", min_size=1, max_size=4)


@given(
    st.dictionaries(_NAMES, st.lists(st.floats(allow_nan=False), max_size=4), max_size=3),
    st.dictionaries(_NAMES.map(str.upper), st.text(st.characters(codec="utf-8"), max_size=9), max_size=3),
)
def test_what_is_packed_comes_back(numbers: dict[str, list[float]], texts: dict[str, str]) -> None:
    plain = {"ngrams": [1, 2]}
    if numbers.keys() & texts.keys():
        return
    held = unpack(pack(numbers=numbers, texts=texts, plain=plain))
    assert {name: list(row) for name, row in held.numbers.items()} == numbers
    assert (held.texts, held.plain) == (texts, plain)


def test_others_find_the_rows_where_the_header_says() -> None:
    data = pack(numbers={"row": [1.5, -2.0]}, texts={"names": "я"}, plain={})
    (length,) = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8 : 8 + length]), data[8 + length :]
    assert header["row"] == {"dtype": "F64", "shape": [2], "data_offsets": [0, 16]}
    assert struct.unpack("<2d", body[:16]) == (1.5, -2.0)
    assert body[slice(*header["names"]["data_offsets"])].decode() == "я"
    assert (8 + length) % 8 == 0


@given(st.binary(max_size=200), st.integers(0, 200))
def test_what_is_no_such_file_is_an_error_that_can_be_told(noise: bytes, at: int) -> None:
    whole = pack(numbers={"row": [1.0] * 3}, texts={"names": "a"}, plain={"a": 1})
    for data in (noise, whole[:at], whole[:at] + noise + whole[at:]):
        try:
            unpack(data)
        except (ValueError, KeyError, TypeError, AttributeError):
            continue


@pytest.mark.parametrize("offsets", [[0, 1 << 40], [8, 0], [-8, 8], [0, 7]])
def test_a_row_that_lies_outside_or_is_cut_is_refused(offsets: list[int]) -> None:
    header = {"__metadata__": {"plain": "{}"}, "row": {"dtype": "F64", "shape": [1], "data_offsets": offsets}}
    head = json.dumps(header).encode()
    with pytest.raises(ValueError, match=r"outside|multiple"):
        unpack(len(head).to_bytes(8, "little") + head + bytes(16))

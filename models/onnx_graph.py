"""What an ONNX file may not do, found without loading it: tensors that live in other files, operators of others, loops.

An ONNX file is a protocol-buffer message (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto); this walks the
messages that can hold a tensor, by the numbers of their fields, and skips all other bytes.
"""

from collections.abc import Iterator

_INSIDE: dict[str, dict[int, str]] = {
    "model": {7: "graph", 8: "opset", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 9: "opset", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
"""Kind of message → number of the field → kind of the message in it."""
_EXTERNAL_DATA, _DATA_LOCATION, _OPSET_DOMAIN, _OPERATOR = 13, 14, 1, 4
_DOMAINS = {b"", b"ai.onnx", b"ai.onnx.ml", b"com.microsoft"}
"""Operators that onnxruntime brings itself."""
_LOOPS = {b"Loop", b"Scan", b"SequenceMap", b"BeamSearch", b"GreedySearch", b"Sampling", b"WhisperBeamSearch"}
"""Operators whose work the file's size does not bound; no encoder has one."""
_DEPTH_LIMIT = 64
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def refuse_what_reaches_out(data: bytes) -> None:
    """Raise ValueError where the model reads other files, asks for foreign operators, loops, or is no such message."""
    waiting = [("model", memoryview(data), 0)]
    while waiting:
        kind, message, depth = waiting.pop()
        if depth > _DEPTH_LIMIT:
            raise ValueError("the graph is nested too deeply")
        for number, value in _fields(message):
            if kind == "tensor" and (number == _EXTERNAL_DATA or (number == _DATA_LOCATION and value != 0)):
                raise ValueError("a tensor of it lies in another file")
            if kind == "opset" and number == _OPSET_DOMAIN and bytes(_as_bytes(value)) not in _DOMAINS:
                raise ValueError(f"it needs operators of {bytes(_as_bytes(value))!r}")
            if kind == "node" and number == _OPERATOR and bytes(_as_bytes(value)) in _LOOPS:
                raise ValueError(f"it has a loop ({bytes(_as_bytes(value)).decode()}), which may not end")
            inside = _INSIDE.get(kind, {}).get(number)
            if inside is not None:
                waiting.append((inside, _as_bytes(value), depth + 1))


def _as_bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number stands where a message should be")
    return value


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field: a whole number, or the bytes of anything longer."""
    place = 0
    while place < len(message):
        tag, place = _varint(message, place)
        wire = tag & 7
        if wire == _VARINT:
            number, place = _varint(message, place)
            yield tag >> 3, number
            continue
        if wire == _BYTES:
            length, place = _varint(message, place)
        elif wire in (_FIXED32, _FIXED64):
            length = 4 if wire == _FIXED32 else 8
        else:
            raise ValueError(f"not an ONNX file: wire type {wire}")
        if place + length > len(message):
            raise ValueError("the file is cut short")
        yield tag >> 3, message[place : place + length]
        place += length


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(message):
            break
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, place
    raise ValueError("the file is cut short")

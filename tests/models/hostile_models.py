"""Fifty and more ways to make a stored model hostile: each takes a sound one and spoils it.

Every case may use the canary: a path that only code inside the model would create. `signed` writes the digests anew, so
that the file passes for what its manifest says and only its content is left to refuse.
"""

import json
import marshal
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from models.grams import SLOTS
from models.registry.manifest import FILE as MANIFEST
from models.served_file import FILE
from models.tensors import pack
from zorya.domain.ids import sha256_hex

Case = Callable[[Path, Path], None]
"""(folder of the version, canary) → None."""
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    """Register a way to spoil a model."""
    CASES[function.__name__] = function
    return function


def sound(**changed: Any) -> dict[str, bytes]:
    """The files of a tiny sound model, or of one with some values changed."""
    values: dict[str, Any] = {
        "numbers": {"named": [0.1, 0.2], "intercepts": [0.0, 0.0], "possible": [-1.0, 1.0], "units": [1.0] * 3},
        "table": bytes(SLOTS * 3 * 4),
        "letters": 4,
        "names": "hit A1",
        "targets": "concern\nloverboy",
        "calibrations": {"concern": ("platt", [1.0, 0.0]), "loverboy": ("platt", [1.0, 0.0])},
        "prior_shift": 0.0,
    } | changed
    maps = values["calibrations"].items()
    families, rows = {name: kind for name, (kind, _) in maps}, {f"calibration {name}": row for name, (_, row) in maps}
    numbers = values["numbers"] | {name: changed[name] for name in values["numbers"].keys() & changed.keys()} | rows
    numbers["text units"] = numbers.pop("units")
    plain = {"families": families, "prior_shift": values["prior_shift"], "letters": values["letters"]}
    texts = {name: values[name] for name in ("names", "targets")}
    return {FILE: pack(numbers=numbers, texts=texts, plain=plain, tables={"text": values["table"]})}


def rewritten(home: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """The manifest with something changed."""
    values = json.loads((home / MANIFEST).read_text())
    values = change(values) or values
    (home / MANIFEST).write_text(json.dumps(values))


def signed(home: Path, data: bytes) -> None:
    """A file of this content, and a manifest that vouches for it."""
    (home / FILE).write_bytes(data)
    rewritten(home, lambda values: values.update(files={FILE: sha256_hex(data)}))


class Payload:
    """What runs when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.canary}",)


def zipped(**members: bytes) -> bytes:
    """A ZIP archive."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return held.getvalue()


def tensors(header: object, body: bytes = b"", *, length: int | None = None) -> bytes:
    """A file laid out as safetensors with any header."""
    head = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(head) if length is None else length) + head + body


@case
def manifest_is_cut_short(home: Path, canary: Path) -> None:
    data = (home / MANIFEST).read_bytes()
    (home / MANIFEST).write_bytes(data[: len(data) // 2])


def linked(path: Path) -> None:
    """A link in the place of a file or folder."""
    path.symlink_to(path.rename(path.parent.parent / "elsewhere"))


def piped(path: Path) -> None:
    """A pipe in the place of a file: who reads it waits for ever."""
    path.unlink()
    os.mkfifo(path)


def foldered(path: Path) -> None:
    """A folder in the place of a file."""
    path.unlink()
    path.mkdir()


def _kind(kind: object) -> Case:
    return lambda home, canary: rewritten(home, lambda values: values.update(kind=kind))


CASES |= {
    "kind_pickle": _kind("pickle"),
    "kind_joblib": _kind("joblib"),
    "kind_is_a_function": _kind("os.system"),
    "kind_is_dunder": _kind("__class__"),
    "kind_is_a_table": _kind({"linear": 1}),
    "kind_is_skops": _kind("skops"),
}


def _files(files: object) -> Case:
    return lambda home, canary: rewritten(home, lambda values: values.update(files=files))


_ANY = "a" * 64
CASES |= {
    "no_files": _files({}),
    "files_are_a_list": _files([FILE]),
    "file_above_the_folder": _files({"../../../etc/passwd": _ANY}),
    "file_by_absolute_path": _files({"/etc/passwd": _ANY}),
    "file_with_a_zero_byte": _files({f"{FILE}\0.txt": _ANY}),
    "file_with_backslashes": _files({"..\\..\\model": _ANY}),
    "file_that_is_hidden": _files({".bashrc": _ANY}),
    "file_of_the_terminal": _files({"\x1b]0;owned\x07": _ANY}),
    "file_that_is_a_device": _files({"/dev/zero": _ANY}),
    "digest_is_short": _files({FILE: "ab"}),
    "digest_is_a_number": _files({FILE: 0}),
    "digest_is_empty": _files({FILE: ""}),
    "files_without_end": _files({f"f{number}": _ANY for number in range(50_000)}),
}


@case
def file_differs_from_its_digest(home: Path, canary: Path) -> None:
    data = bytearray((home / FILE).read_bytes())
    data[-1] ^= 1
    (home / FILE).write_bytes(bytes(data))


@case
def file_is_three_gigabytes_of_nothing(home: Path, canary: Path) -> None:
    with (home / FILE).open("wb") as file:
        file.truncate(3 * 1024**3)


@case
def numpy_array_of_objects(home: Path, canary: Path) -> None:
    head = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
    signed(home, b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + pickle.dumps(Payload(canary)))


@case
def skops_archive_of_foreign_types(home: Path, canary: Path) -> None:
    schema = {"__class__": "system", "__module__": "os", "__loader__": "ReduceNode", "args": [f"touch {canary}"]}
    signed(home, zipped(schema=json.dumps(schema).encode()))


@case
def keras_lambda(home: Path, canary: Path) -> None:
    code = marshal.dumps(compile(f"__import__('os').system('touch {canary}')", "x", "exec"))
    signed(home, zipped(config=b'{"class_name": "Lambda"}', code=code))


@case
def onnx_with_weights_elsewhere(home: Path, canary: Path) -> None:
    location = b"location\x12\x0b/etc/passwd"
    signed(home, b"\x08\x08:" + bytes([len(location)]) + location)


def _row(first: object, after: object, *, dtype: str = "F64", shape: object = None) -> dict[str, Any]:
    return {"dtype": dtype, "shape": [1] if shape is None else shape, "data_offsets": [first, after]}


def _header(**rows: object) -> Case:
    header = {"__metadata__": {"plain": "{}"}, **rows}
    return lambda home, canary: signed(home, tensors(header, bytes(16)))


CASES |= {
    "row_outside_the_file": _header(a=_row(0, 1 << 50)),
    "row_before_the_file": _header(a=_row(-8, 0)),
    "rows_over_each_other": _header(**{f"r{number}": _row(0, 16, shape=[2]) for number in range(20_000)}),
    "rows_with_a_gap": _header(a=_row(8, 16)),
    "row_of_objects": _header(a=_row(0, 16, dtype="O")),
    "row_of_another_shape": _header(a=_row(0, 16, shape=[1 << 40])),
    "row_at_half_a_byte": _header(a=_row(0.5, 8)),
}


@case
def terms_that_are_no_text(home: Path, canary: Path) -> None:
    header = {"__metadata__": {"plain": "{}"}, "chars": _row(0, 4, dtype="U8", shape=[4])}
    signed(home, tensors(header, b"\xff\xfe\xfd\xfc"))


def _spoilt(**changed: Any) -> Case:
    return lambda home, canary: signed(home, sound(**changed)[FILE])


_NAN, _INF = float("nan"), float("inf")
_MAP = ("platt", [1.0, 0.0])
CASES |= {
    "coefficient_not_a_number": _spoilt(named=[_NAN, 0.2]),
    "coefficient_without_end": _spoilt(named=[_INF, 0.2]),
    "unit_not_a_number": _spoilt(units=[1.0, _NAN, 1.0]),
    "unit_below_nothing": _spoilt(units=[-1.0, 1.0, 1.0]),
    "intercept_not_a_number": _spoilt(intercepts=[_NAN, 0.0]),
    "prior_shift_without_end": _spoilt(prior_shift=-_INF),
    "threshold_not_a_number": _spoilt(possible=[_NAN, 0.0]),
    "coefficients_too_few": _spoilt(named=[0.1]),
    "table_too_small": _spoilt(table=bytes(8)),
    "features_twice": _spoilt(names="hit A1\nhit A1", named=[0.1, 0.2, 0.3, 0.4]),
    "letters_of_a_billion": _spoilt(letters=10**9),
    "letters_backwards": _spoilt(letters=-3),
    "intercepts_too_few": _spoilt(intercepts=[0.0]),
    "calibration_of_nothing": _spoilt(calibrations={"concern": _MAP}),
    "calibration_of_no_family": _spoilt(calibrations={"concern": ("os.system", [1.0, 0.0]), "loverboy": _MAP}),
    "calibration_not_a_number": _spoilt(calibrations={"concern": ("platt", [_NAN, 0.0]), "loverboy": _MAP}),
    "no_target_concern": _spoilt(targets="loverboy\nother", calibrations={"loverboy": _MAP, "other": _MAP}),
    "target_nobody_knows": _spoilt(targets="concern\nethnicity", calibrations={"concern": _MAP, "ethnicity": _MAP}),
}


CASES |= {
    "version_is_a_link": lambda home, canary: linked(home),
    "manifest_is_a_link": lambda home, canary: linked(home / MANIFEST),
    "manifest_is_a_pipe": lambda home, canary: piped(home / MANIFEST),
    "manifest_is_a_folder": lambda home, canary: foldered(home / MANIFEST),
    "file_is_a_link": lambda home, canary: linked(home / FILE),
    "file_is_a_pipe": lambda home, canary: piped(home / FILE),
    "file_is_a_folder": lambda home, canary: foldered(home / FILE),
    "manifest_is_no_json": lambda home, canary: (home / MANIFEST).write_text(
        f"__import__('os').system('touch {canary}')"
    ),
    "manifest_is_a_pickle": lambda home, canary: (home / MANIFEST).write_bytes(pickle.dumps(Payload(canary))),
    "manifest_is_yaml_with_an_object": lambda home, canary: (home / MANIFEST).write_text(
        f'!!python/object/apply:os.system ["touch {canary}"]'
    ),
    "manifest_is_empty": lambda home, canary: (home / MANIFEST).write_bytes(b""),
    "manifest_is_a_list": lambda home, canary: (home / MANIFEST).write_text("[1, 2]"),
    "manifest_is_nested_without_end": lambda home, canary: (home / MANIFEST).write_text("[" * 200_000),
    "manifest_in_another_encoding": lambda home, canary: (home / MANIFEST).write_text(
        (home / MANIFEST).read_text(), encoding="utf-16"
    ),
    "manifest_is_huge": lambda home, canary: rewritten(
        home, lambda values: values.update(metrics={"x": "a" * 5_000_000})
    ),
    "manifest_has_an_unknown_key": lambda home, canary: rewritten(
        home, lambda values: values.update(__class__="os.system", on_load=f"touch {canary}")
    ),
    "manifest_lacks_a_key": lambda home, canary: rewritten(
        home, lambda values: {name: value for name, value in values.items() if name != "kind"}
    ),
    "manifest_of_another_name": lambda home, canary: rewritten(home, lambda values: values.update(name="other")),
    "manifest_of_another_version": lambda home, canary: rewritten(home, lambda values: values.update(version="v2")),
    "file_is_cut_short": lambda home, canary: (home / FILE).write_bytes((home / FILE).read_bytes()[:-7]),
    "file_is_missing": lambda home, canary: (home / FILE).unlink(),
    "pickle_of_the_oldest_protocol": lambda home, canary: signed(home, pickle.dumps(Payload(canary), 0)),
    "pickle_of_the_newest_protocol": lambda home, canary: signed(
        home, pickle.dumps(Payload(canary), pickle.HIGHEST_PROTOCOL)
    ),
    "joblib_compressed": lambda home, canary: signed(home, zlib.compress(pickle.dumps(Payload(canary)))),
    "torch_archive": lambda home, canary: signed(
        home, zipped(archive__data__pkl=pickle.dumps(Payload(canary)), archive__version=b"3")
    ),
    "zip_bomb": lambda home, canary: signed(home, zipped(model=bytes(50_000_000))),
    "plain_python": lambda home, canary: signed(home, f"import os\nos.system('touch {canary}')\n".encode()),
    "empty_file": lambda home, canary: signed(home, b""),
    "header_longer_than_the_file": lambda home, canary: signed(home, tensors({}, length=2**63)),
    "header_of_seventeen_megabytes": lambda home, canary: signed(home, tensors(b"{" + b" " * 17_000_000 + b"}")),
    "header_nested_without_end": lambda home, canary: signed(home, tensors(b"[" * 200_000)),
    "header_is_a_pickle": lambda home, canary: signed(home, tensors(pickle.dumps(Payload(canary)))),
    "header_without_values": lambda home, canary: signed(home, tensors({})),
    "bytes_after_the_last_row": lambda home, canary: signed(
        home, (home / FILE).read_bytes() + pickle.dumps(Payload(canary))
    ),
    "plain_values_of_another_type": lambda home, canary: signed(
        home, pack(numbers={}, texts={}, plain={"ngrams": f"touch {canary}"})
    ),
}

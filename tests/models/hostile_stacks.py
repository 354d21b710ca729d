"""Ways to make a stored combination of models hostile: what its file says, and what its parts hold.

Each case takes the canary (a path that only code inside the model would create) and gives the files of a model whose
manifest vouches for them.
"""

import json
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from models.served_file import FILE as LINEAR
from models.served_stack import FILE
from models.tensors import pack

Files = dict[str, bytes]
Case = Callable[[Path], Files]
_NAN, _INF = float("nan"), float("inf")
_PARTS = {"one": "linear", "two": "indicators-only"}


def sound(part: Callable[..., Files], **changed: Any) -> Files:
    """The files of a tiny sound combination, or of one with some values changed; `part`: files of a sound part."""
    values: dict[str, Any] = {
        "parts": _PARTS,
        "intercepts": {"concern": 0.0, "loverboy": 0.0},
        "prior_shift": 0.0,
        "possible": [-1.0, 1.0],
        "weights": {"concern": [0.5, 0.5], "loverboy": [0.5, 0.5]},
    } | changed
    numbers = {"possible": values["possible"], **{f"weights {name}": row for name, row in values["weights"].items()}}
    plain = {name: values[name] for name in ("parts", "intercepts", "prior_shift")} | values.get("plain", {})
    own = {f"{name}.{LINEAR}": part()[LINEAR] for name in ("one", "two")}
    return {FILE: pack(numbers=numbers, texts=values.get("texts", {}), plain=plain)} | own


def cases(
    part: Callable[..., Files], payload: Callable[[Path], object], tensors: Callable[..., bytes], zipped: Any
) -> dict[str, Case]:
    """Every case by name. `part`, `payload`, `tensors`, `zipped`: those of the hostile linear models."""

    def spoilt(**changed: Any) -> Case:
        return lambda canary: sound(part, **changed)

    def stack_is(data: Callable[[Path], bytes]) -> Case:
        return lambda canary: sound(part) | {FILE: data(canary)}

    def part_is(data: Callable[[Path], bytes]) -> Case:
        return lambda canary: sound(part) | {f"two.{LINEAR}": data(canary)}

    def part_spoilt(**changed: Any) -> Case:
        return part_is(lambda canary: part(**changed)[LINEAR])

    def without(*names: str) -> Case:
        return lambda canary: {name: data for name, data in sound(part).items() if name not in names}

    return {
        **_combinations(spoilt),
        **_kinds(spoilt),
        **_contents("stack", stack_is, payload, tensors, zipped),
        **_contents("part", part_is, payload, tensors, zipped),
        **_spoilt_parts(part_spoilt),
        "stack_is_missing": without(FILE),
        "part_is_missing": without(f"two.{LINEAR}"),
        "every_part_is_missing": without(f"one.{LINEAR}", f"two.{LINEAR}"),
        "part_is_a_stack": part_is(lambda canary: sound(part)[FILE]),
        "stack_is_a_part": stack_is(lambda canary: part()[LINEAR]),
    }


def _combinations(spoilt: Callable[..., Case]) -> Mapping[str, Case]:
    both = {"concern": [0.5, 0.5], "loverboy": [0.5, 0.5]}
    return {
        "weight_not_a_number": spoilt(weights=both | {"loverboy": [_NAN, 0.5]}),
        "weight_without_end": spoilt(weights=both | {"concern": [_INF, 0.5]}),
        "weights_too_few": spoilt(weights=both | {"concern": [0.5]}),
        "weights_too_many": spoilt(weights=both | {"concern": [0.5, 0.5, 0.5]}),
        "no_weights": spoilt(weights={"loverboy": [0.5, 0.5]}),
        "intercept_not_a_number": spoilt(intercepts={"concern": _NAN, "loverboy": 0.0}),
        "intercept_is_text": spoilt(intercepts={"concern": "os.system", "loverboy": 0.0}),
        "intercepts_are_a_list": spoilt(intercepts=[0.0, 0.0]),
        "no_target_concern": spoilt(intercepts={"loverboy": 0.0}),
        "target_no_part_has": spoilt(
            intercepts={"concern": 0.0, "ethnicity": 0.0}, weights=both | {"ethnicity": [0.5, 0.5]}
        ),
        "prior_shift_without_end": spoilt(prior_shift=_INF),
        "prior_shift_is_a_table": spoilt(prior_shift={"__reduce__": "os.system"}),
        "threshold_not_a_number": spoilt(possible=[_NAN, 0.0]),
        "thresholds_too_many": spoilt(possible=[0.0, 0.0, 0.0]),
        "thresholds_too_few": spoilt(possible=[]),
    }


def _kinds(spoilt: Callable[..., Case]) -> Mapping[str, Case]:
    def two(kind: object) -> Case:
        return spoilt(parts=_PARTS | {"two": kind})

    return {
        "no_parts": spoilt(parts={}),
        "parts_are_a_list": spoilt(parts=["linear", "linear"]),
        "parts_are_text": spoilt(parts="linear"),
        "part_nobody_has": spoilt(parts=_PARTS | {"three": "linear"}),
        "part_of_itself": two("stacked"),
        "part_is_a_transformer": two("transformer"),
        "part_is_a_cascade": two("cascade"),
        "part_is_a_pickle": two("pickle"),
        "part_is_a_function": two("os.system"),
        "part_is_dunder": two("__class__"),
        "part_is_a_table": two({"linear": 1}),
        "part_is_nothing": two(None),
        "part_above_the_folder": spoilt(parts={"one": "linear", "../../etc/passwd": "linear"}),
        "part_by_absolute_path": spoilt(parts={"one": "linear", "/etc/passwd": "linear"}),
        "parts_without_end": spoilt(parts={f"part{number}": "linear" for number in range(50_000)}),
    }


def _contents(
    what: str,
    place: Callable[[Callable[[Path], bytes]], Case],
    payload: Callable[[Path], object],
    tensors: Callable[..., bytes],
    zipped: Any,
) -> Mapping[str, Case]:
    found: dict[str, Callable[[Path], bytes]] = {
        "empty": lambda canary: b"",
        "pickle": lambda canary: pickle.dumps(payload(canary)),
        "torch_archive": lambda canary: zipped(archive__data__pkl=pickle.dumps(payload(canary))),
        "plain_python": lambda canary: f"import os\nos.system('touch {canary}')\n".encode(),
        "header_longer_than_the_file": lambda canary: tensors({}, length=2**63),
        "header_nested_without_end": lambda canary: tensors(b"[" * 200_000),
        "header_is_a_pickle": lambda canary: tensors(pickle.dumps(payload(canary))),
        "header_of_yaml": lambda canary: tensors(f'!!python/object/apply:os.system ["touch {canary}"]'.encode()),
        "row_outside_the_file": lambda canary: tensors(_row(0, 1 << 50), bytes(16)),
        "row_of_objects": lambda canary: tensors(_row(0, 16, "O"), bytes(16)),
        "values_are_no_json": lambda canary: tensors({"__metadata__": {"plain": f"os.system('touch {canary}')"}}),
    }
    return {f"{what}_{name}": place(data) for name, data in found.items()}


def _row(first: int, after: int, kind: str = "F64") -> dict[str, Any]:
    row = {"dtype": kind, "shape": [1], "data_offsets": [first, after]}
    return {"__metadata__": {"plain": json.dumps({})}, "a": row}


def _spoilt_parts(part_spoilt: Callable[..., Case]) -> Mapping[str, Case]:
    return {
        "part_coefficient_not_a_number": part_spoilt(named=[_NAN, 0.2]),
        "part_intercept_without_end": part_spoilt(intercepts=[_INF, 0.0]),
        "part_threshold_not_a_number": part_spoilt(possible=[_NAN, 0.0]),
        "part_table_too_small": part_spoilt(table=bytes(8)),
        "part_letters_of_a_billion": part_spoilt(letters=10**9),
        "part_features_twice": part_spoilt(names="hit A1\nhit A1", named=[0.1, 0.2, 0.3, 0.4]),
        "part_lacks_a_target": part_spoilt(
            targets="concern", named=[0.1], intercepts=[0.0], units=[1.0] * 2,
            calibrations={"concern": ("platt", [1.0, 0.0])},
        ),
        "part_calibration_of_no_family": part_spoilt(
            calibrations={"concern": ("os.system", [1.0, 0.0]), "loverboy": ("platt", [1.0, 0.0])}
        ),
    }  # fmt: skip

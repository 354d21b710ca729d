"""The file of a linear model: rows of numbers and lists of terms, as `models.tensors` lays them out."""

import math
from collections.abc import Mapping

from models.served import ServedModel, Terms
from models.tensors import pack, unpack
from zorya.domain.findings import MODIFIERS, PATTERNS

FILE = "model.safetensors"
CONCERN = "concern"
_LONGEST = 8
"""Letters or words of the longest n-gram that is read: more would make one ad take minutes."""


def packed(model: ServedModel) -> dict[str, bytes]:
    """Rows of numbers, a row of coefficients a target; lists of names, one a line; what is left as plain values."""
    plain = {
        "ngrams": {"chars": model.chars.ngrams, "words": model.words.ngrams},
        "weights": model.weights,
        "intercepts": model.intercepts,
        "calibrations": model.calibrations,
        "prior_shift": model.prior_shift,
    }
    names = {"chars": model.chars.terms, "words": model.words.terms, "named": model.named, "targets": model.targets}
    data = pack(
        numbers={
            "chars_idf": model.chars.idf,
            "words_idf": model.words.idf,
            **dict(zip(map(_row_of, model.targets), model.coefficients, strict=True)),
        },
        texts={name: "\n".join(lines) for name, lines in names.items()},
        plain=plain,
    )
    return {FILE: data}


def unpacked(files: Mapping[str, bytes]) -> ServedModel:
    """The model of its files; raises ValueError, KeyError, TypeError or AttributeError where they hold none."""
    held = unpack(files[FILE])
    chars, words, named, targets = (
        tuple(held.texts[name].split("\n")) for name in ("chars", "words", "named", "targets")
    )
    plain = held.plain
    ngrams = {name: (int(low), int(high)) for name, (low, high) in plain["ngrams"].items()}
    model = ServedModel(
        chars=Terms(chars, held.numbers["chars_idf"], ngrams["chars"]),
        words=Terms(words, held.numbers["words_idf"], ngrams["words"]),
        named=named,
        weights=plain["weights"],
        targets=targets,
        coefficients=tuple(held.numbers[_row_of(target)] for target in targets),
        intercepts=tuple(map(float, plain["intercepts"])),
        calibrations={target: (float(a), float(b)) for target, (a, b) in plain["calibrations"].items()},
        prior_shift=float(plain["prior_shift"]),
    )
    _check_shapes(model)
    _check_values(model)
    return model


def _check_shapes(model: ServedModel) -> None:
    chars, words, named, targets = model.chars.terms, model.words.terms, model.named, model.targets
    columns = len(chars) + len(words) + len(named)
    if {len(row) for row in model.coefficients} != {columns} or len(model.intercepts) != len(targets):
        raise ValueError("coefficients do not fit the terms")
    if len(model.chars.idf) != len(chars) or len(model.words.idf) != len(words):
        raise ValueError("frequencies do not fit the terms")
    if len(model.chars.columns) != len(chars) or len(model.words.columns) != len(words) or len(set(named)) < len(named):
        raise ValueError("a term stands there twice")
    known = {CONCERN, *PATTERNS, *MODIFIERS}
    if len(set(targets)) < len(targets) or not {CONCERN} <= set(targets) <= known:
        raise ValueError("targets are not `concern` and patterns")
    if set(model.calibrations) != set(targets) or set(model.weights) != {"text", "indicators"}:
        raise ValueError("calibrations or weights do not fit the targets and blocks")
    if any(not 1 <= low <= high <= _LONGEST for low, high in (model.chars.ngrams, model.words.ngrams)):
        raise ValueError(f"n-grams are not of 1 to {_LONGEST}")


def _check_values(model: ServedModel) -> None:
    """A sum is finite only where every number is; a model of NaN would put every ad in the lowest band."""
    rows = (model.chars.idf, model.words.idf, model.intercepts, *model.coefficients, *model.calibrations.values())
    sums = (*map(sum, rows), *model.weights.values(), model.prior_shift)
    if not all(map(math.isfinite, sums)):
        raise ValueError("a number is not finite")


def _row_of(target: str) -> str:
    return f"coefficients {target}"

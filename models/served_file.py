"""The file of a linear model: rows of numbers, a table and lists of names, as `models.tensors` lays them out."""

from collections.abc import Mapping, Sequence
from itertools import chain

from models.calibrated import Calibration
from models.served import ServedModel
from models.served_text import TextTable
from models.serving import check_targets
from models.tensors import pack, unpack

FILE = "model.safetensors"
_UNIT = "text units"


def packed(model: ServedModel) -> dict[str, bytes]:
    """Rows of numbers, of the named features a row of coefficients after another; names one a line; the table."""
    numbers = {
        "named": tuple(chain.from_iterable(model.named.values())),
        "intercepts": model.intercepts,
        "possible": model.possible,
        **({_UNIT: model.text.units} if model.text else {}),
        **{f"calibration {target}": found.numbers for target, found in model.calibrations.items()},
    }
    plain = {
        "families": {target: found.family for target, found in model.calibrations.items()},
        "prior_shift": model.prior_shift,
        "letters": model.text.letters if model.text else None,
    }
    tables = {"text": bytes(model.text.table)} if model.text else {}
    texts = {"names": "\n".join(model.named), "targets": "\n".join(model.targets)}
    return {FILE: pack(numbers=numbers, texts=texts, plain=plain, tables=tables)}


def unpacked(files: Mapping[str, bytes]) -> ServedModel:
    """The model of its files; raises ValueError, KeyError, TypeError or AttributeError where they hold none."""
    held = unpack(files[FILE])
    names, targets = held.texts["names"].split("\n"), tuple(held.texts["targets"].split("\n"))
    _check_names(names, targets)
    letters = held.plain["letters"]
    named = tuple(held.numbers["named"])
    rows = [named[at : at + len(targets)] for at in range(0, len(named), len(targets))]
    yes_from, no_to = held.numbers["possible"]
    return ServedModel(
        text=None if letters is None else TextTable(int(letters), tuple(held.numbers[_UNIT]), held.tables["text"]),
        named=dict(zip(names, rows, strict=True)),
        targets=targets,
        intercepts=tuple(held.numbers["intercepts"]),
        calibrations={
            target: Calibration(held.plain["families"][target], tuple(held.numbers[f"calibration {target}"]))
            for target in targets
        },
        prior_shift=float(held.plain["prior_shift"]),
        possible=(yes_from, no_to),
    )


def _check_names(names: Sequence[str], targets: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise ValueError("a feature stands there twice")
    check_targets(targets)

"""A combination of served models as it is used and stored: a weighted sum of their log-odds per target."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from models.reading import Reading
from models.serving import FromLogOdds, check_targets, left_possible
from models.tensors import pack, unpack

FILE = "stack.safetensors"
Kinds = Mapping[str, Callable[[Mapping[str, bytes]], FromLogOdds]]


@dataclass(frozen=True)
class StackedModel(FromLogOdds):
    """`coefficients[target]` has a number per part, in their order."""

    parts: tuple[FromLogOdds, ...]
    coefficients: dict[str, tuple[float, ...]]
    intercepts: dict[str, float]
    prior_shift: float
    possible: tuple[float, float]
    """As of `models.served.ServedModel`."""

    def __post_init__(self) -> None:
        check_targets(self.answers)
        if set(map(len, self.coefficients.values())) != {len(self.parts)}:
            raise ValueError("coefficients do not fit the parts")
        if any(not set(self.answers) <= set(part.answers) for part in self.parts):
            raise ValueError("a part lacks a target")
        numbers = chain(self.intercepts.values(), (self.prior_shift,), *self.coefficients.values())
        if not all(map(math.isfinite, numbers)) or any(map(math.isnan, self.possible)):
            raise ValueError("numbers of the model are not finite")

    @property
    def shift(self) -> float:
        """`prior_shift`."""
        return self.prior_shift

    @property
    def answers(self) -> tuple[str, ...]:
        """Those that are combined."""
        return tuple(self.intercepts)

    def log_odds_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        """Of each reading: target → calibrated log-odds at the prevalence of the labels."""
        said = [part.log_odds_of(readings) for part in self.parts]
        return [self._combined(each) for each in zip(*said, strict=True)]

    def answers_left(self, probability: float) -> tuple[bool, bool]:
        """As `models.serving.Served` has it."""
        return left_possible(probability, self.shift, self.possible)

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        """Those of the first part that knows any, as it weighs here."""
        for part, weight in zip(self.parts, self.coefficients["concern"], strict=True):
            if weight > 0 and (told := part.telling_words(reading, limit)):
                return [(word, amount * weight) for word, amount in told]
        return []

    def _combined(self, parts: Sequence[dict[str, float]]) -> dict[str, float]:
        return {
            target: sum((part[target] * weight for part, weight in zip(parts, weights, strict=True)), start)
            for (target, weights), start in zip(self.coefficients.items(), self.intercepts.values(), strict=True)
        }


def packed(model: StackedModel, parts: Mapping[str, tuple[str, Mapping[str, bytes]]]) -> dict[str, bytes]:
    """The combination, and every part's files under its name; `parts`: name → kind and files."""
    plain = {
        "parts": {name: kind for name, (kind, _) in parts.items()},
        "intercepts": model.intercepts,
        "prior_shift": model.prior_shift,
    }
    numbers = {"possible": model.possible, **{f"weights {name}": row for name, row in model.coefficients.items()}}
    stored = {FILE: pack(numbers=numbers, texts={}, plain=plain)}
    return stored | {f"{name}.{file}": data for name, (_, files) in parts.items() for file, data in files.items()}


def unpacked(files: Mapping[str, bytes], kinds: Kinds) -> StackedModel:
    """The model of its files; a part of a kind not in `kinds`, and anything else that is wrong, raises ValueError,
    KeyError, TypeError or AttributeError.
    """
    held = unpack(files[FILE])
    parts = []
    for name, kind in held.plain["parts"].items():
        own = {file.removeprefix(f"{name}."): data for file, data in files.items() if file.startswith(f"{name}.")}
        parts.append(kinds[kind](own))
    yes_from, no_to = held.numbers["possible"]
    intercepts = {str(target): float(value) for target, value in held.plain["intercepts"].items()}
    return StackedModel(
        parts=tuple(parts),
        coefficients={target: tuple(held.numbers[f"weights {target}"]) for target in intercepts},
        intercepts=intercepts,
        prior_shift=float(held.plain["prior_shift"]),
        possible=(yes_from, no_to),
    )

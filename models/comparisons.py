"""The leaves of an indicator's conditions, and what a condition is when it is read of an ad: plain values.

`models.conditions` says what may stand in a file, and checks it.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

Plain = str | dict[str, Any]
"""A condition that was checked: a leaf, or one operator and its parts."""
OWN = "phrases"
"""The leaf that stands for the entry's own phrases."""
CODE = re.compile(r"[A-G]\d{1,2}")
NAME = re.compile(r"[a-z][a-z0-9_]*")
_COMPARISON = re.compile(
    r"(?P<fact>[a-z_]+(?:\.[a-z_]+)*) *(?P<sign><=|>=|==|!=|<|>) *(?P<value>-?\d+(?:\.\d+)?|[a-z_]+)"
)
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A fact held against a number or a word."""

    fact: str
    sign: str
    value: float | str

    def holds(self, stated: float | str) -> bool:
        """Whether what an ad states fulfils it."""
        return _SIGNS[self.sign](stated, self.value)


@cache
def parse_comparison(leaf: str) -> Comparison | None:
    """The comparison a leaf writes; None when it is a name. Raises ValueError for a word with `<` or `>`."""
    match = _COMPARISON.fullmatch(leaf)
    if not match:
        return None
    fact, sign, value = match.groups()
    if re.match(r"-?\d", value):
        return Comparison(fact, sign, float(value))
    if sign not in {"==", "!="}:
        raise ValueError(f"{leaf!r}: words are compared with == or !=")
    return Comparison(fact, sign, value)


def may_hold_alone(condition: Plain) -> bool:
    """Whether it may hold where none of the entry's own phrases and lists is found."""
    match condition:
        case str():
            return not NAME.fullmatch(condition)
        case {"any": parts}:
            return any(map(may_hold_alone, parts))
        case {"all": parts}:
            return all(map(may_hold_alone, parts))
        case _:
            return "near" not in condition

"""How much it tells that two ads agree in a slot: fixed classes of rarity, in bits.

A function of the slot alone and never of what else was seen: a round pay of 2,000 tells little, 1,870 much; `18-35`
little, `19-27` more; a country little, a town more. `Germany, warehouse, 2,000 EUR a month` is worth some 6 bits.
"""

from collections.abc import Callable
from typing import Any

from models.campaigns.roles import usual_roles

_USUAL_LOW = frozenset({None, 18, 20, 21})
_USUAL_HIGH = frozenset({None, 25, 30, 35, 40, 45, 50, 55, 60, 65})
_SMALL = 5
"""Numbers up to this are in every ad."""
_ROUND = ((1000, 1.5), (500, 2.0), (100, 3.0), (50, 3.5), (10, 4.5))
"""Amounts from a hundred on: multiple of → bits."""
_EXACT = 5.5
_SMALL_AMOUNT, _SMALL_BITS, _CENTS = 100, 2.5, 5.0


def _amount(told: tuple[str, float]) -> float:
    amount = told[1]
    if amount < _SMALL_AMOUNT:
        return _SMALL_BITS if amount == int(amount) else _CENTS
    return next((bits for step, bits in _ROUND if amount % step == 0), _EXACT)


def _ages(told: tuple[int | None, int | None]) -> float:
    low, high = told
    if low is None or high is None:
        return 1.0
    return 1.5 + 1.5 * (low not in _USUAL_LOW) + 1.5 * (high not in _USUAL_HIGH)


_BITS: dict[str, Callable[[Any], float]] = {
    "country": lambda _: 2.0,
    "town": lambda _: 3.5,
    "amount": _amount,
    "rate": lambda _: 0.5,
    "ages": _ages,
    "gender": lambda _: 1.0,
    "hours": lambda told: 1.0 if told[1] in {8, 40, 5} else 2.0,
    "role": lambda told: 2.0 if told in usual_roles() else 3.0,
    "fact": lambda _: 0.5,
    "code": lambda _: 0.3,
    "date": lambda _: 5.0,
    "number": lambda told: 0.5 if told <= _SMALL else 1.5,
}


def bits_of(slot: str, told: Any) -> float:
    """Bits of an agreement in one value of a slot."""
    return _BITS[slot](told)

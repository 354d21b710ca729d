"""Two ads of different languages held against each other, slot by slot: the same offer, perhaps, or not.

Specific enough is decided by the two ads alone (`offer_bits`): agreements bring bits, a contradiction (another
country, no amount in common, an amount for another period, other ages, other roles, another gender) ends it. What
only one of them states costs a little, for a version may leave things out. Without the work, and place, pay and numbers
enough in common, nothing is specific: two farms that pay the same in one town are two farms.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models.campaigns.offer import Offer
from models.campaigns.offer_bits import bits_of

SPECIFIC = 16.0
"""Bits from which an agreement is as specific as need be."""
STRONG, WEAK = 0.8, 0.45
"""Likeness from which a tie is strong, and from which it is a proposal."""
_EXACT, _HARD = 11.0, frozenset({"country", "town", "amount", "ages", "hours", "date", "number"})
"""Bits that place, pay and numbers must bring together, beside the same work: `Vienna, 1,850 EUR` (9) is many a farm's,
with `19–27` beside it (13.5) or one day of departure (14) it is hardly another's."""
_UNSPECIFIC = 0.7
_SILENCE = 0.25
"""Share of its bits that a value costs which only one of the ads states."""
_MOST = {
    **{"amount": 8.0, "rate": 1.0, "town": 4.5, "country": 2.0, "role": 5.0},
    **{"fact": 3.0, "code": 2.0, "number": 5.0, "hours": 3.0, "date": 5.0},
}
"""Most bits that one slot brings: ten agreeing phrases of one board say no more than six."""
_TITLES = {
    "country": "country",
    "town": "town",
    "amount": "pay",
    "ages": "ages",
    "gender": "for",
    "role": "work",
    "hours": "working time",
    "fact": "conditions",
    "code": "indicators",
    "date": "days",
    "number": "other numbers",
}
"""Slots that an analyst is told of, and how they are called."""
_HOURS = {"day": "{} hours a day", "week": "{} hours a week", "days": "{} days a week"}
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str
    one: frozenset[Any]
    other: frozenset[Any]
    exclusive: bool
    """True when two ads that state it and share nothing contradict each other."""

    @property
    def shared(self) -> frozenset[Any]:
        return self.one & self.other

    @property
    def against(self) -> bool:
        return self.exclusive and bool(self.one) and bool(self.other) and not self.shared

    def bits(self, values: frozenset[Any]) -> float:
        return min(_MOST.get(self.name, 99.0), sum(bits_of(self.name, value) for value in values))


def likeness(one: Offer, other: Offer, *, chance: float = 0.0) -> tuple[float, tuple[str, ...]]:
    """How alike two offers are, 0 to 1, and what they share, as words for an analyst. 0 for ads of one language: there
    wording decides. `chance`: bits that agreement must bring on top, for it was looked for in many offers. Symmetric.
    """
    if one.language == other.language or not one.language or not other.language:
        return 0.0, ()
    slots = list(_slots(one, other))
    if any(slot.against for slot in slots):
        return 0.0, ()
    shared = {slot.name: slot.bits(slot.shared) for slot in slots}
    told = sum(shared.values())
    silent = sum(slot.bits(slot.one ^ slot.other) for slot in slots)
    if not told:
        return 0.0, ()
    value = min(1.0, told / (SPECIFIC + chance)) * told / (told + _SILENCE * silent)
    if not _specific(slots, shared, chance):
        value = min(value, _UNSPECIFIC)
    return round(value, 3), tuple(_reasons(slots))


def _specific(slots: Sequence[_Slot], shared: Mapping[str, float], chance: float) -> bool:
    """Whether what two ads share can be one offer for certain. Two that both name days, or both counts, and share none
    are a question for a person at most."""
    named = (slot for slot in slots if slot.name in {"date", "number"})
    others = any(slot.one and slot.other and not slot.shared for slot in named)
    return bool(shared["role"]) and sum(shared[name] for name in _HARD) >= _EXACT + chance and not others


def _slots(one: Offer, other: Offer) -> Iterator[_Slot]:
    def each(value: Any) -> frozenset[Any]:
        return frozenset() if value is None else frozenset({value})

    yield _Slot("country", one.countries, other.countries, True)
    yield _Slot("town", one.towns, other.towns, True)
    yield _Slot("amount", one.amounts, other.amounts, True)
    yield _Slot("rate", _rates(one, other), _rates(other, one), True)
    yield _Slot("ages", each(_ages(one, other)), each(_ages(other, one)), True)
    yield _Slot("gender", each(one.gender), each(other.gender), True)
    yield _Slot("role", one.roles, other.roles, True)
    yield _Slot("hours", one.hours, other.hours, False)
    yield _Slot("fact", one.facts, other.facts, False)
    yield _Slot("code", one.codes, other.codes, False)
    yield _Slot("date", one.dates, other.dates, False)
    yield _Slot("number", one.numbers, other.numbers, False)


def _ages(one: Offer, other: Offer) -> tuple[int | None, int | None] | None:
    """Ages of an ad; where it is not plain that they are ages, those of the other whose both numbers it has."""
    return one.ages or (other.ages if other.ages and one.numbers.issuperset(other.ages) else None)


def _rates(one: Offer, other: Offer) -> frozenset[Any]:
    """Rates of the amounts that the other has too: `200 a day` is not `200 a month`."""
    return frozenset(rate for rate in one.rates if rate[:2] in other.amounts)


def _reasons(slots: list[_Slot]) -> Iterator[str]:
    for slot in slots:
        if slot.shared and slot.name in _TITLES:
            told = [
                _told(slot.name, value) for value in sorted(slot.shared, key=lambda value: (str(type(value)), value))
            ]
            yield f"{_TITLES[slot.name]} {', '.join(told[:_SHOWN])}{' …' if len(told) > _SHOWN else ''}"


def _order(value: Any) -> tuple[float, str]:
    return (value, "") if isinstance(value, int) else (0, str(value))


def _told(slot: str, value: Any) -> str:
    if slot == "hours":
        return _HOURS[value[0]].format(f"{value[1]:g}")
    if slot == "date":
        return f"{value[0]}.{value[1]:02}."
    if slot == "amount":
        return f"{value[1]:,g} {value[0]}"
    if slot == "ages":
        return (
            f"{value[0]}–{value[1]}" if value[0] and value[1] else f"from {value[0]}" if value[0] else f"to {value[1]}"
        )
    return value.upper() if slot == "country" else str(value)

"""The schema of `models/lexicons/contacts.yml`, and the numbers that its words spell."""

from collections.abc import Iterator
from itertools import product

from pydantic import Field, field_validator

from zorya.datafiles import DataModel
from zorya.domain.ads import ContactKind


class Numerals(DataModel):
    """How a language reads digits out. Each entry may hold alternatives: `two|twice`."""

    digits: tuple[str, ...] = Field(min_length=10, max_length=10)
    teens: tuple[str, ...] = Field(min_length=10, max_length=10)
    tens: tuple[str, ...] = Field(min_length=8, max_length=8)
    hundreds: tuple[str, ...] = Field(max_length=9)
    joins: tuple[str, ...] = ()
    times: dict[str, int] = Field(default_factory=dict)
    compound: str | None = None

    @field_validator("compound")
    @classmethod
    def _names_both(cls, value: str | None) -> str | None:
        if value is not None and not ("{unit}" in value and "{tens}" in value):
            raise ValueError("needs both {unit} and {tens}")
        return value


class ContactWords(DataModel):
    """The schema of `contacts.yml`; the file says what each list is for."""

    channels: dict[ContactKind, tuple[str, ...]]
    other_networks: tuple[str, ...]
    no_handles: tuple[str, ...]
    dialled: tuple[str, ...]
    phone: tuple[str, ...]
    no_phone: tuple[str, ...]
    units: tuple[str, ...]
    at: dict[str, tuple[str, ...]]
    dot: tuple[str, ...]
    plus: tuple[str, ...]
    numbers: dict[str, Numerals]


def numbers_of(numerals: Numerals) -> Iterator[tuple[str, str]]:
    """(number word as written, its digits)."""
    below: list[tuple[str, str]] = []
    for base, entries in ((0, numerals.digits), (10, numerals.teens)):
        below += [(form, str(base + place)) for place, entry in enumerate(entries) for form in entry.split("|")]
    tens = [(form, 20 + 10 * place) for place, entry in enumerate(numerals.tens) for form in entry.split("|")]
    below += [(form, str(value)) for form, value in tens]
    if numerals.compound:
        units = [(form, int(value)) for form, value in below if 1 <= int(value) <= 9]
        for (ten, value), (unit, more) in product(tens, units):
            below.append((numerals.compound.format(unit=unit, tens=ten), str(value + more)))
    yield from below
    for place, entry in enumerate(numerals.hundreds):
        for form in entry.split("|"):
            yield form, str(100 * (place + 1))
            if numerals.compound:
                yield from ((form + word, str(100 * (place + 1) + int(value))) for word, value in below if value != "0")

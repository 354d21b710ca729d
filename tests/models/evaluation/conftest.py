"""Examples made by hand: readings are read once, labels are whatever a test needs."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

import pytest

from models.examples import Example
from models.reading import Reading, read
from zorya.domain.ads import Kind
from zorya.domain.reviews import VerdictLabel
from zorya.labelled import LabelledAd

TEXTS = (
    "Warehouse worker in Utrecht, contract from the first day, 40 hours a week, ask for Anna at the office desk",
    "Carer for an elderly couple in Graz, own room, paid holidays, references wanted, call after six in the evening",
    "Girls 18-25 for a club abroad, no experience needed, flat and ticket paid by us and deducted later, photos only",
    "Hostesses wanted, we keep your passport in the office, high earnings guaranteed, leave this week, full photo",
    "Baker for night shifts at a family bakery near the station, training given, uniform provided, bus pass paid",
    "Short ad",
)


@cache
def reading_of(text: str) -> Reading:
    """Read once."""
    return read(_ad("0", text).posting())


def _ad(name: str, text: str, *, concern: bool = False, **fields: Any) -> LabelledAd:
    label = VerdictLabel.CONCERN if concern else VerdictLabel.NO_CONCERN
    values: dict[str, Any] = {"language": "en", "group": "", "patterns": ()}
    values |= fields
    return LabelledAd(id=name, kind=Kind.JOB, title="", body=text, label=label, **values)


@pytest.fixture(scope="session")
def make() -> Callable[..., Example]:
    """An example of a text (number into `TEXTS`, or the text), with any field of a labelled ad."""

    def example(name: str, text: int | str = 0, **fields: Any) -> Example:
        body = TEXTS[text] if isinstance(text, int) else text
        return Example(_ad(name, body, **fields), reading_of(body))

    return example


@pytest.fixture(scope="session")
def day() -> Callable[[int], date]:
    """Day number n of a year."""
    return lambda number: date.fromordinal(date(2026, 1, 1).toordinal() + number)

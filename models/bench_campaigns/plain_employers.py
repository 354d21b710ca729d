"""Lawful employers whose names have no legal form: houses (`Bäckerei Lindner`), two words, one word.

Their ads stand on one board's form and carry the board's own address, as near-miss pairs that must not be merged.
"""

import random
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

from pydantic import RootModel

from models.bench_campaigns.bank import Bank
from zorya.datafiles import DataModel, load

FILE = Path(__file__).with_name("plain_employers.yml")
HOUSES, PAIRS, ALONE = 16, 12, 6
"""Employers of each kind in each language: half of them on the bank's form, which says `Employer:`, half on one
that does not. One word alone stands on the first: without a label nobody can tell it from any other word."""


class PlainTexts(DataModel):
    """Of one language; `houses` are formats, `frame` is a text like those of the bank."""

    houses: tuple[str, ...]
    names: tuple[str, ...]
    alone: tuple[str, ...]
    frame: str


class PlainFile(RootModel[dict[str, PlainTexts]]):
    """`plain_employers.yml`."""


@cache
def plain_texts() -> dict[str, PlainTexts]:
    """Language → its names and its form."""
    return load(FILE, PlainFile).root


def plain_employers(texts: Bank, chance: random.Random, *, held_out: bool) -> Iterator[tuple[str, str]]:
    """(name, form) of each employer of a language; the bank's form is the one of the run."""
    own = plain_texts()[texts.language]
    form = texts.held_out_frame if held_out else texts.frame
    houses = [house.format(name=name) for house in own.houses for name in own.names]
    pairs = [" ".join(pair) for pair in combinations(own.names, 2)]
    for names in (chance.sample(houses, HOUSES), chance.sample(pairs, PAIRS)):
        for at, name in enumerate(names):
            yield name, own.frame if at % 2 else form
    yield from ((name, form) for name in own.alone[:ALONE])

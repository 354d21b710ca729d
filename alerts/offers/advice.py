"""Whom to call and where to check an agency: `advice.yml`, by country."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import Field, HttpUrl

from zorya.datafiles import DataModel, load

FILE = Path(__file__).parent / "advice.yml"
_CALLABLE = r"^\+?[0-9]([0-9 ]{1,18})$"


class Line(DataModel):
    """A telephone line; `from_abroad` where the short or free number works in its country only."""

    name: str = Field(min_length=2, max_length=120)
    call: str = Field(pattern=_CALLABLE)
    from_abroad: str | None = Field(default=None, pattern=r"^\+[0-9 ]{7,20}$")
    source: str = Field(min_length=4, description="Where the number was read.")
    read: date
    draft: bool = Field(description="True until somebody from the country has called it.")


class Register(DataModel):
    """Where licensed agencies stand."""

    name: str = Field(min_length=2, max_length=120)
    address: HttpUrl
    source: str = Field(min_length=4, description="Where it was read that agencies stand there.")
    read: date
    draft: bool = Field(description="True until somebody from the country has opened it.")


class Country(DataModel):
    """Lines against trafficking first; registers of agencies."""

    lines: tuple[Line, ...] = Field(min_length=1)
    registers: tuple[Register, ...]


class Emergency(DataModel):
    """The number for danger now, and where it works (ISO alpha-2)."""

    call: str = Field(pattern=_CALLABLE)
    countries: tuple[str, ...]


class Advice(DataModel):
    """The whole file."""

    emergency: Emergency
    countries: dict[str, Country]


@cache
def advice() -> Advice:
    """The advice as shipped."""
    return load(FILE, Advice)


def countries_for(asker: str | None, named: Iterable[str]) -> list[str]:
    """The asker's country, then those the offer names, of which we know whom to call; all when none is known."""
    known = advice().countries
    wanted = [country for country in dict.fromkeys((asker, *named)) if country in known]
    return [country for country in wanted if country] or list(known)

"""Mapping files: which column of a foreign labelled set is what (`labeling/imports/mappings/*.yml`, or one's own)."""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from zorya.datafiles import DataModel, load
from zorya.domain.ads import Kind
from zorya.domain.findings import MODIFIERS, PATTERNS
from zorya.domain.reviews import VerdictLabel
from zorya.errors import ZoryaError

FOLDER = Path(__file__).with_name("mappings")
Names = tuple[str, ...]


class Columns(DataModel):
    """Columns of the set by what they hold; of several the first that is not empty counts, of `body` all, joined."""

    body: Names = Field(min_length=1)
    title: Names = ()
    id: Names = ()
    language: Names = ()
    source: Names = ()
    """Board or part of the set an ad is from, where the set has several; its name by default."""
    posted_on: Names = ()
    """ISO dates; anything else is passed over."""
    destination: Names = ()
    """A two-letter country, alone or before a comma (`US, NY, New York`)."""


class LabelColumn(DataModel):
    """Where the label is, and what its values (in small letters) are here."""

    columns: Names = Field(min_length=1)
    values: dict[str, VerdictLabel] = Field(min_length=1)
    ignore: Names = ()
    """Values whose rows are left out on purpose."""

    @field_validator("values")
    @classmethod
    def _small(cls, values: dict[str, VerdictLabel]) -> dict[str, VerdictLabel]:
        large = [value for value in values if value != value.lower()]
        if large:
            raise ValueError(f"write {', '.join(large)} in small letters")
        return values


class PatternColumn(DataModel):
    """Where patterns are named (one, or a list), and what they are called here."""

    columns: Names = Field(min_length=1)
    values: dict[str, str] = Field(min_length=1)

    @field_validator("values")
    @classmethod
    def _known(cls, values: dict[str, str]) -> dict[str, str]:
        unknown = set(values.values()) - {*PATTERNS, *MODIFIERS}
        if unknown:
            raise ValueError(f"unknown pattern {', '.join(sorted(unknown))}; there are {', '.join(PATTERNS)}")
        return values


class Mapping(DataModel):
    """A foreign labelled set, as far as Zorya reads it."""

    name: str = Field(pattern=r"[a-z0-9][a-z0-9-]{1,39}")
    title: str
    licence: str
    """What its publisher allows; it stands in every snapshot the set is in."""
    kind: Kind
    layout: Literal["rows", "label-studio"] = "rows"
    """`label-studio`: its JSON export; `data` fields and the names of the choices are columns."""
    language: str | None = Field(default=None, pattern=r"[a-z]{2}")
    """Of rows that state none; without it the reader finds out."""
    columns: Columns
    label: LabelColumn
    patterns: PatternColumn | None = None


def shipped() -> dict[str, Path]:
    """Name → file of the mappings that come with Zorya."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yml"))}


def load_mapping(name_or_path: str) -> Mapping:
    """A mapping by name, or one's own by path; errors name file and line."""
    known = shipped()
    if name_or_path in known:
        return load(known[name_or_path], Mapping)
    path = Path(name_or_path)
    if path.suffix in {".yml", ".yaml"} and path.is_file():
        return load(path, Mapping)
    raise ZoryaError(f"no mapping `{name_or_path}`: give one of {', '.join(known)}, or the path of a .yml file")

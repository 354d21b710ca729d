"""The data files of care, read once: topics, support lines, hotlines."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from zorya.datafiles import DataModel, load

FOLDER = Path(__file__).parent
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Site = Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}$")]
Said = dict[str, Annotated[str, Field(min_length=2)]]
_SPOKEN = {"en", "ro", "uk", "nl", "ru"}


class Ages(DataModel):
    """Ages of young people: `from` to `to`, before one of `years`, unless one of `unless` follows soon."""

    first: int = Field(alias="from", ge=1, le=17)
    last: int = Field(alias="to", ge=1, le=17)
    years: tuple[str, ...]
    unless: tuple[str, ...] = ()


class Topic(DataModel):
    """Something that may be hard to read, and how it is found."""

    id: str = Field(pattern="^[a-z]{3,20}$")
    name: Said
    note: Said
    words: dict[str, tuple[str, ...]]
    indicators: tuple[str, ...] = ()
    ages: Ages | None = None

    @model_validator(mode="after")
    def _said_in_all_languages(self) -> "Topic":
        for field in ("name", "note"):
            missing = _SPOKEN - set(getattr(self, field))
            if missing:
                raise ValueError(f"`{field}` lacks {', '.join(sorted(missing))}")
        return self


class TopicFile(DataModel):
    """All topics, in the order they are noted."""

    topics: tuple[Topic, ...]


class SupportLine(DataModel):
    """Somebody to talk to."""

    country: Country
    name: str
    number: str = Field(default="", pattern=r"^[0-9 +]*$")
    site: Site


class SupportFile(DataModel):
    """Support lines by language of the app."""

    languages: dict[str, tuple[SupportLine, ...]]


class Hotline(DataModel):
    """Where possible child abuse material is reported."""

    name: str
    site: Site


class HotlineFile(DataModel):
    """Hotlines by country, and the network that knows the others."""

    everywhere: Hotline
    countries: dict[Country, Hotline]


KINDS: dict[str, type[DataModel]] = {"topics": TopicFile, "support": SupportFile, "hotlines": HotlineFile}
"""File by file, what it must hold."""


@cache
def topics() -> tuple[Topic, ...]:
    """The topics, as shipped."""
    return load(FOLDER / "topics.yml", TopicFile).topics


@cache
def support() -> dict[str, tuple[SupportLine, ...]]:
    """Support lines by language of the app."""
    return load(FOLDER / "support.yml", SupportFile).languages


@cache
def hotlines() -> HotlineFile:
    """Reporting routes."""
    return load(FOLDER / "hotlines.yml", HotlineFile)

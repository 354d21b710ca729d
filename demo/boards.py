"""The boards of the town: the schema of `boards/*.yml`, and reading them."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from zorya.datafiles import DataModel, load
from zorya.domain.ads import Kind

FOLDER = Path(__file__).resolve().parent / "boards"
Layout = Literal["cards", "table", "broken", "jsonld", "telegram", "json", "feed"]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]


class Ad(DataModel):
    """One invented ad. `campaign` is what the writer meant; no page ever shows it."""

    id: str = Field(pattern=r"^[a-z0-9]+$")
    title: str = Field(min_length=1)
    body: str = Field(min_length=20)
    language: Language | None = None
    kind: Kind | None = None
    employer: str | None = None
    place: str | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    campaign: Annotated[str, Field(pattern=r"^k\d\d$")] | None = None


class Guest(DataModel):
    """A page that misbehaves: every real board has some."""

    id: str = Field(pattern=r"^[a-z0-9]+$")
    fault: Literal["error", "empty", "malformed"]


class Board(DataModel):
    """One board: its ads, and how it shows them."""

    title: str
    layout: Layout
    encoding: str = "utf-8"
    language: Language
    kind: Kind
    newest: date
    channel: str | None = None
    ads: tuple[Ad, ...]
    guests: tuple[Guest, ...] = ()

    def posted_on(self, ad: Ad) -> date:
        """Two ads a day, newest first in the file."""
        return self.newest - timedelta(days=self.ads.index(ad) // 2)

    def language_of(self, ad: Ad) -> str:
        """The ad's own language, or the board's."""
        return ad.language or self.language


@cache
def all_boards() -> dict[str, Board]:
    """Every board by name, in the order of their names."""
    return {path.stem: load(path, Board) for path in sorted(FOLDER.glob("*.yml"))}

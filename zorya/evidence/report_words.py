"""Words of the report, one file for all languages; every language has every word, with the same places to fill."""

import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from zorya.datafiles import DataModel, load

FILE = Path(__file__).with_name("report_words.yml")
LANGUAGES = ("en", "ro", "uk", "nl", "ru")
_PLACE = re.compile(r"\{(\w+)\}")


class WordFile(DataModel):
    """Key → language → words."""

    words: dict[Annotated[str, Field(pattern="^[a-z_]{2,40}$")], dict[str, str]]

    @model_validator(mode="after")
    def _whole(self) -> "WordFile":
        for key, said in self.words.items():
            if set(said) != set(LANGUAGES):
                raise ValueError(f"`{key}` must be said in {', '.join(LANGUAGES)} and no other language")
            places = {frozenset(_PLACE.findall(text)) for text in said.values()}
            if len(places) > 1:
                raise ValueError(f"`{key}` has other places to fill in one language than in another")
        return self


@cache
def words() -> dict[str, dict[str, str]]:
    """All words; read once."""
    return load(FILE, WordFile).words


class Words:
    """What a template says in one language: `word("made", who=…, when=…)`."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """A word with its places filled; KeyError for one that the file lacks."""
        return words()[key][self.language].format(**values)

    def moment(self, iso: str | None) -> str:
        """`24 Nov 2026, 09:00:00 UTC`, months as the language writes them; a dash for none."""
        if not iso:
            return "—"
        from babel.dates import format_date

        at = datetime.fromisoformat(iso).astimezone(UTC)
        return f"{format_date(at.date(), 'd MMM y', locale=self.language)}, {at:%H:%M:%S} UTC"

    def day(self, iso: str) -> str:
        """`24 Nov 2026`."""
        from babel.dates import format_date

        return str(format_date(date.fromisoformat(iso[:10]), "d MMM y", locale=self.language))

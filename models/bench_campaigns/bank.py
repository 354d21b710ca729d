"""The sentence banks of `zorya bench campaigns`: one file a language, every ad in it invented."""

import string
from functools import cache
from pathlib import Path

from pydantic import field_validator

from zorya.datafiles import DataModel, load

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("ro", "ru", "uk", "bg", "pl", "hu", "cs", "nl", "de", "en")
SLOTS = frozenset(
    "name city in_city pay age date contact organisation street position email".split()  # noqa: SIM905 — a list of words
)


class Organisations(DataModel):
    """Names of firms that do not exist: every trade with every stem, in the form of the country."""

    trades: tuple[str, ...]
    stems: tuple[str, ...]
    form: str

    @property
    def names(self) -> list[str]:
        """Every name, trade by trade."""
        return [self.form.format(trade=trade, stem=stem) for trade in self.trades for stem in self.stems]


class Bank(DataModel):
    """`texts/<language>.yml`. A template is a text whose first line is the title; ` | ` separates two wordings of a
    line. Templates of one sector say the same offer in every language. What is `held_out` only the final run uses.
    """

    language: str
    cities: dict[str, tuple[str, str]]
    """Key → the name alone, and with the preposition."""
    names: tuple[str, ...]
    pay: tuple[str, ...]
    organisations: Organisations
    streets: tuple[str, ...]
    positions: tuple[str, ...]
    templates: dict[str, str]
    held_out: dict[str, str]
    frame: str
    """A board's own form for employers: the same words around every company."""
    held_out_frame: str
    agency: str
    school: str
    footer: str
    short: str
    """Ads of one line, each of another advertiser."""
    held_out_short: str

    @field_validator("templates", "held_out")
    @classmethod
    def _slots_are_known(cls, texts: dict[str, str]) -> dict[str, str]:
        return {sector: cls._text_is_sound(text) for sector, text in texts.items()}

    @field_validator("frame", "held_out_frame", "agency", "school", "footer", "short", "held_out_short")
    @classmethod
    def _text_is_sound(cls, text: str) -> str:
        unknown = {slot for _, slot, _, _ in string.Formatter().parse(text) if slot is not None} - SLOTS
        if unknown:
            raise ValueError(f"no slot {', '.join(sorted(unknown))}; there are {', '.join(sorted(SLOTS))}")
        return text


@cache
def bank(language: str) -> Bank:
    """The bank of a language (ISO 639-1)."""
    return load(TEXTS / f"{language}.yml", Bank)


def lines_of(template: str) -> list[tuple[str, ...]]:
    """The lines of a template, each with its wordings."""
    return [tuple(part.strip() for part in line.split(" | ")) for line in template.splitlines() if line.strip()]

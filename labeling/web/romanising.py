"""Cyrillic text in Latin letters, letter for letter (`romanisation.yml`): marks and masks stay where they are."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from pydantic import Field

from labeling.web.marking import Piece
from zorya.datafiles import DataModel, load

FILE = Path(__file__).with_name("romanisation.yml")
_WORD = re.compile(r"[Ѐ-ӿ]+(?:['’ʼ][Ѐ-ӿ]+)*")
_OTHER = "ru"
"""How Cyrillic is read in a text whose language is none of these."""


class Table(DataModel):
    """Letters of one language, lower case; what is written otherwise at the beginning or end of a word, and groups."""

    letters: dict[str, str]
    initial: dict[str, str] = Field(default_factory=dict)
    groups: dict[str, str] = Field(default_factory=dict)
    final: dict[str, str] = Field(default_factory=dict)


class RomanisationFile(DataModel):
    """The tables by language."""

    uk: Table
    ru: Table
    bg: Table


def romanised(text: str, language: str | None) -> list[str]:
    """What each character of a text becomes: as many strings as it has characters, some of them empty."""
    tables = _tables()
    table = tables.get(language or "", tables[_OTHER])
    spelt = list(text)
    for word in _WORD.finditer(text):
        spelt[word.start() : word.end()] = _word(word.group(), table)
    return spelt


def in_latin(parts: Sequence[Piece], language: str | None) -> list[Piece]:
    """The pieces of a text in Latin letters; none where it has no Cyrillic."""
    text = "".join(piece.text for piece in parts)
    if not _WORD.search(text):
        return []
    spelt, found, at = romanised(text, language), [], 0
    for piece in parts:
        found.append(replace(piece, text="".join(spelt[at : at + len(piece.text)])))
        at += len(piece.text)
    return found


@cache
def _tables() -> dict[str, Table]:
    file = load(FILE, RomanisationFile)
    return {"uk": file.uk, "ru": file.ru, "bg": file.bg}


def _word(word: str, table: Table) -> list[str]:
    low, spelt, at = word.lower(), [], 0
    while at < len(low):
        group = next((each for each in table.groups if low.startswith(each, at)), "")
        ending = next((each for each in table.final if low[at:] == each), "")
        taken = group or ending or low[at]
        if group or ending:
            latin = (table.groups | table.final)[taken]
        else:
            latin = (
                table.initial.get(taken, table.letters.get(taken, taken))
                if at == 0
                else table.letters.get(taken, taken)
            )
        if word[at].isupper():
            shouts = len(word) > 1 and word.isupper()
            latin = latin.upper() if shouts else latin[:1].upper() + latin[1:]
        spelt += [latin, *[""] * (len(taken) - 1)]
        at += len(taken)
    return spelt

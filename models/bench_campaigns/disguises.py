"""How an ad's text is changed so that simple programs no longer see that it is the same.

Contacts stay as they are (`models.contacts` has its own tests): a word with anything but letters inside is left alone.
"""

import random
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

from zorya.datafiles import DataModel, load

FILE = Path(__file__).parent / "disguises.yml"
_WORD = re.compile(r"(?<!\S)(?P<before>[^\w\s]*)(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)(?=[^\w\s]*(?!\S))")
_CONTACT = re.compile(r"\d{4}|\d\d \d\d|\d\d-\d\d")
_TOUCHED = 0.4
"""Share of the words that a disguise changes, where it does not change all."""
_SPACED, _EMOJI = 0.15, 0.25
_LONG = 5
"""Letters from which a word is worth spacing out."""


class DisguiseFile(DataModel):
    """`disguises.yml`."""

    lookalikes: dict[str, str]
    signs: dict[str, str]
    latin: dict[str, dict[str, str]]
    """Language → how its letters are typed on a Latin keyboard."""
    emoji: tuple[str, ...]


@cache
def tables() -> DisguiseFile:
    """The shipped tables."""
    return load(FILE, DisguiseFile)


def _signs(text: str, chance: random.Random) -> str:
    return _some_words(text, chance, lambda word: _one_letter(word, tables().signs, chance))


def _lookalikes(text: str, chance: random.Random) -> str:
    return _some_words(text, chance, lambda word: _one_letter(word, tables().lookalikes, chance))


def _zero_width(text: str, chance: random.Random) -> str:
    def split(word: str) -> str:
        at = chance.randrange(1, len(word)) if len(word) > 1 else 0
        return f"{word[:at]}\u200b{word[at:]}"

    return _some_words(text, chance, split)


def _spaced(text: str, chance: random.Random) -> str:
    return _some_words(text, chance, lambda word: " ".join(word) if len(word) >= _LONG else word, share=_SPACED)


def _no_diacritics(text: str, chance: random.Random) -> str:
    plain = text.replace("ł", "l").replace("Ł", "L").replace("ß", "ss")
    return "".join(char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char))


def _emoji(text: str, chance: random.Random) -> str:
    def with_one(word: str) -> str:
        return f"{word} {chance.choice(tables().emoji)}"

    lines = _some_words(text, chance, with_one, share=_EMOJI).split("\n")
    return "\n".join(f"{chance.choice(tables().emoji)} {line}" for line in lines)


def _reordered(text: str, chance: random.Random) -> str:
    title, *lines = text.split("\n")
    chance.shuffle(lines)
    return "\n".join((title, *lines))


def _shortened(text: str, chance: random.Random) -> str:
    """One line fewer; never the title, nor the one with the contact."""
    lines = text.split("\n")
    del lines[chance.choice([at for at, line in enumerate(lines) if at and not _CONTACT.search(line)])]
    return "\n".join(lines)


ANY_LANGUAGE: dict[str, Callable[[str, random.Random], str]] = {
    "signs for letters": _signs,
    "look-alike letters": _lookalikes,
    "zero-width characters": _zero_width,
    "letters spaced out": _spaced,
    "emoji between words": _emoji,
    "lines in another order": _reordered,
    "one line fewer": _shortened,
}
"""Name of a disguise → what it makes of a text."""
TRANSLITERATED, NO_DIACRITICS, LENGTHENED = "typed in Latin", "no diacritics", "one sentence more"


def disguised(text: str, language: str, chance: random.Random, *, stranger: str) -> dict[str, str]:
    """The text under every disguise that its language knows; `stranger` is the sentence that one of them adds."""
    made = {name: change(text, chance) for name, change in ANY_LANGUAGE.items()}
    first, *rest = text.split("\n")
    made[LENGTHENED] = "\n".join((first, stranger, *rest))
    if language in tables().latin:
        made[TRANSLITERATED] = _in_latin(text, tables().latin[language])
    elif (plain := _no_diacritics(text, chance)) != text:
        made[NO_DIACRITICS] = plain
    return made


def _in_latin(text: str, letters: dict[str, str]) -> str:
    def typed(char: str) -> str:
        small = letters.get(char.lower())
        return char if small is None else small.capitalize() if char.isupper() else small

    return "".join(map(typed, text))


def _one_letter(word: str, letters: dict[str, str], chance: random.Random) -> str:
    places = [at for at, char in enumerate(word) if char in letters]
    if not places:
        return word
    at = chance.choice(places)
    return word[:at] + letters[word[at]] + word[at + 1 :]


def _some_words(text: str, chance: random.Random, change: Callable[[str], str], *, share: float = _TOUCHED) -> str:
    def maybe(found: re.Match[str]) -> str:
        return found["before"] + (change(found["word"]) if chance.random() < share else found["word"])

    return _WORD.sub(maybe, text)

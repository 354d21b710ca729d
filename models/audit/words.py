"""The words that the audit swaps (`words.yml`) and ads in which one stands for the others."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from models.vocabulary import Language
from zorya.datafiles import DataModel, load
from zorya.domain.ads import Posting

FILE = Path(__file__).parent / "words.yml"


class Swap(DataModel):
    """A sentence with one gap, and words of one grammatical form that fit it."""

    sentence: str
    words: tuple[str, ...] = Field(min_length=3)

    @model_validator(mode="after")
    def _one_gap(self) -> Self:
        if self.sentence.count("{}") != 1:
            raise ValueError("the sentence needs one gap, written {}")
        if len(set(self.words)) < len(self.words):
            raise ValueError("a word stands twice: each is to be told from the others")
        return self


class Swaps(DataModel):
    """What is swapped in one language."""

    nationality: Swap
    ethnicity: Swap
    language: Swap
    place: Swap
    control: Swap
    """Words that cannot matter: what they move is noise."""


class AuditWords(DataModel):
    """`models/audit/words.yml`."""

    languages: dict[Language, Swaps]


CONTROL = "control"
KINDS = tuple(name for name in Swaps.model_fields if name != CONTROL)


@cache
def audit_words() -> AuditWords:
    """The shipped words."""
    return load(FILE, AuditWords)


def variants(posting: Posting, swap: Swap) -> list[Posting]:
    """The ad once for each word: the word stands wherever the ad had one of them, and in the sentence behind the ad.

    All variants bear the sentence, so that they differ in the word alone.
    """
    known = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(form) for word in swap.words for form in _forms(word))})(?!\w)")

    def with_word(word: str) -> Posting:
        title, body = (
            known.sub(lambda found: _cased(word, found.group()), text) for text in (posting.title, posting.body)
        )
        return replace(posting, title=title, body=f"{body}\n{swap.sentence.format(word)}")

    return [with_word(word) for word in swap.words]


def _forms(word: str) -> tuple[str, str]:
    """As written, and as at the head of a sentence. English `polish` stays what it is: no nationality."""
    return word, word[0].upper() + word[1:]


def _cased(word: str, found: str) -> str:
    return word[0].upper() + word[1:] if found[0].isupper() else word

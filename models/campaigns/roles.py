"""Roles of work named in an ad, the same in ten languages (`offer_roles.yml`)."""

import re
from functools import cache, lru_cache
from pathlib import Path

from models.word_list import WordList
from zorya.datafiles import DataModel, load

FILE = Path(__file__).with_name("offer_roles.yml")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


class OfferRoles(DataModel):
    """`offer_roles.yml`: role → its words in all languages; `usual` are those of thousands of lawful ads."""

    usual: str
    roles: dict[str, str]


def roles_of(folded: str) -> frozenset[str]:
    """Roles that a folded text names."""
    return frozenset(role for word in set(_WORD.findall(folded)) if (role := _role(word)))


@cache
def usual_roles() -> frozenset[str]:
    """Roles that tell little."""
    return frozenset(load(FILE, OfferRoles).usual.split())


@lru_cache(maxsize=1 << 15)
def _role(word: str) -> str:
    return next((role for role, words in _lists() if word in words), "")


@cache
def _lists() -> list[tuple[str, WordList]]:
    return [(role, WordList.of(words)) for role, words in load(FILE, OfferRoles).roles.items()]

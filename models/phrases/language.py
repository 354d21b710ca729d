"""The phrase language of indicators: what a native speaker edits instead of regular expressions.

`word` exact · `stem*` any ending · `a|b` alternatives · `word?` optional · `...` up to three words between ·
`{money}` `{number}` `{percent}` `{age}` `{place}`. Phrases are matched on normalised words (`models.normalise`),
whatever stands between them.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from models.folding import fold

PLACEHOLDERS = frozenset({"{money}", "{number}", "{percent}", "{age}", "{place}"})
NUMERIC = frozenset({"{number}", "{percent}", "{age}"})
"""Placeholders that stand for one word, a number."""
GAP = 3
"""Words that `...` may skip."""
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[\w'+]+")
"""A word of a normalised text."""
_SIGNS = re.compile(r"\w[@$€£!|]\w")


class PhraseError(ValueError):
    """A phrase does not follow the syntax; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: its alternatives, split into exact words, stems, compounds (`kvk-nummer`) and
    placeholders.
    """

    exact: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    compounds: tuple[tuple[str, ...], ...] = ()
    """Alternatives of several words; the last word may carry the `*`."""
    placeholders: tuple[str, ...] = ()
    """In the order of the file, which is the order in which they are tried."""
    optional: bool = False
    gap: bool = False
    plain: bool = field(init=False, compare=False)
    """Nothing but one word, which must be there."""

    def __post_init__(self) -> None:
        odd = self.gap or self.optional or self.compounds or self.placeholders
        object.__setattr__(self, "plain", not odd)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A parsed phrase. `source` is what the file says."""

    source: str
    elements: tuple[Element, ...]


@lru_cache(maxsize=1 << 16)
def parse_phrase(source: str) -> Phrase:
    """Parse one phrase; raises PhraseError. Remembered: a file is checked first and compiled afterwards."""
    parts = source.split(" ")
    elements = tuple(_parse_element(part, source) for part in parts)
    first = elements[0]
    if first.gap or first.optional or first.placeholders:
        raise PhraseError(f"{source!r}: the first element must be a word or stem (no placeholder, `?` or `...`)")
    if any(len(stem) < 3 for stem in first.stems):
        raise PhraseError(f"{source!r}: the stem that opens a phrase needs three letters or more")
    if elements[-1].gap:
        raise PhraseError(f"{source!r}: `...` at the end does nothing; remove it")
    return Phrase(source, elements)


def _parse_element(part: str, source: str) -> Element:
    if part == "...":
        return Element(gap=True)
    optional = part.endswith("?")
    exact, stems, compounds, placeholders = set(), [], [], []
    for alternative in part.removesuffix("?").split("|"):
        word = alternative.removesuffix("*")
        if alternative.startswith("{"):
            if alternative not in PLACEHOLDERS:
                raise PhraseError(
                    f"{source!r}: unknown placeholder {alternative}; use {', '.join(sorted(PLACEHOLDERS))}"
                )
            placeholders.append(alternative)
            continue
        folded = fold(word)
        tokens = TOKEN.findall(folded)
        if not tokens:
            raise PhraseError(f"{source!r}: {alternative!r} holds no word; separate words by single spaces")
        star = "*" if alternative.endswith("*") else ""
        if len(tokens) > 1:
            compounds.append((*tokens[:-1], tokens[-1] + star))
            if _SIGNS.search(folded):  # `g€ld`: what the normaliser reads as one word, of which two are left otherwise
                stems.append(folded) if star else exact.add(folded)
        elif star:
            stems.append(tokens[0])
        else:
            exact.add(tokens[0])
    return Element(frozenset(exact), tuple(stems), tuple(compounds), tuple(placeholders), optional)

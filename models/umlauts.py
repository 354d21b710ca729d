"""German written without umlauts, as on a foreign keyboard: `Taenzerin`, `fuer`, `moeglich`.

Read only in a German text that has no umlaut of its own, and only where a German word of the field comes out
(`neue` and `Frauen` stay). Works on folded text, in which `ä` is `a`.
"""

import re
from collections.abc import Iterator

from models.known_words import KnownWords
from models.offsets import Edit

_DIGRAPH = re.compile("ae|oe|(?<![aeq])ue")
_WORD = re.compile("[a-z]+")
_GERMAN = frozenset(
    [
        "und",
        "der",
        "die",
        "das",
        "mit",
        "wir",
        "sie",
        "fuer",
        "ist",
        "ein",
        "eine",
        "von",
        "auf",
        "bei",
        "oder",
        "nicht",
        "keine",
        "ohne",
    ]
)
_FEWEST = 2
"""Distinct small German words that show a text is German."""


def umlaut_edits(original: str, text: str, known: KnownWords) -> list[Edit]:
    """Edits of the folded `text` of an ad; none when its `original` has umlauts."""
    if " und " not in text:  # what no German ad goes without, and quickly told
        return []
    if any(letter in original for letter in "äöüÄÖÜ") or not _DIGRAPH.search(text):
        return []
    return list(_edits(text, known)) if len(_GERMAN.intersection(text.split())) >= _FEWEST else []


def _edits(text: str, known: KnownWords) -> Iterator[Edit]:
    for match in _WORD.finditer(text):
        word = match.group()
        meant = _DIGRAPH.sub(lambda digraph: digraph.group()[0], word)
        if meant != word and word not in known and known.is_german(meant):
            yield *match.span(), meant

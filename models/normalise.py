"""Text as it was meant: one pass over the characters, with an exact map back to the original.

Undone are case, Latin diacritics, compatibility forms (full-width, superscript and keycap digits), invisible and
bidi marks, look-alike letters *inside mixed-script words* (pure Cyrillic is legitimate), digits standing for
letters, and spaced-out letters. What was undone is itself a fact (`Normalised.undone`, indicator E6).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.folding import fold_mapped

# Latin letters and the Cyrillic letters drawn like them (Unicode confusables, the lower-case pairs ads really use).
_LATIN_TO_CYRILLIC = dict(zip("aceopxyikmhtbnur", "асеорхуікмнтвпиг", strict=True))
_CYRILLIC_TO_LATIN = dict(zip("асеорхуікмтвнѕјѓпиг", "aceopxyikmtbhsjrnur", strict=True))
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"}
_LEET_CYRILLIC = {"0": "о", "3": "з", "4": "ч", "6": "б", "@": "а"}
_WORD = re.compile(r"[^\W_]+(?:[0-9@$]+[^\W_]+)*")
_MIXED_HINT = re.compile(r"[a-z][0-9@$]*[а-яіїєґ]|[а-яіїєґ][0-9@$]*[a-z]|[^\W\d_][0-9@$]+[^\W\d_]")
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-*_]){3,}[^\W\d_](?!\w)")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-яіїєґ]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """Folded text; `starts[i]`/`ends[i]` are the original offsets of character i.

    `repairs` are the words that were hidden by look-alikes, digits for letters or spacing, as original spans.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    undone: frozenset[str]
    repairs: tuple[tuple[int, int], ...] = ()

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Original half-open span of the normalised span [start, end); empty spans stay empty."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> Normalised:
    """Fold a text. Total (any string is accepted), linear, and idempotent on its own output."""
    mapped = fold_mapped(text).mapped
    undone: set[str] = set()
    repairs: list[tuple[int, int]] = []
    spaced = list(_SPACED.finditer(mapped.text))
    if spaced:
        repairs += [mapped.original_span(*match.span()) for match in spaced]
        mapped = mapped.rewritten(
            (index, index + 1, "") for match in spaced for index in range(match.start() + 1, match.end(), 2)
        )
        undone.add("spaced")
    if _MIXED_HINT.search(mapped.text):
        to_cyrillic = len(_CYRILLIC.findall(mapped.text)) >= len(_LATIN.findall(mapped.text))

        def repaired(match: re.Match[str]) -> str:
            word = _unmix(match.group(), to_cyrillic, undone)
            if word != match.group():
                repairs.append(mapped.original_span(*match.span()))
            return word

        mapped = mapped.with_text(_WORD.sub(repaired, mapped.text))
    return Normalised(mapped.text, mapped.starts, mapped.ends, frozenset(undone), tuple(repairs))


def _unmix(word: str, to_cyrillic: bool, undone: set[str]) -> str:
    """Same length as `word`: look-alikes to the script most of the ad is in, digits between letters to letters."""
    latin, cyrillic = len(_LATIN.findall(word)), len(_CYRILLIC.findall(word))
    if latin and cyrillic:
        tables = (_LATIN_TO_CYRILLIC, _CYRILLIC_TO_LATIN)
        for table in tables if to_cyrillic else reversed(tables):
            repaired = "".join(table.get(char, char) for char in word)
            if not (_LATIN.search(repaired) and _CYRILLIC.search(repaired)):
                undone.add("lookalike")
                word = repaired
                break
    digits = sum(char in "0123456789@$" for char in word)
    if digits and latin + cyrillic >= 3 and latin + cyrillic > 2 * digits and word[0].isalpha() and word[-1].isalpha():
        leet = _LEET_CYRILLIC if _CYRILLIC.search(word) else _LEET
        repaired = "".join(leet.get(char, char) for char in word)
        if repaired.isalpha():
            undone.add("leet")
            word = repaired
    return word

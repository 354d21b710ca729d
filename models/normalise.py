"""Text as it was meant: one pass over the characters, with an exact map back to the original.

Undone are case, Latin diacritics, compatibility forms (full-width, superscript and keycap digits), invisible and
bidi marks, look-alike letters *inside mixed-script words* (pure Cyrillic is legitimate), digits standing for
letters, and spaced-out letters. What was undone is itself a fact (`Normalised.undone`, indicator E6).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Latin letters and the Cyrillic letters drawn like them (Unicode confusables, the lower-case pairs ads really use).
_LATIN_TO_CYRILLIC = dict(zip("aceopxyikmhtbnur", "асеорхуікмнтвпиг", strict=True))
_CYRILLIC_TO_LATIN = dict(zip("асеорхуікмтвнѕјѓпиг", "aceopxyikmtbhsjrnur", strict=True))
_LEET = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"}
_LEET_CYRILLIC = {"0": "о", "3": "з", "4": "ч", "6": "б", "@": "а"}
_SPECIAL = {"ё": "е", "ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"}
_APOSTROPHES = "’ʼ`´‘′ʹ＇"
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
    starts: list[int]
    ends: list[int]
    undone: frozenset[str]
    repairs: tuple[tuple[int, int], ...] = ()

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Original half-open span of the normalised span [start, end); empty spans stay empty."""
        if start >= end:
            at = self.starts[start] if start < len(self.starts) else (self.ends[-1] if self.ends else 0)
            return at, at
        return self.starts[start], self.ends[end - 1]


@lru_cache(maxsize=8192)
def _fold(char: str) -> tuple[str, str]:
    """(folded form, what was undone)."""
    if char in _APOSTROPHES:
        return "'", ""
    category = unicodedata.category(char)
    if category in {"Cf", "Mn", "Me"} or "︀" <= char <= "️":
        return "", "invisible" if category == "Cf" and char not in "­" else ""
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return ("\n" if char in "\n\r\u2028\u2029" else " "), ""
    compatible = unicodedata.normalize("NFKC", char)
    undone = "compatibility" if compatible != char and any(c.isalnum() for c in compatible) else ""
    out = []
    for lower in compatible.casefold():
        if lower in _SPECIAL:
            out.append(_SPECIAL[lower])
            continue
        base = unicodedata.normalize("NFD", lower)
        if "a" <= base[0] <= "z":
            out.append(base[0])
        elif unicodedata.category(lower) not in {"Mn", "Me", "Cf"}:
            out.append(lower)
    return "".join(out).replace("\x00", " "), undone


def normalise(text: str) -> Normalised:
    """Fold a text. Total (any string is accepted), linear, and idempotent on its own output."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    undone: set[str] = set()
    for position, char in enumerate(text):
        folded, what = _fold(char)
        if what:
            undone.add(what)
        for _ in folded:
            starts.append(position)
            ends.append(position + 1)
        pieces.append(folded)
        if not folded and ends and unicodedata.category(char) in {"Mn", "Me"}:
            ends[-1] = position + 1  # a combining mark belongs to the letter it sits on
    folded_text = "".join(pieces)
    repairs: list[tuple[int, int]] = []
    if _SPACED.search(folded_text):
        repairs += [(starts[m.start()], ends[m.end() - 1]) for m in _SPACED.finditer(folded_text)]
        folded_text, starts, ends = _join_spaced(folded_text, starts, ends)
        undone.add("spaced")
    if _MIXED_HINT.search(folded_text):
        to_cyrillic = len(_CYRILLIC.findall(folded_text)) >= len(_LATIN.findall(folded_text))

        def repaired(match: re.Match[str]) -> str:
            word = _unmix(match.group(), to_cyrillic, undone)
            if word != match.group():
                repairs.append((starts[match.start()], ends[match.end() - 1]))
            return word

        folded_text = _WORD.sub(repaired, folded_text)
    return Normalised(folded_text, starts, ends, frozenset(undone), tuple(repairs))


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


def _join_spaced(text: str, starts: list[int], ends: list[int]) -> tuple[str, list[int], list[int]]:
    keep = [True] * len(text)
    for match in _SPACED.finditer(text):
        for index in range(match.start() + 1, match.end(), 2):
            keep[index] = False
    chosen = [index for index, kept in enumerate(keep) if kept]
    return "".join(text[i] for i in chosen), [starts[i] for i in chosen], [ends[i] for i in chosen]

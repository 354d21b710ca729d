"""Folding of single characters: what a letter is, whatever it is drawn or stored like.

Undone are case, Latin diacritics (so that missing ones, and the Romanian cedilla written for the comma, do not
matter), compatibility forms (full-width, mathematical, circled, superscript, keycap), kinds of apostrophe and space,
combining marks and invisible characters. Context is not looked at; what needs a word around it is done in
`models.disguise` and `models.transliteration`.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from models.offsets import Edit, Mapped

_APOSTROPHES = frozenset("'’ʼ`´‘′ʹ＇")
_SPELLED = {
    **{"ё": "е", "ѐ": "е", "ѝ": "и"},
    **{"þ": "t", "¿": "?"},  # Romanian ţ read in another encoding; Spanish
    **{"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe"},
}
_NOT_IN_NFKC = {
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
    **{chr(first + index): chr(97 + index) for first in (0x1F150, 0x1F170) for index in range(26)},  # 🅐 and 🅰
    "🔟": "10",
}
"""Letters and digits that are drawn as such and that Unicode does not call compatible with the plain ones."""
_DROPPED = frozenset({"Cf", "Mn", "Me", "Cs"})
_SPACES = frozenset({"Cc", "Zs", "Zl", "Zp"})
_BLANK = frozenset("\u2800\u3164\u115f\u1160\uffa0")
"""Drawn as nothing, but letters or symbols to Unicode: Braille blank and the Hangul fillers."""
_HARMLESS = frozenset("\u00ad")
"""The soft hyphen: every word processor puts it there."""
_TABULATED = ((0x00, 0x370), (0x400, 0x530), (0x1E00, 0x1F00), (0x2000, 0x2070), (0x20A0, 0x20C0))
"""Code ranges of ordinary ads whose characters are looked at once, in advance; Greek has a final sigma."""
_SYMBOLS = (
    "\u2190-\u21ff\u2300-\u2328\u232b-\u245f\u2500-\u2775\u2794-\u27bf\u2b00-\u2bff"
    "\U0001f300-\U0001f51e\U0001f520-\U0001faff"
)
"""Arrows, boxes and pictures: nothing to fold."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `seams` are the original offsets of invisible characters cut out between two letters."""

    mapped: Mapped
    seams: tuple[int, ...] = ()


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """The folded text alone: for words of a data file, which hide nothing. Remembered: phrases share their words."""
    return fold_mapped(Mapped.of(text)).mapped.text


def fold_mapped(mapped: Mapped) -> Folded:
    """Fold a text. Total, linear, and idempotent on its own output."""
    text = mapped.text
    if text.isascii():
        return Folded(mapped.with_text(text.translate(_ascii())))
    table = _table()
    seams: tuple[int, ...] = ()
    if table.odd.search(text):
        edits = list(_odd_edits(text, table))
        seams = tuple(mapped.starts[start] for start, end, new in edits if not new and _is_seam(text, start, end))
        mapped = mapped.rewritten(edits)
    folded = mapped.text.lower()
    for char in set(table.plain.findall(folded)):  # a handful of letters: cheaper than a look at every one
        folded = folded.replace(char, table.singles[char])
    return Folded(mapped.with_text(folded), seams)


@lru_cache(maxsize=16384)
def fold_char(char: str) -> str:
    """Folded form of one character; empty when nothing is to be seen of it."""
    if char in _APOSTROPHES:
        return "'"
    if char in _BLANK:
        return " "
    category = unicodedata.category(char)
    if category in _DROPPED:
        return ""
    if category in _SPACES:
        return "\n" if char in "\n\r\u2028\u2029" else " "
    if char in _NOT_IN_NFKC:
        return _NOT_IN_NFKC[char]
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    canonical = unicodedata.normalize("NFC", char)
    if canonical != char:
        return "".join(map(fold_char, canonical))
    compatible = unicodedata.normalize("NFKC", char).casefold()
    if compatible == char.upper() != char.lower():
        return char.lower()  # Cherokee, whose case folds upwards
    if compatible != char:
        return "".join(map(fold_char, compatible))
    base = unicodedata.normalize("NFD", char)[0]
    return _SPELLED.get(char) or (base if "a" <= base <= "z" else char)


@dataclass(frozen=True, slots=True)
class _Table:
    """`odd`: runs of what is not folded one to one; `plain`: the lower-case characters that `singles` replaces."""

    odd: re.Pattern[str]
    plain: re.Pattern[str]
    singles: dict[str, str]


@cache
def _ascii() -> str:
    return "".join(fold_char(chr(code)) for code in range(128))


@cache
def _table() -> _Table:
    singles: dict[str, str] = {}
    fine: list[str] = []
    for char in (chr(code) for first, last in _TABULATED for code in range(first, last)):
        folded, lower = fold_char(char), char.lower()
        if len(folded) != 1 or len(lower) != 1 or fold_char(lower) != folded:
            continue
        fine.append(char)
        if folded != lower:
            singles[lower] = folded
    return _Table(
        re.compile(f"[^{re.escape(''.join(fine))}{_SYMBOLS}]+"),
        re.compile(f"[{re.escape(''.join(singles))}]"),
        singles,
    )


def _odd_edits(text: str, table: _Table) -> Iterator[Edit]:
    """Edits of all odd characters. A combining mark belongs to the character before it."""
    done = 0
    for match in table.odd.finditer(text):
        start, end = match.span()
        if start > done and _is_mark(text[start]):
            start -= 1
        while start < end:
            after = start + 1
            while after < end and _is_mark(text[after]):
                after += 1
            new = "".join(map(fold_char, unicodedata.normalize("NFC", text[start:after])))
            if new != text[start:after]:
                yield start, after, new
            start = after
        done = end


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me"}


def _is_seam(text: str, start: int, end: int) -> bool:
    if text[start:end] in _HARMLESS or not 0 < start < end < len(text):
        return False
    while end < len(text) and not fold_char(text[end]):
        end += 1
    return text[start - 1].isalpha() and text[end : end + 1].isalpha()

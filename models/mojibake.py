"""Mojibake: text stored in one encoding and read in another, repaired run by run (no fault of the author's).

Three kinds are met on boards: UTF-8 read as a one-byte Windows encoding (`Ð Ð°Ð±Ð¾Ñ‚Ð°`, `ÅŸ`, `Р Р°Р±РѕС‚Р°`),
Cyrillic Windows bytes read as Western ones (`Ðàáîòà`), and Central European bytes read as Western ones (`w³asny`).
Works on the original text: folding would destroy the evidence.
"""

import re
from collections.abc import Iterator
from functools import cache

from models.folding import fold
from models.known_words import KnownWords
from models.offsets import Edit, Mapped

_LETTERS = "ăâîșțşţąćęłńóśźżáéíöüőűúčďěňřšťůýžäßëïàè"
_MARKS = "–—‘’‚“”„•…€№«»°\u00a0·"
_WORTH = re.compile(f"[{_LETTERS}{_LETTERS.upper()}Ё-яё-џҐґ{_MARKS}\u2600-\u27bf\ufe0f\u200d\U0001f300-\U0001faff]+")
"""What a repair must come out as: letters of our languages, ordinary marks, pictures."""
_FEWEST = {"cp1252": (2, 1), "cp1251": (3, 3), "cp1250": (3, 1)}
"""Sequences of an ad, and sequences in a row, below which a reading counts only if it makes known words: `Ä…` also
occurs by itself, and `Рі` opens the name of a town.
"""
_SUSPECT = re.compile("[³¹¿ºœæÃÄÅÆÈÐÑÂâĂĹĐŃРСð](?:(?<=[³¹¿ºœæ])|[^\x00-\x7f\xc0-\xfeа-яА-Я])")
_WESTERN_RUN = re.compile("[\xc0-\xff][\xc0-\xff][\xc0-\xff][\xc0-\xff]")
"""No language of ours puts four such letters in a row."""
_WESTERN = re.compile("[\xc0-\xff¸¨³²¿¯ºª´¥]+")
_CENTRAL = str.maketrans({"³": "ł", "¹": "ą", "¿": "ż", "œ": "ś", "æ": "ć", "ê": "ę", "ñ": "ń", "º": "ş", "ã": "ă"})
_CENTRAL_WORD = re.compile("[^\\W\\d_]*[³¹¿ºœæ][^\\W\\d_³¹¿ºœæ]*(?:[³¹¿ºœæ][^\\W\\d_³¹¿ºœæ]*)*")


def repair_mojibake(mapped: Mapped, known: KnownWords) -> Mapped:
    """The text as it was typed. Text garbled several times over is repaired as often."""
    while _SUSPECT.search(mapped.text) or _WESTERN_RUN.search(mapped.text):
        edits = _utf8_edits(mapped.text, known) or _cyrillic_edits(mapped.text, known) or _central(mapped.text, known)
        if not edits:
            break
        mapped = mapped.rewritten(edits)
    return mapped


@cache
def _bytes_of(codec: str) -> dict[str, int]:
    """Character → the byte it was; the holes of a Windows encoding are the control characters of Latin-1."""
    found = {chr(value): value for value in range(0x80, 0xC0)} if codec == "cp1252" else {}
    for value in range(0x80, 0x100):
        char = bytes([value]).decode(codec, "replace")
        found[chr(value) if char == "\ufffd" else char] = value
    return found


@cache
def _sequences(codec: str) -> re.Pattern[str]:
    """Characters that are the bytes of UTF-8 sequences of two to four."""
    chars: dict[str, str] = {}
    for name, first, last in (("two", 0xC2, 0xD3), ("three", 0xE2, 0xE2), ("four", 0xF0, 0xF0), ("cont", 0x80, 0xBF)):
        chars[name] = re.escape("".join(char for char, value in _bytes_of(codec).items() if first <= value <= last))
    space = _char_of(codec, 0xD0)  # the no-break space of `Р` is often made an ordinary one on the way
    cont = f"[{chars['cont']}]"
    two = f"[{chars['two']}]{cont}|{space} (?=[{chars['two']}]{cont})"
    return re.compile(f"(?:{two}|[{chars['three']}]{cont}{{2}}|[{chars['four']}]{cont}{{3}})")


def _char_of(codec: str, wanted: int) -> str:
    return next(char for char, value in _bytes_of(codec).items() if value == wanted)


def _utf8_edits(text: str, known: KnownWords) -> list[Edit]:
    best: list[Edit] = []
    for codec in _FEWEST:
        edits = [edit for match in _sequences(codec).finditer(text) if (edit := _decoded(codec, match))]
        fewest, row = _FEWEST[codec]
        if (len(edits) < fewest or _longest_row(edits) < row) and not _makes_known(text, edits, known):
            continue
        if len(edits) > len(best):
            best = edits
    return best


def _decoded(codec: str, match: re.Match[str]) -> Edit | None:
    table = _bytes_of(codec)
    raw = bytes(0xA0 if char == " " else table[char] for char in match.group())
    new = raw.decode("utf-8", "replace")
    return (*match.span(), new) if _WORTH.fullmatch(new) else None


def _longest_row(edits: list[Edit]) -> int:
    longest, row, at = 0, 0, -1
    for start, end, _ in edits:
        row = row + 1 if start == at else 1
        longest, at = max(longest, row), end
    return longest


def _makes_known(text: str, edits: list[Edit], known: KnownWords) -> bool:
    """True when each of a few edits stands in a word that becomes a known one, or is a quotation mark or dash."""
    return bool(edits) and all(
        (new in _MARKS and end - start == 3) or _word_with((start, end, new), text) in known
        for start, end, new in edits
    )


def _word_with(edit: Edit, text: str) -> str:
    start, end, new = edit
    before = re.search(r"[^\W\d_]{0,24}$", text[max(0, start - 24) : start])
    after = re.match(r"[^\W\d_]{0,24}", text[end : end + 24])
    return fold((before.group() if before else "") + new + (after.group() if after else ""))


def _cyrillic_edits(text: str, known: KnownWords) -> list[Edit]:
    """`Ðàáîòà`: bytes of Cyrillic letters."""
    words = [match.group() for match in _WESTERN.finditer(text) if _WESTERN_RUN.search(match.group())]
    if not words:
        return []
    if len(words) < 3 and not any(fold(_as_cyrillic(word)) in known for word in words):
        return []
    return list(_western_words(text))


def _western_words(text: str) -> Iterator[Edit]:
    for match in _WESTERN.finditer(text):
        new = _as_cyrillic(match.group())
        beside = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        if _WORTH.fullmatch(new) and not re.search("[A-Za-z]", beside):
            yield *match.span(), new


def _as_cyrillic(word: str) -> str:
    return word.encode("cp1252", "replace").decode("cp1251", "replace")


def _central(text: str, known: KnownWords) -> list[Edit]:
    """`w³asny`, `ºcoala`: one letter read as another, undone where a known word comes out."""
    edits = []
    for match in _CENTRAL_WORD.finditer(text):
        word = match.group()
        if len(word) >= 4 and fold(word) not in known and fold(word.translate(_CENTRAL)) in known:
            edits.append((*match.span(), word.translate(_CENTRAL)))
    return edits

"""The wording of an ad: its text without its slots, in segments.

Contacts with the words that announce them, pay, numbers, places in whatever case, nationalities and names are slots,
not text: a template with another city, person and telephone is the same. Masking works on the normaliser's output, so
that a disguised copy has the wording of the plain one; signs for letters are read as letters in any word, known or not.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from models.contacts.lexicon import words
from models.features import CONTACT
from models.folding import fold
from models.identity_words import without_identity
from models.normalise import Normalised
from models.reading import Reading

_NUMBER = re.compile(r"\d+(?:[ .,\-/():]+\d+)*")
"""Ends with a digit: the full stop behind a number ends a sentence."""
_BREAK = re.compile(r"[.!?…;\n\r•·|]+")
_BETWEEN = re.compile(r"\W+")
_WORD = re.compile(r"[^\W\d_]{2,}(?:['-][^\W\d_]+)*")
MARK = "xcontact"
"""Stands in a wording where a contact stood."""
_CONTACT, _AMOUNT, _NOTHING = f" {MARK} ", " 0 ", " "
_FIRST, _HERES = 0xE000, 6400
_HERE = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + _HERES - 1)}]")
"""Letters for private use, of no meaning in any script: one before each masked contact tells in which segment it came
to stand."""
_ANNOUNCED = 32
"""Characters before a contact in which the words that announce it stand."""
_NOUNS_LARGE = frozenset({"de"})
"""Languages in which a capital is no sign of a name."""
_TITLED = 0.4
"""Share of the capitalised words of a line from which capitals tell no names."""
_SIGNS = re.compile(r"(?<![\w@./:+$-])[^\W_$]*(?:[^\W\d_][0134$@]|[0134$@][^\W\d_])[\w$@]*(?![\w@/$-]|\.\w)")
_LATIN, _CYRILLIC = str.maketrans("0134$@", "oieasa"), str.maketrans("0134$@", "оізчса")
_CYRILLIC_LETTER = re.compile("[а-яіїєґ]")
_LETTERS_FOR_A_SIGN = 2
"""Letters for each sign from which a word is one in disguise, and not `3g` or `4x4`."""
_Mask = tuple[int, int, str]


def wording(reading: Reading) -> str:
    """The segments of an ad (sentences, lines), one a line, words and marks of slots only; may be empty."""
    return located(reading)[0]


def located(reading: Reading) -> tuple[str, list[str]]:
    """The wording, and of each contact of the reading the segment it stands in, "" where it stands in none."""
    normalised = reading.indicators.normalised
    text = _SIGNS.sub(_letters, normalised.text)
    masks = sorted({*_read(reading, normalised, text), *_names(reading, normalised)})
    text = _HERE.sub(" ", text)
    pieces, at, ends = list[str](), 0, list[int]()
    for start, end, mark in masks:
        if end > at:
            here = f" {chr(_FIRST + len(ends) % _HERES)}" if mark == _CONTACT else ""
            pieces += [text[at : max(at, start)], here, mark]
            ends += [end] * (mark == _CONTACT)
            at = end
    text = CONTACT.sub(_CONTACT, "".join((*pieces, text[at:])))
    text = without_identity(_NUMBER.sub(_AMOUNT, text))
    parts = [(_HERE.findall(part), _BETWEEN.sub(" ", part).strip()) for part in _BREAK.split(text)]
    around = {here: segment for found, segment in parts for here in found}
    stands = {end: around.get(chr(_FIRST + number % _HERES), "") for number, end in enumerate(ends)}
    where = (_span(normalised, each.start, each.end)[1] if each.start >= 0 else -1 for each in reading.contacts)
    return "\n".join(segment for _, segment in parts if segment), [stands.get(end, "") for end in where]


def _letters(found: re.Match[str]) -> str:
    """A word with its signs read as the letters they stand for, character for character."""
    word = found[0]
    letters = sum(map(str.isalpha, word))
    if "_" in word or letters < _LETTERS_FOR_A_SIGN * (len(word) - letters) or re.search(r"\d\d", word):
        return word
    return word.translate(_CYRILLIC if _CYRILLIC_LETTER.search(word) else _LATIN)


def _read(reading: Reading, normalised: Normalised, text: str) -> Iterator[_Mask]:
    """Contacts, pay and places, where the reader found them, as spans of the normalised text."""
    for contact in reading.contacts:
        if contact.start >= 0:
            start, end = _span(normalised, contact.start, contact.end)
            before = _announcing().search(text, max(0, start - _ANNOUNCED), start)
            yield before.start() if before else start, end, _CONTACT
    for pay in reading.facts.pays:
        yield *_span(normalised, pay.start, pay.end), _AMOUNT
    for start, end in reading.place_spans:
        yield *_span(normalised, start, end), _NOTHING


def _names(reading: Reading, normalised: Normalised) -> Iterator[_Mask]:
    """Capitalised words within a sentence, of a line in which capitals are rare."""
    if reading.language in _NOUNS_LARGE:
        return
    at = 0
    for line in normalised.text.split("\n"):
        found = [(match.start() + at, match.end() + at) for match in _WORD.finditer(line)]
        large = [span for span in found if _capital(reading.text[normalised.starts[span[0]] :][:2])]
        if len(large) <= max(1, _TITLED * len(found)):
            yield from ((*span, _NOTHING) for span in large if not _opens(normalised.text, span[0]))
        at += len(line) + 1


def _capital(letters: str) -> bool:
    return letters[:1].isupper() and letters[1:].islower()


def _opens(text: str, start: int) -> bool:
    """True at the beginning of a sentence, a line or a quotation."""
    before = text[max(0, start - 3) : start].rstrip(" ")
    return not (before[-1:].isalnum() or before[-1:] == ",")


def _span(normalised: Normalised, start: int, end: int) -> tuple[int, int]:
    """An original span in the normalised text."""
    return bisect_left(normalised.starts, start), bisect_left(normalised.starts, end)


@cache
def _announcing() -> re.Pattern[str]:
    """Words by which a contact is announced, up to it: `whatsapp `, `tel. `, `на телеграм: `."""
    lists = words()
    named = {*lists.dialled, *lists.phone, *(word for forms in lists.channels.values() for word in forms)}
    ordered = sorted((re.escape(fold(word.rstrip("*"))) + r"\w*" * word.endswith("*") for word in named), reverse=True)
    return re.compile(rf"(?:(?<!\w)(?:{'|'.join(ordered)})[\s:.,(/-]*)+\Z")

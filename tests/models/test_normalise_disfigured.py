"""Disfigured ads are read like the ads they were: twenty seeded perturbations of the corpus, and disfigured digits.

A perturbation takes a text and a random generator and disfigures some of its words; contacts, numbers and short words
stay as they are, unless the perturbation is about digits.
"""

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from models.catalogue import catalogue
from models.contacts import find_contacts
from models.normalise import normalise
from zorya.domain.findings import State
from zorya.labelled import LabelledAd, load_corpus

CORPUS = Path("labeling/corpus")
Perturbation = Callable[[str, random.Random], str]

_WORD = re.compile(r"(?<![\w@/.+])[^\W\d_]{4,}(?![\w@/]|\.\w)")
_PHONE = re.compile(r"\+?\d[\d ().-]{7,}\d")
SHARE = 0.5
"""Of the longer words, how many are disfigured."""

_TO_LATIN = dict(zip("аеорсухікмАВЕКМНОРСТХІ", "aeopcyxikmABEKMHOPCTXI", strict=True))
_TO_CYRILLIC = {latin: cyrillic for cyrillic, latin in _TO_LATIN.items()}
_TO_GREEK = dict(zip("oоaаvitтpрkкxхu", "οοαανιττρρκκχχυ", strict=True))
_LEET = {"o": "0", "о": "0", "i": "1", "e": "3", "a": "4", "s": "5", "з": "3", "ч": "4", "б": "6"}
_SIGNS = {"a": "@", "а": "@", "s": "$", "с": "$", "o": "0", "о": "0", "e": "€", "е": "€"}
_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ"
_SPELT = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya e i yi ye g"
_PASSPORT = dict(zip(_LETTERS, _SPELT.replace("-", "").split(" "), strict=True))


def _in_words(change: Callable[[str, random.Random], str], share: float = SHARE) -> Perturbation:
    def perturb(text: str, seed: random.Random) -> str:
        return _WORD.sub(lambda match: change(match.group(), seed) if seed.random() < share else match.group(), text)

    return perturb


def _insert(marks: str) -> Perturbation:
    def change(word: str, seed: random.Random) -> str:
        at = seed.randrange(1, len(word))
        return word[:at] + seed.choice(marks) + word[at:]

    return _in_words(change)


def _swap(table: dict[str, str], most: int) -> Perturbation:
    def change(word: str, seed: random.Random) -> str:
        spots = [index for index, char in enumerate(word) if char in table and 0 < index < len(word) - 1]
        for index in seed.sample(spots, min(most, len(spots))):
            word = word[:index] + table[word[index]] + word[index + 1 :]
        return word

    return _in_words(change)


def _styled(first: int, capital: int) -> Perturbation:
    def char(letter: str) -> str:
        if "a" <= letter <= "z":
            return chr(first + ord(letter) - ord("a"))
        return chr(capital + ord(letter) - ord("A")) if "A" <= letter <= "Z" else letter

    return _in_words(lambda word, _: "".join(map(char, word)))


def _apart(gap: str) -> Perturbation:
    return _in_words(lambda word, _: gap.join(word), share=0.25)


def _romanised(text: str, _: random.Random) -> str:
    if sum(char in _PASSPORT for char in text.lower()) < len(text) / 3:
        return text

    def letter(char: str) -> str:
        new = _PASSPORT.get(char.lower(), char)
        return new.capitalize() if char.isupper() else new

    return "".join(map(letter, text))


def _misread(stored: str, read: str) -> Perturbation:
    def perturb(text: str, _: random.Random) -> str:
        try:
            return text.encode(stored).decode(read)
        except UnicodeError:
            return "".join(_misread_char(char, stored, read) for char in text)

    return perturb


def _misread_char(char: str, stored: str, read: str) -> str:
    raw = char.encode(stored, "ignore")
    return "".join(bytes([byte]).decode(read, "ignore") or chr(byte) for byte in raw)


_INVISIBLE = {
    "zero-width space": _insert("\u200b"),
    "zero-width joiners": _insert("\u200c\u200d\u2060"),
    "soft hyphens": _insert("\u00ad"),
    "bidi marks": _insert("\u200e\u200f\u202c\u2066"),
    "fillers and byte-order marks": _insert("\ufeff\u034f\u180e\ufe0f"),
}
_CONFUSABLE = {
    "one Latin letter": _swap(_TO_LATIN, 1),
    "Latin letters": _swap(_TO_LATIN, 9),
    "one Cyrillic letter": _swap(_TO_CYRILLIC, 1),
    "Cyrillic letters": _swap(_TO_CYRILLIC, 9),
    "Greek letters": _swap(_TO_GREEK, 2),
    "full-width": _styled(0xFF41, 0xFF21),
    "mathematical": _styled(0x1D41A, 0x1D400),
    "circled": _styled(0x24D0, 0x24B6),
}
_LEETSPEAK = {"digits for letters": _swap(_LEET, 2), "signs for letters": _swap(_SIGNS, 2)}
_SPACING = {"spaces": _apart(" "), "dots": _apart("."), "hyphens": _apart("-")}
_INNOCENT = {
    "UTF-8 read as Western": _misread("utf-8", "cp1252"),
    "romanised": _romanised,
}
CLASSES: dict[str, dict[str, Perturbation]] = {
    "invisible": _INVISIBLE,
    "confusable": _CONFUSABLE,
    "leet": _LEETSPEAK,
    "spacing": _SPACING,
    "innocent": _INNOCENT,
}
"""Twenty perturbations by class."""


def _digits(first: int, after: str = "") -> Perturbation:
    def perturb(text: str, _: random.Random) -> str:
        def digit(char: str) -> str:
            return (chr(first + int(char)) if first else char) + after if char.isdigit() else char

        return _PHONE.sub(lambda match: "".join(map(digit, match.group())), text)

    return perturb


def _superscript(text: str, _: random.Random) -> str:
    return _PHONE.sub(lambda match: match.group().translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")), text)


DIGITS: dict[str, Perturbation] = {
    "keycaps": _digits(0, "\ufe0f\u20e3"),
    "full-width digits": _digits(0xFF10),
    "mathematical digits": _digits(0x1D7CE),
    "zero-width between digits": _digits(0, "\u200b"),
    "superscript digits": _superscript,
}


@cache
def _ads() -> tuple[LabelledAd, ...]:
    return load_corpus(CORPUS).ads


def _text(ad: LabelledAd) -> str:
    return f"{ad.title}\n{ad.body}"


def _disfigured(ad: LabelledAd, name: str) -> str:
    by_name = {name: perturb for group in (*CLASSES.values(), DIGITS) for name, perturb in group.items()}
    return by_name[name](_text(ad), random.Random(f"{name} {ad.id}"))


HIDING = [name for group in CLASSES if group != "innocent" for name in CLASSES[group]]


@pytest.mark.parametrize("name", HIDING)
def test_a_hidden_word_is_found_where_it_stands(name: str) -> None:
    """What stands at a word's span in the original, normalised by itself, is the word."""
    for ad in _ads()[7::120]:
        text = _disfigured(ad, name)
        result = normalise(text)
        for match in re.finditer(r"[^\W\d_]{4,}", result.text):
            start, end = result.original_span(*match.span())
            assert normalise(text[start:end]).text == match.group()


def _recall(ads: tuple[LabelledAd, ...], name: str) -> tuple[int, int]:
    """(indicators still present in the disfigured ads, indicators present in the ads); E6 is about hiding itself."""
    kept = had = 0
    for ad in ads:
        before = _present(_text(ad), ad.language) - {"E6"}
        kept += len(before & _present(_disfigured(ad, name), ad.language))
        had += len(before)
    return kept, had


@cache
def _present(text: str, language: str | None) -> frozenset[str]:
    return frozenset(hit.code for hit in catalogue().read(text, language).hits if hit.state is State.PRESENT)


LEAST = {"invisible": 0.99, "confusable": 0.99, "leet": 0.95, "spacing": 0.95, "innocent": 0.94}


@pytest.mark.parametrize("group", CLASSES)
def test_indicators_survive_disfigurement(group: str) -> None:
    found = [_recall(_ads()[::40], name) for name in CLASSES[group]]
    assert sum(kept for kept, _ in found) >= LEAST[group] * sum(had for _, had in found) > 0


@pytest.mark.slow
@pytest.mark.parametrize(("group", "name"), [(group, name) for group in CLASSES for name in CLASSES[group]])
def test_indicators_of_500_ads_survive_each_perturbation(group: str, name: str) -> None:
    kept, had = _recall(tuple(random.Random(4).sample(_ads(), 500)), name)
    print(f"{group} / {name}: {kept} of {had}")  # `pytest -s` shows the figures
    assert kept >= LEAST[group] * had > 0


@pytest.mark.parametrize("name", DIGITS)
def test_phones_survive_disfigured_digits(name: str) -> None:
    kept = had = 0
    for ad in _ads()[::4]:
        before = {contact.value for contact in find_contacts(_text(ad), language=ad.language)}
        before = {value for value in before if value[1:].isdigit()}
        after = {contact.value for contact in find_contacts(_disfigured(ad, name), language=ad.language)}
        kept += len(before & after)
        had += len(before)
    assert kept >= 0.98 * had > 0

"""The obvious stack that `zorya bench read` is held against: well-known libraries, one step after another.

ftfy and NFKC, lingua with all its languages, phonenumbers' own search in every region that the language suggests with
plain regexes for other contacts, regexes for pay and age, and a loop over every phrase of the catalogue, each a regex.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import phonenumbers

from models.contacts.numbering import Regions
from models.phrases.language import GAP

NAMES = {
    "normalise": "ftfy.fix_text, NFKC",
    "language": "lingua, all languages",
    "contacts": "PhoneNumberMatcher, re",
    "facts": "re",
    "indicators": "re of every phrase",
}
"""Step → what does it here; the other steps have no counterpart."""
MISSING = "not installed: pip install -e '.[bench]'"
_NEEDED = ("ftfy", "lingua")
_NUMBER = r"\d+(?:[.,]\d+)*"
_CURRENCY = r"€|\$|£|eur\w*|evro\w*|евро|євро|usd|\w*долл?ар\w*|lei|лей|zł\w*|kč|ft|лв\w*|грн\w*"
_MONEY = rf"(?:[€$£]\s?{_NUMBER}|{_NUMBER}(?:\s\d{{3}})*\s?(?:{_CURRENCY}))"
_PLACEHOLDERS = {
    "{money}": _MONEY,
    "{number}": _NUMBER,
    "{percent}": rf"{_NUMBER}\s?(?:%|percent\w*|procent\w*|процент\w*|відсотк\w*|százalék\w*)",
    "{age}": r"(?:1[6-9]|[23]\d|4[0-5])",
    "{place}": r"\w+",
}
_BETWEEN = r"[^\w+']+"
"""What separates words of a phrase: `+44` and `d'accord` are one."""
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_HANDLE = re.compile(r"(?<!\w)@\w{4,}")
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?:t\.me|wa\.me|vk\.com|instagram\.com)/\S+")
_PAY = re.compile(_MONEY, re.I)
_AGE = re.compile(r"(?<!\d)(?:1[6-9]|[2-6]\d)\s*[-–—]\s*(?:1[6-9]|[2-6]\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class PeerReading:
    """What the obvious stack says of an ad: phones in E.164, and the phrases that stand in it."""

    language: str | None
    phones: frozenset[str]
    phrases: frozenset[str]


def are_installed() -> bool:
    """Whether the extra `bench` is."""
    return all(find_spec(name) for name in _NEEDED)


def versions() -> dict[str, str]:
    """Distribution → version of what is compared with."""
    return {name: version(name) for name in ("ftfy", "lingua-language-detector", "phonenumbers")}


class Peers:
    """The stack, loaded. `phrases` are the catalogue's sources (`models.phrases.language`)."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._fix: Callable[[str], str] = import_module("ftfy").fix_text
        lingua: Any = import_module("lingua")
        builder = lingua.LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models()
        self._detector = builder.build()
        self._patterns = [(phrase, re.compile(phrase_pattern(phrase))) for phrase in dict.fromkeys(phrases)]

    def read(self, text: str, lap: Callable[[str], None]) -> PeerReading:
        """Read a text; `lap` is called with the name of each step as it ends."""
        fixed = unicodedata.normalize("NFKC", self._fix(text))
        lap("normalise")
        found = self._detector.detect_language_of(fixed)
        language = found.iso_code_639_1.name.lower() if found else None
        lap("language")
        phones = _contacts(fixed, language)
        lap("contacts")
        _PAY.findall(fixed)
        _AGE.findall(fixed)
        lap("facts")
        lowered = fixed.lower()
        phrases = frozenset(phrase for phrase, pattern in self._patterns if pattern.search(lowered))
        lap("indicators")
        return PeerReading(language, phones, phrases)


def _contacts(text: str, language: str | None) -> frozenset[str]:
    for pattern in (_EMAIL, _HANDLE, _LINK):
        pattern.findall(text)
    # POSSIBLE, because numbers reserved for fiction are not VALID ones; it is also the faster of the two.
    return frozenset(
        phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        for region in Regions.of(language, None, ()).all or (None,)
        for match in phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.POSSIBLE)
    )


def phrase_pattern(source: str) -> str:
    """A phrase of the catalogue as the regex that one would write for lower-case text."""
    pattern, space = "", ""
    for part in source.lower().split(" "):
        if part == "...":
            pattern += rf"(?:{_BETWEEN}[\w+']+){{0,{GAP}}}"
            continue
        either = "|".join(_alternative(word) for word in part.removesuffix("?").split("|"))
        pattern += rf"(?:{space}(?:{either}))" + ("?" if part.endswith("?") else "")
        space = _BETWEEN
    return rf"(?<![\w+']){pattern}(?![\w+'])"


def _alternative(word: str) -> str:
    if word in _PLACEHOLDERS:
        return _PLACEHOLDERS[word]
    return re.escape(word.removesuffix("*")) + (r"[\w+']*" if word.endswith("*") else "")

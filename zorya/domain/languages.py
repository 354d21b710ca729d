"""Language of an ad and of its parts: a letter profile of ours, with Compact Language Detector 2 as second witness.

The profile knows the languages in which such ads are written, also in their other script (Moldovan Romanian and
Serbian in Cyrillic, Russian, Ukrainian and Bulgarian in Latin letters) and without diacritics. CLD2 is heard when the
profile is in doubt and for languages it was never taught. Measured in docs/adr/0002. `None` means unknown.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter

import pycld2

from zorya.domain.language_profile import SAME_ADS, Profile, Tally, profile

Part = tuple[int, int, str | None]
"""(start, end, language) of a stretch of text."""
CONTENT_LANGUAGES = ("ro", "ru", "uk", "bg", "pl", "hu", "cs", "nl", "de", "en")
_TAUGHT = frozenset((*CONTENT_LANGUAGES, "sk", "sr", "hr"))
_FOREIGN = frozenset(["sl", "mk", "be", "it", "fr", "es", "pt", "lt", "lv", "et", "tr", "el", "sq", "sv", "da", "fi"])
"""Languages that CLD2 alone may name; any other answer of it is held to be a mistake."""
_GLANCE, _SAMPLE = 240, 1000
"""Characters that are read first, and when those leave doubt."""
_TELLING = 80
"""Characters by which a sentence is judged."""
_MIN_LETTERS = 12
_NOISE = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@\S+|@\w+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_BOUNDARY = re.compile(r"[.!?;…]+(?=\s)\s*|\s[|/•·*–—-]+\s+|\s*\n\s*")

# Natural logarithms of likelihood ratios; chosen on held-out seed ads (docs/adr/0002).
_SURE = 25.0
"""Lead over the second language above which CLD2 is not asked, if the text also reads as usual."""
_ENOUGH = 2.0
"""Lead below which the language is unknown."""
_WITNESS = 8.0
"""What CLD2's word adds to the language it names; a text that does not read as usual needs half as much without it."""
_SWITCH, _SWITCH_WORDS = 12.0, 3
"""Lead over the ad's language, and words, that a part needs to be of another one."""
_AS_USUAL, _HARDLY = 0.92, 0.4
"""Shares of a language's usual likelihood per word: how an ad in it reads, and too little to be in it."""
_FIRM = 300.0
"""CLD2's own score from which it is believed on a language the profile was not taught: what it reaches on real text of
such a language is 500 to 1600, on Russian in Latin letters up to 250."""


def identify(text: str, *, known: Profile | None = None) -> str | None:
    """ISO 639-1 code of the main language, or None when the text is too short or unclear.

    `known` is another profile than the shipped one, for measurements.
    """
    known = known or profile()
    beginning = _without_noise(text[:_GLANCE])
    tally = known.tally(beginning)
    language, lead, fit = tally.best()
    if lead >= _SURE and fit >= _AS_USUAL and not tally.is_transliterated:
        return language
    named = cld2_names(beginning)
    if named != language and len(text) > _GLANCE:
        beginning = _without_noise(text[:_SAMPLE])
        tally, named = known.tally(beginning), cld2_names(beginning)
    return _judge(tally, named) if tally.letters >= _MIN_LETTERS else None


def parts(text: str, main: str | None = None) -> tuple[Part, ...]:
    """The stretches of one language, in order; together they are the whole text. `main`: what `identify` said of it.

    Sentences, lines and cells are judged one by one, by how they begin: one that is clearly of another language than
    the ad is named so, a short or unclear one goes with the ad, one that fits no language is None.
    """
    main, known, quiet = main or identify(text), profile(), _without_noise(text)
    merged: list[Part] = []
    for start, end in _sentences(quiet):
        sentence = quiet[start : min(end, start + _TELLING)]
        language = _judge_part(known.tally(sentence), sentence, main)
        if merged and merged[-1][2] == language:
            start = merged.pop()[0]
        merged.append((start, end, language))
    return tuple(merged)


def language_at(spoken: Sequence[Part], offset: int) -> str | None:
    """Language of the part that the character at `offset` stands in."""
    index = bisect_right(spoken, offset, key=itemgetter(1))
    return spoken[index][2] if index < len(spoken) else None


def _judge(tally: Tally, named: str | None) -> str | None:
    """The language of a text from both witnesses, the profile's tally and what CLD2 named."""
    language, lead, fit = tally.best()
    if named == language:
        return language
    if named is None:
        wanted = _ENOUGH if fit >= _AS_USUAL else _WITNESS / 2
        return language if lead >= wanted and fit >= _HARDLY else None
    known = tally.of(named)
    if not known:
        return named
    against = tally.of(language) - known - _WITNESS
    doubtful = abs(against) < _ENOUGH and named not in SAME_ADS.get(language, ())
    return None if doubtful else language if against > 0 else named


def _judge_part(tally: Tally, part: str, main: str | None) -> str | None:
    """The language of one sentence of an ad that is mainly in `main`: another one only if both witnesses allow it."""
    if tally.words < _SWITCH_WORDS or tally.language == main or tally.language in SAME_ADS.get(main or "", ()):
        return main
    language, lead, fit = tally.best()
    if known := tally.of(main):
        lead = tally.of(language) - known
    likely = lead >= _SWITCH and fit >= _AS_USUAL
    if not likely and tally.words < 2 * _SWITCH_WORDS:
        return main
    named = cld2_names(part)
    if named == main or (named is None and not likely):
        return main
    if likely and (named == language or not tally.of(named)):
        return language if named is None or tally.of(named) else named
    return named if named and not tally.of(named) else main


def cld2_names(text: str) -> str | None:
    """The language CLD2 is confident of, among those an ad can be in."""
    try:
        reliable, _, details = pycld2.detect(_UNPRINTABLE.sub(" ", text).encode(), bestEffort=True)
    except pycld2.error:
        return None
    _, code, percent, score = details[0]
    code = {"mo": "ro", "bs": "hr"}.get(code, code.split("-")[0])
    if code in _TAUGHT:
        return code if reliable or percent >= 40 else None
    return code if code in _FOREIGN and score >= _FIRM else None


def _without_noise(text: str) -> str:
    """Addresses and links blanked out, offsets kept."""
    return _NOISE.sub(lambda match: " " * len(match.group()), text) if "@" in text or "/" in text else text


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of sentences, lines and cells; together they are the whole text."""
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        if boundary.end() > start:
            yield start, boundary.end()
            start = boundary.end()
    if start < len(text):
        yield start, len(text)

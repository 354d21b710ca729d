"""Language of an ad: Compact Language Detector 2 over the first characters, held to the languages boards really use.

`None` means unknown. Moldovan Romanian is Romanian; CLD2's Bosnian/Serbian/Croatian come back as `sr`/`hr`.
"""

import re

import pycld2

CONTENT_LANGUAGES = ("ro", "ru", "uk", "bg", "pl", "hu", "cs", "nl", "de", "en")
_KNOWN = frozenset(CONTENT_LANGUAGES) | {"sk", "sr", "hr", "it", "fr", "es", "lt", "lv", "et", "tr", "sl", "bs"}
_SAMPLE = 1000
_NOISE = re.compile(r"https?://\S+|[\w.+-]+@\S+|@\w+|\d+|[^\w\s'’.,!?-]")
_UKRAINIAN = re.compile(r"[іїєґ]", re.IGNORECASE)
_RUSSIAN = re.compile(r"[ыэё]", re.IGNORECASE)
_BULGARIAN = re.compile(r"\b(?:се|за|или|със|при|от|като|ще|на|да|и|без|търс\w+|предлага\w+)\b|ъ[а-я]", re.IGNORECASE)


def identify(text: str) -> str | None:
    """ISO 639-1 code of the main language, or None when the text is too short or unclear."""
    sample = _NOISE.sub(" ", text[: 2 * _SAMPLE])[:_SAMPLE]
    letters = sum(char.isalpha() for char in sample)
    if letters < 12:
        return None
    encoded = "".join(char for char in sample if char.isprintable() or char.isspace()).encode("utf-8", "ignore")
    try:
        reliable, _, details = pycld2.detect(encoded, bestEffort=True)
    except pycld2.error:
        return None
    code = details[0][1].split("-")[0]
    if code in {"mo", "ro"}:
        return "ro"
    code = _settle_cyrillic(sample, code)
    if code in _KNOWN and (reliable or details[0][2] >= 40):
        return code
    return None


def _settle_cyrillic(sample: str, code: str) -> str:
    """Letters that only one of Ukrainian, Russian and Bulgarian uses overrule the detector on short texts."""
    cyrillic = len(re.findall(r"[а-яіїєґ]", sample, re.IGNORECASE))
    if cyrillic < 0.5 * sum(char.isalpha() for char in sample):
        return code
    ukrainian, russian = len(_UKRAINIAN.findall(sample)), len(_RUSSIAN.findall(sample))
    if ukrainian > russian and ukrainian >= 2:
        return "uk"
    if russian > ukrainian and russian >= 2 and code != "be":
        return "ru"
    if not ukrainian and not russian and len(_BULGARIAN.findall(sample)) >= 3 and code in {"bg", "mk", "sr", "ru"}:
        return "bg" if code != "ru" else code
    return code

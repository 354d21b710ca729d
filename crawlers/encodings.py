"""Bytes → text: the source's override, BOM, what the bytes prove, header, meta, then detection.

UTF-8 that decodes is believed over any label: long multi-byte runs are not valid UTF-8 by accident. A label that makes
Cyrillic look like Latin-1 is not believed.
"""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = ((b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?([\w:.-]{2,40})""", re.IGNORECASE)
_LATIN = frozenset({"iso8859-1", "cp1252", "ascii", "iso8859-15"})
_CYRILLIC = ("cp1251", "koi8-u", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic")
_CENTRAL = ("cp1250", "iso8859-2")
_FREQUENT = frozenset("оаеинтсрвлкмдпуяыьгзбчйхжіїєґъщ")
_CENTRAL_LETTERS = frozenset("ąćęłńóśźżáčďéěíňřšťúůýžöőüűâăîșțşţ")
_POLISH, _CZECH = frozenset("ąęłńśźż"), frozenset("čďěňřšťůž")
"""Letters that do not stand in one text: Polish read as the other of the two codes looks a little Czech."""
_WESTERN_LETTERS = frozenset("äöüßéèêëïáóíúàçñô")


def declared_charset(body: bytes, content_type: str | None) -> list[str]:
    """Known codecs that header, XML declaration and meta name, in that order."""
    names = []
    if content_type and (match := _HEADER.search(content_type)):
        names.append(match[1])
    for pattern in (_XML, _META):
        if found := pattern.search(body[:4096]):
            names.append(found[1].decode("ascii"))
    return [codec for codec in map(_codec, names) if codec]


def decode(body: bytes, *, content_type: str | None = None, override: str | None = None) -> str:
    """The text of a page or feed; never raises."""
    if override:
        return body.decode(override, "replace")
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    declared = declared_charset(body, content_type)
    if wide := next((name for start, name in _WIDE if body.startswith(start)), None):
        return body.decode(wide, "replace")
    if (text := _strict(body, "utf-8")) is not None and not _seven_bit_escape(declared):
        return text
    if "utf-8" in declared or not declared:
        lenient = body.decode("utf-8", "replace")
        if lenient.count("\ufffd") * 20 < sum(character > "\x7f" for character in lenient):
            return lenient
    for name in declared:
        text = _strict(body, name) if name != "utf-8" else None
        if text is not None and not (name in _LATIN and _looks_cyrillic(body)):
            return body.decode(_central(body, name), "replace") if name in _CENTRAL else text
    return _detected(body, declared)


def _codec(name: str) -> str | None:
    """Python's name of a label, or None for one it does not know; latin-1 labels mean windows-1252, as in browsers."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return None
    return "cp1252" if found == "iso8859-1" else found


def _seven_bit_escape(declared: list[str]) -> bool:
    return any(name.startswith("iso2022") or name in {"hz", "utf-7"} for name in declared)


def _strict(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _looks_cyrillic(body: bytes) -> bool:
    """High bytes in long runs: Western text has accented letters among plain ones, Cyrillic is all high."""
    sample = body[:200_000]
    runs = re.findall(rb"[\x80-\xff]{4,}", sample)
    high = sum(byte > 0x7F for byte in sample)
    return high > 8 and sum(map(len, runs)) * 2 > high


def _detected(body: bytes, declared: list[str]) -> str:
    sample = body[:200_000]
    if _looks_cyrillic(sample):
        best = max(_CYRILLIC, key=lambda name: _share(sample.decode(name, "replace"), _FREQUENT))
        return body.decode(best, "replace")
    central = _central(sample, _CENTRAL[0])
    as_central = _share(sample.decode(central, "replace"), _CENTRAL_LETTERS)
    as_western = _share(sample.decode("cp1252", "replace"), _WESTERN_LETTERS)
    fallback = "cp1252" if as_western >= as_central else central
    known = next((name for name in declared if name != "utf-8"), fallback)
    return body.decode(known, "replace")


def _central(body: bytes, label: str) -> str:
    """Which of windows-1250 and iso-8859-2 the text is in; they are mistaken for each other. A tie is the label's."""
    sample = body[:200_000]

    def score(name: str) -> int:
        text = sample.decode(name, "replace").lower()
        mixed = min(sum(map(text.count, _POLISH)), sum(map(text.count, _CZECH)))
        return _share(text, _CENTRAL_LETTERS) - 2 * mixed

    return max(sorted(_CENTRAL, key=lambda name: name != label), key=score)


def _share(text: str, wanted: frozenset[str]) -> int:
    """Plausible letters less implausible signs among the non-ASCII characters."""
    high = [character for character in text if character > "\x7f"]
    good = sum(character in wanted for character in high)
    bad = sum(not character.isalpha() for character in high)
    return good - 2 * bad

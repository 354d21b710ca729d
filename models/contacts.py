"""Contacts in free text: phones (E.164), e-mail, messenger handles and links, with the raw text and its place.

Numbers are sought in the compatibility-folded text (keycap, full-width and superscript digits, letters drawn like
digits between digits) and checked by phonenumbers: an international number must be possible, a national one valid
in one of the regions the ad suggests.
"""

import re
import unicodedata
from functools import lru_cache

import phonenumbers

from zorya.domain.ads import Contact, ContactKind

_REGIONS = {
    "ro": ("RO", "MD"), "ru": ("RU", "MD", "UA"), "uk": ("UA",), "bg": ("BG",), "pl": ("PL",), "hu": ("HU",),
    "cs": ("CZ",), "nl": ("NL", "BE"), "de": ("DE", "AT", "CH"), "en": ("GB", "IE"),
}  # fmt: skip
_TRUNK = {"PL": "456789", "CZ": "67", "RU": "89", "HU": "0"}
"""First digits of a number written nationally; most countries write a trunk 0."""
_LOOKALIKE_DIGITS = str.maketrans("OОоoЗзlIІS", "0000331115")
_PHONE = re.compile(
    r"(?<![\w/=])(?P<plus>\+\s?|00|(?:plus|плюс)\s)?\(?(?P<digits>[\dOОоoЗзlIІS](?:[\s().\-–/·*_,]{0,3}[\dOОоoЗзlIІS]){7,14})(?![\w%€$£])"
)
_EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\)|\{at\}|\[собака\]|\(собака\))\s?[\w-]{1,63}(?:\s?(?:\.|\[dot\]|\(dot\)|\[punct\])\s?[a-z]{2,24}){1,3}",
    re.I,
)
_LINKS = (
    (ContactKind.TELEGRAM, re.compile(r"(?:https?://)?(?:t\.me|telegram\.me)/(?:s/)?(\+?\w{3,40})", re.I)),
    (
        ContactKind.WHATSAPP,
        re.compile(r"(?:https?://)?(?:wa\.me|api\.whatsapp\.com/send\?phone=)/?(\+?\d{8,15})", re.I),
    ),
    (ContactKind.INSTAGRAM, re.compile(r"(?:https?://)?(?:www\.)?instagram\.com/([\w.]{2,30})", re.I)),
    (ContactKind.VIBER, re.compile(r"viber://\S{0,20}number=(?:%2B|\+)?(\d{8,15})", re.I)),
)
_HANDLE = re.compile(r"(?<![\w@./])@(?:\s(?=\w*_))?([a-z]\w{3,31})", re.I)
_INSTAGRAM_BEFORE = re.compile(r"(?:insta(?:gram)?|ig|инст[аы]\w*|інст[аи]\w*)\W{0,6}$", re.I)
_URL = re.compile(r"https?://[^\s<>\"')\]]{4,200}", re.I)
_MESSENGER_BEFORE = (
    (ContactKind.WHATSAPP, re.compile(r"(?:whats\s?app|wh?atsap|вотсап|ватсап|вацап|вайбер/ватсап)\W{0,14}$", re.I)),
    (ContactKind.VIBER, re.compile(r"(?:viber|вайбер|вибер)\W{0,14}$", re.I)),
    (ContactKind.TELEGRAM, re.compile(r"(?:telegram|телеграм\w*|телега|tg|тг)\W{0,14}$", re.I)),
)


def find_contacts(text: str, *, language: str | None = None, country: str | None = None) -> list[Contact]:
    """Every contact of a text, once per kind and value, in the order of the text.

    `country` (ISO alpha-2 of the board or ad) and `language` suggest the region of national numbers.
    """
    folded = _fold_digits(text)
    taken: list[tuple[int, int]] = []
    found: list[Contact] = []
    for kind, pattern in _LINKS:
        for match in pattern.finditer(text):
            value = match[1].lower()
            if kind in {ContactKind.WHATSAPP, ContactKind.VIBER}:
                value = "+" + value.lstrip("+")
            _take(found, taken, Contact(kind, value, match.group(), match.start(), match.end()))
    for match in _EMAIL.finditer(text):
        value = re.sub(
            r"\s|[\[({]|[\])}]", "", re.sub(r"\s?[\[({](?:at|собака)[\])}]\s?", "@", match.group(), flags=re.I)
        )
        value = (
            re.sub(r"(?<=\w)(?:dot|punct)(?=[a-z]{2,24}$)", ".", value) if "@" in value and "." not in value else value
        )
        _take(found, taken, Contact(ContactKind.EMAIL, value.lower(), match.group(), match.start(), match.end()))
    for match in _HANDLE.finditer(text):
        kind = ContactKind.INSTAGRAM if _INSTAGRAM_BEFORE.search(text, 0, match.start()) else ContactKind.TELEGRAM
        _take(found, taken, Contact(kind, match[1].lower(), match.group(), match.start(), match.end()))
    for match in _PHONE.finditer(folded):
        _take_phone(found, taken, match, text, language, country)
    for match in _URL.finditer(text):
        url = match.group().rstrip(".,;!?")
        _take(found, taken, Contact(ContactKind.URL, url, url, match.start(), match.start() + len(url)))
    unique = {(contact.kind, contact.value): contact for contact in reversed(sorted(found, key=lambda c: c.start))}
    return sorted(unique.values(), key=lambda contact: contact.start)


def _take(found: list[Contact], taken: list[tuple[int, int]], contact: Contact) -> None:
    if not any(start < contact.end and contact.start < end for start, end in taken):
        taken.append((contact.start, contact.end))
        found.append(contact)


def _take_phone(
    found: list[Contact],
    taken: list[tuple[int, int]],
    match: re.Match[str],
    text: str,
    language: str | None,
    country: str | None,
) -> None:
    start, end = match.span()
    if "\n\n" in match.group() or any(a < end and start < b for a, b in taken):
        return
    real = sum(char.isdigit() for char in match["digits"])
    digits = re.sub(r"\D", "", match["digits"].translate(_LOOKALIKE_DIGITS))
    if real < 6 or real < 0.6 * len(digits):
        return
    regions = (country.upper(),) if country else ()
    value = _phone_value(bool(match["plus"]), digits, regions + _REGIONS.get(language or "", ()))
    if value is None:
        return
    kind = next(
        (k for k, before in _MESSENGER_BEFORE if before.search(text, max(0, start - 24), start)), ContactKind.PHONE
    )
    _take(found, taken, Contact(kind, value, text[start:end], start, end))


@lru_cache(maxsize=16384)
def _phone_value(international: bool, digits: str, regions: tuple[str, ...]) -> str | None:
    """E.164, or the national digits of a number whose country is unknown, or None when the digits are no phone
    number.
    """
    if international or (digits.startswith("00") and len(digits) > 10):
        number = _parse("+" + digits.removeprefix("00"), None)
        return _e164(number) if number and phonenumbers.is_possible_number(number) else None
    for region in regions:
        if digits[0] not in _TRUNK.get(region, "0"):
            continue
        number = _parse(digits, region)
        if number and phonenumbers.is_valid_number_for_region(number, region):
            return _e164(number)
    for region in regions if digits[0] == "0" and len(digits) >= 10 else ():
        number = _parse(digits, region)
        if number and phonenumbers.is_possible_number(number):
            return _e164(number)
    if 11 <= len(digits) <= 13 and digits[0] != "0":
        number = _parse("+" + digits, None)
        if number and phonenumbers.is_valid_number(number):
            return _e164(number)
    national = digits[0] == "0" and len(digits) in {10, 11, 12} and digits[1] != "0"
    return digits if national else None


def _parse(number: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _fold_digits(text: str) -> str:
    """Same length as the text: compatibility digits become plain, marks of keycaps and invisible characters become
    spaces.
    """
    if text.isascii():
        return text
    out = []
    for char in text:
        if "︀" <= char <= "️" or char == "⃣" or unicodedata.category(char) == "Cf":
            out.append(" ")
        elif (digit := unicodedata.digit(char, None)) is not None:
            out.append(str(digit))
        else:
            out.append("+" if char in "＋⁺➕" else char)
    return "".join(out)

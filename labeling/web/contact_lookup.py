"""A contact that somebody types, as the keyed tokens that stored ads have it under. The value itself goes nowhere: not
into an address, not into the log, not into the index."""

import re
from collections.abc import Iterable, Iterator

import phonenumbers

from labeling.web.speech import N_
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.contact_links import contact_links
from zorya.domain.ids import contact_token
from zorya.errors import ZoryaError
from zorya.store.search_filing import TOKEN_LETTERS

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(r"\+?[\d\s().\-/]{7,30}")
_HANDLE = re.compile(r"@(\w[\w.]{2,39})")
_NAMED = (ContactKind.TELEGRAM, ContactKind.INSTAGRAM, ContactKind.VK, ContactKind.VIBER, ContactKind.WHATSAPP)
"""Where a bare `@name` may be."""
REGIONS = ("RO", "MD", "UA", "BG", "PL", "HU", "CZ", "SK", "NL", "DE", "AT", "BE", "GB", "IT", "ES", "FR", "RU", "TR")
"""Countries whose numbering a number without country code is read by."""
MOST = 12
MESSENGER = N_("A name alone may be on any messenger: write it as a link, as in t.me/name or instagram.com/name.")
COUNTRY = N_("Write the number with its country, as in +373 …; without it, it may be several numbers.")
NO_CONTACT = N_("That is no contact: write one phone number, e-mail address or link to a messenger.")


def read(typed: str) -> tuple[Contact, ...]:
    """The contacts that typed text may be, when it is nothing but a contact; none for words."""
    text = typed.strip()
    found = list(dict.fromkeys(_read(text)))
    return tuple(found[:MOST])


def certain(typed: str) -> Contact:
    """The one contact that typed text is; ZoryaError, which repeats nothing of it, where it may be several or none."""
    found = read(typed)
    if len({(each.number_or_kind, each.value) for each in found}) == 1:
        return found[0]
    if found and found[0].kind in _NAMED:
        raise ZoryaError(MESSENGER)
    raise ZoryaError(COUNTRY if found else NO_CONTACT)


def tokens(contacts: Iterable[Contact], key: bytes) -> tuple[str, ...]:
    """Their tokens, as the index of ads has them."""
    made = (contact_token(key, contact.number_or_kind, contact.value)[:TOKEN_LETTERS] for contact in contacts)
    return tuple(dict.fromkeys(made))


def _read(text: str) -> Iterator[Contact]:
    if _EMAIL.fullmatch(text):
        yield Contact(ContactKind.EMAIL, text.lower(), text)
        return
    handle = _HANDLE.fullmatch(text)
    if handle:
        yield from (Contact(kind, handle[1].lower(), text) for kind in _NAMED)
        return
    if _PHONE.fullmatch(text) and sum(letter.isdigit() for letter in text) >= 7:
        yield from (Contact(ContactKind.PHONE, number, text) for number in _numbers(text))
        return
    links = [link for link in contact_links(text) if link.end - link.start >= len(text) - len("https://")]
    yield from (Contact(link.kind, link.value, text) for link in links)


def _numbers(text: str) -> Iterator[str]:
    """In E.164: as typed where it has its country code, else as every country of `REGIONS` would dial it."""
    digits = re.sub(r"\D", "", text)
    if text.lstrip(" (").startswith("+"):
        yield _international(text, digits)
        return
    if digits.startswith("00"):
        yield _international(f"+{digits[2:]}", digits[2:])
        return
    for region in REGIONS:
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    yield f"+{digits}"


def _international(text: str, digits: str) -> str:
    """In E.164, without the zero of `+44 (0)…`; the mere digits where no such country or length is known."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return f"+{digits}"
    possible = phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if possible else f"+{digits}"

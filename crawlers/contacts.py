"""Contacts that a page gives in a field of its own (a `tel:` link, schema.org data); free text is read by `models`."""

import re
from collections.abc import Iterable

from zorya.domain.ads import Contact, ContactKind

_HANDLES = (
    (
        ContactKind.TELEGRAM,
        re.compile(
            r"(?:t\.me|telegram\.me)/(?:s/)?@?([A-Za-z0-9_]{4,32})|tg://resolve\?domain=([A-Za-z0-9_]{4,32})", re.I
        ),
    ),
    (ContactKind.INSTAGRAM, re.compile(r"instagram\.com/([A-Za-z0-9_.]{2,30})", re.I)),
)
_NUMBERED = (
    (
        ContactKind.WHATSAPP,
        re.compile(r"(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=|whatsapp://send\?phone=)\+?(\d{7,15})", re.I),
    ),
    (ContactKind.VIBER, re.compile(r"viber://\w+\?number=(?:%2B|\+)?(\d{7,15})", re.I)),
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")


def page_contacts(values: Iterable[str], *, country: str | None) -> tuple[Contact, ...]:
    """Contacts in field values, in order, each once."""
    found: dict[tuple[ContactKind, str], Contact] = {}
    for value in values:
        contact = _contact(value.strip(), country)
        if contact:
            found.setdefault((contact.kind, contact.value), contact)
    return tuple(found.values())


def _contact(raw: str, country: str | None) -> Contact | None:
    for kind, pattern in _NUMBERED:
        if match := pattern.search(raw):
            return Contact(kind, f"+{match[1]}", raw)
    for kind, pattern in _HANDLES:
        if match := pattern.search(raw):
            return Contact(kind, next(group for group in match.groups() if group).lower(), raw)
    if match := _EMAIL.search(raw):
        return Contact(ContactKind.EMAIL, match[0].lower(), raw.removeprefix("mailto:"))
    phone = _phone(raw, country)
    if phone:
        return Contact(ContactKind.PHONE, phone, raw.removeprefix("tel:").strip())
    return Contact(ContactKind.URL, raw.lower(), raw) if raw.lower().startswith(("http://", "https://")) else None


def _phone(raw: str, country: str | None) -> str | None:
    import phonenumbers

    text = raw.removeprefix("tel:")
    if not 6 <= sum(character.isdigit() for character in text) <= 16 or text.startswith("http"):
        return None
    try:
        number = phonenumbers.parse(text, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

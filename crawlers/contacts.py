"""Contacts that a page gives in a field of its own (a `tel:` link, schema.org data); free text is read by `models`."""

import re
from collections.abc import Iterable

from zorya.domain.ads import Contact, ContactKind
from zorya.domain.contact_links import contact_links

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
    if link := next(contact_links(raw), None):
        return Contact(link.kind, link.value, raw)
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

"""Masking of contacts for logs, previews and digests.

Masks are for people's eyes, not for matching: matching uses keyed tokens (`ids.contact_token`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from zorya.domain.ads import Contact, ContactKind

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_PHONE = re.compile(r"(?<![\w:.\-])\+?\(?\d(?:[ ().\-/]{0,2}\d){7,14}(?![\w:])")
_HANDLE = re.compile(
    r"(?<![\w@./])@[A-Za-z0-9_]{4,32}\b"
    r"|(?:t\.me|telegram\.me|wa\.me|chat\.whatsapp\.com|instagram\.com|vk\.com|viber\.(?:me|com))/[\w+./?=%-]{3,}"
)


def mask_value(kind: ContactKind, value: str) -> str:
    """Masked form of a normalised contact: enough to recognise, too little to call."""
    if kind in {ContactKind.PHONE, ContactKind.WHATSAPP, ContactKind.VIBER}:
        return f"{value[:3]} … {value[-3:]}" if len(value) > 9 else "…"
    if kind is ContactKind.EMAIL:
        name, _, domain = value.partition("@")
        return f"{name[:1]}…@{domain[:1]}…"
    return f"{value[:2]}…"


def mask_contact(contact: Contact) -> str:
    """Kind and masked value, for lists."""
    return f"{contact.kind} {mask_value(contact.kind, contact.value)}"


@dataclass(frozen=True, slots=True)
class ContactSpan:
    """A half-open stretch of a text that holds a contact."""

    start: int
    end: int
    kind: ContactKind
    value: str

    @property
    def shown(self) -> str:
        """What stands there for people's eyes."""
        return mask_value(self.kind, self.value)


def contact_spans(text: str, contacts: Iterable[Contact]) -> list[ContactSpan]:
    """Where an ad's contacts stand in its text, in order, joined where they overlap: where each was read, and
    wherever it recurs.
    """
    spans: list[ContactSpan] = []
    for contact in contacts:
        if 0 <= contact.start < contact.end <= len(text):
            spans.append(ContactSpan(contact.start, contact.end, contact.kind, contact.value))
        for wording in {contact.raw, contact.value}:
            at = text.find(wording) if len(wording) >= 4 else -1
            while at >= 0:
                spans.append(ContactSpan(at, at + len(wording), contact.kind, contact.value))
                at = text.find(wording, at + len(wording))
    joined: list[ContactSpan] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end, span.shown)):
        if joined and span.start < joined[-1].end:
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def without_numbers(address: str, contacts: Iterable[Contact]) -> str:
    """An address without the phone numbers of an ad, however its path spells them."""
    for contact in contacts:
        number = re.sub(r"\D", "", contact.value)[-8:]
        if contact.number_or_kind is ContactKind.PHONE and len(number) >= 6:
            spelled = r"(?:%20|%2B|[ ().+_-])*".join(number)
            address = re.sub(rf"(?:\d(?:%20|%2B|[ ().+_-])*){{0,6}}{spelled}", "…", address)
    return address


def contact_like(text: str) -> list[tuple[int, int]]:
    """Half-open stretches of free text that look like an e-mail address, a phone number or a handle; in order."""
    return sorted(match.span() for pattern in (_EMAIL, _HANDLE, _PHONE) for match in pattern.finditer(text))


def redact(text: str) -> str:
    """Free text with e-mail addresses, phone numbers and handles replaced by `[contact]`."""
    for pattern in (_EMAIL, _HANDLE, _PHONE):
        text = pattern.sub("[contact]", text)
    return text

"""Contacts out of labelled texts: each is replaced by an invented one of its kind, always the same for the same
contact.

A model learns from what kind of contact an ad gives and that two ads share one, never from whom it reaches. The
stand-ins are Ofcom's numbers for drama (+44 7700 900000–900999) and names below example.org (RFC 2606).
"""

import re
from collections.abc import Iterable

from zorya.domain.ads import Contact, ContactKind
from zorya.domain.ids import contact_token
from zorya.redact import ContactSpan, contact_spans

_LINKS = {
    ContactKind.TELEGRAM: "t.me/{}",
    ContactKind.WHATSAPP: "wa.me/{}",
    ContactKind.VIBER: "viber.me/{}",
    ContactKind.INSTAGRAM: "instagram.com/{}",
    ContactKind.VK: "vk.com/{}",
}
_KEYCAP = "\ufe0f\u20e3"
_APART = re.compile(r"\+?\d(?:[ .\-_*]+\d){6,}")
"""Digits one by one: a number that hides from machines (indicator E6)."""


def tokens(contacts: Iterable[Contact], key: bytes) -> tuple[str, ...]:
    """Keyed tokens of an ad's contacts, each once, sorted. Links have none: many lead to boards."""
    tying = (contact for contact in contacts if contact.kind is not ContactKind.URL)
    return tuple(sorted({contact_token(key, contact.number_or_kind, contact.value) for contact in tying}))


def masked(title: str, body: str, contacts: Iterable[Contact], key: bytes) -> tuple[str, str]:
    """Title and body without any of the contacts, wherever they recur."""
    text, cut = f"{title}\n{body}", len(title)
    spans = contact_spans(text, contacts)
    inside = [span for span in spans if span.end <= cut]
    after = [span for span in spans if span.start > cut]
    return _replaced(text[:cut], inside, 0, key), _replaced(text[cut + 1 :], after, cut + 1, key)


def _replaced(text: str, spans: list[ContactSpan], offset: int, key: bytes) -> str:
    for span in reversed(spans):
        start, end = span.start - offset, span.end - offset
        text = f"{text[:start]}{_stand_in(span, text[start:end], key)}{text[end:]}"
    return text


def _stand_in(span: ContactSpan, wording: str, key: bytes) -> str:
    """An invented contact of the same kind, in the same form: a number, a handle or a link."""
    contact = Contact(span.kind, span.value, wording)
    token = contact_token(key, contact.number_or_kind, span.value)
    number = f"7700 900{int(token[:8], 16) % 1000:03d}"
    linked = "/" in wording and span.kind in _LINKS
    if contact.number_or_kind is ContactKind.PHONE:
        return _LINKS[span.kind].format(f"44{number.replace(' ', '')}") if linked else _dressed(number, wording)
    if span.kind is ContactKind.EMAIL:
        return f"contact-{token[:8]}@example.org"
    if span.kind is ContactKind.URL:
        return f"https://example.org/{token[:8]}"
    name = f"contact_{token[:8]}"
    if linked:
        return _LINKS[span.kind].format(name)
    return f"@{name}" if wording.startswith("@") else name


def _dressed(number: str, wording: str) -> str:
    """A number in the disguise of another: that it hides is a fact about the ad."""
    digits = f"0{number.replace(' ', '')}"
    if _KEYCAP[-1] in wording:
        return "".join(f"{digit}{_KEYCAP}" for digit in digits)
    return " ".join(digits) if _APART.fullmatch(wording.strip()) else f"+44 {number}"

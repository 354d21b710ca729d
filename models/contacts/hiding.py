"""Contacts written so that machines and moderators pass over them: part of indicator E6.

Digits read out or drawn with letters, emoji and other digit dresses, digits one by one, marks that separate nothing,
unseen characters. Not hidden: dots, dashes and blanks between groups, wide digits of Asian keyboards, and e-mail
addresses spelled against harvesters, as lawful firms write them.
"""

import re
import unicodedata
from collections.abc import Iterable

from models.contacts.lexicon import alternation, words
from models.contacts.scripts import one_script
from zorya.domain.ads import Contact, ContactKind
from zorya.domain.findings import Span

_WIDE = {ord("＋"): "+"} | {0xFF10 + digit: str(digit) for digit in range(10)}
_LETTER = re.compile(r"[^\W\d_]")
_TWO_DIGITS = re.compile(r"\d\d")
_ODD_CATEGORIES = frozenset({"Cf", "Mn", "Me", "No", "So", "Sk", "Sm"})
_NUMBERED = frozenset({ContactKind.PHONE, ContactKind.WHATSAPP, ContactKind.VIBER, ContactKind.TELEGRAM})


def hidden_spans(contacts: Iterable[Contact]) -> list[Span]:
    """Where the contacts stand that hide."""
    return [(contact.start, contact.end) for contact in contacts if hides(contact)]


def hides(contact: Contact) -> bool:
    """True for a contact of a text that its writing hides."""
    if contact.start < 0 or "://" in contact.raw:
        return False
    if contact.kind in _NUMBERED and contact.value.lstrip("+").isdigit():
        return _number_hides(contact.raw.translate(_WIDE))
    if contact.kind in {ContactKind.EMAIL, ContactKind.URL}:
        return False
    return one_script(contact.raw)[1] or any(unicodedata.category(char) == "Cf" for char in contact.raw)


def _number_hides(raw: str) -> bool:
    said = re.sub(rf"^(?:{alternation(words().plus)})", "", raw, flags=re.I)
    if _LETTER.search(said) or not _TWO_DIGITS.search(said):
        return True
    return any(unicodedata.category(char) in _ODD_CATEGORIES and char not in "+−" for char in said)

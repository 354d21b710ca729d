"""How much of an ad's contacts a partner may read. One profile, applied when a card is made and wherever it is read.

A card holds contacts as words, `phone +44 … 123`: its first word is the kind, an ellipsis says that the rest is
masked. A profile only ever takes away from what stands there; what it took is not in the card and cannot come back.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from zorya.datafiles import DataModel
from zorya.domain.ads import Contact, ContactKind
from zorya.redact import mask_value

GONE = "…"
_HANDLES = frozenset({ContactKind.TELEGRAM, ContactKind.INSTAGRAM, ContactKind.VK})
_LONGEST_MASK = 9
"""`+44 … 123`. Something longer with an ellipsis in it is an address that has one."""


class Shown(StrEnum):
    """From least to most."""

    HIDDEN = "hidden"
    """That there is a contact of this kind, and nothing of it."""
    MASKED = "masked"
    """Enough to recognise, too little to call: of a number the last three digits."""
    WHOLE = "whole"

    @property
    def rank(self) -> int:
        """0 (hidden) … 2 (whole)."""
        return list(Shown).index(self)


class Redaction(DataModel):
    """What a partner may read of each kind of contact. `phones` counts for numbers behind messengers too."""

    phones: Shown = Shown.MASKED
    handles: Shown = Shown.MASKED
    emails: Shown = Shown.MASKED
    links: Shown = Shown.MASKED

    @property
    def reveals(self) -> bool:
        """True when some contacts are shown whole: such cards hold personal data and are marked TLP:AMBER+STRICT."""
        return Shown.WHOLE in {self.phones, self.handles, self.emails, self.links}

    def show(self, contact: Contact) -> str:
        """A contact in the words of a card."""
        return self._words(contact.kind, contact.value)

    def narrowed(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """A card with what this profile leaves of its contacts; everything else as it is."""
        said = [str(words) for words in content.get("contacts") or ()]
        return {**content, "contacts": list(dict.fromkeys(self._narrow(words) for words in said))}

    def _narrow(self, words: str) -> str:
        kind, _, value = words.partition(" ")
        if kind not in set(ContactKind):
            return words  # `+3`: so many more
        if _is_masked(value):
            return words if self._level(ContactKind(kind), value) is not Shown.HIDDEN else f"{kind} {GONE}"
        return self._words(ContactKind(kind), value)

    def _words(self, kind: ContactKind, value: str) -> str:
        match self._level(kind, value):
            case Shown.WHOLE:
                return f"{kind} {value}"
            case Shown.MASKED:
                return f"{kind} {mask_value(kind, value)}"
        return f"{kind} {GONE}"

    def _level(self, kind: ContactKind, value: str) -> Shown:
        if kind is ContactKind.EMAIL:
            return self.emails
        if kind is ContactKind.URL:
            return self.links
        if kind in _HANDLES and not _is_number(value):
            return self.handles
        return min(self.phones, self.handles, key=lambda level: level.rank) if kind in _HANDLES else self.phones


def whole(content: Mapping[str, Any]) -> list[tuple[ContactKind, str]]:
    """The contacts that a card shows whole: (kind, normalised value)."""
    parts = (str(words).partition(" ") for words in content.get("contacts") or ())
    return [
        (ContactKind(kind), value) for kind, _, value in parts if kind in set(ContactKind) and not _is_masked(value)
    ]


def _is_masked(value: str) -> bool:
    return GONE in value and len(value) <= _LONGEST_MASK


def _is_number(value: str) -> bool:
    """A number that a messenger goes by, masked or not; a handle that begins with a digit is treated as one."""
    return value.lstrip("+")[:1].isdigit()

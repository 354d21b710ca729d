"""What campaign finding keeps of an ad: enough to tie it to others, not enough to read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.campaigns.sketch import TextSketch, sketch
from models.reading import Reading
from zorya.domain.ads import ContactKind

_TYING = frozenset(set(ContactKind) - {ContactKind.URL})
"""Links point to boards and shops as often as to people: they tie nothing."""


@dataclass(frozen=True, slots=True)
class Imprint:
    """One ad as campaign finding sees it. `contacts` are keys `c:…` of the contacts that may tie (the store's keyed
    tokens, or the values where nothing is stored); `text` is None when the wording is too short to tie."""

    id: str
    text: TextSketch | None
    contacts: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key under which the ad is filed; ads that share one are candidates for a tie."""
        return (*self.contacts, *(self.text.keys if self.text else ()))


def imprint(reading: Reading, *, id: str, tokens: Sequence[str] | None = None) -> Imprint:
    """The imprint of a reading; `tokens` replace the contacts' values where the store must not hold them."""
    values = tokens or [f"{contact.number_or_kind}:{contact.value}" for contact in reading.contacts]
    tying = [value for contact, value in zip(reading.contacts, values, strict=True) if contact.kind in _TYING]
    return Imprint(id, sketch(reading), tuple(f"c:{value}"[:80] for value in dict.fromkeys(tying)))

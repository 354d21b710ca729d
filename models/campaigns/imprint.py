"""What campaign finding keeps of an ad: enough to tie it to others, not enough to write to anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from models.campaigns.offer import Offer, offer_of
from models.campaigns.organisations import organisations
from models.campaigns.sketch import TextSketch, sketch
from models.campaigns.wording import wording
from models.reading import Reading
from zorya.domain.ads import ContactKind

_TYING = frozenset(set(ContactKind) - {ContactKind.URL})
"""Links point to boards and shops as often as to people: they tie nothing."""


@dataclass(frozen=True)
class Imprint:
    """One ad as campaign finding sees it. `wording` is its masked text, a segment a line. `contacts` are keys `c:…` of
    the contacts that may tie (the store's keyed tokens, or the values where nothing is stored), `images` keys `i:…`;
    `organisations` the normalised names the ad states; `source` its board; `offer` what it offers, None when
    that is too little to be known by."""

    id: str
    wording: str = ""
    contacts: tuple[str, ...] = ()
    organisations: frozenset[str] = frozenset()
    images: tuple[str, ...] = ()
    source: str = ""
    language: str | None = None
    offer: Offer | None = None

    @cached_property
    def text(self) -> TextSketch | None:
        """Sketch of the whole wording; None when it is too short to tie."""
        return sketch(self.wording)

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key under which the ad is filed; ads that share one are candidates for a tie."""
        text = self.text.keys if self.text else ()
        return (*self.contacts, *self.images, *(self.offer.keys if self.offer else ()), *text)


def imprint(
    reading: Reading,
    *,
    id: str,
    tokens: Sequence[str] | None = None,
    source: str = "",
    employer: str | None = None,
    board: str | None = None,
) -> Imprint:
    """The imprint of a reading; `tokens` replace the contacts' values where the store must not hold them. `employer` is
    the board's own field, `board` an address of the board: addresses of its own name no organisation."""
    values = tokens or [f"{contact.number_or_kind}:{contact.value}" for contact in reading.contacts]
    tying = [value for contact, value in zip(reading.contacts, values, strict=True) if contact.kind in _TYING]
    offer = offer_of(reading)
    return Imprint(
        id,
        wording(reading),
        tuple(f"c:{value}"[:80] for value in dict.fromkeys(tying)),
        organisations=organisations(reading, employer=employer, board=board),
        source=source,
        language=reading.language,
        offer=offer if offer and offer.keys else None,
    )

"""What campaign finding keeps of an ad: enough to tie it to others, not enough to write to anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from models.campaigns.offer import Offer, offer_of
from models.campaigns.organisations import organisations
from models.campaigns.sketch import TextSketch, sketch
from models.campaigns.wording import MARK, located
from models.reading import Reading
from zorya.domain.ads import ContactKind

_TYING = frozenset(set(ContactKind) - {ContactKind.URL})
"""Links point to boards and shops as often as to people: they tie nothing."""
_SENTENCE = 40
"""Letters beside the contact from which a sentence says more than to call or write, as a board's does."""


@dataclass(frozen=True)
class Imprint:
    """One ad as campaign finding sees it. `wording` is its masked text, a segment a line. `contacts` are keys `c:…` of
    the contacts that may tie (the store's keyed tokens, or the values where nothing is stored), `images` keys `i:…`;
    `organisations` the normalised names the ad states; `source` its board; `offer` what it offers, None when
    that is too little to be known by; `stands` (key of a contact, hash of a long sentence it stands in), each once."""

    id: str
    wording: str = ""
    contacts: tuple[str, ...] = ()
    organisations: frozenset[str] = frozenset()
    images: tuple[str, ...] = ()
    source: str = ""
    language: str | None = None
    offer: Offer | None = None
    stands: tuple[tuple[str, int], ...] = ()

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
    text, sentences = located(reading)
    found = zip(reading.contacts, values, sentences, strict=True)
    tying = [(f"c:{value}"[:80], sentence) for contact, value, sentence in found if contact.kind in _TYING]
    offer = offer_of(reading)
    return Imprint(
        id,
        text,
        tuple(dict.fromkeys(key for key, _ in tying)),
        organisations=organisations(reading, employer=employer, board=board),
        source=source,
        language=reading.language,
        offer=offer if offer and offer.keys else None,
        stands=tuple(dict.fromkeys((key, _hash(said)) for key, said in tying if _says_more(said))),
    )


def _says_more(sentence: str) -> bool:
    return len(sentence.replace(MARK, "")) >= _SENTENCE


def _hash(sentence: str) -> int:
    """63 bits of a sentence."""
    return int.from_bytes(blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little") >> 1

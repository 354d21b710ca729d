"""Reading one offer for somebody who asks whether it is safe, and finding whether its words were seen before."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from models.campaigns.imprint import imprint
from models.campaigns.organisations import organisations
from models.campaigns.sketch import likeness
from models.reading import Reading, read
from models.score import Scorer
from zorya.domain.ads import Kind, Posting
from zorya.domain.findings import IndicatorHit, State
from zorya.domain.offers import MOST, OfferReading, PayOffered, Sign, Unsaid
from zorya.store import imprints

SAME_WORDS = 0.8
"""Estimated Jaccard similarity of 5-grams from which two texts are one ad with other names and numbers in it."""
_LETTERS = 12
"""Letters beside the contacts below which what was given is a number or an address, and no text."""
_QUOTES, _QUOTED = 2, 80
_STATED = {
    Unsaid.CONTRACT: "contract",
    Unsaid.HOUSING: "housing",
    Unsaid.TRAVEL: "travel",
    Unsaid.DOCUMENTS: "documents",
}
"""Facts that phrases tell, by what is asked about them."""


def read_offer(text: str, scorer: Scorer, *, country: str | None = None, as_of: datetime) -> OfferReading:
    """What an offer says. `country` (ISO alpha-2) is the asker's: national phone numbers are read as of there."""
    return understand(read(Posting("asked", "1", "", Kind.OTHER, "", text), country=country), scorer, as_of=as_of)


def understand(reading: Reading, scorer: Scorer, *, as_of: datetime) -> OfferReading:
    """What a reading says to somebody who thinks of going."""
    hits, facts = reading.indicators.hits, reading.facts
    is_text = _letters_beside_contacts(reading) >= _LETTERS
    assessed = scorer.assess([reading], ["asked"], as_of=as_of)[0] if is_text else None
    return OfferReading(
        is_text=is_text,
        language=reading.language,
        band=assessed.band if assessed and not assessed.abstain else None,
        present=tuple(_sign(reading, hit) for hit in hits if hit.state is State.PRESENT),
        contradicted=tuple(_sign(reading, hit) for hit in hits if hit.state is State.CONTRADICTED),
        unsaid=() if reading.contacts and not is_text else tuple(_unsaid(reading)),
        pay=PayOffered(facts.plausibility.verdict),
        ratio=facts.plausibility.ratio,
        countries=_countries(reading),
        contacts=reading.contacts,
        warns=bool(reading.indicators.warns or reading.indicators.quoted),
    )


def same_words(connection: Connection, text: str) -> set[str]:
    """Stored postings whose text is nearly this one, at most `MOST` of each of its wordings."""
    asked = imprint(read(Posting("asked", "1", "", Kind.OTHER, "", text)), id="asked").text
    if asked is None:
        return set()
    mine = np.frombuffer(asked.signature, dtype=np.uint8)
    near = imprints.of(connection, imprints.under_any(connection, asked.keys, limit=MOST))
    alike = {each.text for each in near.values() if each.sketch and _alike(mine, each.sketch)}
    return {name for rank in sorted(alike) for name in imprints.under(connection, f"x:{rank}", limit=MOST)}


def _alike(mine: np.ndarray, other: bytes) -> bool:
    return float(likeness(mine, np.frombuffer(other, dtype=np.uint8))) >= SAME_WORDS


def _letters_beside_contacts(reading: Reading) -> int:
    letters = sum(char.isalpha() for char in reading.text)
    return letters - sum(sum(char.isalpha() for char in contact.raw) for contact in reading.contacts)


def _sign(reading: Reading, hit: IndicatorHit) -> Sign:
    said = (" ".join(reading.text[start:end].split())[:_QUOTED] for start, end in hit.spans)
    return Sign(hit, tuple(dict.fromkeys(words for words in said if words))[:_QUOTES])


def _unsaid(reading: Reading) -> Iterator[Unsaid]:
    facts = reading.facts
    silent = {
        Unsaid.EMPLOYER: not organisations(reading),
        Unsaid.PLACE: not (facts.destinations or reading.places),
        Unsaid.PAY: not facts.pays,
        Unsaid.HOURS: facts.hours.day is None and facts.hours.week is None and not facts.of("schedule").values,
    }
    silent |= {unsaid: facts.of(fact).state is State.NOT_STATED for unsaid, fact in _STATED.items()}
    yield from (unsaid for unsaid in Unsaid if silent[unsaid])


def _countries(reading: Reading) -> tuple[str, ...]:
    named = reading.facts.destinations or tuple(place.country for place in reading.places if place.country)
    return tuple(dict.fromkeys(country.lower() for country in named))

"""One reading of one ad: everything that can be said before any score. Same input, same output."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from models.catalogue import TextReading, catalogue
from models.contacts import find_contacts
from models.facts import Facts, find_facts
from models.normalise import normalise
from models.phrases import Words
from models.places import distinct, find_mentions, find_places
from zorya.domain.ads import Contact, Place, Posting
from zorya.domain.findings import Span
from zorya.domain.languages import Part, identify, parts
from zorya.domain.pay import settle_lei

READ_LIMIT = 200_000
"""Characters of an ad that are read: a page that pretends to be a book must not hold up the others."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Language, contacts, facts, places and indicators of an ad; spans are offsets into `text`."""

    text: str
    language: str | None
    parts: tuple[Part, ...]
    """The stretches of one language; together they are `text`."""
    contacts: tuple[Contact, ...]
    facts: Facts
    places: tuple[Place, ...]
    indicators: TextReading
    place_spans: tuple[Span, ...] = ()
    """Where places are named, every time."""
    cut: bool = False
    """True when the ad is longer than what is read."""


def _unmeasured(step: str) -> None:
    """Nobody wants to know what a step took."""


def read(posting: Posting, *, country: str | None = None, lap: Callable[[str], None] = _unmeasured) -> Reading:
    """Read a posting. `country` (ISO alpha-2) of its board helps with national phone numbers and, where the ad's own
    places do not say it, with `lei`. `lap` hears the name of each step as it ends (`zorya bench read`)."""
    text = posting.text[:READ_LIMIT]
    language = identify(text)
    lap("language")
    spoken = parts(text, language)
    lap("parts")
    normalised = normalise(text)
    lap("normalise")
    mentions = find_mentions(text, normalised)
    places = tuple(distinct(mentions))
    lap("places")
    words = Words(text, normalised, places=[span for _, span in mentions], language=language, parts=spoken)
    facts = find_facts(
        text,
        language=language,
        country=_paying_country((*posting.places, *places)) or country,
        words=words,
        places=places,
    )
    lap("facts")
    named = [place.country for place in (*posting.places, *places) if place.country]
    found = find_contacts(text, language=language or posting.language, country=country, places=named)
    known = {(contact.kind, contact.value) for contact in found}
    beside = [contact for contact in posting.contacts if (contact.kind, contact.value) not in known]
    lap("contacts")
    indicators = catalogue().read(text, language, words=words, facts=facts, contacts=(*found, *beside))
    lap("indicators")
    return Reading(
        text=text,
        language=language,
        parts=spoken,
        contacts=(*found, *beside),
        facts=facts,
        places=places,
        indicators=indicators,
        place_spans=tuple(span for _, span in mentions),
        cut=len(posting.text) > READ_LIMIT,
    )


def complete(posting: Posting, *, country: str | None = None) -> Posting:
    """The posting with language, contacts, places and pay filled in where the page itself did not state them."""
    posting = replace(posting, places=tuple(_located(place) for place in posting.places))
    reading = read(posting, country=country)
    pays = reading.facts.pays
    pay = posting.pay and settle_lei(posting.pay, _paying_country(posting.places or reading.places))
    pay = pay or next((p for p in pays if p.period), pays[0] if pays else None)
    return replace(
        posting,
        language=reading.language or posting.language,
        contacts=reading.contacts,
        places=posting.places or reading.places,
        pay=pay,
    )


def _paying_country(places: Sequence[Place]) -> str | None:
    """The country where the work is: of the destinations, else of all places named; None when they are several."""
    where = {place.country for place in places if place.country and place.role == "destination"}
    where = where or {place.country for place in places if place.country}
    return where.pop() if len(where) == 1 else None


def _located(place: Place) -> Place:
    """A place field with the country filled in when the gazetteer knows its name."""
    if place.country:
        return place
    known = find_places(place.raw, field=True)
    return replace(place, name=place.name or known[0].name, country=known[0].country) if known else place

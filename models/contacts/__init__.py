"""Contacts in free text: phones (E.164), e-mail, messenger handles and links, with raw text, place and confidence.

`folding` undoes what hides digits, `links`, `emails`, `handles` and `phones` read the result, each with the words of
`models/lexicons/contacts.yml`. Levels of confidence: `zorya.domain.ads`.
"""

from bisect import bisect, insort
from collections.abc import Iterable, Iterator

from models.contacts.emails import find_emails
from models.contacts.folding import Folded, fold
from models.contacts.handles import find_handles
from models.contacts.links import find_links, find_urls
from models.contacts.numbering import Regions
from models.contacts.phones import find_phones
from zorya.domain.ads import Contact


def find_contacts(
    text: str, *, language: str | None = None, country: str | None = None, places: Iterable[str] = ()
) -> list[Contact]:
    """Every contact of a text, once per kind and value, in the order of the text.

    `country` (ISO alpha-2 of the board or ad), `language` (ISO 639-1) and the countries of `places` that the ad names
    suggest, in this order, the region of national numbers.
    """
    folded = fold(text)
    regions = Regions.of(language, country, tuple(dict.fromkeys(places)))
    taken: list[tuple[int, int]] = []
    unique: dict[tuple[str, str], Contact] = {}
    for contact in _candidates(folded, regions):
        if not _take(taken, contact.start, contact.end):
            continue
        key = (contact.kind, contact.value)
        known = unique.get(key)
        if known is None or contact.start < known.start:
            unique[key] = contact
    return sorted(unique.values(), key=lambda contact: contact.start)


def _take(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    """Add a span to the sorted ones unless it overlaps one of them."""
    at = bisect(taken, (start, end))
    if (at and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end):
        return False
    insort(taken, (start, end))
    return True


def _candidates(folded: Folded, regions: Regions) -> Iterator[Contact]:
    """What is surest first: what stands in a link is no number, what stands in an address no handle."""
    yield from find_links(folded)
    yield from find_emails(folded)
    yield from find_handles(folded)
    yield from find_phones(folded, regions)
    yield from find_urls(folded)

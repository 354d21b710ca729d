"""What an ad offers, told without a language: the same offer in another language has the same slots.

Destination, pay, ages, gender, hours, roles, what is provided and asked, indicators, and the other numbers of the text.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from hashlib import blake2b
from itertools import combinations
from typing import Any

from models.campaigns.offer_bits import bits_of
from models.campaigns.roles import roles_of
from models.facts import Facts
from models.gazetteer import FILES
from models.lexicon_files import PlaceFile
from models.reading import Reading
from zorya.datafiles import load
from zorya.domain.findings import Span, State

_LEAST_SLOTS = 3
_MOST_KEYS = 4
_KEY_BITS = 6.0
"""A key less specific than this would gather half a board."""
_MOST_PAIRS = 2
_MOST_NUMBERS = 24
_DATE = re.compile(r"(?<![\d.,/-])(0?[1-9]|[12]\d|3[01])[./](0?[1-9]|1[0-2])(?![\d%]|[.,/]\d{3}(?!\d))")
"""`14.07`, `14/7/2026`; a day stands before its month in all ten languages' countries."""
_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?!\w|[.,]\d{3})")


@dataclass(frozen=True, slots=True)
class Offer:
    """The slots of one ad. Countries are ISO alpha-2, amounts in their currency (ISO 4217), ages in years."""

    language: str | None
    countries: frozenset[str] = frozenset()
    towns: frozenset[str] = frozenset()
    amounts: frozenset[tuple[str, float]] = frozenset()
    rates: frozenset[tuple[str, float, str]] = frozenset()
    """Amounts with the period they are for, where the ad says it."""
    ages: tuple[int | None, int | None] | None = None
    gender: str | None = None
    hours: frozenset[tuple[str, float]] = frozenset()
    roles: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    numbers: frozenset[int] = frozenset()
    dates: frozenset[tuple[int, int]] = frozenset()
    """Day and month of dates in digits."""
    contacts: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
    """Blocking keys `o:…`, at most four, each a combination that few offers share."""

    def stored(self) -> dict[str, Any]:
        """The offer in plain values, the same for the same offer: JSON of the store."""
        return {
            each.name: sorted(value) if isinstance(value, frozenset) else value
            for each in fields(self)
            if (value := getattr(self, each.name))
        }

    @classmethod
    def of_stored(cls, kept: Mapping[str, Any]) -> "Offer":
        """From what `stored` gave, perhaps by way of JSON."""
        plain = {name: value for name, value in kept.items() if name in {"language", "gender"}}
        pairs = {name: frozenset(map(tuple, kept.get(name, ()))) for name in ("amounts", "rates", "hours", "dates")}
        sets = {
            name: frozenset(kept.get(name, ()))
            for name in ("countries", "towns", "roles", "facts", "codes", "numbers", "contacts")
        }
        ages = tuple(kept["ages"]) if kept.get("ages") else None
        return cls(**{"language": None} | plain | pairs | sets, ages=ages, keys=tuple(kept.get("keys", ())))


def offer_of(reading: Reading) -> Offer | None:
    """The offer of an ad; None when it states less than three of destination, pay, ages, hours and roles."""
    facts = reading.facts
    leading = [place for place in reading.places if place.role == "destination"]
    named = leading or [place for place in reading.places if place.role is None] or reading.places
    amounts = frozenset((pay.currency, float(end)) for pay in facts.pays for end in (pay.min, pay.max) if end)
    rates = frozenset(
        (pay.currency, float(end), pay.period) for pay in facts.pays if pay.period for end in (pay.min, pay.max) if end
    )
    ages = (facts.age.low, facts.age.high) if facts.age else None
    roles = roles_of(reading.indicators.normalised.text)
    hours = _hours(facts)
    if sum(map(bool, (named, amounts, ages, hours, roles))) < _LEAST_SLOTS:
        return None
    dates, numbers = _numbers(reading)
    offer = Offer(
        language=reading.language,
        countries=frozenset(place.country for place in named if place.country),
        towns=frozenset(place.name for place in named if place.name and place.name not in _country_names()),
        amounts=amounts,
        rates=rates,
        ages=ages,
        gender=facts.gender_wanted,
        hours=hours,
        roles=roles,
        facts=_told(facts),
        codes=frozenset(hit.code for hit in reading.indicators.hits if hit.state is State.PRESENT),
        numbers=numbers,
        dates=dates,
        contacts=frozenset(str(contact.kind) for contact in reading.contacts),
    )
    return replace(offer, keys=keys_of(offer))


def keys_of(offer: Offer) -> tuple[str, ...]:
    """The rarest pairs of an amount, a town, ages and a role, the most specific first. No value stands in more than two
    of them: a version that leaves one out still shares a key."""
    parts = sorted(
        [
            *(("amount", each) for each in offer.amounts),
            *(("town", each) for each in offer.towns),
            *(("ages", each) for each in [offer.ages] if each and None not in each),
            *(("role", each) for each in offer.roles),
        ],
        key=repr,
    )
    rated = [
        (bits_of(*one) + bits_of(*other), one, other) for one, other in combinations(parts, 2) if one[0] != other[0]
    ]
    used: Counter[tuple[str, Any]] = Counter()
    keys: list[str] = []
    for bits, one, other in sorted(rated, key=lambda pair: (-pair[0], repr(pair[1:]))):
        if bits >= _KEY_BITS and len(keys) < _MOST_KEYS and max(used[one], used[other]) < _MOST_PAIRS:
            used.update((one, other))
            keys.append(f"o:{blake2b(repr((one, other)).encode(), digest_size=8).hexdigest()}")
    return tuple(keys)


def _hours(facts: Facts) -> frozenset[tuple[str, float]]:
    told = {"day": facts.hours.day, "week": facts.hours.week, "days": facts.hours.days}
    return frozenset((kind, value) for kind, value in told.items() if value)


def _told(facts: Facts) -> frozenset[str]:
    """What phrases say of housing, travel, papers and so on, but for whom is wanted and the kind of work: slots of
    their own."""
    return frozenset(
        f"{fact} {value}"
        for fact, stated in facts.stated.items()
        if fact not in {"gender", "occupation"}
        for value in (stated.values if stated.state is State.PRESENT else ("denied",))
    )


def _numbers(reading: Reading) -> tuple[frozenset[tuple[int, int]], frozenset[int]]:
    """Dates in digits, and the other numbers of the text that are no contact, pay, age or working time: months,
    percentages, how many."""
    facts = reading.facts
    taken = [(contact.start, contact.end) for contact in reading.contacts]
    taken += [(pay.start, pay.end) for pay in facts.pays]
    taken += [*facts.hours.spans, *([facts.age.span] if facts.age else [])]
    dates = list(_free(_DATE, reading.text, taken))
    taken += [match.span() for match in dates]
    numbers = dict.fromkeys(int(match[0]) for match in _free(_NUMBER, reading.text, taken))
    days = dict.fromkeys((int(match[1]), int(match[2])) for match in dates)
    return frozenset(list(days)[:_MOST_NUMBERS]), frozenset(list(numbers)[:_MOST_NUMBERS])


def _free(pattern: re.Pattern[str], text: str, taken: Sequence[Span]) -> Iterator[re.Match[str]]:
    for match in pattern.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield match


@cache
def _country_names() -> frozenset[str]:
    countries = load(FILES[0], PlaceFile).places.values()
    return frozenset(name.partition(" (")[0] for places in countries for name in places)

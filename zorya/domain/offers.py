"""What `zorya check-offer` says of an offer that somebody asks about. Nothing of the asker or the offer is stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zorya.domain.ads import Contact
from zorya.domain.findings import Band, IndicatorHit


class Unsaid(StrEnum):
    """What a lawful offer of work says, in the order in which one asks for it."""

    EMPLOYER = "employer"
    PLACE = "place"
    CONTRACT = "contract"
    PAY = "pay"
    HOURS = "hours"
    HOUSING = "housing"
    TRAVEL = "travel"
    DOCUMENTS = "documents"


class PayOffered(StrEnum):
    """Pay against what is usual for the work in the country; unknown when the offer does not say enough."""

    FAR_ABOVE = "far_above"
    ABOVE = "above"
    USUAL = "usual"
    BELOW = "below"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sign:
    """An indicator that is present or contradicted, with the words it was read from."""

    hit: IndicatorHit
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfferReading:
    """What the words of an offer say. `is_text` is false of a bare number or name. `band` is None when there is no text
    to score, or the model abstains.

    `ratio` is pay offered ÷ pay usual. `countries` (ISO alpha-2, lower case) are where the offer leads, else those it
    names. `warns` is true of a text that warns of such offers instead of making one.
    """

    is_text: bool
    language: str | None
    band: Band | None
    present: tuple[Sign, ...]
    contradicted: tuple[Sign, ...]
    unsaid: tuple[Unsaid, ...]
    pay: PayOffered
    ratio: float | None
    countries: tuple[str, ...]
    contacts: tuple[Contact, ...]
    warns: bool


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """Ads with the same contact or nearly the same words. `ads` stops at `MOST`.

    `confirmed` counts those of campaigns that two people call a concern, `ordinary` those of campaigns that people
    looked at and call no concern; of the rest nobody has said anything.
    """

    ads: int = 0
    sources: int = 0
    confirmed: int = 0
    ordinary: int = 0
    first: datetime | None = None
    last: datetime | None = None


MOST = 200
"""Ads that are looked at; more change nothing in what the asker should do."""

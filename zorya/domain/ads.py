"""Advertisements as observed: captures, postings, their versions, and the contacts in them."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from zorya.domain.pay import Pay


class Kind(StrEnum):
    """What sort of offer a posting is."""

    JOB = "job"
    DATING = "dating"
    OTHER = "other"


class ContactKind(StrEnum):
    """Channels through which an ad asks to be answered."""

    PHONE = "phone"
    EMAIL = "email"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    VIBER = "viber"
    INSTAGRAM = "instagram"
    VK = "vk"
    URL = "url"


LINKED = 1.0
"""Confidence of a contact: a link, a field of the page, an e-mail address as it is typed."""
WRITTEN = 0.9
"""A number with its country code or valid in the board's own country; a handle beside the name of its messenger."""
GUESSED = 0.7
"""The country is guessed from language or places; the messenger from the mere `@`; the handle has no `@`."""
POSSIBLE = 0.5
"""As long as a number of that country, yet in a range that is not assigned."""
UNPLACED = 0.4
"""National digits of a country nobody named: they match only what is written alike."""
REPAIRED = 0.8
"""Factor for what had to be undone: digits read out, look-alikes, an address spelled in words."""


_ON_PHONES = frozenset({ContactKind.WHATSAPP, ContactKind.VIBER, ContactKind.TELEGRAM})
_NUMBER = re.compile(r"\+?\d{6,15}")


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach the advertiser.

    `value` is normalised (phones E.164, e-mail and handles lower-case without `@`, groups as `host/code`), `raw` is
    what the ad wrote. `start`/`end` are character offsets into `title + "\\n" + body`, or -1 when the contact
    came from a page field outside the text. `confidence` lies in (0, 1]: the levels above, times `REPAIRED`.
    """

    kind: ContactKind
    value: str
    raw: str
    start: int = -1
    end: int = -1
    confidence: float = LINKED

    @property
    def says_country(self) -> bool:
        """True for a number that the ad writes with its country code; else the country is a guess from its context."""
        digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", self.raw))
        abroad = "+" in self.raw or digits.startswith("00") or digits.endswith(self.value.lstrip("+"))
        return self.value.startswith("+") and bool(digits) and abroad

    @property
    def number_or_kind(self) -> ContactKind:
        """What the value is matched as: behind a messenger's number is the same phone as behind a call; a group's code
        or a handle is none.
        """
        numbered = self.kind in _ON_PHONES and _NUMBER.fullmatch(self.value)
        return ContactKind.PHONE if numbered else self.kind


@dataclass(frozen=True, slots=True)
class Place:
    """A place an ad names: as written, its usual name, ISO 3166-1 alpha-2 country (lower case).

    `role` is what the ad's words make of it: where the work is or whom the offer speaks to; None: it is only named.
    """

    raw: str
    name: str | None = None
    country: str | None = None
    role: Literal["destination", "origin"] | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """What the server sent, unchanged. `sha256` is the digest of the payload, hex; `file_sha256` of the whole file."""

    id: str
    url: str
    status: int
    media_type: str
    headers: tuple[tuple[str, str], ...]
    fetched_at: datetime
    sha256: str
    warc_file: str
    warc_offset: int
    file_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Posting:
    """One advertisement as normalised from one capture.

    `native_id` is the board's own number, or the canonical URL where it has none; together with
    `source` it is the identity. `flags` are facts about the reading (`parser_truncated`, …), `images` hashes of its
    pictures (of sources that keep pictures as hashes; the pictures themselves are never kept).
    """

    source: str
    native_id: str
    url: str
    kind: Kind
    title: str
    body: str
    language: str | None = None
    employer: str | None = None
    places: tuple[Place, ...] = ()
    pay: Pay | None = None
    contacts: tuple[Contact, ...] = ()
    posted_on: date | None = None
    flags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The string all spans refer to."""
        return f"{self.title}\n{self.body}"


@dataclass(frozen=True, slots=True)
class PostingVersion:
    """One stored state of a posting: what a screening reads."""

    id: str
    posting_id: str
    content_hash: str
    capture_id: str | None
    seen_at: datetime
    posting: Posting = field(repr=False)

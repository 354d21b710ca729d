"""Deconfliction: two organisations learn that both hold a contact, and whom to call. Never anything of a case."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from zorya.domain.ads import Contact


@dataclass(frozen=True, slots=True)
class Holder:
    """An organisation that holds a contact, and who answers there; `contact_point` is empty where its partner file is
    gone or broken: then the hub knows whom to call."""

    partner: str
    organisation: str
    contact_point: str


@dataclass(frozen=True, slots=True)
class Reply:
    """All that a lookup answers: who else holds the contact, by partner id. Empty where nobody does."""

    held_by: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Holding:
    """A contact that an organisation registered; the contact itself is not stored. `reference` is its own word for the
    case, shown to nobody else."""

    id: int
    partner: str
    reference: str
    registered_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Match:
    """What a holder is told: another organisation asked about `holding`, or registered the same contact."""

    seq: int
    holding: Holding
    other: Holder
    at: datetime


class AlarmKind(StrEnum):
    """What a lead is told of an asker."""

    PLANTED = "planted"
    """It asked about a contact that nobody holds and the hub planted: so asks who tries numbers out."""
    CUT_OFF = "cut_off"
    """It used up the lookups of a day."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One report to the leads; `seen_by` is who looked into it, empty until somebody did."""

    seq: int
    partner: str
    kind: AlarmKind
    account: str
    at: datetime
    seen_by: str


class DeconflictionDesk(Protocol):
    """Where partners ask and register; refusals raise ZoryaError with words for the person who asked."""

    def ask(self, partner: str, contact: Contact, *, by: str, at: datetime) -> Reply:
        """Who else holds a contact. Counts against the day; the holders learn who asked."""
        ...

    def register(self, partner: str, contact: Contact, *, reference: str, by: str, at: datetime) -> Reply:
        """Ask, and be found by whoever asks later, until the entry expires. Again: it lasts longer."""
        ...

    def withdraw(self, partner: str, holding: int, *, by: str, at: datetime) -> bool:
        """Take an entry of one's own back; False when there is none of that number."""
        ...

    def matches(self, partner: str, *, at: datetime) -> list[Match]:
        """What a partner was told of its entries, newest first."""
        ...

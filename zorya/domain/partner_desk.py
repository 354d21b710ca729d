"""The desk at which people decide on alerts and partners answer: what pages ask of the room `alerts`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from zorya.domain.deconfliction import DeconflictionDesk
from zorya.domain.referrals import Answer
from zorya.domain.sharing import Act, Alert, Marking


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A line of a card, in the partner's words; `lang` where it is not the reader's language."""

    label: str
    value: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """An alert as its partner reads it: the same words as in the mail. `permits` says what the marking allows."""

    alert: Alert
    partner: str
    language: str
    marking: Marking
    permits: str
    title: str
    facts: str
    rows: tuple[ReadingRow, ...]


@dataclass(frozen=True, slots=True)
class DigestPart:
    """A card with its heading, or what stands before or after the cards: lines, and for each where it leads (empty:
    nowhere).
    """

    heading: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DigestReading:
    """A digest as its partner reads it on a page: the words that were stored, less what was recalled since."""

    id: str
    partner: str
    language: str
    marking: Marking
    permits: str
    subject: str
    sent_at: datetime
    parts: tuple[DigestPart, ...]


@dataclass(frozen=True, slots=True)
class Pausing:
    """What the link at the foot of a mail opens: whose digests, in their language, and what one press may do now."""

    partner: str
    name: str
    language: str
    may_pause: bool
    may_resume: bool


class Renewal(StrEnum):
    """What became of the request for a fresh link."""

    SENT = "sent"
    TOO_MANY = "too_many"
    """The day's links of this digest are used up."""
    NOT_NOW = "not_now"
    """The digest may not leave as it is: an alert was recalled, the partner's file changed."""
    NONE = "none"
    """There is no such link, or it still opens."""


class PartnerDesk(Protocol):
    """Where leads decide and partners answer; refusals raise ZoryaError with words for the person who asked."""

    @property
    def deconfliction(self) -> DeconflictionDesk:
        """Where partners ask who else holds a contact."""
        ...

    def reading(self, alert_id: str, *, at: datetime) -> Reading:
        """The card as the partner reads it."""
        ...

    def reading_for(self, referral_id: str, *, at: datetime) -> Reading:
        """The card that the responsible organisation reads; the first partner's where the lead is responsible."""
        ...

    def digest(self, digest_id: str, *, by_link: bool) -> DigestReading:
        """A digest on a page; `by_link` for who has no account, whose answers have links of their own."""
        ...

    def renew_link(self, token: str, *, at: datetime) -> Renewal:
        """Send a fresh link to the partner's registered address; the old one is forgotten."""
        ...

    def decide(self, alert_id: str, act: Act, *, by: str, at: datetime, reason: str, content_hash: str) -> Alert:
        """Approve or send back the very card that was read."""
        ...

    def recall(self, alert_id: str, *, by: str, at: datetime, reason: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Withdraw an alert: (who is told, whom no mail reaches)."""
        ...

    def correct(self, alert_id: str, *, by: str, at: datetime, reason: str) -> Alert:
        """Make the card anew; it waits for an approval."""
        ...

    def answer(self, referral_id: str, said: Answer, *, speaks_for: str, by: str, at: datetime, token: str = "") -> str:
        """Store an answer; returns the token of the next step, empty when there is none for this organisation."""
        ...

    def pausing(self, token: str, *, at: datetime) -> Pausing | None:
        """What a link may do; None when it is unknown, has run out or was used up. Changes nothing."""
        ...

    def pause(self, token: str, *, at: datetime) -> Pausing | None:
        """Stop new alerts for the link's partner and tell the leads; pressed twice, it is one pause."""
        ...

    def resume(self, token: str, *, at: datetime) -> Pausing | None:
        """Take the link's pause back and tell the leads; the link is used up."""
        ...

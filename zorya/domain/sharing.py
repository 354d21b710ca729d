"""What leaves the house: markings, alerts, referrals, digests."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Marking(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST), from open to closed."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"

    def within(self, ceiling: "Marking") -> bool:
        """True when a recipient cleared up to `ceiling` may read this."""
        order = list(Marking)
        return order.index(self) <= order.index(ceiling)


class ReferralState(StrEnum):
    """offered → accepted / declined → acted → closed."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ACTED = "acted"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Alert:
    """A campaign two people confirmed, offered to one partner.

    `content` is the redacted, self-contained card (JSON-ready) and `content_hash` its SHA-256.
    """

    id: str
    partner: str
    campaign_id: str
    verdict_ids: tuple[str, ...]
    marking: Marking
    severity: int
    created_at: datetime
    content: dict[str, object]
    content_hash: str


@dataclass(frozen=True, slots=True)
class Referral:
    """The responsibility for an alert: always exactly one owner."""

    id: str
    alert_id: str
    partner: str
    state: ReferralState
    owner: str
    due_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Digest:
    """A partner's alerts of the half-open period [start, end), rendered once."""

    id: str
    partner: str
    period_start: datetime
    period_end: datetime
    sequence: int
    marking: Marking
    alert_ids: tuple[str, ...]
    subject: str
    text: str
    html: str
    created_at: datetime

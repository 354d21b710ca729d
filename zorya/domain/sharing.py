"""What leaves the house: markings, alerts, referrals, digests."""

from dataclasses import dataclass
from datetime import UTC, datetime
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


class AlertState(StrEnum):
    """Where an alert stands. What leaves the house is decided by approvals and notices; this is what lists go by."""

    WAITING = "waiting"
    """For the approval of a lead who has not judged the campaign."""
    APPROVED = "approved"
    TOLD = "told"
    """In a digest."""
    SENT_BACK = "sent_back"
    RECALLED = "recalled"


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

    `content` is the redacted, self-contained card (JSON-ready). `content_hash` is the SHA-256 of `bound`: an approval
    holds for that hash alone. `route` are the organisations that are asked next, in order, where this one cannot;
    `origin` is the alert that such a hand-over copies.
    """

    id: str
    partner: str
    campaign_id: str
    verdict_ids: tuple[str, ...]
    marking: Marking
    severity: int
    created_at: datetime
    content: dict[str, object]
    content_hash: str = ""
    revision: int = 1
    route: tuple[str, ...] = ()
    origin: str | None = None
    state: AlertState = AlertState.WAITING

    @property
    def bound(self) -> dict[str, object]:
        """Everything an approval is bound to: what is read, by whom, on whose word, in which revision."""
        return {
            "partner": self.partner,
            "campaign_id": self.campaign_id,
            "verdict_ids": list(self.verdict_ids),
            "marking": self.marking.value,
            "severity": self.severity,
            "content": self.content,
            "revision": self.revision,
            "route": list(self.route),
            "origin": self.origin,
        }


class Act(StrEnum):
    """What a lead decides about a revision of an alert."""

    APPROVE = "approve"
    SEND_BACK = "send_back"


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision on one revision of an alert, sealed with a key that is not in the database."""

    alert_id: str
    content_hash: str
    act: Act
    approver: str
    at: datetime
    reason: str = ""
    seal: str = ""

    @property
    def sealed(self) -> dict[str, object]:
        """What the seal covers."""
        return {
            "alert_id": self.alert_id,
            "content_hash": self.content_hash,
            "act": self.act.value,
            "approver": self.approver,
            "at": self.at.astimezone(UTC).isoformat(),
            "reason": self.reason,
        }


class NoticeKind(StrEnum):
    """What a recipient of an alert is told afterwards."""

    RECALLED = "recalled"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert was withdrawn, or corrected to a revision."""

    seq: int
    alert_id: str
    kind: NoticeKind
    revision: int
    at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Referral:
    """The responsibility for an alert: always exactly one owner, a partner or the lead.

    `version` counts its steps; `reminded` is the version whose owner was reminded; `outcome` says how it ended.
    """

    id: str
    alert_id: str
    partner: str
    state: ReferralState
    owner: str
    due_at: datetime
    updated_at: datetime
    version: int = 1
    reminded: int = 0
    outcome: str = ""


class DigestKind(StrEnum):
    """A period's alerts; urgent ones, at once; that there were none; or notices of alerts that were sent before."""

    DIGEST = "digest"
    URGENT = "urgent"
    HEARTBEAT = "heartbeat"
    NOTICE = "notice"


PERIODIC = (DigestKind.DIGEST, DigestKind.HEARTBEAT)
"""Kinds that tell a period: the next one begins where the newest of them ended."""


class Exclusion(StrEnum):
    """Why a confirmed campaign is not for a partner. A digest tells the numbers, nothing of the campaigns."""

    COUNTRIES = "outside_countries"
    PATTERNS = "other_patterns"
    LANGUAGES = "other_languages"
    SEVERITY = "below_severity"
    CEILING = "above_ceiling"


@dataclass(frozen=True, slots=True)
class ChainLink:
    """Where a partner's next digest stands: its number, the check value (SHA-256, hex) of the one before, empty where
    none has one, and the numbers of those before that were held back and never left the house.
    """

    sequence: int
    previous: str = ""
    held_back: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """A partner's alerts of the half-open period [start, end), rendered once; or, as kind `notice`, what became of
    alerts that were sent (start and end are one moment then, as with `urgent`). `seal` is a keyed digest of what was
    rendered. `chain` is the check value of this digest as its recipient reads it (`alerts.chain`), `previous` that of
    the one with the number before; `held_back` are numbers that never left the house.
    """

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
    kind: DigestKind = DigestKind.DIGEST
    notices: tuple[str, ...] = ()
    seal: str = ""
    previous: str = ""
    chain: str = ""
    held_back: tuple[int, ...] = ()

    @property
    def sealed(self) -> dict[str, object]:
        """What the seal covers: recipient, marking, alerts, every word and, since there is one, the chain."""
        chain: dict[str, object] = {"chain": self.chain} if self.chain else {}
        return chain | {
            "id": self.id,
            "partner": self.partner,
            "marking": self.marking.value,
            "alert_ids": list(self.alert_ids),
            "notices": list(self.notices),
            "kind": self.kind.value,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
        }

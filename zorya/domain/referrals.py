"""The referral ledger's words: who may answer what, how long each step may take, what an outcome says of a campaign."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zorya.domain.reviews import VerdictLabel
from zorya.domain.sharing import ReferralState

LEAD = "lead"
"""Who is responsible where no organisation is: the leads of this house. No partner file may have this id."""

ANSWER_WITHIN = timedelta(days=7)
"""From the digest that tells an alert to an answer."""
ACT_WITHIN = timedelta(days=30)
CLOSE_WITHIN = timedelta(days=60)
REMIND_BEFORE = timedelta(days=2)
"""So long before a due date its owner is reminded, once."""


class Step(StrEnum):
    """One line of a referral's history."""

    OFFER = "offer"
    ACCEPT = "accept"
    DECLINE = "decline"
    ACT = "act"
    CLOSE = "close"
    REMIND = "remind"
    TIME_OUT = "time_out"
    HAND_OVER = "hand_over"
    RECALL = "recall"


class Decline(StrEnum):
    """Why an organisation does not take a referral."""

    NOT_OURS = "not_ours"
    NO_CAPACITY = "no_capacity"
    KNOWN = "known"
    UNFOUNDED = "unfounded"


class Outcome(StrEnum):
    """How a referral ended."""

    CONFIRMED = "confirmed"
    OTHER_HARM = "other_harm"
    UNFOUNDED = "unfounded"
    UNKNOWN = "unknown"
    HELD = "held"
    """Another organisation answers for the same campaign."""
    RECALLED = "recalled"


ANSWERABLE = (Outcome.CONFIRMED, Outcome.OTHER_HARM, Outcome.UNFOUNDED, Outcome.UNKNOWN)
"""Outcomes that an organisation may give."""

OPINIONS: dict[str, VerdictLabel] = {
    Outcome.CONFIRMED: VerdictLabel.CONCERN,
    Outcome.OTHER_HARM: VerdictLabel.OTHER_HARM,
    Outcome.UNFOUNDED: VerdictLabel.NO_CONCERN,
    Outcome.UNKNOWN: VerdictLabel.UNSURE,
}
"""What an answer says of the campaign, from outside; it never overrides a verdict. *Unfounded* counts as a reason to
decline too; the other reasons say nothing of the campaign."""

ANSWERS: dict[Step, frozenset[ReferralState]] = {
    Step.ACCEPT: frozenset({ReferralState.OFFERED}),
    Step.DECLINE: frozenset({ReferralState.OFFERED, ReferralState.ACCEPTED}),
    Step.ACT: frozenset({ReferralState.OFFERED, ReferralState.ACCEPTED, ReferralState.ACTED}),
    Step.CLOSE: frozenset({ReferralState.ACCEPTED, ReferralState.ACTED}),
}
"""The four answers, and the states in which each may be given."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an organisation says: `code` is a Decline with *decline*, an Outcome with *close*, else empty."""

    step: Step
    code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a referral's history: who did what, who was responsible before and after, and why."""

    seq: int
    referral_id: str
    at: datetime
    actor: str
    step: Step
    from_owner: str
    to_owner: str
    state: ReferralState
    due_at: datetime
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OutsideOpinion:
    """What a partner found out about a campaign; kept beside the verdicts, never in their place."""

    campaign_id: str
    partner: str
    label: VerdictLabel
    code: str
    note: str
    at: datetime

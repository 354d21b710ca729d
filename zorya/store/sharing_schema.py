"""Tables of what leaves the house: alerts, who approved them, referrals, digests and the outbox.

`approvals`, `alert_notices`, `referral_history` and `outside_opinions` are append-only. Triggers (migration 0012)
refuse an approval by who may not give one, an edit of an alert without a new revision, and a delivery of an alert that
nobody has approved.
"""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from zorya.store.metadata import identity, metadata, reference
from zorya.store.utc_time import UtcTime

alerts = Table(
    "alerts",
    metadata,
    identity(),
    Column("partner", String(80), nullable=False),
    reference("campaign_id", "campaigns"),
    Column("verdict_ids", JSON, nullable=False),
    Column("marking", String(20), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("content", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("revision", Integer, nullable=False, default=1),
    Column("route", JSON, nullable=False, default=list),
    Column("origin", String(40)),
    Column("state", String(16), nullable=False, default="waiting"),
    UniqueConstraint("partner", "campaign_id"),
    Index(None, "state", "created_at", "id"),
    Index(None, "origin"),
    Index(None, "partner", "created_at"),
    Index(None, "campaign_id"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    reference("alert_id", "alerts"),
    Column("content_hash", String(64), nullable=False),
    Column("act", String(16), nullable=False),
    Column("approver", String(80), ForeignKey("users.name"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("seal", String(64), nullable=False),
    UniqueConstraint("alert_id", "content_hash"),
)
"""One decision (`approve` or `send_back`) on one revision of an alert; `seal` is a keyed digest of the row."""

alert_notices = Table(
    "alert_notices",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    reference("alert_id", "alerts"),
    Column("kind", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    UniqueConstraint("alert_id", "kind", "revision"),
)
"""What a recipient of an alert must be told: it was `recalled`, or `corrected` to a revision."""

referrals = Table(
    "referrals",
    metadata,
    identity(),
    reference("alert_id", "alerts"),
    Column("partner", String(80), nullable=False),
    Column("state", String(16), nullable=False),
    Column("owner", String(80), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("reminded", Integer, nullable=False, default=0),
    Column("outcome", String(16), nullable=False, default=""),
    Index(None, "alert_id", unique=True),
    Index(None, "state", "due_at"),
    Index(None, "owner", "due_at", "id"),
    Index(None, "due_at", "id"),
)

referral_history = Table(
    "referral_history",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    reference("referral_id", "referrals"),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("step", String(16), nullable=False),
    Column("from_owner", String(80), nullable=False),
    Column("to_owner", String(80), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("code", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "referral_id", "seq"),
)

answer_links = Table(
    "answer_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    reference("referral_id", "referrals"),
    Column("partner", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)

digest_links = Table(
    "digest_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    reference("digest_id", "digests"),
    Column("partner", String(80), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
)

partner_accounts = Table(
    "partner_accounts",
    metadata,
    Column("user", String(80), ForeignKey("users.name"), primary_key=True),
    Column("partner", String(80), nullable=False),
)

partner_tokens = Table(
    "partner_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("partner", String(80), nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Index(
        "uq_partner_tokens_partner",
        "partner",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)
"""What a partner's machine shows to fetch what was told to that partner; rows stay when a token has ended."""

outside_opinions = Table(
    "outside_opinions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    reference("referral_id", "referrals"),
    reference("campaign_id", "campaigns"),
    Column("partner", String(80), nullable=False),
    Column("label", String(16), nullable=False),
    Column("code", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "campaign_id", "seq"),
)

_PERIOD = ("partner", "period_start", "period_end")
_PERIODIC = text("kind IN ('digest', 'heartbeat')")
digests = Table(
    "digests",
    metadata,
    identity(),
    Column("partner", String(80), nullable=False),
    Column("period_start", UtcTime, nullable=False),
    Column("period_end", UtcTime, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("marking", String(20), nullable=False),
    Column("alert_ids", JSON, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("kind", String(16), nullable=False, default="digest"),
    Column("notices", JSON, nullable=False, default=list),
    Column("seal", String(64), nullable=False, default=""),
    Column("previous", String(64), nullable=False, default=""),
    Column("chain", String(64), nullable=False, default=""),
    Column("held_back", JSON, nullable=False, default=list),
    UniqueConstraint("partner", "sequence"),
    Index(None, *_PERIOD, unique=True, sqlite_where=_PERIODIC, postgresql_where=_PERIODIC),
)
"""A period is told once; any number of notices may leave at one moment."""

outbox = Table(
    "outbox",
    metadata,
    Column("message_id", String(160), primary_key=True),
    reference("digest_id", "digests"),
    Column("channel", String(20), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("next_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("error", Text, nullable=False, default=""),
    Index(None, "state", "next_at"),
)

exclusions = Table(
    "exclusions",
    metadata,
    Column("partner", String(80), primary_key=True),
    Column("campaign_id", String(40), ForeignKey("campaigns.id"), primary_key=True),
    Column("reason", String(20), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "partner", "at"),
    Index(None, "campaign_id"),
)
"""Confirmed campaigns that were not for a partner, and why: counted in its next digest, never told."""

selection_backlog = Table(
    "selection_backlog",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("campaign_id", String(40), nullable=False, index=True),
)
"""Campaigns that changed since selection looked at them; once a change, without a key that writers would meet at."""

unclaimed_campaigns = Table(
    "unclaimed_campaigns", metadata, Column("campaign_id", String(40), ForeignKey("campaigns.id"), primary_key=True)
)
"""Confirmed campaigns that fit no partner: told at every run until somebody takes them."""

considered_partners = Table(
    "considered_partners",
    metadata,
    Column("partner", String(80), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
)
"""The partners that campaigns were offered to, by what of their files decides what they are offered."""

partner_standing = Table(
    "partner_standing",
    metadata,
    Column("partner", String(80), primary_key=True),
    Column("known_since", UtcTime, nullable=False),
    Column("paused_at", UtcTime),
    Column("paused_by", String(80), nullable=False, default=""),
)
"""Since when digests look at a partner, and whether it paused them itself (its file may pause it too)."""

pause_links = Table(
    "pause_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("partner", String(80), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("paused_at", UtcTime),
    Column("resumed_at", UtcTime),
)
"""One-time links of mails: each pauses once, and takes that pause back once. Only the hash is stored."""

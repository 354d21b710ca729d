"""Tables of deconfliction. Contacts are here as tokens alone, made with a key of their own outside the database."""

from sqlalchemy import Column, Date, Index, Integer, String, Table, UniqueConstraint

from zorya.store.metadata import metadata
from zorya.store.utc_time import UtcTime

deconfliction_holdings = Table(
    "deconfliction_holdings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("token", String(64), nullable=False),
    Column("partner", String(80), nullable=False),
    Column("reference", String(60), nullable=False),
    Column("registered_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    UniqueConstraint("token", "partner"),
    Index(None, "partner", "id"),
)

deconfliction_matches = Table(
    "deconfliction_matches",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("holding", Integer, nullable=False),
    Column("other", String(80), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("told_at", UtcTime),
    UniqueConstraint("holding", "other"),
)
"""The holder of `holding` is to be told of `other`; `told_at` is when a mail to it was made."""

deconfliction_counts = Table(
    "deconfliction_counts",
    metadata,
    Column("partner", String(80), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("asked", Integer, nullable=False),
    Column("cut_off_at", UtcTime),
)
"""Lookups of a partner on a day (UTC), counted before they are answered."""

deconfliction_planted = Table(
    "deconfliction_planted",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("planted_at", UtcTime, nullable=False),
)
"""Contacts that nobody holds: whoever asks about one is trying numbers out."""

deconfliction_alarms = Table(
    "deconfliction_alarms",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("partner", String(80), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("account", String(80), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("seen_by", String(80), nullable=False, default=""),
    Column("seen_at", UtcTime),
    Index(None, "seen_by", "seq"),
)

"""Tables around the review: flags for a lead (append-only, migration 0011)."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from zorya.store.metadata import metadata
from zorya.store.utc_time import UtcTime

lead_flags = Table(
    "lead_flags",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("campaign_id", String(40), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("words", Text, nullable=False),
    Column("answers", Integer, unique=True),
    Index(None, "campaign_id", "seq"),
)
"""A row with `answers` is a lead's answer to the flag of that number; a flag has one answer at most."""

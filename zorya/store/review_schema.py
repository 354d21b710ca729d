"""Tables around the review: flags for a lead (append-only, migration 0011), and what second looks answered (0027)."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from zorya.store.metadata import metadata, where
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

second_looks = Table(
    "second_looks",
    metadata,
    Column("campaign_id", String(40), ForeignKey("campaigns.id"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("week", String(8), nullable=False),
    Column("labels", String(120), nullable=False),
    Column("open_below", Integer),
    where("open_below IS NOT NULL", "open_below", "at", "campaign_id"),
)
"""Live campaigns that two people or more judged blind, kept by `zorya.store.second_looks`. `at` is when the last one
answered, `week` its ISO week, `labels` how many gave which label (`concern:2 no_concern:1`), `open_below` from how many
analysts on, whose concern is asked for, this waits for somebody to settle it; None: it waits for nobody."""

second_look_weeks = Table(
    "second_look_weeks",
    metadata,
    Column("week", String(8), primary_key=True),
    Column("labels", String(120), primary_key=True),
    Column("campaigns", Integer, nullable=False),
)
"""How many campaigns of `second_looks` have these labels, week by week."""

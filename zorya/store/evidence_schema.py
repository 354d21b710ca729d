"""Tables of the roots of days (`zorya.domain.day_roots`); all three refuse changes (migration 0023)."""

from sqlalchemy import Column, Date, Integer, LargeBinary, String, Table, UniqueConstraint

from zorya.store.metadata import metadata
from zorya.store.utc_time import UtcTime

evidence_roots = Table(
    "evidence_roots",
    metadata,
    Column("day", Date, primary_key=True),
    Column("made_at", UtcTime, nullable=False),
    Column("leaves", Integer, nullable=False),
    Column("root", String(64), nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("audit_hash", String(64), nullable=False),
    Column("previous_day", Date),
    Column("previous_root", String(64), nullable=False),
)

evidence_leaves = Table(
    "evidence_leaves",
    metadata,
    Column("capture_id", String(40), primary_key=True),
    Column("day", Date, nullable=False),
    Column("position", Integer, nullable=False),
    Column("leaf", String(64), nullable=False),
    UniqueConstraint("day", "position"),
)
"""The leaf of each capture under a root. It outlives the capture: what is erased leaves its digest in the tree."""

root_stamps = Table(
    "root_stamps",
    metadata,
    Column("day", Date, primary_key=True),
    Column("authority", String(80), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("token", LargeBinary, nullable=False),
)
"""RFC 3161 answers over the document of a root."""

"""Tables of models: who put which one in use, what a challenger says. `model_promotions` is append-only (triggers of
migration 0008).
"""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from zorya.store.metadata import metadata
from zorya.store.utc_time import UtcTime

model_promotions = Table(
    "model_promotions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", UtcTime, nullable=False),
    Column("name", String(64), nullable=False),
    Column("act", String(16), nullable=False),
    Column("was", String(64)),
    Column("became", String(64), nullable=False),
    Column("manifest", String(64), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "name", "seq"),
)
"""`was` and `became` are versions; `manifest` is the SHA-256 of the manifest of what was put in use, and through it of
every file of the model."""

shadow_scores = Table(
    "shadow_scores",
    metadata,
    Column("assessment_id", String(40), ForeignKey("assessments.id", ondelete="CASCADE"), primary_key=True),
    Column("challenger", String(120), primary_key=True),
    Column("score", Float, nullable=False),
    Column("band", String(24), nullable=False),
    Column("scored_at", UtcTime, nullable=False),
    Index(None, "challenger", "scored_at", "assessment_id"),
)
"""Beside an assessment by the model in use, what the challenger says of the same version; goes when that one goes. No
queue, page or digest reads it (`tests/architecture/test_shadow.py`)."""

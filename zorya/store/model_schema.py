"""Tables of models: who put which one in use. `model_promotions` is append-only (triggers of migration 0008)."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

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

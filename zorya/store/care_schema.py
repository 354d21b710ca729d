"""Tables of care: ads that were stopped for possible child abuse material, and what people said of pictures."""

from sqlalchemy import JSON, Column, Index, String, Table, Text

from zorya.store.metadata import metadata
from zorya.store.utc_time import UtcTime

stopped_ads = Table(
    "stopped_ads",
    metadata,
    Column("posting_id", String(40), primary_key=True),
    Column("content_hash", String(64), nullable=False),
    Column("source", String(80), nullable=False),
    Column("url", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("files", JSON, nullable=False),
    Index(None, "content_hash"),
    Index(None, "source"),
)
"""All that is kept of them: address and digest. `files` are evidence files that are yet to be deleted."""

picture_verdicts = Table(
    "picture_verdicts",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("word", String(16), nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", UtcTime, nullable=False),
)

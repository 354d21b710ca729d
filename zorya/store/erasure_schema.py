"""Tables of erasure: ads that were erased, and how much of the erasure list this database has been told."""

from sqlalchemy import BigInteger, Column, Index, String, Table

from zorya.store.metadata import metadata
from zorya.store.utc_time import UtcTime

erased_ads = Table(
    "erased_ads",
    metadata,
    Column("posting_id", String(40), primary_key=True),
    Column("content_hash", String(64), primary_key=True),
    Column("source", String(80), nullable=False),
    Column("url_key", String(64), nullable=False),
    Column("why", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "content_hash"),
    Index(None, "source"),
)
"""A row a version, digests alone."""

erasure_marks = Table(
    "erasure_marks",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("size", BigInteger, nullable=False),
)
"""`announced` and `applied`: bytes of the erasure list. A database restored from before an erasure knows fewer."""

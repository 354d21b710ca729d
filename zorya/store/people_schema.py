"""Tables of people: accounts, what they prefer, their sessions. Only hashes of passwords and tokens are stored."""

from sqlalchemy import JSON, Column, ForeignKey, Index, String, Table

from zorya.store.metadata import metadata
from zorya.store.utc_time import UtcTime

users = Table(
    "users",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("display_name", String(120), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("language", String(8), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
    Column("preferences", JSON, nullable=False, default=dict, server_default="{}"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user", String(80), ForeignKey("users.name"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    Column("revoked_at", UtcTime),
    Column("browser", String(60), nullable=False, default="", server_default=""),
    Index(None, "user", "expires_at"),
)

"""Tables of people: accounts, what they prefer, how they come in. Of passwords, tokens and recovery codes only hashes
are stored; the secret of a second factor is sealed with a key outside the database.
"""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

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
    Column("begun_by", String(16), nullable=False, default="password", server_default="password"),
    Index(None, "user", "expires_at"),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("user", String(80), ForeignKey("users.name"), primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("confirmed_at", UtcTime),
    Column("last_step", Integer, nullable=False),
)
"""`last_step` is the time step of the last code that was taken: none is taken twice, nor an older one."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user", String(80), ForeignKey("users.name"), primary_key=True),
    Column("code_hash", String(64), primary_key=True),
    Column("used_at", UtcTime),
)

identities = Table(
    "identities",
    metadata,
    Column("issuer", String(200), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("user", String(80), ForeignKey("users.name"), nullable=False, index=True),
    Column("linked_at", UtcTime, nullable=False),
)
"""Who somebody is at their organisation's log-in: by issuer and subject, never by e-mail address."""

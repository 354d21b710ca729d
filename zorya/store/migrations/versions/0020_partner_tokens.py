"""Tokens of partners' machines, by their hash."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "partner_tokens",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("partner", sa.String(80), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("revoked_at", UtcTime()),
    )
    held = sa.text("revoked_at IS NULL")
    name, table = "uq_partner_tokens_partner", "partner_tokens"
    op.create_index(name, table, ["partner"], unique=True, sqlite_where=held, postgresql_where=held)


def downgrade() -> None:
    """Undo; partners need new tokens after the next upgrade."""
    op.drop_table("partner_tokens")

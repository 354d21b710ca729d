"""Links that open a digest once, by the hash of their token."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "digest_links",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("digest_id", sa.String(40), sa.ForeignKey("digests.id"), nullable=False),
        sa.Column("partner", sa.String(80), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("used_at", UtcTime()),
    )


def downgrade() -> None:
    """Undo; links that were sent open nothing any more."""
    op.drop_table("digest_links")

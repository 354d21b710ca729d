"""Erasure: ads that were erased and may not come back, and how much of the erasure list was applied here."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "erased_ads",
        sa.Column("posting_id", sa.String(40), primary_key=True),
        sa.Column("content_hash", sa.String(64), primary_key=True),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("url_key", sa.String(64), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
    )
    op.create_index("ix_erased_ads_content_hash", "erased_ads", ["content_hash"])
    op.create_index("ix_erased_ads_source", "erased_ads", ["source"])
    op.create_table(
        "erasure_marks",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    """Undo; what was erased stays away, but nothing keeps it from being read again."""
    op.drop_table("erasure_marks")
    op.drop_table("erased_ads")

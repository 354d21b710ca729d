"""What links between ads, metadata and time show of a campaign (indicator group H)."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "campaign_hits",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("strength", sa.String(length=16), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("posting_ids", sa.JSON(), nullable=False),
        sa.Column("found_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_hits_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "code", name=op.f("pk_campaign_hits")),
    )


def downgrade() -> None:
    """Undo; the hits are computed anew from the ads by the next screening."""
    op.drop_table("campaign_hits")

"""Ads that were stopped, evidence that was purged, the topics of a task, and what people said of pictures."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Apply; topics of waiting tasks are filled by the next run of the queue."""
    op.create_table(
        "stopped_ads",
        sa.Column("posting_id", sa.String(40), primary_key=True),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
    )
    op.create_index("ix_stopped_ads_content_hash", "stopped_ads", ["content_hash"])
    op.create_index("ix_stopped_ads_source", "stopped_ads", ["source"])
    op.create_table(
        "picture_verdicts",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("word", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
    )
    with op.batch_alter_table("captures") as batch_op:
        batch_op.add_column(sa.Column("purged_at", UtcTime()))
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.add_column(sa.Column("topics", sa.String(120)))


def downgrade() -> None:
    """Undo; what was purged stays away, but nothing keeps it from being read again."""
    with op.batch_alter_table("tasks") as batch_op:
        batch_op.drop_column("topics")
    with op.batch_alter_table("captures") as batch_op:
        batch_op.drop_column("purged_at")
    op.drop_table("picture_verdicts")
    op.drop_table("stopped_ads")

"""What a challenger says of ads beside the model in use."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Apply; ads screened before have no shadow score."""
    op.create_table(
        "shadow_scores",
        sa.Column(
            "assessment_id", sa.String(40), sa.ForeignKey("assessments.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("challenger", sa.String(120), primary_key=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("band", sa.String(24), nullable=False),
        sa.Column("scored_at", UtcTime(), nullable=False),
    )
    op.create_index(
        "ix_shadow_scores_challenger_scored_at_assessment_id",
        "shadow_scores",
        ["challenger", "scored_at", "assessment_id"],
    )


def downgrade() -> None:
    """Undo; the shadow scores are lost, the assessments stay."""
    op.drop_table("shadow_scores")

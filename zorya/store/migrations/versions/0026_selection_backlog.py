"""What selection has to look at, which campaigns fit no partner, and the partners that were considered.

No partner counts as considered yet, so that the next run looks at every campaign once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "selection_backlog",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("campaign_id", sa.String(40), nullable=False),
    )
    op.create_index("ix_selection_backlog_campaign_id", "selection_backlog", ["campaign_id"])
    op.create_table(
        "unclaimed_campaigns",
        sa.Column("campaign_id", sa.String(40), sa.ForeignKey("campaigns.id"), primary_key=True),
    )
    op.create_table(
        "considered_partners",
        sa.Column("partner", sa.String(80), primary_key=True),
        sa.Column("fingerprint", sa.String(64), nullable=False),
    )
    op.create_index("ix_alerts_campaign_id", "alerts", ["campaign_id"])
    op.create_index("ix_exclusions_campaign_id", "exclusions", ["campaign_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_exclusions_campaign_id", "exclusions")
    op.drop_index("ix_alerts_campaign_id", "alerts")
    for name in ("considered_partners", "unclaimed_campaigns", "selection_backlog"):
        op.drop_table(name)

"""What the ILO/EC decision rule says of a campaign: its ads' indicators and those of links and time together."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply; the next screening of a campaign's ads fills the column."""
    with op.batch_alter_table("campaigns") as batch_op:
        batch_op.add_column(sa.Column("decision", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo; the sentence is worked out anew by a later screening."""
    with op.batch_alter_table("campaigns") as batch_op:
        batch_op.drop_column("decision")

"""How sure a contact is read, beside the contact."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply; contacts read before were taken as they stood."""
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.add_column(sa.Column("confidence", sa.Float(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Undo; a screening under a new ruleset reads the contacts anew."""
    with op.batch_alter_table("contacts") as batch_op:
        batch_op.drop_column("confidence")

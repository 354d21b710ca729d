"""What a person prefers, and by which browser a session was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply; everybody begins with the defaults of the house."""
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("preferences", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("browser", sa.String(60), nullable=False, server_default=""))
    op.create_index("ix_sessions_user_expires_at", "sessions", ["user", "expires_at"])


def downgrade() -> None:
    """Undo; preferences are lost, languages stay."""
    op.drop_index("ix_sessions_user_expires_at", "sessions")
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_column("browser")
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_column("preferences")

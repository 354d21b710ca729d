"""Campaigns that were judged twice are read newest first: the second rounds that are done have an index of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

NAME = "ix_tasks_done_at_id"


def upgrade() -> None:
    """Apply."""
    done = sa.text("round = 2 AND done_at IS NOT NULL")
    op.create_index(NAME, "tasks", ["done_at", "id"], sqlite_where=done, postgresql_where=done)


def downgrade() -> None:
    """Undo."""
    op.drop_index(NAME, table_name="tasks")

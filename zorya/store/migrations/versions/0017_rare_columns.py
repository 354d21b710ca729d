"""Columns that are empty in nearly every row are indexed where they are not: a planner that has counted rows takes an
index of one value for no help and reads the whole table. Decisions are found by their task."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

RARE = (("campaigns", "merged_into"), ("postings", "repost_of"))


def upgrade() -> None:
    """Apply."""
    for table, column in RARE:
        name, where = f"ix_{table}_{column}", sa.text(f"{column} IS NOT NULL")
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_verdicts_task_id", "verdicts", ["task_id"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_verdicts_task_id", table_name="verdicts")
    for table, column in RARE:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        op.create_index(f"ix_{table}_{column}", table, [column])

"""Pages of the queue cost the same however much is stored: what a list is narrowed by stands with the task, and open
tasks, decisions taken back, runs by moment and entries of the log by person have indexes of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

OPEN = "done_at IS NULL"
RESERVED = "done_at IS NULL AND owner IS NOT NULL"
CORRECTS = "supersedes IS NOT NULL"
PARTIAL = (
    ("ix_tasks_priority_id", "tasks", ["priority", "id"], OPEN),
    ("ix_tasks_reason_priority_id", "tasks", ["reason", "priority", "id"], OPEN),
    ("ix_tasks_language_priority_id", "tasks", ["language", "priority", "id"], OPEN),
    ("ix_tasks_band_priority_id", "tasks", ["band", "priority", "id"], OPEN),
    ("ix_tasks_created_at", "tasks", ["created_at"], OPEN),
    ("ix_tasks_owner_lease_until", "tasks", ["owner", "lease_until"], RESERVED),
    ("ix_tasks_lease_until", "tasks", ["lease_until"], RESERVED),
    ("ix_verdicts_supersedes", "verdicts", ["supersedes"], CORRECTS),
)
PLAIN = (
    ("ix_runs_started_at", "runs", ["started_at"]),
    ("ix_sessions_expires_at", "sessions", ["expires_at"]),
    ("ix_audit_actor_seq", "audit", ["actor", "seq"]),
    ("ix_audit_action_seq", "audit", ["action", "seq"]),
)


def upgrade() -> None:
    """Apply; open tasks take band and language from the highest-scored ad of their campaign."""
    op.add_column("tasks", sa.Column("language", sa.String(8)))
    op.add_column("tasks", sa.Column("band", sa.String(24)))
    for column in ("language", "band"):
        op.execute(
            f"UPDATE tasks SET {column} = (SELECT a.{column} FROM campaign_members m "  # noqa: S608 — our own names
            "JOIN postings p ON p.id = m.posting_id JOIN assessments a ON a.version_id = p.current_version "
            "WHERE m.campaign_id = tasks.campaign_id ORDER BY a.score DESC, a.id LIMIT 1) WHERE done_at IS NULL"
        )
    op.drop_index("ix_tasks_done_at_priority_id", table_name="tasks")
    for name, table, columns, where in PARTIAL:
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    for name, table, columns in PLAIN:
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Undo; nothing but indexes and copies of what the assessments say is lost."""
    for name, table, *_ in (*PARTIAL, *PLAIN):
        op.drop_index(name, table_name=table)
    op.create_index("ix_tasks_done_at_priority_id", "tasks", ["done_at", "priority", "id"])
    with op.batch_alter_table("tasks") as batch:
        batch.drop_column("band")
        batch.drop_column("language")

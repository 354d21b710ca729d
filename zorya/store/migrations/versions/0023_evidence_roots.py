"""Roots of days: what was captured by then, fixed by one digest; roots, leaves and time-stamps refuse changes."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0023"
down_revision = "0022"

APPEND_ONLY = ("evidence_roots", "evidence_leaves", "root_stamps")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "evidence_roots",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("audit_seq", sa.Integer(), nullable=False),
        sa.Column("audit_hash", sa.String(length=64), nullable=False),
        sa.Column("previous_day", sa.Date(), nullable=True),
        sa.Column("previous_root", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_evidence_roots")),
    )
    op.create_table(
        "evidence_leaves",
        sa.Column("capture_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("capture_id", name=op.f("pk_evidence_leaves")),
        sa.UniqueConstraint("day", "position", name=op.f("uq_evidence_leaves_day_position")),
    )
    op.create_table(
        "root_stamps",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("authority", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "authority", name=op.f("pk_root_stamps")),
    )
    for table in APPEND_ONLY:
        for statement in _guard(table):
            op.execute(statement)


def downgrade() -> None:
    """Undo; roots that were published can no longer be proven."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP FUNCTION {table}_append_only()")
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)


def _guard(table: str) -> list[str]:
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
    ]

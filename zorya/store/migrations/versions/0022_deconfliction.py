"""Deconfliction: tokens of contacts that partners hold, matches, lookups a day, planted contacts, alarms."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0022"
down_revision = "0021"

TABLES = ("holdings", "matches", "counts", "planted", "alarms")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "deconfliction_holdings",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("partner", sa.String(80), nullable=False),
        sa.Column("reference", sa.String(60), nullable=False),
        sa.Column("registered_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.UniqueConstraint("token", "partner", name="uq_deconfliction_holdings_token_partner"),
    )
    op.create_index("ix_deconfliction_holdings_expires_at", "deconfliction_holdings", ["expires_at"])
    op.create_index("ix_deconfliction_holdings_partner_id", "deconfliction_holdings", ["partner", "id"])
    op.create_table(
        "deconfliction_matches",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("holding", sa.Integer(), nullable=False),
        sa.Column("other", sa.String(80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("told_at", UtcTime()),
        sa.UniqueConstraint("holding", "other", name="uq_deconfliction_matches_holding_other"),
    )
    op.create_table(
        "deconfliction_counts",
        sa.Column("partner", sa.String(80), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("cut_off_at", UtcTime()),
    )
    op.create_table(
        "deconfliction_planted",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("planted_at", UtcTime(), nullable=False),
    )
    op.create_table(
        "deconfliction_alarms",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("partner", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("account", sa.String(80), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("seen_by", sa.String(80), nullable=False),
        sa.Column("seen_at", UtcTime()),
    )
    op.create_index("ix_deconfliction_alarms_seen_by_seq", "deconfliction_alarms", ["seen_by", "seq"])


def downgrade() -> None:
    """Undo."""
    for name in TABLES:
        op.drop_table(f"deconfliction_{name}")

"""A second factor with its recovery codes, identities at an organisation's log-in, and how a session was begun."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Apply; sessions in force count as begun with a password."""
    op.create_table(
        "second_factors",
        sa.Column("user", sa.String(80), sa.ForeignKey("users.name"), primary_key=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("confirmed_at", UtcTime()),
        sa.Column("last_step", sa.Integer(), nullable=False),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("user", sa.String(80), sa.ForeignKey("users.name"), primary_key=True),
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("used_at", UtcTime()),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(200), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column("user", sa.String(80), sa.ForeignKey("users.name"), nullable=False),
        sa.Column("linked_at", UtcTime(), nullable=False),
    )
    op.create_index("ix_identities_user", "identities", ["user"])
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("begun_by", sa.String(16), nullable=False, server_default="password"))


def downgrade() -> None:
    """Undo; second factors and identities are lost, accounts stay."""
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_column("begun_by")
    op.drop_table("identities")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")

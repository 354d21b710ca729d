"""Titles of indicators, and why they matter, in the languages of pages and mails."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply; the next screening fills the table."""
    op.create_table(
        "indicator_texts",
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "revision", "language", name=op.f("pk_indicator_texts")),
    )


def downgrade() -> None:
    """Undo; titles are English again."""
    op.drop_table("indicator_texts")

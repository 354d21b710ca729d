"""Who put which model in use, when and why: append-only."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply; a model that is in use already is written down by the next promotion."""
    op.create_table(
        "model_promotions",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("was", sa.String(64)),
        sa.Column("became", sa.String(64), nullable=False),
        sa.Column("manifest", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )
    op.create_index("ix_model_promotions_name_seq", "model_promotions", ["name", "seq"])
    for statement in _guard():
        op.execute(statement)


def downgrade() -> None:
    """Undo; the record of promotions is lost, the models stay."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER model_promotions_append_only ON model_promotions")
        op.execute("DROP FUNCTION model_promotions_append_only()")
    op.drop_table("model_promotions")


def _guard() -> list[str]:
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER model_promotions_no_{verb} BEFORE {verb.upper()} ON model_promotions "
            "BEGIN SELECT RAISE(ABORT, 'model_promotions is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        "CREATE FUNCTION model_promotions_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'model_promotions is append-only'; END $$",
        "CREATE TRIGGER model_promotions_append_only BEFORE UPDATE OR DELETE ON model_promotions "
        "FOR EACH ROW EXECUTE FUNCTION model_promotions_append_only()",
    ]

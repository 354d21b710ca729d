"""The referral ledger: history, one-time links, accounts of partners, opinions from outside."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0018"
down_revision = "0017"

APPEND_ONLY = ("referral_history", "outside_opinions")


def upgrade() -> None:
    """Apply; referrals of before have no history but their state."""
    op.add_column("referrals", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("referrals", sa.Column("reminded", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("referrals", sa.Column("outcome", sa.String(length=16), nullable=False, server_default=""))
    op.create_index(op.f("ix_referrals_alert_id"), "referrals", ["alert_id"], unique=True)
    op.create_index(op.f("ix_referrals_owner_due_at_id"), "referrals", ["owner", "due_at", "id"])
    op.create_index(op.f("ix_referrals_due_at_id"), "referrals", ["due_at", "id"])
    op.create_table(
        "referral_history",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("referral_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("from_owner", sa.String(length=80), nullable=False),
        sa.Column("to_owner", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", UtcTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name=op.f("fk_referral_history_referral_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_referral_history")),
    )
    op.create_index(op.f("ix_referral_history_referral_id_seq"), "referral_history", ["referral_id", "seq"])
    op.create_table(
        "answer_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("referral_id", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name=op.f("fk_answer_links_referral_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_answer_links")),
    )
    op.create_table(
        "partner_accounts",
        sa.Column("user", sa.String(length=80), nullable=False),
        sa.Column("partner", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name=op.f("fk_partner_accounts_user")),
        sa.PrimaryKeyConstraint("user", name=op.f("pk_partner_accounts")),
    )
    op.create_table(
        "outside_opinions",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("referral_id", sa.String(length=40), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("partner", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.id"], name=op.f("fk_outside_opinions_referral_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_outside_opinions_campaign_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outside_opinions")),
    )
    op.create_index(op.f("ix_outside_opinions_campaign_id_seq"), "outside_opinions", ["campaign_id", "seq"])
    for table in APPEND_ONLY:
        for statement in _guard(table):
            op.execute(statement)


def downgrade() -> None:
    """Undo; history and opinions are forgotten."""
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP FUNCTION {table}_append_only()")
    for table in ("outside_opinions", "partner_accounts", "answer_links", "referral_history"):
        op.drop_table(table)
    for name in ("alert_id", "owner_due_at_id", "due_at_id"):
        op.drop_index(op.f(f"ix_referrals_{name}"), "referrals")
    for column in ("version", "reminded", "outcome"):
        op.drop_column("referrals", column)


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

"""Campaigns that can be merged, split and taken back: imprints, hubs, changes, proposals, portraits.

Campaigns of an earlier revision are kept; each is named after the member its id was made from. Their ads have no
imprint and no keys yet: the next screening, which is under a new ruleset, makes them.
"""

import sqlalchemy as sa
from alembic import op

from zorya.domain.ids import campaign_id
from zorya.store.utc_time import UtcTime

revision = "0007"
down_revision = "0006"

APPEND_ONLY = ("campaign_changes", "campaign_moves", "campaign_mentions", "campaign_links")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("campaigns") as batch_op:
        batch_op.add_column(sa.Column("founder", sa.String(length=40), nullable=True))
        batch_op.create_index(batch_op.f("ix_campaigns_founder"), ["founder"])
        batch_op.create_index(batch_op.f("ix_campaigns_created_at_id"), ["created_at", "id"])
    with op.batch_alter_table("campaign_members") as batch_op:
        batch_op.add_column(sa.Column("edge_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(
            batch_op.f("ix_campaign_members_campaign_id_added_at_posting_id"), ["campaign_id", "added_at", "posting_id"]
        )
    op.drop_table("campaign_keys")
    _create_keys()
    with op.batch_alter_table("versions") as batch_op:
        batch_op.add_column(sa.Column("images", sa.JSON(), nullable=False, server_default="[]"))
    _name_founders()
    _create_finding()
    _create_changes()
    _create_answers()
    for table in APPEND_ONLY:
        for statement in _guard(table):
            op.execute(statement)


def downgrade() -> None:
    """Undo; what people and the machine changed is forgotten, the campaigns stay as they are."""
    for table in APPEND_ONLY:
        for statement in _unguard(table):
            op.execute(statement)
    for table in ("campaign_portraits", "campaign_proposals", *reversed(APPEND_ONLY), "imprints", "hub_keys"):
        op.drop_table(table)
    with op.batch_alter_table("versions") as batch_op:
        batch_op.drop_column("images")
    op.drop_table("campaign_keys")
    op.create_table(
        "campaign_keys",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("posting_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_campaign_keys_posting_id")),
        sa.PrimaryKeyConstraint("key", "posting_id", name=op.f("pk_campaign_keys")),
    )
    with op.batch_alter_table("campaign_members") as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_members_campaign_id_added_at_posting_id"))
        batch_op.drop_column("edge_reason")
    with op.batch_alter_table("campaigns") as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaigns_created_at_id"))
        batch_op.drop_index(batch_op.f("ix_campaigns_founder"))
        batch_op.drop_column("founder")


def _name_founders() -> None:
    """An id says which posting it was made from, yet only to who knows the postings."""
    campaigns = sa.table("campaigns", sa.column("id"), sa.column("founder"))
    members = sa.table("campaign_members", sa.column("posting_id"))
    connection = op.get_bind()
    known = set(connection.execute(sa.select(campaigns.c.id)).scalars())
    founders = {campaign_id(name): name for name in connection.execute(sa.select(members.c.posting_id)).scalars()}
    rows = [{"campaign": campaign, "posting": founders[campaign]} for campaign in sorted(known & founders.keys())]
    if rows:
        named = sa.update(campaigns).where(campaigns.c.id == sa.bindparam("campaign"))
        connection.execute(named.values(founder=sa.bindparam("posting")), rows)


def _create_keys() -> None:
    op.create_table(
        "campaign_keys",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("rank", sa.String(length=16), server_default="", nullable=False),
        sa.Column("posting_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_campaign_keys_posting_id")),
        sa.PrimaryKeyConstraint("key", "rank", "posting_id", name=op.f("pk_campaign_keys")),
    )
    op.create_index(op.f("ix_campaign_keys_posting_id"), "campaign_keys", ["posting_id"])
    op.create_index(op.f("ix_campaign_keys_rank_key"), "campaign_keys", ["rank", "key"])


def _create_finding() -> None:
    op.create_table(
        "hub_keys",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_hub_keys")),
    )
    op.create_table(
        "imprints",
        sa.Column("posting_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("text", sa.String(length=16), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=True),
        sa.Column("organisations", sa.JSON(), nullable=False),
        sa.Column("offer", sa.JSON(), nullable=True),
        sa.Column("contacts", sa.JSON(), nullable=False),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["posting_id"], ["postings.id"], name=op.f("fk_imprints_posting_id")),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("pk_imprints")),
    )
    op.create_index(op.f("ix_imprints_text"), "imprints", ["text"])


def _create_changes() -> None:
    op.create_table(
        "campaign_changes",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_campaign_changes")),
    )
    op.create_table(
        "campaign_moves",
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("posting_id", sa.String(length=40), nullable=False),
        sa.Column("from_campaign", sa.String(length=40), nullable=False),
        sa.Column("to_campaign", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["change"], ["campaign_changes.seq"], name=op.f("fk_campaign_moves_change")),
        sa.PrimaryKeyConstraint("change", "posting_id", name=op.f("pk_campaign_moves")),
    )
    op.create_table(
        "campaign_mentions",
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=True),
        sa.Column("after", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["change"], ["campaign_changes.seq"], name=op.f("fk_campaign_mentions_change")),
        sa.PrimaryKeyConstraint("change", "campaign_id", name=op.f("pk_campaign_mentions")),
    )
    op.create_table(
        "campaign_links",
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("one", sa.String(length=40), nullable=False),
        sa.Column("other", sa.String(length=40), nullable=False),
        sa.Column("relation", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["change"], ["campaign_changes.seq"], name=op.f("fk_campaign_links_change")),
        sa.PrimaryKeyConstraint("change", "one", "other", name=op.f("pk_campaign_links")),
    )
    for table, columns in (
        ("campaign_changes", ["undoes"]),
        ("campaign_changes", ["campaign_id", "seq"]),
        ("campaign_moves", ["posting_id", "change"]),
        ("campaign_mentions", ["campaign_id", "change"]),
        ("campaign_links", ["one"]),
        ("campaign_links", ["other"]),
    ):
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def _create_answers() -> None:
    op.create_table(
        "campaign_proposals",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("one", sa.String(length=40), nullable=False),
        sa.Column("other", sa.String(length=40), nullable=False),
        sa.Column("one_campaign", sa.String(length=40), nullable=False),
        sa.Column("other_campaign", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", UtcTime(timezone=True), nullable=True),
        sa.Column("change", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["one"], ["postings.id"], name=op.f("fk_campaign_proposals_one")),
        sa.ForeignKeyConstraint(["other"], ["postings.id"], name=op.f("fk_campaign_proposals_other")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_campaign_proposals")),
    )
    indexed = (["one"], ["other"], ["one_campaign", "other_campaign"], ["other_campaign"], ["state", "weight", "seq"])
    for columns in indexed:
        op.create_index(op.f(f"ix_campaign_proposals_{'_'.join(columns)}"), "campaign_proposals", columns)
    op.create_table(
        "campaign_portraits",
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("template", sa.JSON(), nullable=True),
        sa.Column("portrait", sa.JSON(), nullable=True),
        sa.Column("style", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("computed_at", UtcTime(timezone=True), nullable=True),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_portraits_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_portraits")),
    )
    op.create_index(op.f("ix_campaign_portraits_stale_campaign_id"), "campaign_portraits", ["stale", "campaign_id"])


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


def _unguard(table: str) -> list[str]:
    if op.get_bind().dialect.name == "sqlite":
        return [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")]
    return [f"DROP TRIGGER {table}_append_only ON {table}", f"DROP FUNCTION {table}_append_only()"]

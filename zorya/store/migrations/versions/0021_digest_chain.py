"""Digests in a chain: check values, urgent digests and signs of life, what was not for a partner, pauses by mail.

A period is told once, while any number of notices may leave at one moment; before, of two the second was lost. The
four eyes' triggers look at urgent digests too.
"""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0021"
down_revision = "0020"

PERIOD = "ix_digests_partner_period_start_period_end"
OLD_PERIOD = "uq_digests_partner_period_start_period_end"
INDEXES = (("assessments", ("created_at", "version_id")), ("verdicts", ("decided_at", "campaign_id")))


def upgrade() -> None:
    """Apply."""
    _drop_triggers()
    periodic = sa.text("kind IN ('digest', 'heartbeat')")
    with _Rebuilding(), op.batch_alter_table("digests") as batch_op:
        batch_op.drop_constraint(OLD_PERIOD, type_="unique")
        batch_op.add_column(sa.Column("previous", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("chain", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("held_back", sa.JSON(), nullable=False, server_default="[]"))
    columns = ["partner", "period_start", "period_end"]
    op.create_index(PERIOD, "digests", columns, unique=True, sqlite_where=periodic, postgresql_where=periodic)
    _create_triggers("d.kind <> 'notice'")
    _create_tables()
    for table, of_index in INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(of_index)}", table, list(of_index))


def downgrade() -> None:
    """Undo; check values, exclusions and pauses are forgotten, urgent digests count as notices."""
    for table, columns in INDEXES:
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table_name=table)
    for table in ("pause_links", "partner_standing", "exclusions"):
        op.drop_table(table)
    _drop_triggers()
    op.drop_index(PERIOD, table_name="digests")
    op.execute("UPDATE digests SET kind = 'notice' WHERE kind = 'urgent'")
    op.execute("UPDATE digests SET kind = 'digest' WHERE kind = 'heartbeat'")
    with _Rebuilding(), op.batch_alter_table("digests") as batch_op:
        for column in ("previous", "chain", "held_back"):
            batch_op.drop_column(column)
        batch_op.create_unique_constraint(OLD_PERIOD, ["partner", "period_start", "period_end"])
    _create_triggers("d.kind = 'digest'")


class _Rebuilding:
    """SQLite makes a table anew to change its constraints; rows that refer to it stand aside meanwhile."""

    def __enter__(self) -> None:
        if _is_sqlite():
            op.execute("CREATE TEMPORARY TABLE outbox_aside AS SELECT * FROM outbox")
            op.execute("DELETE FROM outbox")

    def __exit__(self, *error: object) -> None:
        if _is_sqlite() and error[0] is None:
            op.execute("INSERT INTO outbox SELECT * FROM outbox_aside")
            op.execute("DROP TABLE outbox_aside")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create_tables() -> None:
    op.create_table(
        "exclusions",
        sa.Column("partner", sa.String(length=80), nullable=False),
        sa.Column("campaign_id", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_exclusions_campaign_id")),
        sa.PrimaryKeyConstraint("partner", "campaign_id", name=op.f("pk_exclusions")),
    )
    op.create_index(op.f("ix_exclusions_partner_at"), "exclusions", ["partner", "at"])
    op.create_table(
        "partner_standing",
        sa.Column("partner", sa.String(length=80), nullable=False),
        sa.Column("known_since", UtcTime(timezone=True), nullable=False),
        sa.Column("paused_at", UtcTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_partner_standing")),
    )
    op.create_table(
        "pause_links",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("partner", sa.String(length=80), nullable=False),
        sa.Column("expires_at", UtcTime(timezone=True), nullable=False),
        sa.Column("paused_at", UtcTime(timezone=True), nullable=True),
        sa.Column("resumed_at", UtcTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_pause_links")),
    )


_UNAPPROVED = """
    SELECT 1 FROM digests d, {each}
    WHERE d.id = NEW.digest_id AND {kinds} AND NOT EXISTS (
        SELECT 1 FROM alerts a
        JOIN alerts root ON root.id = COALESCE(a.origin, a.id)
        JOIN approvals p ON p.alert_id = root.id AND p.content_hash = root.content_hash AND p.act = 'approve'
        WHERE a.id = told.value AND a.content{cast} = root.content{cast} AND a.marking = root.marking
        AND NOT EXISTS (SELECT 1 FROM alert_notices n WHERE n.alert_id IN (a.id, root.id) AND n.kind = 'recalled')
    )"""
_NEEDS_APPROVAL = "an alert of this digest has no approval in force"
_UPDATED = "NEW.state = 'pending' AND OLD.state <> 'pending' OR NEW.digest_id <> OLD.digest_id"


def _drop_triggers() -> None:
    for verb in ("insert", "update"):
        on = "" if _is_sqlite() else " ON outbox"
        op.execute(f"DROP TRIGGER outbox_approved_{verb}{on}")


def _create_triggers(kinds: str) -> None:
    if _is_sqlite():
        query = _UNAPPROVED.format(each="json_each(d.alert_ids) AS told", cast="", kinds=kinds)
        body = f"BEGIN SELECT RAISE(ABORT, '{_NEEDS_APPROVAL}') WHERE EXISTS ({query}); END"
        inserted, each_row = "NEW.state IN ('pending', 'sent')", ""
    else:
        each = "json_array_elements_text(d.alert_ids) AS told(value)"
        query = _UNAPPROVED.format(each=each, cast="::text", kinds=kinds)
        op.execute(
            "CREATE OR REPLACE FUNCTION outbox_approved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS ({query}) THEN RAISE EXCEPTION '{_NEEDS_APPROVAL}'; END IF; RETURN NEW; END $$"
        )
        body, inserted, each_row = (
            "EXECUTE FUNCTION outbox_approved()",
            "(NEW.state IN ('pending', 'sent'))",
            " FOR EACH ROW",
        )
    updated = _UPDATED if _is_sqlite() else f"({_UPDATED})"
    for verb, condition in (("insert", inserted), ("update", updated)):
        op.execute(
            f"CREATE TRIGGER outbox_approved_{verb} BEFORE {verb.upper()} ON outbox{each_row} WHEN {condition} {body}"
        )

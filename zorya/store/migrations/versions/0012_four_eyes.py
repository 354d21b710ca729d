"""Four eyes: who approved which revision of an alert, and triggers that let nothing else leave.

Alerts of an earlier revision get the hash that an approval binds to; those that no digest has told wait for one.
"""

import json

import sqlalchemy as sa
from alembic import op

from zorya.domain.ids import content_digest
from zorya.store.utc_time import UtcTime

revision = "0012"
down_revision = "0011"

APPEND_ONLY = ("approvals", "alert_notices")


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("alerts") as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("route", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("origin", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("state", sa.String(length=16), nullable=False, server_default="waiting"))
        batch_op.create_index(batch_op.f("ix_alerts_state_created_at_id"), ["state", "created_at", "id"])
        batch_op.create_index(batch_op.f("ix_alerts_origin"), ["origin"])
    with op.batch_alter_table("digests") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=16), nullable=False, server_default="digest"))
        batch_op.add_column(sa.Column("notices", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("seal", sa.String(length=64), nullable=False, server_default=""))
    _create_tables()
    _bind_again()
    _note_told()
    for statement in _SQLITE if _is_sqlite() else _POSTGRESQL:
        op.execute(statement)
    for table in APPEND_ONLY:
        for statement in _guard(table):
            op.execute(statement)


def downgrade() -> None:
    """Undo; approvals and notices are forgotten."""
    triggers = ("alerts_new_revision", "approvals_four_eyes", "outbox_approved_insert", "outbox_approved_update")
    for name in triggers:
        table = name.partition("_")[0]
        op.execute(f"DROP TRIGGER {name}" if _is_sqlite() else f"DROP TRIGGER {name} ON {table}")
    if not _is_sqlite():
        for name in ("alerts_new_revision", "approvals_four_eyes", "outbox_approved"):
            op.execute(f"DROP FUNCTION {name}()")
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
            op.execute(f"DROP FUNCTION {table}_append_only()")
    for table in APPEND_ONLY:
        op.drop_table(table)
    with op.batch_alter_table("digests") as batch_op:
        for column in ("kind", "notices", "seal"):
            batch_op.drop_column(column)
    with op.batch_alter_table("alerts") as batch_op:
        batch_op.drop_index(batch_op.f("ix_alerts_origin"))
        batch_op.drop_index(batch_op.f("ix_alerts_state_created_at_id"))
        for column in ("revision", "route", "origin", "state"):
            batch_op.drop_column(column)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _create_tables() -> None:
    op.create_table(
        "approvals",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("approver", sa.String(length=80), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_approvals_alert_id")),
        sa.ForeignKeyConstraint(["approver"], ["users.name"], name=op.f("fk_approvals_approver")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_approvals")),
        sa.UniqueConstraint("alert_id", "content_hash", name=op.f("uq_approvals_alert_id_content_hash")),
    )
    op.create_table(
        "alert_notices",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_notices_alert_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_alert_notices")),
        sa.UniqueConstraint("alert_id", "kind", "revision", name=op.f("uq_alert_notices_alert_id_kind_revision")),
    )


def _bind_again() -> None:
    """The hash covers recipient, marking, severity and verdicts now, not the card alone."""
    names = ("id", "partner", "campaign_id", "verdict_ids", "marking", "severity", "content", "content_hash")
    alerts = sa.table("alerts", *(sa.column(name) for name in names))
    for row in op.get_bind().execute(sa.select(alerts)).mappings().all():
        read = {n: json.loads(row[n]) if isinstance(row[n], str) else row[n] for n in ("content", "verdict_ids")}
        bound = {name: row[name] for name in ("partner", "campaign_id", "marking", "severity")} | read
        digest = content_digest(bound | {"revision": 1, "route": [], "origin": None})
        op.execute(sa.update(alerts).where(alerts.c.id == row["id"]).values(content_hash=digest))


def _note_told() -> None:
    """What a digest has told is not asked about again."""
    digests = sa.table("digests", sa.column("id"), sa.column("alert_ids"))
    outbox = sa.table("outbox", sa.column("digest_id"), sa.column("state"))
    alerts = sa.table("alerts", sa.column("id"), sa.column("state"))
    kept = sa.select(outbox.c.digest_id).where(outbox.c.state != "refused")
    rows = op.get_bind().execute(sa.select(digests.c.alert_ids).where(digests.c.id.in_(kept))).scalars().all()
    told = {alert for row in rows for alert in (json.loads(row) if isinstance(row, str) else row)}
    for alert in sorted(told):
        op.execute(sa.update(alerts).where(alerts.c.id == alert).values(state="told"))


def _guard(table: str) -> list[str]:
    if _is_sqlite():
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


_EDITED = " OR ".join(
    f"{{new}}.{name}{{cast}} {{differs}} {{old}}.{name}{{cast}}"
    for name in ("partner", "campaign_id", "verdict_ids", "marking", "severity", "content", "route", "origin")
)
_UNAPPROVED = """
    SELECT 1 FROM digests d, {each}
    WHERE d.id = NEW.digest_id AND d.kind = 'digest' AND NOT EXISTS (
        SELECT 1 FROM alerts a
        JOIN alerts root ON root.id = COALESCE(a.origin, a.id)
        JOIN approvals p ON p.alert_id = root.id AND p.content_hash = root.content_hash AND p.act = 'approve'
        WHERE a.id = told.value AND a.content{cast} = root.content{cast} AND a.marking = root.marking
        AND NOT EXISTS (SELECT 1 FROM alert_notices n WHERE n.alert_id IN (a.id, root.id) AND n.kind = 'recalled')
    )"""
_NOT_A_LEAD = """
    SELECT 1 WHERE NOT EXISTS (
        SELECT 1 FROM users WHERE name = NEW.approver AND role = 'lead' AND disabled_at IS NULL)"""
_INVOLVED = """
    SELECT 1 FROM alerts a JOIN verdicts v ON v.campaign_id = a.campaign_id
        OR v.id IN (SELECT told.value FROM {each})
    WHERE a.id = NEW.alert_id AND v.analyst = NEW.approver"""
_OTHER_HASH = (
    "SELECT 1 FROM alerts WHERE id = NEW.alert_id AND (content_hash <> NEW.content_hash OR origin IS NOT NULL)"
)
_REFUSALS = (
    (_NOT_A_LEAD, "only a lead whose account is open approves alerts"),
    (_INVOLVED, "who judged a campaign does not approve its alerts"),
    (_OTHER_HASH, "an approval is bound to what the alert says now"),
)
_NEW_REVISION = "an edited alert needs a new revision and hash"
_NEEDS_APPROVAL = "an alert of this digest has no approval in force"


def _sqlite() -> list[str]:
    edited = _EDITED.format(new="NEW", old="OLD", differs="IS NOT", cast="")
    refusals = " ".join(
        f"SELECT RAISE(ABORT, '{words}') WHERE EXISTS ({query.format(each='json_each(a.verdict_ids) AS told')});"
        for query, words in _REFUSALS
    )
    unapproved = _UNAPPROVED.format(each="json_each(d.alert_ids) AS told", cast="")
    found = f"SELECT RAISE(ABORT, '{_NEEDS_APPROVAL}') WHERE EXISTS ({unapproved});"
    return [
        f"CREATE TRIGGER alerts_new_revision BEFORE UPDATE ON alerts "
        f"WHEN ({edited} OR NEW.revision <> OLD.revision OR NEW.content_hash <> OLD.content_hash) "
        f"AND NOT (NEW.revision > OLD.revision AND NEW.content_hash <> OLD.content_hash) "
        f"BEGIN SELECT RAISE(ABORT, '{_NEW_REVISION}'); END",
        f"CREATE TRIGGER approvals_four_eyes BEFORE INSERT ON approvals BEGIN {refusals} END",
        f"CREATE TRIGGER outbox_approved_insert BEFORE INSERT ON outbox "
        f"WHEN NEW.state IN ('pending', 'sent') BEGIN {found} END",
        f"CREATE TRIGGER outbox_approved_update BEFORE UPDATE ON outbox "
        f"WHEN NEW.state = 'pending' AND OLD.state <> 'pending' OR NEW.digest_id <> OLD.digest_id BEGIN {found} END",
    ]


def _postgresql() -> list[str]:
    edited = _EDITED.format(new="NEW", old="OLD", differs="IS DISTINCT FROM", cast="::text")
    refusals = " ".join(
        f"IF EXISTS ({query.format(each='json_array_elements_text(a.verdict_ids) AS told(value)')}) "
        f"THEN RAISE EXCEPTION '{words}'; END IF;"
        for query, words in _REFUSALS
    )
    unapproved = _UNAPPROVED.format(each="json_array_elements_text(d.alert_ids) AS told(value)", cast="::text")

    def function(name: str, body: str) -> str:
        return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$"

    return [
        function(
            "alerts_new_revision",
            f"IF ({edited} OR NEW.revision <> OLD.revision OR NEW.content_hash <> OLD.content_hash) "
            f"AND NOT (NEW.revision > OLD.revision AND NEW.content_hash <> OLD.content_hash) "
            f"THEN RAISE EXCEPTION '{_NEW_REVISION}'; END IF;",
        ),
        "CREATE TRIGGER alerts_new_revision BEFORE UPDATE ON alerts "
        "FOR EACH ROW EXECUTE FUNCTION alerts_new_revision()",
        function("approvals_four_eyes", refusals),
        "CREATE TRIGGER approvals_four_eyes BEFORE INSERT ON approvals "
        "FOR EACH ROW EXECUTE FUNCTION approvals_four_eyes()",
        function("outbox_approved", f"IF EXISTS ({unapproved}) THEN RAISE EXCEPTION '{_NEEDS_APPROVAL}'; END IF;"),
        "CREATE TRIGGER outbox_approved_insert BEFORE INSERT ON outbox FOR EACH ROW "
        "WHEN (NEW.state IN ('pending', 'sent')) EXECUTE FUNCTION outbox_approved()",
        "CREATE TRIGGER outbox_approved_update BEFORE UPDATE ON outbox FOR EACH ROW "
        "WHEN (NEW.state = 'pending' AND OLD.state <> 'pending' OR NEW.digest_id <> OLD.digest_id) "
        "EXECUTE FUNCTION outbox_approved()",
    ]


_SQLITE, _POSTGRESQL = _sqlite(), _postgresql()

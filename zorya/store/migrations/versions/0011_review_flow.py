"""A verdict's ads that differ from it, flags for a lead, and how often each indicator is present on each source."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0011"
down_revision = "0010"
PAGE = 5000


def upgrade() -> None:
    """Apply; what was screened before is counted once."""
    op.add_column("verdicts", sa.Column("ads", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index("ix_verdicts_task_id_analyst", "verdicts", ["task_id", "analyst"])
    op.create_table(
        "lead_flags",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("campaign_id", sa.String(40), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answers", sa.Integer(), unique=True),
    )
    op.create_index("ix_lead_flags_campaign_id_seq", "lead_flags", ["campaign_id", "seq"])
    for statement in _guard():
        op.execute(statement)
    op.create_table(
        "indicator_counts",
        sa.Column("source", sa.String(80), primary_key=True),
        sa.Column("ruleset", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(8), primary_key=True),
        sa.Column("present", sa.Integer(), nullable=False),
    )
    _count_what_is_there(op.get_bind())


def downgrade() -> None:
    """Undo; flags and the ads that differ are lost, verdicts stay."""
    op.drop_table("indicator_counts")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER lead_flags_append_only ON lead_flags")
        op.execute("DROP FUNCTION lead_flags_append_only()")
    op.drop_table("lead_flags")
    op.drop_index("ix_verdicts_task_id_analyst", "verdicts")
    op.drop_column("verdicts", "ads")


def _guard() -> list[str]:
    if op.get_bind().dialect.name == "sqlite":
        return [
            f"CREATE TRIGGER lead_flags_no_{verb} BEFORE {verb.upper()} ON lead_flags "
            "BEGIN SELECT RAISE(ABORT, 'lead_flags is append-only'); END"
            for verb in ("update", "delete")
        ]
    return [
        "CREATE FUNCTION lead_flags_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'lead_flags is append-only'; END $$",
        "CREATE TRIGGER lead_flags_append_only BEFORE UPDATE OR DELETE ON lead_flags "
        "FOR EACH ROW EXECUTE FUNCTION lead_flags_append_only()",
    ]


def _count_what_is_there(connection: sa.Connection) -> None:
    read = sa.table("assessments", *map(sa.column, ("id", "version_id", "ruleset")), sa.column("hits", sa.JSON))
    versions = sa.table("versions", *map(sa.column, ("id", "posting_id")))
    postings = sa.table("postings", *map(sa.column, ("id", "source")))
    counts: dict[tuple[str, str, str], int] = {}
    last = ""
    while True:
        query = (
            sa.select(read.c.id, read.c.ruleset, read.c.hits, postings.c.source)
            .join(versions, versions.c.id == read.c.version_id)
            .join(postings, postings.c.id == versions.c.posting_id)
            .where(read.c.id > last)
            .order_by(read.c.id)
            .limit(PAGE)
        )
        rows = connection.execute(query).all()
        for row in rows:
            for code in ("", *{hit["code"] for hit in row.hits if hit["state"] == "present"}):
                key = (row.source, row.ruleset, code)
                counts[key] = counts.get(key, 0) + 1
        if len(rows) < PAGE:
            break
        last = rows[-1].id
    table = sa.table("indicator_counts", *map(sa.column, ("source", "ruleset", "code", "present")))
    for (source, ruleset, code), present in sorted(counts.items()):
        values = {"source": source, "ruleset": ruleset, "code": code, "present": present}
        connection.execute(sa.insert(table).values(values))

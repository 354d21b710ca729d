"""The crawl's frontier, leases, visited pages and learned selectors; outcomes of requests move into the frontier."""

import sqlalchemy as sa
from alembic import op

from zorya.store.utc_time import UtcTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    _create_frontier()
    _create_beside()
    with op.batch_alter_table("runs") as batch_op:
        batch_op.add_column(sa.Column("measures", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("captures") as batch_op:
        batch_op.add_column(sa.Column("file_sha256", sa.String(length=64), nullable=False, server_default=""))
    with op.batch_alter_table("postings") as batch_op:
        batch_op.add_column(sa.Column("checked_at", UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("repost_of", sa.String(length=40), nullable=True))
        batch_op.create_index(batch_op.f("ix_postings_repost_of"), ["repost_of"])
    with op.batch_alter_table("versions") as batch_op:
        batch_op.create_index(batch_op.f("ix_versions_content_hash"), ["content_hash"])
    op.execute(
        "INSERT INTO frontier (run_id, url_key, url, reader, tries, outcome, reason, status) "
        "SELECT run_id, CAST(seq AS VARCHAR(64)), url, '', 1, outcome, reason, status FROM requests ORDER BY seq"
    )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.drop_index(batch_op.f("ix_requests_run_id_outcome"))
    op.drop_table("requests")


def _create_frontier() -> None:
    op.create_table(
        "frontier",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("url_key", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("reader", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("done_at", UtcTime(timezone=True), nullable=True),
        sa.Column("brought", sa.JSON(), nullable=False, server_default="[]"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_frontier_run_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_frontier")),
        sa.UniqueConstraint("run_id", "url_key", name=op.f("uq_frontier_run_id_url_key")),
    )
    with op.batch_alter_table("frontier") as batch_op:
        batch_op.create_index(batch_op.f("ix_frontier_run_id_outcome"), ["run_id", "outcome"])


def _create_beside() -> None:
    op.create_table(
        "crawl_leases",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("until", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_crawl_leases")),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("engine", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("updated_at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_table(
        "visited_pages",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("url_key", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("last_modified", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("card", sa.String(length=64), nullable=False),
        sa.Column("reading", sa.String(length=64), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("posting_ids", sa.JSON(), nullable=False),
        sa.Column("read_at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "url_key", name=op.f("pk_visited_pages")),
    )
    op.create_table(
        "learned",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("selectors", sa.JSON(), nullable=False),
        sa.Column("updated_at", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_learned")),
    )


def downgrade() -> None:
    """Undo; a request that had no outcome yet becomes a failed one."""
    op.create_table(
        "requests",
        sa.Column("seq", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_requests_run_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_requests")),
    )
    with op.batch_alter_table("requests") as batch_op:
        batch_op.create_index(batch_op.f("ix_requests_run_id_outcome"), ["run_id", "outcome"])
    op.execute(
        "INSERT INTO requests (run_id, url, outcome, reason, status) "
        "SELECT run_id, url, COALESCE(outcome, 'failed'), reason, status FROM frontier ORDER BY seq"
    )
    with op.batch_alter_table("versions") as batch_op:
        batch_op.drop_index(batch_op.f("ix_versions_content_hash"))
    with op.batch_alter_table("postings") as batch_op:
        batch_op.drop_index(batch_op.f("ix_postings_repost_of"))
        batch_op.drop_column("repost_of")
        batch_op.drop_column("checked_at")
    with op.batch_alter_table("captures") as batch_op:
        batch_op.drop_column("file_sha256")
    with op.batch_alter_table("runs") as batch_op:
        batch_op.drop_column("measures")
    for table in ("learned", "visited_pages", "sources", "crawl_leases"):
        op.drop_table(table)
    with op.batch_alter_table("frontier") as batch_op:
        batch_op.drop_index(batch_op.f("ix_frontier_run_id_outcome"))
    op.drop_table("frontier")

"""Search and insights: ads by word and facet, daily counts. Every stored ad waits in the backlog to be filed."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_INDEXED = "USING fts5(words, content='search_ads', content_rowid='key', tokenize=\"unicode61 remove_diacritics 0 tokenchars ':-_.'\")"
_DROPPED = "CREATE TRIGGER search_ads_dropped AFTER DELETE ON search_ads BEGIN INSERT INTO search_dropped (key, words) VALUES (old.key, old.words); END"


def upgrade() -> None:
    """Apply; the next run of the stage `index` files what is stored."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    words = sa.Text() if is_sqlite else sa.dialects.postgresql.TSVECTOR()
    op.create_table(
        "search_ads",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column(
            "posting_id",
            sa.String(40),
            sa.ForeignKey("postings.id", ondelete="CASCADE", name="fk_search_ads_posting_id"),
            nullable=False,
        ),
        sa.Column("facets", sa.JSON(), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.UniqueConstraint("posting_id", name="uq_search_ads_posting_id"),
    )
    op.create_table(
        "search_backlog",
        sa.Column(
            "posting_id",
            sa.String(40),
            sa.ForeignKey("postings.id", ondelete="CASCADE", name="fk_search_backlog_posting_id"),
            primary_key=True,
        ),
    )
    op.create_table(
        "search_dropped",
        sa.Column("key", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("words", sa.Text(), nullable=False),
    )
    _create_counts()
    if is_sqlite:
        op.execute(f"CREATE VIRTUAL TABLE search_index {_INDEXED}")
        op.execute(_DROPPED)
    else:
        op.create_index("ix_search_ads_words", "search_ads", ["words"], postgresql_using="gin")
    op.create_index("ix_audit_object_seq", "audit", ["object", "seq"])
    op.execute("INSERT INTO search_backlog (posting_id) SELECT id FROM postings")


def _create_counts() -> None:
    op.create_table(
        "daily_ads",
        *_facet(),
        sa.Column("ads", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
    )
    op.create_table(
        "daily_verdicts",
        *_facet(),
        sa.Column("label", sa.String(16), primary_key=True),
        sa.Column("verdicts", sa.Integer(), nullable=False),
    )
    ages = ("waiting", "under_day", "under_three", "under_week", "older")
    op.create_table(
        "daily_queue",
        sa.Column("day", sa.Date(), primary_key=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ages),
    )
    op.create_table(
        "rollup_marks",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("until", sa.Date(), nullable=False),
    )


def _facet() -> list[sa.Column[object]]:
    return [
        sa.Column("dimension", sa.String(16), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("value", sa.String(90), primary_key=True),
    ]


def downgrade() -> None:
    """Undo; everything here can be computed anew."""
    op.drop_index("ix_audit_object_seq", "audit")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER search_ads_dropped")
        op.execute("DROP TABLE search_index")
    for table in (
        "rollup_marks",
        "daily_queue",
        "daily_verdicts",
        "daily_ads",
        "search_dropped",
        "search_backlog",
        "search_ads",
    ):
        op.drop_table(table)

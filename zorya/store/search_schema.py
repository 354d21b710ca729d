"""Tables of search and insights: what ads are found by, and daily counts. All of it is derived from the record and can
be computed anew; nothing is known only here.

On SQLite the words of `search_ads` are indexed by the FTS5 table `search_index`, which `search_filing` keeps; on
PostgreSQL `words` is a tsvector with a GIN index. Both indexes are made by migration 0013 alone.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from zorya.store.metadata import metadata

LAST_PLACE = 16_383
"""PostgreSQL counts the places of words up to here."""


class SearchWords(TypeDecorator[Sequence[str]]):
    """Folded words in the order of the text: plain text for FTS5, a tsvector with places for PostgreSQL."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """The column's type on this engine."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Sequence[str] | None, dialect: Any) -> str | None:
        """The words as the engine takes them; they hold neither quotes nor backslashes (`search_words.fold`)."""
        if value is None or dialect.name != "postgresql":
            return " ".join(value) if value is not None else None
        places: dict[str, list[int]] = {}
        for place, word in enumerate(value, 1):
            places.setdefault(word, []).append(min(place, LAST_PLACE))
        return " ".join(f"'{word}':{','.join(map(str, held[:200]))}" for word, held in places.items())


search_ads = Table(
    "search_ads",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("posting_id", String(40), ForeignKey("postings.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("facets", JSON, nullable=False),
    Column("words", SearchWords, nullable=False),
)
"""One row an ad, in its newest wording. `key` orders ads by first sight (`ids.search_key`); `facets` are what it can be
filtered by, `dimension:value`, and stand among its words too: one index answers words and filters together."""

search_backlog = Table(
    "search_backlog",
    metadata,
    Column("posting_id", String(40), ForeignKey("postings.id", ondelete="CASCADE"), primary_key=True),
)
"""Ads to file anew: they are new, changed, or were screened again."""

search_dropped = Table(
    "search_dropped",
    metadata,
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False),
)
"""SQLite only: rows that were erased from `search_ads` and must still leave `search_index` (a trigger notes them; our
databases let no trigger touch a virtual table)."""

daily_ads = Table(
    "daily_ads",
    metadata,
    Column("dimension", String(16), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("value", String(90), primary_key=True),
    Column("ads", Integer, nullable=False),
    Column("flagged", Integer, nullable=False),
)
"""Ads first seen on a day (UTC) with a facet, and how many of them are flagged by the newest screening. Kept in step
with `search_ads`, in the same transaction."""

daily_verdicts = Table(
    "daily_verdicts",
    metadata,
    Column("dimension", String(16), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("value", String(90), primary_key=True),
    Column("label", String(16), primary_key=True),
    Column("verdicts", Integer, nullable=False),
)
"""Decisions of a day that are in force, by what the judged campaign's ads have in common with others."""

daily_queue = Table(
    "daily_queue",
    metadata,
    Column("day", Date, primary_key=True),
    Column("waiting", Integer, nullable=False),
    Column("under_day", Integer, nullable=False),
    Column("under_three", Integer, nullable=False),
    Column("under_week", Integer, nullable=False),
    Column("older", Integer, nullable=False),
)
"""Open tasks by how long they have waited, as the last run of a day found them."""

rollup_marks = Table(
    "rollup_marks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("until", Date, nullable=False),
)
"""Up to which day a roll-up is complete."""

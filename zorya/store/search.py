"""Finding ads: words and facets in one index, newest first, by pages of keys. Never more than a page is read, whatever
the store holds; nothing is counted.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from zorya.domain.search_words import Part, Question
from zorya.store.search_schema import daily_ads, search_ads

_INDEX = table("search_index", column("rowid", BigInteger))


@dataclass(frozen=True, slots=True)
class Found:
    """One ad that fits: its key (the place to go on from), its id, and its facets."""

    key: int
    posting_id: str
    facets: tuple[str, ...]


def find(
    connection: Connection,
    wanted: Question,
    facets: Collection[str] = (),
    *,
    any_of: Collection[str] = (),
    before: int | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    limit: int,
) -> list[Found]:
    """Ads that hold every wanted part and facet, one of `any_of` where some are named, and no unwanted part, first seen
    within the days (UTC, both included), newest first, from the one before a key on."""
    query, key = _matching(connection.dialect.name, wanted, facets, any_of)
    if before is not None:
        query = query.where(key < before)
    if first_day is not None:
        query = query.where(key >= _day_key(first_day))
    if last_day is not None:
        query = query.where(key < _day_key(last_day + timedelta(days=1)))
    rows = connection.execute(query.order_by(key.desc()).limit(limit))
    return [Found(row.key, row.posting_id, tuple(row.facets)) for row in rows]


def values(connection: Connection, *, since: date) -> dict[str, dict[str, int]]:
    """Dimension → value → ads first seen since a day: what filters may offer."""
    total = func.sum(daily_ads.c.ads).label("total")
    query = select(daily_ads.c.dimension, daily_ads.c.value, total).where(daily_ads.c.day >= since)
    grouped = query.group_by(daily_ads.c.dimension, daily_ads.c.value).having(total > 0)
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(grouped):
        found.setdefault(row.dimension, {})[row.value] = int(row.total)
    return found


def _matching(
    dialect: str, wanted: Question, facets: Iterable[str], any_of: Collection[str] = ()
) -> tuple[Select[Any], ColumnElement[int]]:
    """The query without its bounds, and the key to bound and order it by: on SQLite that of the index itself, which
    then reads no more than a page."""
    query = select(search_ads.c.key, search_ads.c.posting_id, search_ads.c.facets)
    exact = [Part((facet,)) for facet in sorted(facets)]
    asked = Question((*wanted.wanted, *exact), wanted.unwanted)
    if not asked.wanted and not any_of:
        return query, search_ads.c.key
    if dialect == "sqlite":
        joined = query.join(_INDEX, _INDEX.c.rowid == search_ads.c.key)
        matches: ColumnElement[bool] = literal_column("search_index").op("MATCH")(_for_sqlite(asked, any_of))
        return joined.where(matches), _INDEX.c.rowid
    given = cast(literal(_for_postgresql(asked, any_of)), TSQUERY)
    return query.where(search_ads.c.words.op("@@")(given)), search_ads.c.key


def _for_sqlite(asked: Question, any_of: Iterable[str]) -> str:
    """In FTS5's language. Words hold no quotes, so quoting them is enough."""
    wanted = [_phrase(part) for part in asked.wanted]
    either = " OR ".join(f'"{facet}"' for facet in any_of)
    every = " AND ".join([*wanted, *([f"({either})"] if either else [])])
    return f"({every})" + "".join(f" NOT {_phrase(part)}" for part in asked.unwanted)


def _phrase(part: Part) -> str:
    return f'"{" ".join(part.words)}"' + (" *" if part.open_ended else "")


def _for_postgresql(asked: Question, any_of: Iterable[str]) -> str:
    """As a tsquery."""
    either = " | ".join(f"'{facet}'" for facet in any_of)
    wanted = [*map(_chain, asked.wanted), *([f"({either})"] if either else [])]
    return " & ".join([*wanted, *(f"!{_chain(part)}" for part in asked.unwanted)])


def _chain(part: Part) -> str:
    words = [f"'{word}'" for word in part.words]
    if part.open_ended:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"


def _day_key(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp()) << 31

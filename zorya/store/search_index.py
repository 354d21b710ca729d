"""Rows of `search_ads`, and beside them, on SQLite, those of its FTS5 index. Written by `search_filing` alone."""

import sqlite3
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select, text, update

from zorya.store.search_schema import search_ads, search_dropped

_COME = text("INSERT INTO search_index (rowid, words) VALUES (:key, :words)")
_GO = text("INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', :key, :words)")


def add(connection: Connection, key: int, posting_id: str, facets: list[str], words: Sequence[str]) -> None:
    """File an ad under a key that is free."""
    connection.execute(insert(search_ads).values(key=key, posting_id=posting_id, facets=facets, words=words))
    if connection.dialect.name == "sqlite":
        connection.execute(_COME, {"key": key, "words": " ".join(words)})


def change(connection: Connection, key: int, facets: list[str], words: Sequence[str]) -> None:
    """File an ad anew under its key."""
    here = search_ads.c.key == key
    if connection.dialect.name == "sqlite":
        old = connection.execute(select(search_ads.c.words).where(here)).scalar_one()
        connection.execute(_GO, {"key": key, "words": old})
        connection.execute(_COME, {"key": key, "words": " ".join(words)})
    connection.execute(update(search_ads).where(here).values(facets=facets, words=words))


def forget(connection: Connection) -> None:
    """Rewrite the index, so that no word of an ad that left it stays in the file. SQLite 3.42 and later forgets at once
    (`secure-delete`); earlier ones keep what was deleted until parts of the index are merged."""
    if connection.dialect.name == "sqlite" and sqlite3.sqlite_version_info < (3, 42):
        connection.exec_driver_sql("INSERT INTO search_index (search_index) VALUES ('optimize')")


def sweep(connection: Connection) -> None:
    """Let what was erased leave the index."""
    if connection.dialect.name != "sqlite":
        return
    rows = connection.execute(select(search_dropped)).all()
    for row in rows:
        connection.execute(_GO, {"key": row.key, "words": row.words})
    if rows:
        connection.execute(delete(search_dropped))

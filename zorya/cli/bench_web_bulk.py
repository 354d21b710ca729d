"""Rows in bulk for `zorya bench web`: SQLite without fsync and with indexes made afterwards, PostgreSQL by COPY."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Table, text

from zorya.store import Store

_BATCH = 20_000


class Quick:
    """A connection to fill with. SQLite: no fsync, indexes made afterwards; PostgreSQL: one transaction."""

    def __init__(self, store: Store) -> None:
        self._store, self._indexes = store, list[tuple[str, str]]()

    def __enter__(self) -> Any:
        self._connection = self._store.engine.raw_connection()
        if self._store.is_sqlite:
            run: Any = self._connection.cursor().execute
            run("PRAGMA synchronous=OFF")
            run("PRAGMA cache_size=-400000")
            run("PRAGMA foreign_keys=OFF")
            found = run("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
            self._indexes = [(str(name), str(sql)) for name, sql in found]
            run("BEGIN")
            for name, _ in self._indexes:
                run(f"DROP INDEX {name}")
        return self._connection

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is None:
            for _name, sql in self._indexes:
                self._connection.cursor().execute(sql)
            self._connection.commit()
        self._connection.invalidate()  # its pragmas end with it
        if kind is None:
            with self._store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("ANALYZE"))


def insert(connection: Any, store: Store, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    waiting = iter(rows)
    columns: list[str] = []
    while batch := list(islice(waiting, _BATCH)):
        columns = columns or list(batch[0])
        values = [tuple(_plain(row[name], sqlite=store.is_sqlite) for name in columns) for row in batch]
        quoted = ", ".join(f'"{name}"' for name in columns)
        if store.is_sqlite:
            places = ", ".join("?" * len(columns))
            connection.cursor().executemany(f"INSERT INTO {table.name} ({quoted}) VALUES ({places})", values)  # noqa: S608
        else:
            with connection.cursor().copy(f"COPY {table.name} ({quoted}) FROM STDIN") as copy:
                for each in values:
                    copy.write_row(each)


def _plain(value: Any, *, sqlite: bool) -> Any:
    if isinstance(value, dict | list):
        return json.dumps(value)
    if sqlite and isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value

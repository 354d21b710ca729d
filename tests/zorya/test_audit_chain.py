"""The audit chain shows every change, removal and insertion."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from zorya.store import Store, audit


@pytest.fixture
def chained(store: Store, as_of: datetime) -> Store:
    """Five entries, and the guard of the table taken off: what a person with the database in hands could do."""
    with store.writing() as connection:
        for index in range(5):
            at = as_of + timedelta(minutes=index)
            audit.add(connection, at=at, actor="ana", action="reveal", object=f"v-{index}", reason="call back")
        if store.is_sqlite:
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            connection.execute(text("DROP TRIGGER audit_append_only ON audit"))
    return store


def _first_bad(store: Store) -> int | None:
    with store.reading() as connection:
        return audit.first_bad(connection)


def test_an_untouched_chain_holds(chained: Store) -> None:
    assert _first_bad(chained) is None


def test_an_empty_chain_holds(store: Store) -> None:
    assert _first_bad(store) is None


@pytest.mark.parametrize("column", ["actor", "action", "object", "reason"])
def test_a_changed_entry_is_found(chained: Store, column: str) -> None:
    with chained.writing() as connection:
        connection.execute(text(f"UPDATE audit SET {column} = 'other' WHERE seq = 3"))
    assert _first_bad(chained) == 3


def test_a_removed_entry_is_found(chained: Store) -> None:
    with chained.writing() as connection:
        connection.execute(text("DELETE FROM audit WHERE seq = 2"))
    assert _first_bad(chained) == 3


def test_an_inserted_entry_is_found(chained: Store) -> None:
    with chained.writing() as connection:
        connection.execute(text("UPDATE audit SET seq = seq + 10 WHERE seq > 3"))
        connection.execute(
            text(
                "INSERT INTO audit (seq, at, actor, action, object, reason, previous, hash) "
                "SELECT 4, at, actor, action, object, reason, hash, hash FROM audit WHERE seq = 3"
            )
        )
    assert _first_bad(chained) == 4


def test_the_newest_entry_comes_first(chained: Store) -> None:
    with chained.reading() as connection:
        assert [entry["seq"] for entry in audit.page(connection, limit=2)] == [5, 4]

"""The fixtures themselves."""

import socket
from datetime import datetime

import pytest

from zorya.store import Store, audit


def test_each_test_has_a_database_of_its_own(store: Store, as_of: datetime) -> None:
    with store.writing() as connection:
        assert audit.add(connection, at=as_of, actor="a", action="b", object="c") == 1


def test_each_test_has_a_database_of_its_own_again(store: Store, as_of: datetime) -> None:
    with store.writing() as connection:
        assert audit.add(connection, at=as_of, actor="a", action="b", object="c") == 1


def test_outside_names_do_not_resolve() -> None:
    with pytest.raises(socket.gaierror, match="outside names"):
        socket.create_connection(("board.example", 80), timeout=1)

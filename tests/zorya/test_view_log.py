"""The log of what people look at: written together where several wait, and whole."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Semaphore
from typing import Any

import pytest
from sqlalchemy import event

from zorya.store import Store, audit
from zorya.store.view_log import Entry, ViewLog


class _Told(deque[Any]):
    """Says when somebody begins to wait."""

    def __init__(self) -> None:
        self.arrived = Semaphore(0)

    def append(self, each: Any, /) -> None:
        super().append(each)
        self.arrived.release()


def _at_once(log: ViewLog, entries: list[Entry]) -> list[BaseException | None]:
    """Add each entry from a thread of its own while all wait; what each was answered, None where it was stored."""
    log._waiting = waiting = _Told()
    with ThreadPoolExecutor(len(entries)) as threads:
        with log._turn:
            running = [threads.submit(log.add, entry) for entry in entries]
            for _ in entries:
                waiting.arrived.acquire()
        return [each.exception() for each in running]


def _entries(as_of: datetime, number: int) -> list[Entry]:
    return [Entry(as_of, f"ana-{n}", "ad.view", f"v-{n}") for n in range(number)]


def test_who_waits_at_once_is_written_in_one_transaction(store: Store, as_of: datetime) -> None:
    commits = []
    event.listen(store.engine, "commit", commits.append)
    assert _at_once(ViewLog(store), _entries(as_of, 8)) == [None] * 8
    assert len(commits) == 1
    with store.reading() as connection:
        assert len(audit.page(connection, action="ad.view")) == 8
        assert audit.first_bad(connection) is None


def test_an_entry_that_cannot_be_stored_keeps_no_other_out(store: Store, as_of: datetime) -> None:
    bad = Entry(as_of.replace(tzinfo=None), "bob", "ad.view", "v-9")
    answers = _at_once(ViewLog(store), [*_entries(as_of, 3), bad])
    assert [answer is None for answer in answers] == [True, True, True, False]
    with store.reading() as connection:
        assert {row["actor"] for row in audit.page(connection)} == {"ana-0", "ana-1", "ana-2"}
        assert audit.first_bad(connection) is None


def test_an_entry_is_stored_when_add_returns(store: Store, as_of: datetime) -> None:
    ViewLog(store).add(*_entries(as_of, 2))
    with store.reading() as connection:
        assert [row["actor"] for row in audit.page(connection)] == ["ana-1", "ana-0"]


def test_what_kept_an_entry_out_is_raised_to_who_added_it(store: Store, as_of: datetime) -> None:
    with pytest.raises(Exception, match="aware"):
        ViewLog(store).add(Entry(as_of.replace(tzinfo=None), "bob", "ad.view", "v-9"))

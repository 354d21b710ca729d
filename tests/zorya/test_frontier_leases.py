"""Leases of sources: one crawl at a time, and a crawl that lost its lease cannot write."""

import socket
import subprocess
import sys
from datetime import datetime, timedelta

import psutil
import pytest

from zorya.errors import SourceBusy
from zorya.store import Store, frontier, leases, runs
from zorya.store.leases import FencedOut

SOURCE = "xx_board"
ELSEWHERE = "another-host:4711:1000.00"


def take(store: Store, now: datetime, holder: str = ELSEWHERE, *, run_id: str = "r-1") -> int:
    with store.writing() as connection:
        return leases.acquire(connection, SOURCE, run_id, holder, now, 60)


def test_a_held_source_is_busy_until_the_lease_runs_out(store: Store, as_of: datetime) -> None:
    first = take(store, as_of)
    with pytest.raises(
        SourceBusy, match=r"xx_board is being crawled by process 4711 on another-host until .* 09:01:00"
    ):
        take(store, as_of + timedelta(seconds=59), leases.this_process())
    assert take(store, as_of + timedelta(seconds=60), leases.this_process()) > first


def test_renewing_holds_it_for_longer(store: Store, as_of: datetime) -> None:
    fence = take(store, as_of)
    with store.writing() as connection:
        leases.renew(connection, SOURCE, fence, as_of + timedelta(seconds=50), 60)
    with pytest.raises(SourceBusy):
        take(store, as_of + timedelta(seconds=100), "third:1:1.00")


def test_a_released_source_is_free_and_the_old_token_is_dead(store: Store, as_of: datetime) -> None:
    fence = take(store, as_of)
    with store.writing() as connection:
        leases.release(connection, SOURCE, fence)
    with pytest.raises(FencedOut), leases.writing(store, SOURCE, fence):
        pass
    assert take(store, as_of, leases.this_process()) > fence


def test_sources_are_leased_apart(store: Store, as_of: datetime) -> None:
    take(store, as_of)
    with store.writing() as connection:
        assert leases.acquire(connection, "yy_board", "r-2", "third:1:1.00", as_of, 60) == 1


def test_a_holder_that_is_dead_loses_its_lease_at_once(store: Store, as_of: datetime) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    holder = f"{socket.gethostname()}:{child.pid}:{psutil.Process(child.pid).create_time():.2f}"
    first = take(store, as_of, holder)
    with pytest.raises(SourceBusy):
        take(store, as_of, leases.this_process())
    child.communicate(b"\n")
    assert take(store, as_of, leases.this_process()) > first


def test_a_number_that_another_process_has_now_is_no_proof_of_life(store: Store, as_of: datetime) -> None:
    host, pid, started = leases.this_process().rsplit(":", 2)
    take(store, as_of, f"{host}:{pid}:{float(started) - 3600:.2f}")
    assert take(store, as_of, leases.this_process())


@pytest.mark.parametrize("checked", [True, False], ids=["fenced", "control"])
def test_a_zombie_cannot_write(store: Store, as_of: datetime, *, checked: bool) -> None:
    old = take(store, as_of)
    with store.writing() as connection:
        runs.begin(connection, "r-1", SOURCE, as_of)
    new = take(store, as_of + timedelta(hours=1), leases.this_process(), run_id="r-2")
    if checked:
        with pytest.raises(FencedOut, match=f"shows token {old}"), leases.writing(store, SOURCE, old) as connection:
            frontier.add(connection, "r-1", "k", "https://board.example/", "ad:read_ad")
        with pytest.raises(FencedOut), store.writing() as connection:
            leases.renew(connection, SOURCE, old, as_of + timedelta(hours=1), 60)
        with leases.writing(store, SOURCE, new) as connection:
            assert frontier.known(connection, "r-1") == []
    else:
        with store.writing() as connection:
            frontier.add(connection, "r-1", "k", "https://board.example/", "ad:read_ad")
        with store.reading() as connection:
            assert len(frontier.known(connection, "r-1")) == 1


def test_a_zombie_cannot_release_what_is_not_its_own(store: Store, as_of: datetime) -> None:
    old = take(store, as_of)
    new = take(store, as_of + timedelta(hours=1), leases.this_process())
    with store.writing() as connection:
        leases.release(connection, SOURCE, old)
        leases.check(connection, SOURCE, new)

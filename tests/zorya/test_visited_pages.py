"""What the store remembers of visited pages and of sweeps, on both engines."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from zorya.domain.runs import Outcome
from zorya.store import Store, frontier, runs, visited
from zorya.store.visited import Found, Sweep, Visited

HOUR = timedelta(hours=1)


@pytest.fixture
def page(as_of: datetime) -> Visited:
    return Visited(
        key="k1",
        url="http://127.0.0.1/list",
        reader="page:read_list",
        reading="r1",
        read_at=as_of,
        etag='"a"',
        last_modified="Tue, 24 Nov 2026 09:00:00 GMT",
        sha256="00",
        links=(
            Found("http://127.0.0.1/ad/1", "ad:read_ad", "card"),
            Found("http://127.0.0.1/2", "page:read_list", "", True),
        ),
        posting_ids=("p-1",),
    )


def test_a_page_comes_back_as_it_was_remembered(store: Store, page: Visited) -> None:
    with store.writing() as connection:
        visited.remember(connection, "board", page)
        assert visited.pages(connection, "board", ["k1", "k2"]) == {"k1": page}
        assert visited.pages(connection, "other", ["k1"]) == {}


def test_a_later_reading_takes_the_place_of_the_earlier(store: Store, page: Visited, as_of: datetime) -> None:
    later = replace(page, read_at=as_of + HOUR, links=(), etag="")
    with store.writing() as connection:
        visited.remember(connection, "board", page)
        visited.remember(connection, "board", later)
        assert visited.pages(connection, "board", ["k1"]) == {"k1": later}


def test_pages_come_longest_unread_first(store: Store, page: Visited, as_of: datetime) -> None:
    with store.writing() as connection:
        for hours, key in ((0, "new"), (-2, "old"), (-1, "b"), (-1, "a")):
            visited.remember(connection, "board", replace(page, key=key, read_at=as_of + hours * HOUR))
        visited.note_sweep(connection, "board", Sweep(as_of - 3 * HOUR, complete=True))
        found = list(visited.read_until(connection, "board", as_of - HOUR))
    assert [[one.key for one in some] for some in found] == [["old", "a", "b"]]


def test_a_late_crawl_for_an_earlier_moment_takes_nothing_over(store: Store, page: Visited, as_of: datetime) -> None:
    with store.writing() as connection:
        visited.remember(connection, "board", page)
        visited.remember(connection, "board", replace(page, read_at=as_of - HOUR, sha256="11"))
        assert visited.pages(connection, "board", ["k1"]) == {"k1": page}


def test_a_crawl_owes_a_sweep_until_it_ended_well(store: Store, as_of: datetime) -> None:
    with store.writing() as connection:
        assert not visited.owe_sweep(connection, "board")
        visited.note_sweep(connection, "board", Sweep(as_of, complete=True))
        assert not visited.owe_sweep(connection, "board")
        assert visited.owe_sweep(connection, "board")
        assert visited.last_sweep(connection, "board") == Sweep(as_of, complete=True)
        visited.owe_sweep(connection, "board", owing=False)
        assert not visited.owe_sweep(connection, "board")


@pytest.mark.parametrize("complete", [True, False])
def test_the_newest_sweep_counts(store: Store, as_of: datetime, *, complete: bool) -> None:
    with store.writing() as connection:
        assert visited.last_sweep(connection, "board") is None
        visited.note_sweep(connection, "board", Sweep(as_of - HOUR, complete=not complete))
        visited.note_sweep(connection, "board", Sweep(as_of, complete=complete, ordered=not complete))
        assert visited.last_sweep(connection, "board") == Sweep(as_of, complete=complete, ordered=not complete)


def test_outcomes_of_list_pages_and_of_ads_are_told_apart(store: Store, as_of: datetime) -> None:
    with store.writing() as connection:
        runs.begin(connection, "r-1", "board", as_of)
        rows = [
            ("a", "http://x/", "page:read_start"),
            ("b", "http://x/1", "ad:read_ad"),
            ("c", "http://x/2", "ad:read_ad"),
        ]
        seqs = frontier.add_all(connection, "r-1", rows)
        frontier.close(connection, seqs["a"], Outcome.NOT_MODIFIED, now=as_of)
        frontier.close(connection, seqs["b"], Outcome.FAILED, now=as_of)
        assert visited.outcomes_of(connection, "r-1") == ({"not_modified"}, {"failed", "open"})
        assert visited.ads_asked(connection, "r-1") == 2
        frontier.close(connection, seqs["c"], Outcome.SIGHTED, "not asked for", now=as_of)
        assert visited.ads_asked(connection, "r-1") == 1


def test_list_pages_are_counted_under_their_reading(store: Store, page: Visited) -> None:
    with store.writing() as connection:
        for key, reader, reading in (("a", "page:x", "r1"), ("b", "page:x", "r0"), ("c", "ad:x", "r1")):
            visited.remember(connection, "board", replace(page, key=key, reader=reader, reading=reading))
        assert visited.list_page_count(connection, "board", "r1") == 1

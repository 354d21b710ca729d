"""The frontier of a run: every address has one row and one outcome, whatever happens to the process."""

import itertools
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zorya.domain import ids
from zorya.domain.runs import Outcome, RunReport, RunStatus
from zorya.errors import StoreError
from zorya.store import Store, frontier, runs

_serial = itertools.count()
AD, LIST = "ad:read_ad", "page:read_list"


def begun(store: Store, as_of: datetime, *names: str, hours: int = 0) -> tuple[str, dict[str, int]]:
    """A run with open entries; returns its id and their numbers by name."""
    run_id = ids.run_id("xx_board", as_of + timedelta(hours=hours))
    with store.writing() as connection:
        runs.begin(connection, run_id, "xx_board", as_of + timedelta(hours=hours))
        rows = [(ids.url_key(name), f"https://board.example/{name}", AD) for name in names]
        found = frontier.add_all(connection, run_id, rows)
    return run_id, {name: found[ids.url_key(name)] for name in names}


def fates(store: Store, run_id: str) -> dict[str, tuple[str | None, int]]:
    """(outcome, tries) of each address of a run."""
    with store.reading() as connection:
        rows = runs.requests_of(connection, run_id)
    return {row["url"].rpartition("/")[2]: (row["outcome"], row["tries"]) for row in rows}


def test_an_address_is_entered_once(store: Store, as_of: datetime) -> None:
    run_id, numbers = begun(store, as_of, "a", "b")
    with store.writing() as connection:
        again = frontier.add(connection, run_id, ids.url_key("a"), "https://board.example/a#other", LIST)
        third = frontier.add(connection, run_id, ids.url_key("c"), "https://board.example/c\0\udc80", AD)
        assert again == numbers["a"]
        assert [entry.seq for entry in frontier.open_entries(connection, run_id)] == [*numbers.values(), third]


def test_the_first_outcome_counts(store: Store, as_of: datetime) -> None:
    run_id, numbers = begun(store, as_of, "a")
    with store.writing() as connection:
        assert frontier.close(connection, numbers["a"], Outcome.OK, now=as_of, brought=[["p-1"]])
        assert not frontier.close(connection, numbers["a"], Outcome.FAILED, "late", now=as_of)
        (row,) = runs.requests_of(connection, run_id)
    assert (row["outcome"], row["brought"], row["done_at"]) == ("ok", [["p-1"]], as_of)


def test_what_was_tried_comes_after_what_was_not(store: Store, as_of: datetime) -> None:
    run_id, numbers = begun(store, as_of, "a", "b")
    with store.writing() as connection:
        frontier.claim(connection, [numbers["a"]])
        entries = frontier.open_entries(connection, run_id)
    assert [(entry.seq, entry.tries) for entry in entries] == [(numbers["b"], 0), (numbers["a"], 1)]


def test_a_second_attempt_goes_on_with_what_is_not_settled(store: Store, as_of: datetime) -> None:
    run_id, numbers = begun(store, as_of, *"abcdef")
    with store.writing() as connection:
        frontier.claim(connection, list(numbers.values()))
        frontier.close(connection, numbers["a"], Outcome.OK, now=as_of)
        frontier.close(connection, numbers["b"], Outcome.SKIPPED, "gone (404)", 404, now=as_of)
        frontier.close(connection, numbers["c"], Outcome.FAILED, "the site answers 500", 500, now=as_of)
        frontier.close(connection, numbers["d"], Outcome.SKIPPED, "the site asked us to slow down", now=as_of)
        frontier.close(connection, numbers["e"], Outcome.CAPPED, now=as_of)
        assert frontier.abandon(connection, run_id, "signal 9") == 1
        assert frontier.reopen(connection, run_id, now=as_of) == 3
    assert fates(store, run_id) == {
        "a": ("ok", 1),
        "b": ("skipped", 1),
        "c": (None, 0),
        "d": (None, 0),
        "e": ("capped", 1),
        "f": (None, 1),
    }


def test_an_address_that_kills_every_time_is_given_up(store: Store, as_of: datetime) -> None:
    run_id, numbers = begun(store, as_of, "poison", "ad")
    for _ in range(frontier.MOST_TRIES):
        with store.writing() as connection:
            frontier.claim(connection, [numbers["poison"]])
            frontier.abandon(connection, run_id, "signal 9")
            left = frontier.reopen(connection, run_id, now=as_of)
    assert left == 1
    assert fates(store, run_id) == {"poison": ("failed", frontier.MOST_TRIES), "ad": (None, 0)}
    with store.writing() as connection:
        assert frontier.reopen(connection, run_id, now=as_of) == 1


@pytest.mark.parametrize("parent_alive", [True, False])
def test_a_new_run_takes_over_what_a_dead_one_left(store: Store, as_of: datetime, *, parent_alive: bool) -> None:
    dead, numbers = begun(store, as_of, "read", "found", "poison")
    with store.writing() as connection:
        frontier.close(connection, numbers["read"], Outcome.OK, now=as_of)
        for _ in range(frontier.MOST_TRIES):
            frontier.claim(connection, [numbers["poison"]])
        if parent_alive:
            frontier.abandon(connection, dead, "signal 9")
            counted = frontier.settled(connection, dead)
            runs.finish(connection, RunReport(dead, "xx_board", as_of, as_of, RunStatus.FAILED, 3, counted))
    run_id, _ = begun(store, as_of, hours=1)
    with store.writing() as connection:
        assert frontier.take_over(connection, "xx_board", run_id, now=as_of) == 1
        assert frontier.take_over(connection, "xx_board", run_id, now=as_of) == 0
        row = runs.by_id(connection, dead)
    assert fates(store, run_id) == {"found": (None, 0)}
    assert row is not None
    assert (row["status"], row["finished_at"], row["scheduled"]) == ("failed", as_of, 3)
    assert sum(row["outcomes"].values()) == 3
    assert fates(store, dead)["found"][0] == ("failed" if parent_alive else "skipped")


def test_a_run_of_another_source_is_left_alone(store: Store, as_of: datetime) -> None:
    other, _ = begun(store, as_of, "theirs")
    mine = ids.run_id("yy_board", as_of)
    with store.writing() as connection:
        runs.begin(connection, mine, "yy_board", as_of)
        assert frontier.take_over(connection, "yy_board", mine, now=as_of) == 0
    assert fates(store, other) == {"theirs": (None, 0)}


def test_a_run_with_an_open_address_cannot_be_finished(store: Store, as_of: datetime) -> None:
    run_id, numbers = begun(store, as_of, "a", "b")
    with store.writing() as connection:
        frontier.close(connection, numbers["a"], Outcome.OK, now=as_of)
    report = RunReport(run_id, "xx_board", as_of, as_of, RunStatus.OK, 1, {"ok": 1})
    with (
        pytest.raises(StoreError, match="2 addresses were scheduled, 1 have an outcome"),
        store.writing() as connection,
    ):
        runs.finish(connection, report)


def test_a_report_that_does_not_say_what_the_frontier_says_is_refused(store: Store, as_of: datetime) -> None:
    run_id, numbers = begun(store, as_of, "a")
    with store.writing() as connection:
        frontier.close(connection, numbers["a"], Outcome.FAILED, "refused", now=as_of)
    for outcomes, scheduled in (({"ok": 1}, 1), ({"failed": 1}, 2)):
        report = RunReport(run_id, "xx_board", as_of, as_of, RunStatus.OK, scheduled, outcomes)
        with pytest.raises(StoreError, match="the report says"), store.writing() as connection:
            runs.finish(connection, report)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given=st.lists(st.sampled_from([None, *Outcome]), max_size=12), retries=st.integers(0, 3))
def test_every_address_is_accounted_for(
    sqlite_store: Store, as_of: datetime, given: list[Outcome | None], retries: int
) -> None:
    hours = next(_serial)
    run_id, numbers = begun(sqlite_store, as_of, *(f"n{index}" for index in range(len(given))), hours=hours)
    with sqlite_store.writing() as connection:
        for attempt in range(retries + 1):
            for seq, outcome in zip(numbers.values(), given, strict=True):
                if outcome is not None:
                    frontier.close(connection, seq, outcome, status=200 if attempt % 2 else None, now=as_of)
            lost = frontier.abandon(connection, run_id, "signal 9")
            counted = frontier.settled(connection, run_id)
            assert sum(counted.values()) == len(given)
            assert counted.get("failed", 0) == given.count(Outcome.FAILED) + lost
            if attempt < retries:
                frontier.reopen(connection, run_id, now=as_of)
        runs.finish(connection, RunReport(run_id, "xx_board", as_of, as_of, RunStatus.FAILED, len(given), counted))

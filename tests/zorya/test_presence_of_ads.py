"""Sightings, checks, `gone_at` and reposts, on both engines."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from sqlalchemy import Connection, select

from zorya.domain import ids
from zorya.domain.ads import Kind, Posting
from zorya.store import Store, campaigns, portraits, postings, presence
from zorya.store.postings import Sighting
from zorya.store.schema import postings as table

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def ad(number: int | str, body: str = "Kitchen help, evenings.", source: str = "board") -> Posting:
    url = f"http://127.0.0.1/ad/{number}"
    return Posting(source=source, native_id=str(number), url=url, kind=Kind.JOB, title="Cook", body=body)


def identity(number: int | str) -> str:
    return ids.posting_id("board", str(number))


def see(store: Store, at: datetime, *found: Posting) -> list[Sighting]:
    with store.writing() as connection:
        return [postings.record(connection, one, capture_id=None, seen_at=at)[1] for one in found]


def row(store: Store, number: int | str) -> dict[str, object]:
    with store.reading() as connection:
        return dict(connection.execute(select(table).where(table.c.id == identity(number))).mappings().one())


def test_a_sighting_moves_last_seen_and_never_backwards(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1))
    for at in (as_of + HOUR, as_of - HOUR):
        with store.writing() as connection:
            presence.sighted(connection, [identity(1)], at)
    assert row(store, 1)["last_seen"] == as_of + HOUR


def test_gone_is_noted_once_and_ends_with_the_next_reading(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1))
    with store.writing() as connection:
        assert presence.gone(connection, [identity(1)], as_of + HOUR) == 1
        assert presence.gone(connection, [identity(1)], as_of + 2 * HOUR) == 0
        presence.sighted(connection, [identity(1)], as_of + 3 * HOUR)
        assert presence.alive(connection, [identity(1)]) == set()
    assert (row(store, 1)["gone_at"], row(store, 1)["last_seen"]) == (as_of + HOUR, as_of)
    see(store, as_of + 4 * HOUR, ad(1))
    assert row(store, 1)["gone_at"] is None


@pytest.mark.parametrize(("seen", "gone"), [(-1, True), (0, False), (1, False)])
def test_an_old_page_read_late_brings_no_ad_back(store: Store, as_of: datetime, seen: int, *, gone: bool) -> None:
    see(store, as_of - 2 * DAY, ad(1))
    with store.writing() as connection:
        presence.gone(connection, [identity(1)], as_of)
    see(store, as_of + seen * DAY, ad(1))
    assert (row(store, 1)["gone_at"] == as_of, row(store, 1)["last_seen"]) == (gone, as_of + seen * DAY)


def test_a_late_report_marks_no_ad_gone_that_was_seen_since(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1))
    with store.writing() as connection:
        assert presence.gone(connection, [identity(1)], as_of - HOUR) == 0


def test_what_a_sweep_missed_is_asked_for_once_and_longest_unchecked_first(store: Store, as_of: datetime) -> None:
    see(store, as_of, *(ad(number) for number in range(5)))
    later = as_of + DAY
    with store.writing() as connection:
        presence.sighted(connection, [identity(0)], later)
        presence.gone(connection, [identity(4)], later)
        presence.checked(connection, [identity(1)], as_of + HOUR)
        presence.checked(connection, [identity(2)], later)
        found = presence.missing(connection, "board", before=later, swept=later, unseen_since=as_of - DAY, limit=9)
        none = presence.missing(connection, "board", before=later, swept=None, unseen_since=as_of - DAY, limit=9)
    assert found == [("http://127.0.0.1/ad/3", None), ("http://127.0.0.1/ad/1", as_of + HOUR)]
    assert none == []


def test_without_a_sweep_time_alone_asks_for_an_ad(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1), ad(2))
    with store.writing() as connection:
        presence.checked(connection, [identity(2)], as_of + DAY)
        late = {"before": as_of + 8 * DAY, "swept": None, "unseen_since": as_of + HOUR}
        found = presence.missing(connection, "board", limit=9, **late)
    assert found == [("http://127.0.0.1/ad/1", None)]


def test_a_message_missing_within_the_range_was_deleted(store: Store, as_of: datetime) -> None:
    see(store, as_of, *(ad(f"one_example/{number}") for number in (3, 5, 6, 9)), ad("onexexample/5"))
    with store.reading() as connection:
        found = presence.deleted_messages(connection, "board", [f"one_example/{number}" for number in (4, 6, 8)])
        assert presence.deleted_messages(connection, "board", []) == []
    assert found == [identity("one_example/5")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_new_ads_with_the_same_words_are_linked_in_any_order(
    sqlite_store: Store, as_of: datetime, order: tuple[int, ...]
) -> None:
    for number in order:
        see(sqlite_store, as_of, ad(number))
    first = min(identity(number) for number in order)
    linked = {identity(number): row(sqlite_store, number)["repost_of"] for number in order}
    assert linked == {one: None if one == first else first for one in map(identity, order)}


def test_a_repost_names_the_earliest_ad_and_seeing_it_again_changes_nothing(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1))
    see(store, as_of + HOUR, ad(2))
    see(store, as_of + 2 * HOUR, ad(3), ad(4, source="other"), ad(5, body="Something else"))
    before = [row(store, number)["repost_of"] for number in (1, 2, 3, 5)]
    assert before == [None, identity(1), identity(1), None]
    see(store, as_of + 3 * HOUR, ad(1), ad(3))
    assert [row(store, number)["repost_of"] for number in (1, 2, 3, 5)] == before


def test_an_old_ad_that_is_edited_into_another_is_no_repost(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1, body="Other work"))
    see(store, as_of + HOUR, ad(2))
    see(store, as_of + 2 * HOUR, ad(1))
    assert (row(store, 1)["repost_of"], row(store, 2)["repost_of"]) == (None, None)


def test_a_title_alone_makes_no_repost(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1, body=""), ad(2, body=" "))
    assert row(store, 2)["repost_of"] is None


def test_a_change_of_markup_alone_makes_no_version(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1, body="Kitchen help\n\nEvenings"))
    assert see(store, as_of + HOUR, ad(1, body="Kitchen help\nEvenings")) == [Sighting.UNCHANGED]
    assert see(store, as_of + HOUR, ad(1, body="Kitchen help\nMornings")) == [Sighting.CHANGED]


def test_current_states_and_what_got_a_version_at_a_moment(store: Store, as_of: datetime) -> None:
    see(store, as_of, ad(1), ad(2))
    see(store, as_of + HOUR, replace(ad(2), title="Baker"))
    wanted = [identity(1), identity(2)]
    with store.reading() as connection:
        assert {one.posting.title for one in postings.currents(connection, wanted)} == {"Cook", "Baker"}
        assert postings.any_version_of(connection, wanted, seen_at=as_of + HOUR)
        assert not postings.any_version_of(connection, wanted[:1], seen_at=as_of + HOUR)
        assert presence.at_address(connection, "board", "http://127.0.0.1/ad/2") == [identity(2)]
        assert presence.seen_between(connection, "board", as_of, as_of + HOUR) == [identity(1)]


@pytest.mark.parametrize(
    "told",
    [
        lambda connection, name, at: presence.sighted(connection, [name], at),
        lambda connection, name, at: presence.gone(connection, [name], at),
        lambda connection, name, at: postings.record(connection, ad(0), capture_id=None, seen_at=at),
    ],
    ids=["sighted", "gone", "read again"],
)
def test_what_is_learnt_of_an_ad_makes_its_portrait_stale(
    told: Callable[[Connection, str, datetime], object], store: Store, as_of: datetime
) -> None:
    see(store, as_of, ad(0), ad(1))
    mine, others = (ids.campaign_id(identity(number)) for number in (0, 1))
    with store.writing() as connection:
        for number, campaign in enumerate((mine, others)):
            campaigns.found(connection, identity(number), at=as_of)
            portraits.put(connection, campaign, template=None, portrait={}, style=None, at=as_of)
        assert portraits.stale(connection) == []
        told(connection, identity(0), as_of + HOUR)
        assert portraits.stale(connection) == [mine]

"""Merges, splits and undos: nothing is lost, every id resolves, and undoing everything restores the start."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DBAPIError

from zorya.domain import ids
from zorya.domain.ads import Kind, Posting
from zorya.errors import NothingToDo, PolicyRefusal, StoreError
from zorya.settings import Settings
from zorya.store import Store, audit, campaign_changes, campaigns, change_log, open_store, portraits, postings, purging
from zorya.store.campaign_schema import campaigns as table
from zorya.store.change_log import MACHINE

ADS = 8
HOUR = timedelta(hours=1)


def _seed(connection: Connection, at: datetime, number: int = ADS) -> list[str]:
    """So many campaigns of one ad each, the first the oldest; returns the postings' ids."""
    names = []
    for index in range(number):
        ad = Posting("opendoor", str(index), "http://127.0.0.1/", Kind.JOB, f"Ad {index}", "Work in a hotel.")
        postings.record(connection, ad, capture_id=None, seen_at=at)
        names.append(ids.posting_id(ad.source, ad.native_id))
        campaigns.found(connection, names[-1], at=at + index * HOUR)
    return names


@pytest.fixture
def seeded(store: Store, as_of: datetime) -> list[str]:
    with store.writing() as connection:
        return _seed(connection, as_of)


def _homes(connection: Connection) -> dict[str, str]:
    return campaigns.of_postings(connection)


def test_the_oldest_id_stays_and_the_others_resolve_to_it(store: Store, seeded: list[str], as_of: datetime) -> None:
    old, young = (ids.campaign_id(name) for name in seeded[:2])
    with store.writing() as connection:
        done = campaign_changes.merge(connection, [young, old], at=as_of, by="ana", reason="one number")
        assert (done.campaign_id, done.closed, done.moved) == (old, (young,), 1)
        assert campaigns.resolve(connection, young) == old
        assert campaigns.size(connection, old) == 2


def test_merging_what_is_one_already_is_nothing_to_do(store: Store, seeded: list[str], as_of: datetime) -> None:
    pair = [ids.campaign_id(name) for name in seeded[:2]]
    with store.writing() as connection:
        campaign_changes.merge(connection, pair, at=as_of, by="ana", reason="")
        with pytest.raises(NothingToDo, match="one campaign already"):
            campaign_changes.merge(connection, pair, at=as_of, by="ana", reason="")


def test_a_part_that_was_a_campaign_before_gets_its_own_id_back(
    store: Store, seeded: list[str], as_of: datetime
) -> None:
    first, second, third = (ids.campaign_id(name) for name in seeded[:3])
    with store.writing() as connection:
        campaign_changes.merge(connection, [second, third], at=as_of, by=MACHINE, reason="")
        campaign_changes.merge(connection, [first, second], at=as_of, by=MACHINE, reason="")
        done = campaign_changes.split(connection, first, [seeded[1]], at=as_of, by="ana", reason="another firm")
        assert done.opened == (second,)
        # The third was merged into the second, yet its ad was not split off: its id follows the ad.
        assert campaigns.resolve(connection, third) == first


def test_a_part_that_never_was_a_campaign_gets_a_new_id(store: Store, seeded: list[str], as_of: datetime) -> None:
    campaign = ids.campaign_id(seeded[0])
    with store.writing() as connection:
        late = Posting("opendoor", "late", "http://127.0.0.1/", Kind.JOB, "Late", "Work in a bar.")
        postings.record(connection, late, capture_id=None, seen_at=as_of)
        name = ids.posting_id("opendoor", "late")
        campaigns.join(connection, campaign, name, edge="text", edge_to=seeded[0], weight=0.9, at=as_of)
        done = campaign_changes.split(connection, campaign, [name], at=as_of, by="ana", reason="another firm")
        (new,) = done.opened
        assert new not in {ids.campaign_id(each) for each in [*seeded, name]}
        campaign_changes.undo(connection, done.seq, at=as_of, by="ana")
        assert campaigns.resolve(connection, new) == campaign


def test_a_split_takes_some_of_the_postings_of_the_campaign(store: Store, seeded: list[str], as_of: datetime) -> None:
    campaign = ids.campaign_id(seeded[0])
    with store.writing() as connection:
        campaign_changes.merge(connection, [campaign, ids.campaign_id(seeded[1])], at=as_of, by="ana", reason="")
        for chosen, complaint in (
            ([], "not none or all"),
            (seeded[:2], "not none or all"),
            ([seeded[5]], "is not in campaign"),
        ):
            with pytest.raises(StoreError, match=complaint):
                campaign_changes.split(connection, campaign, chosen, at=as_of, by="ana", reason="")
        with pytest.raises(StoreError, match="no campaign 'c-none'"):
            campaign_changes.split(connection, "c-none", [seeded[5]], at=as_of, by="ana", reason="")


def test_a_change_on_which_a_later_one_stands_is_not_undone(store: Store, seeded: list[str], as_of: datetime) -> None:
    one, two, three = (ids.campaign_id(name) for name in seeded[:3])
    with store.writing() as connection:
        below = campaign_changes.merge(connection, [two, three], at=as_of, by="ana", reason="")
        above = campaign_changes.merge(connection, [one, two], at=as_of, by="ana", reason="")
        with pytest.raises(PolicyRefusal, match=f"change {above.seq} stands on it"):
            campaign_changes.undo(connection, below.seq, at=as_of, by="ana")
        campaign_changes.undo(connection, above.seq, at=as_of, by="ana")
        campaign_changes.undo(connection, below.seq, at=as_of, by="ana")
        assert _homes(connection) == {name: ids.campaign_id(name) for name in seeded}


def test_a_merge_is_undone_although_an_ad_of_it_was_erased(store: Store, seeded: list[str], as_of: datetime) -> None:
    with store.writing() as connection:
        done = campaign_changes.merge(connection, map(ids.campaign_id, seeded[:2]), at=as_of, by="ana", reason="")
        purging.leave_campaigns(connection, [seeded[1]], at=as_of)
        campaign_changes.undo(connection, done.seq, at=as_of, by="ana")
        assert campaigns.resolve(connection, done.closed[0]) == done.closed[0]


def test_an_undo_is_undone_like_any_other_change(store: Store, seeded: list[str], as_of: datetime) -> None:
    one, two = (ids.campaign_id(name) for name in seeded[:2])
    with store.writing() as connection:
        done = campaign_changes.merge(connection, [one, two], at=as_of, by="ana", reason="")
        undone = campaign_changes.undo(connection, done.seq, at=as_of, by="ana")
        assert campaigns.resolve(connection, two) == two
        with pytest.raises(NothingToDo, match="undone already"):
            campaign_changes.undo(connection, done.seq, at=as_of, by="ana")
        campaign_changes.undo(connection, undone.seq, at=as_of, by="ana")
        assert campaigns.resolve(connection, two) == one
        assert [each.in_force for each in change_log.history(connection, one)] == [True, False, True]


def test_an_ad_that_came_after_a_split_stays_in_the_campaign_when_the_split_is_undone(
    store: Store, seeded: list[str], as_of: datetime
) -> None:
    one, two = (ids.campaign_id(name) for name in seeded[:2])
    with store.writing() as connection:
        campaign_changes.merge(connection, [one, two], at=as_of, by=MACHINE, reason="")
        cut = campaign_changes.split(connection, one, [seeded[1]], at=as_of, by="ana", reason="")
        late = Posting("opendoor", "late", "http://127.0.0.1/", Kind.JOB, "Late", "Work in a bar.")
        postings.record(connection, late, capture_id=None, seen_at=as_of)
        name = ids.posting_id("opendoor", "late")
        campaigns.join(connection, two, name, edge="text", edge_to=seeded[1], weight=0.9, at=as_of)
        campaign_changes.undo(connection, cut.seq, at=as_of, by="ana")
        assert campaigns.of_posting(connection, name) == one


def test_what_a_person_does_is_audited_and_what_the_machine_does_is_not(
    store: Store, seeded: list[str], as_of: datetime
) -> None:
    one, two, three = (ids.campaign_id(name) for name in seeded[:3])
    with store.writing() as connection:
        campaign_changes.merge(connection, [one, two], at=as_of, by=MACHINE, reason="one number")
        done = campaign_changes.merge(connection, [one, three], at=as_of, by="ana", reason="one voice")
        campaign_changes.undo(connection, done.seq, at=as_of, by="ben", reason="two voices")
        told = [(row["actor"], row["action"], row["reason"]) for row in audit.page(connection)]
    assert told == [("ben", "campaign.undo", "two voices"), ("ana", "campaign.merge", "one voice")]


def test_every_change_asks_for_new_portraits_of_live_campaigns_only(
    store: Store, seeded: list[str], as_of: datetime
) -> None:
    one, two = (ids.campaign_id(name) for name in seeded[:2])
    with store.writing() as connection:
        portraits.put(connection, two, template={}, portrait={}, style=None, at=as_of)
        campaign_changes.merge(connection, [one, two], at=as_of, by="ana", reason="")
        assert portraits.stale(connection) == [one]
        assert portraits.of(connection, two) is None


@pytest.mark.parametrize("name", ["campaign_changes", "campaign_moves", "campaign_mentions", "campaign_links"])
def test_the_history_refuses_changes(store: Store, seeded: list[str], as_of: datetime, name: str) -> None:
    pair = [ids.campaign_id(each) for each in seeded[:2]]
    with store.writing() as connection:
        campaign_changes.merge(connection, pair, at=as_of, by="ana", reason="")
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(text(f"DELETE FROM {name}"))


class _Life(RuleBasedStateMachine):
    """Random merges, splits and undos by people and the machine, against a plain model: posting → home."""

    connect: Callable[[], "object"]

    def __init__(self) -> None:
        super().__init__()
        self.context = type(self).connect()
        self.connection: Connection = self.context.__enter__()  # type: ignore[attr-defined]
        self.at = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
        self.names = _seed(self.connection, self.at)
        self.start = self._partition()
        self.before: dict[int, frozenset[frozenset[str]]] = {}

    def _partition(self) -> frozenset[frozenset[str]]:
        parts: dict[str, set[str]] = {}
        for name, home in _homes(self.connection).items():
            parts.setdefault(home, set()).add(name)
        return frozenset(map(frozenset, parts.values()))

    @rule(one=st.integers(0, ADS - 1), other=st.integers(0, ADS - 1), person=st.booleans())
    def merge(self, one: int, other: int, person: bool) -> None:
        pair = [ids.campaign_id(self.names[one]), ids.campaign_id(self.names[other])]
        together = {campaigns.resolve(self.connection, each) for each in pair}
        self.at += HOUR
        if len(together) == 2:
            before = self._partition()
            by = "ana" if person else MACHINE
            done = campaign_changes.merge(self.connection, pair, at=self.at, by=by, reason="")
            self.before[done.seq] = before

    @rule(posting=st.integers(0, ADS - 1), chosen=st.sets(st.integers(0, ADS - 1)), person=st.booleans())
    def split(self, posting: int, chosen: set[int], person: bool) -> None:
        homes = _homes(self.connection)
        home = homes[self.names[posting]]
        part = [self.names[n] for n in chosen if homes[self.names[n]] == home]
        self.at += HOUR
        if 0 < len(part) < campaigns.size(self.connection, home):
            before = self._partition()
            by = "ana" if person else MACHINE
            done = campaign_changes.split(self.connection, home, part, at=self.at, by=by, reason="")
            assert {_homes(self.connection)[name] for name in part} == set(done.campaigns) & {
                campaigns.of_posting(self.connection, part[0])
            }
            self.before[done.seq] = before

    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        if not self.before:
            return
        seq = data.draw(st.sampled_from(sorted(self.before)))
        self.at += HOUR
        standing = change_log.standing_on(self.connection, seq)
        found = change_log.change(self.connection, seq)
        assert found is not None
        if not found.in_force or standing:
            with pytest.raises((NothingToDo, PolicyRefusal)):
                campaign_changes.undo(self.connection, seq, at=self.at, by="ben")
            return
        before = self._partition()
        done = campaign_changes.undo(self.connection, seq, at=self.at, by="ben")
        self.before[done.seq] = before

    @invariant()
    def every_posting_has_exactly_one_live_campaign(self) -> None:
        homes = _homes(self.connection)
        assert sorted(homes) == sorted(self.names)
        assert all(campaigns.resolve(self.connection, home) == home for home in homes.values())

    @invariant()
    def every_id_resolves_to_a_campaign_with_postings(self) -> None:
        living = set(_homes(self.connection).values())
        for name in self.connection.execute(select(table.c.id)).scalars():
            assert campaigns.resolve(self.connection, name) in living

    def teardown(self) -> None:
        """Undo all that is in force, the latest first: the start is back."""
        for seq in sorted(self.before, reverse=True):
            found = change_log.change(self.connection, seq)
            if found and found.in_force:
                self.at += HOUR
                campaign_changes.undo(self.connection, seq, at=self.at, by="ben")
                assert self._partition() == self.before[seq]
        assert self._partition() == self.start
        assert all(
            campaigns.resolve(self.connection, ids.campaign_id(name)) == ids.campaign_id(name) for name in self.names
        )
        self.context.__exit__(RuntimeError, RuntimeError("nothing of this is kept"), None)  # type: ignore[attr-defined]


def test_whatever_is_done_nothing_is_lost_and_all_can_be_undone(sqlite_settings: Settings, tmp_path: Path) -> None:
    opened = open_store(sqlite_settings)

    @contextmanager
    def scratch() -> Iterator[Connection]:
        """A write transaction that is rolled back."""
        with opened.engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except RuntimeError:
                connection.rollback()

    machine = type("Life", (_Life,), {"connect": staticmethod(scratch)})
    limits = settings(
        max_examples=40,
        stateful_step_count=20,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
    )
    try:
        run_state_machine_as_test(machine, settings=limits)  # type: ignore[no-untyped-call]
    finally:
        opened.close()

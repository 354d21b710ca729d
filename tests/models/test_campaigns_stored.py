"""The stored partition is a grouping of all imprints, whatever the order, the batches and the number of workers."""

import random
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from models.campaigns import assigning
from models.campaigns.grouping import group
from models.campaigns.imprint import imprint
from models.campaigns.recording import Screened
from models.reading import read
from zorya.domain import ids
from zorya.domain.ads import Kind, Posting
from zorya.store import Store, campaign_changes, campaigns, change_log, postings, proposals

Partition = frozenset[frozenset[str]]

PACKING = "Packing cosmetics by night, bed in a shared room, bus at the gate, two shifts, pay every week in hand."
INVENTED = Path(__file__).with_name("campaign_ads.yml")


def _ad(number: int, body: str, *, employer: str | None = None, board: str = "opendoor") -> Posting:
    return Posting(board, str(number), f"http://127.0.0.1/{number}", Kind.JOB, "Work", body, employer=employer)


@pytest.fixture(scope="module")
def pool() -> list[tuple[Posting, Screened]]:
    """Every invented ad as a screening reads it; `version` is filled in when it is stored."""
    found = []
    for number, row in enumerate(yaml.safe_load(INVENTED.read_text("utf-8"))):
        posting = _ad(number, row["body"], employer=row.get("employer"))
        found.append((posting, _screened(posting)))
    return found


def _store(connection: Connection, ads: Iterable[tuple[Posting, Screened]], *, at: datetime, batch: int = 1000) -> None:
    """Record and assign, `batch` ads at a time."""
    waiting: list[Screened] = []
    for posting, screened in ads:
        version_id, _ = postings.record(connection, posting, capture_id=None, seen_at=at)
        version = postings.version(connection, version_id)
        assert version is not None
        waiting.append(Screened(version, screened.reading, screened.tokens))
        if len(waiting) == batch:
            assigning.assign(connection, waiting, at=at)
            waiting = []
    assigning.assign(connection, waiting, at=at)


def _stored(connection: Connection) -> Partition:
    return _parts(campaigns.of_postings(connection))


def _parts(homes: dict[str, str]) -> Partition:
    found: dict[str, set[str]] = {}
    for name, home in homes.items():
        found.setdefault(home, set()).add(name)
    return frozenset(map(frozenset, found.values()))


def _grouped(ads: Sequence[tuple[Posting, Screened]]) -> Partition:
    imprints = [
        imprint(
            screened.reading,
            id=ids.posting_id(posting.source, posting.native_id),
            tokens=screened.tokens,
            employer=posting.employer,
            board=posting.url,
        )
        for posting, screened in ads
    ]
    return _parts(group(imprints).campaign_of)


@contextmanager
def _passing(store: Store) -> Iterator[Connection]:
    """A write transaction of which nothing is kept."""
    with store.engine.connect() as connection:
        if store.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.rollback()


def test_the_invented_ads_hold_every_rule(pool: list[tuple[Posting, Screened]]) -> None:
    sizes = sorted(len(part) for part in _grouped(pool))
    assert sizes == [1] * 17 + [2, 2, 3, 5, 6, 6]


@limits(
    max_examples=15,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_order_and_any_batches_store_what_grouping_finds(
    sqlite_store: Store, as_of: datetime, pool: list[tuple[Posting, Screened]], data: st.DataObject
) -> None:
    seed = data.draw(st.integers(0, 10**6))
    some = random.Random(seed).sample(pool, data.draw(st.integers(2, len(pool))))
    with _passing(sqlite_store) as connection:
        _store(connection, some, at=as_of, batch=data.draw(st.sampled_from([1, 3, 7, 100])))
        assert _stored(connection) == _grouped(some)


@pytest.mark.parametrize(
    ("order", "batch"),
    [
        # A number that three employers give is a hub for later ads, of which a batch shows two advertisers only.
        ([15, 16, 17, 23, 24, 0, 5], 5),
        # A nameless ad stands between employers; a later ad of one of them does not bring it over.
        ([20, 18, 21, 19], 1),
        # Boilerplate is told by its twelfth text: two ads tied by their footers alone part again.
        (list(range(25, 37)), 1),
    ],
)
def test_what_was_found_out_earlier_holds_for_later_ads(
    sqlite_store: Store, as_of: datetime, pool: list[tuple[Posting, Screened]], order: list[int], batch: int
) -> None:
    some = [pool[number] for number in order]
    with _passing(sqlite_store) as connection:
        _store(connection, some, at=as_of, batch=batch)
        assert _stored(connection) == _grouped(some)


@pytest.mark.parametrize("batch", [1, 5, 100])
def test_the_address_in_the_footer_of_a_board_is_nobodys(
    sqlite_store: Store, as_of: datetime, pool: list[tuple[Posting, Screened]], batch: int
) -> None:
    footer = "\nIf you see a suspicious advertisement press the report button or write to us: desk@board.example"
    bodies = [posting.body.split("\n")[0] + footer for posting, _ in pool[25:37]]
    ads = [(posting, _screened(posting)) for posting in (_ad(900 + n, body) for n, body in enumerate(bodies))]
    with _passing(sqlite_store) as connection:
        _store(connection, ads[:-1], at=as_of, batch=batch)
        assert [len(part) for part in _stored(connection)] == [11]
        _store(connection, ads[-1:], at=as_of, batch=batch)
        assert _stored(connection) == _grouped(ads)
        assert len(_stored(connection)) == 12


def test_a_number_found_to_be_a_switchboard_parts_what_it_tied(
    sqlite_store: Store, as_of: datetime, pool: list[tuple[Posting, Screened]]
) -> None:
    with _passing(sqlite_store) as connection:
        _store(connection, pool[15:17], at=as_of)
        (home,) = set(campaigns.of_postings(connection).values())
        _store(connection, pool[17:18], at=as_of + timedelta(hours=1))
        assert [len(part) for part in _stored(connection)] == [1, 1, 1]
        (cut,) = change_log.history(connection, home)
        assert (cut.kind, cut.by_machine, cut.moved) == ("split", True, 1)
        assert "switchboard" in cut.reason


def test_what_a_person_split_stays_apart_and_the_tie_becomes_a_question(
    sqlite_store: Store, as_of: datetime, pool: list[tuple[Posting, Screened]]
) -> None:
    names = [ids.posting_id(posting.source, posting.native_id) for posting, _ in pool]
    with _passing(sqlite_store) as connection:
        _store(connection, pool[:3], at=as_of)
        (home,) = set(campaigns.of_postings(connection).values())
        campaign_changes.split(connection, home, [names[1]], at=as_of, by="ana", reason="another firm")
        _store(connection, pool[3:5], at=as_of + timedelta(hours=1))
        homes = campaigns.of_postings(connection)
        assert homes[names[0]] == homes[names[2]] != homes[names[1]]
        asked = {(each.one, each.other) for each in proposals.listing(connection)}
    assert asked
    assert all(names[1] in pair or homes[pair[0]] != homes[pair[1]] for pair in asked)


def test_what_a_person_merged_stays_together(
    sqlite_store: Store, as_of: datetime, pool: list[tuple[Posting, Screened]]
) -> None:
    with _passing(sqlite_store) as connection:
        _store(connection, [pool[0], pool[5]], at=as_of)
        campaign_changes.merge(
            connection, set(campaigns.of_postings(connection).values()), at=as_of, by="ana", reason="one voice"
        )
        _store(connection, [pool[1], pool[6]], at=as_of + timedelta(hours=1))
        assert len(_stored(connection)) == 1


def test_an_edited_ad_leaves_the_wording_it_no_longer_has_and_keeps_the_number_it_once_gave(
    sqlite_store: Store, as_of: datetime
) -> None:
    first, second = _ad(1, PACKING), _ad(2, PACKING + " Call now.")
    numbered = _ad(3, "Barman +44 7700 900 321")
    changed = _ad(2, "A quiet office seeks an accountant who reads Dutch and knows the tax law of two countries well.")
    gone = _ad(3, "Barman, ask inside")
    with _passing(sqlite_store) as connection:
        for hour, ads in enumerate([[first, second, numbered], [changed, gone], [_ad(4, "Cook +44 7700 900 321")]]):
            _store(connection, [(ad, _screened(ad)) for ad in ads], at=as_of + timedelta(hours=hour))
        homes = {ad.native_id: campaigns.of_posting(connection, _name(ad)) for ad in (first, second, numbered)}
        homes["4"] = campaigns.of_posting(connection, ids.posting_id("opendoor", "4"))
    assert homes["1"] != homes["2"]
    assert homes["3"] == homes["4"]


def test_pictures_tie_like_contacts(sqlite_store: Store, as_of: datetime) -> None:
    ads = [replace(_ad(n, f"Trade number {n}"), images=("f00d", f"own{n}")) for n in range(2)]
    with _passing(sqlite_store) as connection:
        _store(connection, [(ad, _screened(ad)) for ad in ads], at=as_of)
        (home,) = set(campaigns.of_postings(connection).values())
        assert [member.edge for member in campaigns.members(connection, home)] == ["first", "image"]


def _screened(posting: Posting) -> Screened:
    reading = read(posting)
    tokens = [f"{contact.number_or_kind}:{contact.value}" for contact in reading.contacts]
    return Screened(None, reading, tokens)  # type: ignore[arg-type]


def _name(posting: Posting) -> str:
    return ids.posting_id(posting.source, posting.native_id)


def test_several_workers_find_what_one_does(
    store: Store, as_of: datetime, pool: list[tuple[Posting, Screened]]
) -> None:
    faults: list[BaseException] = []

    def work(share: list[tuple[Posting, Screened]]) -> None:
        try:
            for start in range(0, len(share), 3):
                with store.writing() as connection:
                    campaigns.lock(connection)
                    _store(connection, share[start : start + 3], at=as_of)
        except BaseException as fault:
            faults.append(fault)

    workers = [threading.Thread(target=work, args=(pool[worker::3],)) for worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    with store.reading() as connection:
        assert _stored(connection) == _grouped(pool)


def test_a_new_ad_asks_as_much_of_a_large_store_as_of_a_small_one(sqlite_store: Store, as_of: datetime) -> None:
    """Statements for one ad with a common number and a common wording, after 20 ads of other people and after 200."""

    def asked(connection: Connection, ad: Posting) -> int:
        count = 0

        def tick(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(connection.engine, "before_cursor_execute", tick)
        _store(connection, [(ad, _screened(ad))], at=as_of)
        event.remove(connection.engine, "before_cursor_execute", tick)
        return count

    with _passing(sqlite_store) as connection:
        numbers = []
        for crowd in (range(1), range(1, 20), range(20, 200)):
            others = [_ad(1000 + n, f"Trade {n} wants a hand, {'abcdefghij'[n % 10] * 30} {n}") for n in crowd]
            _store(connection, [(ad, _screened(ad)) for ad in others], at=as_of)
            numbers.append(asked(connection, _ad(crowd.start, f"{PACKING} +44 7700 900 321")))
    assert numbers[2] == numbers[1]

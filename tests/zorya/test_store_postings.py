"""Postings: idempotent by source, native id and content."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from zorya.domain import ids
from zorya.domain.ads import GUESSED, Contact, ContactKind, Kind, Place, Posting
from zorya.domain.pay import parse_pay
from zorya.store import Store, assessments, postings
from zorya.store.postings import Sighting
from zorya.store.schema import postings as postings_table
from zorya.store.schema import versions as versions_table

HOUR = timedelta(hours=1)


def _see(store: Store, posting: Posting, at: datetime) -> tuple[str, Sighting]:
    with store.writing() as connection:
        return postings.record(connection, posting, capture_id=None, seen_at=at)


def _times(store: Store, posting: Posting) -> tuple[datetime, datetime, datetime | None]:
    with store.reading() as connection:
        return postings.sighting_times(connection, ids.posting_id(posting.source, posting.native_id))


def _count(store: Store) -> tuple[int, int]:
    with store.reading() as connection:
        tables = (postings_table, versions_table)
        first, second = (connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables)
        return first, second


@pytest.fixture
def ad() -> Posting:
    return Posting(
        source="opendoor",
        native_id="17",
        url="http://127.0.0.1/ads/17",
        kind=Kind.JOB,
        title="Покоївка в готель",
        body="Зарплата 1500 євро на місяць. Телефон +44 7700 900123",
        language="uk",
        employer="Hotel Example",
        places=(Place("Утрехт", "Utrecht", "nl"),),
        pay=parse_pay("1500 євро на місяць"),
        contacts=(Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123", 50, 65),),
        posted_on=date(2026, 11, 20),
        flags=("parser_truncated",),
    )


def test_an_ad_comes_back_as_it_was_stored(store: Store, as_of: datetime, ad: Posting) -> None:
    version, _ = _see(store, ad, as_of)
    with store.reading() as connection:
        found = postings.version(connection, version)
    assert found is not None
    assert found.posting == ad
    assert found.seen_at == as_of


def test_how_sure_a_contact_is_comes_back_too(store: Store, as_of: datetime, ad: Posting) -> None:
    version, _ = _see(store, ad, as_of)
    guessed = Contact(ContactKind.PHONE, "+37369000012", "069 000 012", 50, 61, GUESSED)
    with store.writing() as connection:
        assessments.set_contacts(connection, version, [guessed], key=store.contact_key)
        assert [contact for contact, _ in assessments.contacts_of(connection, version)] == [guessed]


def test_the_first_sighting_is_new(store: Store, as_of: datetime, ad: Posting) -> None:
    assert _see(store, ad, as_of)[1] is Sighting.NEW


def test_an_unchanged_ad_only_moves_last_seen(store: Store, as_of: datetime, ad: Posting) -> None:
    first, _ = _see(store, ad, as_of)
    assert _see(store, ad, as_of + HOUR) == (first, Sighting.UNCHANGED)
    assert _times(store, ad) == (as_of, as_of + HOUR, None)
    assert _count(store) == (1, 1)


def test_a_changed_ad_makes_a_new_version(store: Store, as_of: datetime, ad: Posting, make_posting: object) -> None:
    first, _ = _see(store, ad, as_of)
    changed = Posting(**{name: getattr(ad, name) for name in ad.__slots__} | {"title": "Офіціантка"})
    second, sighting = _see(store, changed, as_of + HOUR)
    assert sighting is Sighting.CHANGED
    assert second != first
    with store.reading() as connection:
        current = postings.current(connection, ids.posting_id("opendoor", "17"))
    assert current is not None
    assert current.id == second
    assert _count(store) == (1, 2)


def test_an_ad_that_changes_back_gets_its_first_version_back(store: Store, as_of: datetime, ad: Posting) -> None:
    first, _ = _see(store, ad, as_of)
    changed = Posting(**{name: getattr(ad, name) for name in ad.__slots__} | {"body": "something else"})
    _see(store, changed, as_of + HOUR)
    again, _ = _see(store, ad, as_of + 2 * HOUR)
    with store.reading() as connection:
        current = postings.current(connection, ids.posting_id("opendoor", "17"))
    assert current is not None
    assert (again, current.id) == (first, first)
    assert _count(store) == (1, 2)


def test_a_late_report_of_an_old_sighting_moves_nothing_back(store: Store, as_of: datetime, ad: Posting) -> None:
    _see(store, ad, as_of)
    _see(store, ad, as_of - HOUR)
    assert _times(store, ad)[1] == as_of


def test_a_vanished_ad_that_is_back_is_no_longer_gone(store: Store, as_of: datetime, ad: Posting) -> None:
    _see(store, ad, as_of)
    with store.writing() as connection:
        connection.execute(update(postings_table).values(gone_at=as_of + HOUR))
    _see(store, ad, as_of + 2 * HOUR)
    assert _times(store, ad)[2] is None


def test_the_same_number_on_two_boards_is_two_ads(store: Store, as_of: datetime, ad: Posting) -> None:
    _see(store, ad, as_of)
    other = Posting(**{name: getattr(ad, name) for name in ad.__slots__} | {"source": "rabota"})
    assert _see(store, other, as_of)[1] is Sighting.NEW
    assert _count(store) == (2, 2)


def test_every_version_waits_for_screening_oldest_first(store: Store, as_of: datetime, ad: Posting) -> None:
    late, _ = _see(store, ad, as_of + HOUR)
    other = Posting(**{name: getattr(ad, name) for name in ad.__slots__} | {"native_id": "18"})
    early, _ = _see(store, other, as_of)
    with store.reading() as connection:
        waiting = postings.unscreened(connection, ruleset="r", model="m")
    assert [version.id for version in waiting] == [early, late]

"""What the screening takes from the store beside an ad's own words."""

from collections.abc import Callable
from datetime import datetime

import pytest

from models import screen
from models.catalogue import catalogue
from models.linked_spec import linked_file
from zorya.domain.ads import Posting
from zorya.settings import Settings
from zorya.store import Store, assessments, indicator_texts, postings, sources


@pytest.mark.parametrize(
    ("country", "written", "number"), [("md", "022 212 345", "+37322212345"), ("ro", "0222 212 345", "+40222212345")]
)
def test_a_national_number_is_read_by_the_country_of_the_board(
    country: str,
    written: str,
    number: str,
    sqlite_store: Store,
    sqlite_settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(sqlite_settings)
    posting = ad("Ofertă de lucru", f"Sunați la telefon {written} pentru detalii.")
    with sqlite_store.writing() as connection:
        sources.record(
            connection,
            posting.source,
            title="Board",
            country=country,
            engine="listing",
            owner="Invented",
            standing="active",
            spec={},
            at=as_of,
        )
        version, _ = postings.record(connection, posting, capture_id=None, seen_at=as_of)
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    with sqlite_store.reading() as connection:
        assert [contact.value for contact, _ in assessments.contacts_of(connection, version)] == [number]


def test_a_screening_notes_what_indicators_are_called_in_other_languages(
    sqlite_store: Store, sqlite_settings: Settings, with_model: Callable[[Settings], None], as_of: datetime
) -> None:
    with_model(sqlite_settings)
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    with sqlite_store.reading() as connection:
        titles = indicator_texts.titles(connection, "nl")
    specs = [spec for spec in (*catalogue().specs, *linked_file().indicators) if spec.titles]
    assert titles == {(spec.code, spec.revision): spec.titles["nl"] for spec in specs}

"""Keys stay outside the database, and tokens in it cannot be tried out without them."""

import hashlib
import hmac
from datetime import datetime

import pytest
from sqlalchemy import select

from alerts.deconfliction import Hub
from zorya.domain.ads import Contact, ContactKind, Kind, Posting
from zorya.errors import SettingsError
from zorya.settings import Settings
from zorya.store import Store, assessments, open_store, postings
from zorya.store.schema import metadata

NUMBER = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")


def _screened(store: Store, as_of: datetime) -> None:
    ad = Posting("board", "1", "https://board.example/1", Kind.JOB, "Baker", "mornings")
    with store.writing() as connection:
        version, _ = postings.record(connection, ad, capture_id=None, seen_at=as_of)
        assessments.set_contacts(connection, version, [NUMBER], key=store.contact_key)


def test_opening_a_store_makes_no_key(settings: Settings, store: Store) -> None:
    assert not settings.keys_dir.exists()
    assert store.contact_key == (settings.keys_dir / "contacts.key").read_bytes()


def test_a_lost_key_is_told_and_not_replaced(settings: Settings, store: Store, as_of: datetime) -> None:
    _screened(store, as_of)
    path = settings.keys_dir / "contacts.key"
    path.unlink()
    again = open_store(settings)
    with pytest.raises(SettingsError, match="restore your key backup"):
        _ = again.contact_key
    again.close()
    assert not path.exists()


def test_no_key_is_in_a_dump_of_the_database(settings: Settings, store: Store, as_of: datetime) -> None:
    _screened(store, as_of)
    Hub(store, settings).plant([NUMBER], by="lena", at=as_of)
    keys = [path.read_bytes() for path in settings.keys_dir.glob("*.key")]
    assert len(keys) == 2
    dump = _dump(store)
    assert [key for key in keys if key.hex() in dump or repr(key) in dump] == []


def test_who_has_the_dump_alone_links_no_number_to_a_token(settings: Settings, store: Store, as_of: datetime) -> None:
    """What was only asked about or planted: of ads the text itself is stored."""
    Hub(store, settings).plant([NUMBER], by="lena", at=as_of)
    dump, message = _dump(store), f"phone|v1|{NUMBER.value}".encode()
    guesses = [hashlib.sha256(words).hexdigest() for words in (message, NUMBER.value.encode())]
    guesses += [hmac.new(key, message, hashlib.sha256).hexdigest() for key in (b"", bytes(32), store.contact_key)]
    assert [guess for guess in guesses if guess in dump] == []
    assert Hub(store, settings).token(NUMBER) in dump


def _dump(store: Store) -> str:
    with store.reading() as connection:
        return "\n".join(str(connection.execute(select(table)).all()) for table in metadata.sorted_tables)

"""The store's shadow of a source: its standing decides whether its ads may be screened."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from zorya.domain.ads import Kind, Posting
from zorya.store import Store, postings, sources
from zorya.store.figures import figures


def _note(store: Store, standing: str, at: datetime, **changes: Any) -> None:
    values: dict[str, Any] = {"title": "Board", "country": "md", "engine": "feed", "owner": "desk"}
    values["spec"] = {"id": "b", "basis": "public listings", "review": {"terms": "2026-11-01"}}
    with store.writing() as connection:
        sources.record(connection, "md_board", standing=standing, at=at, **(values | changes))


def _waiting(store: Store) -> tuple[int, int]:
    """Versions the screening would take, and how many the overview calls unscreened."""
    with store.reading() as connection:
        return len(postings.unscreened(connection, ruleset="r", model="m")), figures(connection).unscreened


@pytest.fixture
def stored(store: Store, as_of: datetime) -> Store:
    """A store with one ad of the board and one of a source nobody described."""
    with store.writing() as connection:
        for source in ("md_board", "imported"):
            ad = Posting(source, "1", "http://127.0.0.1/1", Kind.JOB, "Baker", "Mornings, contract from day one.")
            postings.record(connection, ad, capture_id=None, seen_at=as_of)
    return store


def test_the_last_note_of_a_source_holds(store: Store, as_of: datetime) -> None:
    _note(store, "draft", as_of)
    _note(store, "active", as_of + timedelta(days=1), owner="night desk", spec={"id": "b", "pages": 3})
    with store.reading() as connection:
        (row,) = sources.every(connection)
        assert sources.standing_of(connection, "md_board") == "active"
        assert sources.standing_of(connection, "nobody") is None
    assert (row["owner"], row["spec"]["pages"], row["updated_at"]) == ("night desk", 3, as_of + timedelta(days=1))


@pytest.mark.parametrize(("standing", "waiting"), [("draft", 1), ("active", 2), ("paused", 2), ("retired", 2)])
def test_only_drafts_are_kept_from_screening(stored: Store, as_of: datetime, standing: str, waiting: int) -> None:
    _note(stored, standing, as_of)
    assert _waiting(stored) == (waiting, waiting)


def test_ads_of_a_draft_that_was_retired_go_on_waiting(stored: Store, as_of: datetime) -> None:
    for missing in ({"owner": ""}, {"spec": {"basis": "", "review": {}}}, {"spec": {"basis": "b", "review": None}}):
        _note(stored, "retired", as_of, **missing)
        assert _waiting(stored) == (1, 1), missing


def test_ads_of_a_draft_are_screened_once_it_is_activated(stored: Store, as_of: datetime) -> None:
    _note(stored, "draft", as_of)
    assert _waiting(stored) == (1, 1)
    _note(stored, "active", as_of)
    assert _waiting(stored) == (2, 2)

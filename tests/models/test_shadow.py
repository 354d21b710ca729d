"""The challenger in shadow: what it would flag is told, nothing is stored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models import screen
from models.registry.aliases import Alias, set_alias
from models.watch.shadow import compare
from zorya.domain.ads import Posting
from zorya.errors import ModelError
from zorya.settings import Settings
from zorya.store import Store, postings

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.fixture
def home(sqlite_settings: Settings, second_model: Callable[..., Path]) -> Settings:
    """The default model in use and, as challenger, the same under another version."""
    second_model(sqlite_settings.models_dir)
    return sqlite_settings


def test_without_a_challenger_it_says_so(sqlite_store: Store, home: Settings) -> None:
    with pytest.raises(ModelError, match="no challenger"):
        compare(sqlite_store, home, days=7, as_of=NOW)


def test_the_same_model_in_shadow_differs_nowhere(
    sqlite_store: Store, home: Settings, ad: Callable[..., Posting]
) -> None:
    set_alias(home.models_dir, "linear", Alias.CHALLENGER, "second")
    with sqlite_store.writing() as connection:
        for number, body in enumerate(("Pick apples, call +44 7700 900123", "Waitress, passport kept, no papers", "A")):
            postings.record(connection, ad("Work", body, name=str(number)), capture_id=None, seen_at=NOW)
    screen.run(sqlite_store, home, as_of=NOW)
    found = compare(sqlite_store, home, days=7, as_of=NOW + timedelta(hours=1))
    assert (found.ads, found.gained, found.lost, found.differences) == (3, 0, 0, ())
    assert found.challenger == "linear@second"

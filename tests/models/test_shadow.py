"""The challenger in shadow: its score is stored beside that of the model in use; data scientists alone see it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from models import screen
from models.registry.aliases import Alias, aliased, set_alias
from models.registry.promotion import challenge
from models.watch.shadow import catch_up, compare
from zorya.domain.ads import Posting
from zorya.errors import ModelError, NothingToDo, PolicyRefusal
from zorya.settings import Settings
from zorya.store import Store, audit, postings
from zorya.store.model_schema import shadow_scores
from zorya.store.schema import assessments

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
TEXTS = ("Pick apples, call +44 7700 900123", "Waitress, passport kept, no papers", "A")


@pytest.fixture
def home(settings: Settings, second_model: Callable[..., Path]) -> Settings:
    """The default model in use, and the same under another version."""
    second_model(settings.models_dir)
    return settings


@pytest.fixture
def came(store: Store, ad: Callable[..., Posting]) -> None:
    """Three ads that nobody has screened."""
    with store.writing() as connection:
        for number, body in enumerate(TEXTS):
            postings.record(connection, ad("Work", body, name=str(number)), capture_id=None, seen_at=NOW)


def _stored(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(shadow_scores)).scalar_one()


def test_without_a_challenger_nothing_is_scored_in_shadow(store: Store, home: Settings, came: None) -> None:
    assert screen.run(store, home, as_of=NOW).counts["screened"] == 3
    assert _stored(store) == 0
    with pytest.raises(ModelError, match="zorya model challenge"):
        compare(store, home, days=7, as_of=NOW)


def test_the_challenger_scores_what_is_screened(store: Store, home: Settings, came: None) -> None:
    challenge(store, home, "linear", "second", actor="ana", at=NOW)
    report = screen.run(store, home, as_of=NOW)
    assert "in shadow linear@second" in report.messages
    found = compare(store, home, days=7, as_of=SOON)
    assert (found.ads, found.gained, found.lost, found.differences) == (3, 0, 0, ())
    assert found.challenger == "linear@second"


def test_a_difference_is_told_with_its_contacts_masked(store: Store, home: Settings, came: None) -> None:
    set_alias(home.models_dir, "linear", Alias.CHALLENGER, "second")
    screen.run(store, home, as_of=NOW)
    with store.writing() as connection:
        connection.execute(shadow_scores.update().values(score=0.99, band="almost-certain"))
    found = compare(store, home, days=7, as_of=SOON)
    assert found.gained + found.flagged == 3
    assert len(found.differences) == 3
    assert not any("900123" in each.text for each in found.differences)


def test_the_setting_switches_it_off(store: Store, home: Settings, came: None) -> None:
    set_alias(home.models_dir, "linear", Alias.CHALLENGER, "second")
    screen.run(store, home.model_copy(update={"shadow_challenger": False}), as_of=NOW)
    assert _stored(store) == 0


def test_a_new_challenger_catches_up_once(store: Store, home: Settings, came: None) -> None:
    screen.run(store, home, as_of=NOW)
    challenge(store, home, "linear", "second", actor="ana", at=NOW)
    assert catch_up(store, home, days=7, as_of=SOON) == 3
    assert catch_up(store, home, days=7, as_of=SOON) == 0
    assert compare(store, home, days=7, as_of=SOON).ads == 3


def test_a_challenger_that_cannot_be_read_stops_no_screening(store: Store, home: Settings, came: None) -> None:
    set_alias(home.models_dir, "linear", Alias.CHALLENGER, "second")
    next((home.models_dir / "linear" / "second").glob("*.safetensors")).write_bytes(b"")
    report = screen.run(store, home, as_of=NOW)
    assert report.counts["screened"] == 3
    assert any("no shadow scores" in message for message in report.messages)


def test_shadow_scores_go_with_the_assessment(store: Store, home: Settings, came: None) -> None:
    challenge(store, home, "linear", "second", actor="ana", at=NOW)
    screen.run(store, home, as_of=NOW)
    with store.writing() as connection:
        connection.execute(delete(assessments))
    assert _stored(store) == 0


def test_who_made_it_challenger_is_in_the_log(store: Store, home: Settings) -> None:
    challenge(store, home, "linear", "second", actor="ana", at=NOW)
    with pytest.raises(NothingToDo):
        challenge(store, home, "linear", "second", actor="ana", at=NOW)
    challenge(store, home, "linear", None, actor="ana", at=NOW)
    assert aliased(home.models_dir, "linear", Alias.CHALLENGER) is None
    with store.reading() as connection:
        entries = audit.page(connection, limit=3)
    assert [(each["action"], each["object"]) for each in entries] == [("model.challenge", "linear@second")] * 2


def test_the_model_in_use_is_no_challenger(store: Store, home: Settings) -> None:
    in_use = aliased(home.models_dir, "linear", Alias.CHAMPION)
    with pytest.raises(PolicyRefusal, match="its own challenger"):
        challenge(store, home, "linear", in_use, actor="ana", at=NOW)

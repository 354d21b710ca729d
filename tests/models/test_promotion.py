"""Putting models in use and taking them back: a reason, a history that cannot be changed, nothing half done."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.registry.aliases import Alias, aliased, champion, resolve, set_alias
from models.registry.exhibits import SECTIONS, Exhibit, put
from models.registry.files import load_files
from models.registry.promotion import history, in_use_at, promote, rollback
from zorya.errors import ModelError, NothingToDo, PolicyRefusal
from zorya.settings import Settings
from zorya.store import Store, audit

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def folder(second_model: Callable[..., Path], settings: Settings) -> Path:
    """Two versions of the default model: the one in use, and `second`, with a whole card."""
    models = second_model(settings.models_dir)
    for section in SECTIONS:
        put(models, "linear", "second", section, Exhibit(("Measured.",)))
    return models


def _promote(
    store: Store, settings: Settings, version: str = "second", *, at: datetime = NOW, reason: str = "better"
) -> None:
    promote(store, settings, "linear", version, actor="ana", reason=reason, at=at)


def test_a_promotion_is_written_down_with_its_reason(store: Store, settings: Settings, folder: Path) -> None:
    first = champion(folder, "linear")
    _promote(store, settings)
    acts = history(store, folder, "linear")
    assert [(act.act, act.was, act.became, act.reason) for act in acts[1:]] == [("promote", first, "second", "better")]
    assert acts[0].act == "first"
    with store.reading() as connection:
        assert audit.page(connection, limit=1)[0]["action"] == "model.promote"


def test_a_rollback_brings_back_what_was_in_use(store: Store, settings: Settings, folder: Path) -> None:
    first = champion(folder, "linear")
    _promote(store, settings)
    rollback(store, settings, "linear", actor="ana", reason="false alarms", at=NOW + DAY)
    assert champion(folder, "linear") == first
    assert aliased(folder, "linear", Alias.PREVIOUS) == "second"


def test_who_was_in_production_when(store: Store, settings: Settings, folder: Path) -> None:
    first = champion(folder, "linear")
    _promote(store, settings)
    acts = history(store, folder, "linear")
    moments = (datetime(2020, 1, 1, tzinfo=UTC), NOW - timedelta(seconds=1), NOW)
    found = [in_use_at(acts, moment) for moment in moments]
    assert [act and act.became for act in found] == [None, first, "second"]


def test_without_a_reason_nothing_is_put_in_use(store: Store, settings: Settings, folder: Path) -> None:
    with pytest.raises(PolicyRefusal, match="--reason"):
        _promote(store, settings, reason=" ")


def test_what_is_in_use_is_nothing_to_do(store: Store, settings: Settings, folder: Path) -> None:
    _promote(store, settings)
    with pytest.raises(NothingToDo):
        _promote(store, settings)


def test_a_damaged_model_is_not_put_in_use(store: Store, settings: Settings, folder: Path) -> None:
    first = champion(folder, "linear")
    (folder / "linear" / "second" / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ModelError, match="does not match"):
        _promote(store, settings)
    assert champion(folder, "linear") == first


def test_an_act_that_cannot_be_written_down_does_not_happen(store: Store, settings: Settings, folder: Path) -> None:
    first = champion(folder, "linear")
    with store.writing() as connection:
        connection.execute(text("DROP TABLE model_promotions"))
    with pytest.raises(DBAPIError):
        _promote(store, settings)
    assert (champion(folder, "linear"), aliased(folder, "linear", Alias.PREVIOUS)) == (first, None)


def test_the_history_cannot_be_changed(store: Store, settings: Settings, folder: Path) -> None:
    _promote(store, settings)
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(text("UPDATE model_promotions SET actor = 'nobody'"))
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(text("DELETE FROM model_promotions"))


def test_a_challenger_that_wins_is_challenger_no_more(store: Store, settings: Settings, folder: Path) -> None:
    set_alias(folder, "linear", Alias.CHALLENGER, "second")
    _promote(store, settings, resolve(folder, "linear", "@challenger"))
    assert aliased(folder, "linear", Alias.CHALLENGER) is None


def test_nothing_to_go_back_to_is_a_clear_error(store: Store, settings: Settings, folder: Path) -> None:
    with pytest.raises(ModelError, match="zorya model history"):
        rollback(store, settings, "linear", actor="ana", reason="x", at=NOW)


@pytest.mark.parametrize("name", ["../linear", "a/b", "..", "", ".hidden", "A", "x" * 65])
def test_a_name_cannot_lead_out_of_the_folder(folder: Path, name: str) -> None:
    with pytest.raises(ModelError, match="is no name"):
        load_files(folder, "linear", name)

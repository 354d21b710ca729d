"""What is stored, and what of it is damaged: one broken folder hides no sound model."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from models import retraining
from models.registry.files import shelf
from zorya.cli import app
from zorya.settings import Settings


@pytest.fixture
def folder(sqlite_settings: Settings, second_model: Callable[..., Path]) -> Path:
    """The default model in use, and `second`."""
    return second_model(sqlite_settings.models_dir)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "cut short": lambda home: (home / "manifest.json").write_text('{"name": "lin'),
    "not a manifest": lambda home: (home / "manifest.json").write_text("[]"),
    "missing": lambda home: (home / "manifest.json").unlink(),
    "a link": lambda home: (home / "manifest.json").symlink_to(
        (home / "manifest.json").rename(home.parent.parent / "moved")
    ),
    "moved": lambda home: home.rename(home.with_name("third")),
    "no name of a version": lambda home: home.rename(home.with_name("My Model")),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_model_is_listed_beside_the_sound_ones(damage: str, folder: Path) -> None:
    DAMAGES[damage](folder / "linear" / "second")
    done = CliRunner().invoke(app, ["model", "list", "--json"])
    rows = {row["kind"]: row for row in json.loads(done.stdout)}
    assert done.exit_code == 4
    assert rows["linear"]["alias"] == "champion"
    told = rows["damaged"]["damaged"]
    assert f"damaged: {told}" in done.stderr
    assert any(
        remedy in told for remedy in ("retrain", "zorya model train", "copy the model", "never linked", "at most")
    )


def test_sound_models_are_listed_without_a_word(folder: Path) -> None:
    done = CliRunner().invoke(app, ["model", "list"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert "second" in done.stdout


def test_an_alias_that_is_no_version_is_told(folder: Path) -> None:
    (folder / "linear" / "challenger").write_text("../../etc")
    done = CliRunner().invoke(app, ["model", "list"])
    assert done.exit_code == 4
    assert "write a stored version's name into it" in done.stderr
    assert "champion" in done.stdout


def test_a_damaged_model_stops_no_retraining(folder: Path, sqlite_settings: Settings) -> None:
    (folder / "linear" / "broken").mkdir()
    candidate = retraining.candidate(sqlite_settings)
    assert candidate is not None
    assert candidate.version == "second"
    assert [each.version for each in shelf(folder, "linear").damaged] == ["broken"]

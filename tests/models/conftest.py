"""One model, trained once on the shipped corpus, for every test of this room."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from models.recipe import load_recipe
from models.registry.aliases import champion
from models.registry.files import load_files, save
from models.score import Scorer, load_scorer
from models.train import version_of
from zorya.domain.ads import Kind, Posting
from zorya.labelled import load_corpus
from zorya.settings import Settings

MOMENT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the default model of this ruleset; shared by all workers of a run."""
    version = version_of(load_recipe("linear"), load_corpus(Settings().corpus_dir).digest)
    shared = tmp_path_factory.getbasetemp().parent / f"trained-{version}"
    shared.mkdir(exist_ok=True)
    with FileLock(shared / ".lock"):
        load_scorer(Settings(home=shared), as_of=MOMENT)
    return shared


@pytest.fixture(scope="session")
def scorer(trained_home: Path) -> Iterator[Scorer]:
    """The default model, loaded."""
    return load_scorer(Settings(home=trained_home), as_of=MOMENT)


@pytest.fixture
def second_model(trained_home: Path) -> Callable[..., Path]:
    """Copies the trained models to a folder and adds `second`, the same model with some of its manifest changed."""

    def add(folder: Path, **changes: str) -> Path:
        shutil.copytree(trained_home / "models", folder)
        version = champion(folder, "linear")
        assert version is not None
        files, manifest = load_files(folder, "linear", version)
        save(folder, files, replace(manifest, version="second", **changes))
        return folder

    return add


@pytest.fixture
def with_model(trained_home: Path) -> Callable[[Settings], None]:
    """Gives a settings' home the trained model."""

    def give(settings: Settings) -> None:
        settings.models_dir.parent.mkdir(parents=True, exist_ok=True)
        settings.models_dir.symlink_to(trained_home / "models")

    return give


@pytest.fixture
def ad() -> Callable[..., Posting]:
    """An invented posting from a title and a body."""

    def make(title: str, body: str, *, name: str = "1", source: str = "test-board") -> Posting:
        return Posting(source, name, f"https://board.example/{name}", Kind.JOB, title, body)

    return make

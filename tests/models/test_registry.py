"""Models on disk: whole, hashed, without code."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from models import train
from models.recipe import load_recipe
from models.registry.aliases import champion
from models.registry.kinds import load_model
from models.registry.manifest import manifest_of
from models.served_file import FILE
from zorya.errors import DataFileError, ModelError
from zorya.labelled import load_corpus
from zorya.settings import Settings


def _copy(trained_home: Path, home: Path) -> tuple[Path, str]:
    import shutil

    shutil.copytree(trained_home / "models", home / "models")
    version = champion(home / "models", "linear")
    assert version is not None
    return home / "models", version


def test_altered_model_is_refused(trained_home: Path, tmp_path: Path) -> None:
    folder, version = _copy(trained_home, tmp_path)
    path = folder / "linear" / version / FILE
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ModelError, match="does not match the digest"):
        load_model(folder, "linear", version)


def test_pickle_with_a_matching_digest_is_refused_and_not_executed(trained_home: Path, tmp_path: Path) -> None:
    from zorya.domain.ids import sha256_hex

    folder, version = _copy(trained_home, tmp_path)
    canary = tmp_path / "canary"
    hostile = f"cos\nsystem\n(S'touch {canary}'\ntR.".encode()
    (folder / "linear" / version / FILE).write_bytes(hostile)
    manifest = folder / "linear" / version / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"files": {FILE: sha256_hex(hostile)}}))
    with pytest.raises(ModelError, match="cannot be read as a model"):
        load_model(folder, "linear", version)
    assert not canary.exists()


def test_training_again_gives_the_same_version(trained_home: Path, as_of: datetime) -> None:
    manifest, is_new = train.train(Settings(home=trained_home), as_of=as_of)
    assert not is_new
    assert manifest.version == champion(trained_home / "models", "linear")


def test_held_out_languages_are_told_apart(trained_home: Path) -> None:
    version = champion(trained_home / "models", "linear")
    assert version is not None
    metrics = manifest_of(trained_home / "models", "linear", version).metrics
    assert metrics["out_of_fold"]["concern"]["average_precision"] > 0.9


def test_mirrored_languages_share_a_fold() -> None:
    ads = load_corpus(Settings().corpus_dir).ads
    folds = train.folds_of(ads)
    by_language = {ad.language: fold for ad, fold in zip(ads, folds, strict=True)}
    assert by_language["ro"] == by_language["en"]
    assert len(set(folds)) >= 3


def test_unknown_recipe_lists_the_known() -> None:
    with pytest.raises(DataFileError, match="linear"):
        load_recipe("nonsense")


def test_unknown_model_version_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="zorya model list"):
        load_model(tmp_path, "linear", "none")

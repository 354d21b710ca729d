"""Models on disk: whole, hashed, without code."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from models import train
from models.registry.aliases import champion
from models.registry.kinds import load_model
from models.registry.manifest import manifest_of
from models.served_file import FILE
from zorya.errors import ModelError
from zorya.labelled import load_corpus
from zorya.settings import Settings
from zorya.snapshots import Part, freeze


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


def test_what_a_model_said_of_ads_it_had_not_learnt_from_lies_beside_it(trained_home: Path) -> None:
    version = champion(trained_home / "models", "linear")
    lines = (trained_home / "models" / "linear" / str(version) / train.OUT_OF_FOLD).read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    assert [each["id"] for each in told] == [ad.id for ad in load_corpus(Settings().corpus_dir).ads]
    assert all(0 <= p <= 1 for each in told for p in each["probabilities"].values())


def test_a_model_names_the_snapshot_it_learnt_from(tmp_path: Path, as_of: datetime) -> None:
    settings = Settings(home=tmp_path)
    ads = load_corpus(settings.corpus_dir).ads[::4]
    frozen = freeze(settings.snapshots_dir, [(Part("some", len(ads), ""), ads)], as_of=as_of)
    manifest, is_new = train.train(settings, as_of=as_of, recipe="indicators-only")
    assert is_new
    assert (manifest.snapshot, manifest.corpus) == (frozen.version, frozen.sha256)
    assert train.labels_of(settings, train.SEED).snapshot == ""


def test_unknown_model_version_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="zorya model list"):
        load_model(tmp_path, "linear", "none")

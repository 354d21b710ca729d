"""Training told to a tracking store on this machine: parameters, figures, labels and card; never the model itself."""

import ast
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from models.registry.aliases import champion
from models.registry.manifest import manifest_of
from models.tracking import CARD, DATABASE, track
from zorya.errors import ModelError
from zorya.settings import REPOSITORY


@pytest.mark.slow
def test_a_trained_model_is_told_once_and_whole(trained_home: Path, tmp_path: Path) -> None:
    folder = trained_home / "models"
    manifest = manifest_of(folder, "linear", str(champion(folder, "linear")))
    run = track(str(tmp_path / "runs"), folder, manifest)
    assert track(str(tmp_path / "runs"), folder, manifest) == run
    with closing(sqlite3.connect(tmp_path / "runs" / DATABASE)) as held:
        figures = dict(held.execute("select key, value from metrics"))
        recipe = dict(held.execute("select key, value from params"))
        tags = dict(held.execute("select key, value from tags"))
    assert figures["ads"] == manifest.metrics["ads"]
    assert figures["out_of_fold.concern.roc_auc"] == manifest.metrics["out_of_fold"]["concern"]["roc_auc"]
    assert recipe["deployment_prevalence"] == str(manifest.recipe["deployment_prevalence"])
    assert (tags["zorya.model"], tags["zorya.labels_sha256"]) == (manifest.reference, manifest.corpus)
    files = [path for path in (tmp_path / "runs").rglob("*") if path.is_file() and path.name != DATABASE]
    assert [path.name for path in files] == [CARD], "the card alone: no model"
    assert manifest.reference in files[0].read_text("utf-8")
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


@pytest.mark.parametrize("uri", ["databricks://x", "s3://bucket/x", "sqlite:///x.db"])
def test_a_store_of_another_kind_is_refused(uri: str, trained_home: Path) -> None:
    folder = trained_home / "models"
    with pytest.raises(ModelError, match="takes a folder or the address of a server"):
        track(uri, folder, manifest_of(folder, "linear", str(champion(folder, "linear"))))


def test_nothing_but_tracking_knows_the_library() -> None:
    rooms = ("zorya", "crawlers", "models", "labeling", "alerts", "dags", "demo")
    found = {
        str(path.relative_to(REPOSITORY))
        for room in rooms
        for path in (REPOSITORY / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom | ast.Import) and "mlflow" in ast.unparse(node)
    }
    assert found == {"models/tracking.py"}

"""What training found, told to an MLflow store (optional extra `mlflow`): parameters, figures, labels and the card.

The model's own files are not sent, and none is ever loaded from there: models are read from the registry, by digest.
"""

import math
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from models.registry.card import card_of
from models.registry.card_page import markdown
from models.registry.manifest import Manifest
from zorya.errors import ModelError

EXPERIMENT = "zorya"
CARD = "card.md"
DATABASE, FILES = "mlflow.db", "files"
"""In a folder: runs in SQLite (MLflow gives up its own layout of folders), cards beside them."""
_LONGEST = 500
"""Letters of a parameter's value that every store takes."""


def track(uri: str, folder: Path, manifest: Manifest) -> str:
    """Tell a stored model to a tracking store: a folder, or the address of a server of your own. The run's id. A model
    is told once: doing it again gives the run there is. ModelError where the extra is missing or the store fails.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the library's own doing
        try:
            return _told(*_client(uri), folder, manifest)
        except ModelError:
            raise
        except Exception as exc:  # stores fail in their own ways; the model is stored in any case
            raise ModelError(f"{uri}: cannot be told of {manifest.reference} ({type(exc).__name__}: {exc})") from exc


def _told(client: Any, files: str | None, folder: Path, manifest: Manifest) -> str:
    known = client.get_experiment_by_name(EXPERIMENT)
    experiment = known.experiment_id if known else client.create_experiment(EXPERIMENT, artifact_location=files)
    found = client.search_runs([experiment], f"tags.`zorya.model` = '{manifest.reference}'", max_results=1)
    if found:
        return str(found[0].info.run_id)
    run = client.create_run(experiment, run_name=manifest.reference, tags=_tags(manifest)).info.run_id
    for name, value in _parameters(manifest.recipe):
        client.log_param(run, name, value[:_LONGEST])
    for name, figure in _figures(manifest.metrics):
        client.log_metric(run, name, figure)
    client.log_text(run, markdown(card_of(folder, manifest.name, manifest.version)), CARD)
    client.set_terminated(run)
    return str(run)


def _client(uri: str) -> tuple[Any, str | None]:
    """A client, and where cards are kept; None: a server says itself."""
    scheme = urlsplit(uri).scheme
    if scheme not in ("", "http", "https"):
        raise ModelError(f"{uri}: --track takes a folder or the address of a server (http, https)")
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_LOGGING_LEVEL": "WARNING"}  # it would tell its makers
    try:
        from mlflow.tracking import MlflowClient
    except ModuleNotFoundError as exc:
        remedy = "pip install --constraint constraints.txt --editable '.[mlflow]'"
        raise ModelError(f"--track needs MLflow, which is an optional extra: {remedy}") from exc
    if scheme:
        return MlflowClient(uri), None
    home = Path(uri).resolve()
    home.mkdir(parents=True, exist_ok=True)
    return MlflowClient(f"sqlite:///{home / DATABASE}"), (home / FILES).as_uri()


def _tags(manifest: Manifest) -> dict[str, str]:
    return {
        "zorya.model": manifest.reference,
        "zorya.snapshot": manifest.snapshot or "seed",
        "zorya.labels_sha256": manifest.corpus,
        "zorya.ruleset": manifest.ruleset,
        "zorya.trained_at": manifest.trained_at,
        **{f"zorya.sha256.{name}": digest for name, digest in manifest.files.items()},
    }


def _parameters(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _parameters(value, f"{before}{name}.")
        else:
            yield _named(f"{before}{name}"), str(value)


def _figures(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, float]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _figures(value, f"{before}{name}.")
        elif isinstance(value, int | float) and math.isfinite(value):
            yield _named(f"{before}{name}"), float(value)


def _named(name: str) -> str:
    """A name of letters that every store takes."""
    return re.sub(r"[^\w./ -]", "_", name)

"""Trained models on disk: `models/<name>/<version>/{model.skops, manifest.json}`, an alias file says which is in use.

The file is hashed before it is opened and read by skops with an explicit list of types: no pickle, nothing executes.
"""

import io
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import skops.io as sio

from models.linear import LinearModel
from zorya.domain.ids import sha256_hex
from zorya.errors import ModelError

TRUSTED: tuple[str, ...] = ()
"""Types beyond the ones skops itself trusts: none are needed."""
_PARTS = ("chars", "words", "named", "weights", "regressions", "calibrations", "prior_shift")


@dataclass(frozen=True)
class Manifest:
    """What a model is: identity, what it was made from, how it measured."""

    name: str
    version: str
    sha256: str
    corpus: str
    ruleset: str
    recipe: dict[str, Any]
    trained_at: str
    metrics: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """`name@version`, as assessments cite it."""
        return f"{self.name}@{self.version}"


def save(folder: Path, model: LinearModel, manifest: Manifest) -> Manifest:
    """Write a model whole or not at all; returns the manifest with the file's digest."""
    data = sio.dumps({name: getattr(model, name) for name in _PARTS})
    manifest = Manifest(**(asdict(manifest) | {"sha256": sha256_hex(data)}))
    home = folder / manifest.name / manifest.version
    draft = home.with_name(f".{home.name}.{os.getpid()}")
    draft.mkdir(parents=True, exist_ok=True)
    (draft / "model.skops").write_bytes(data)
    (draft / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False), encoding="utf-8")
    if not home.exists():
        try:
            draft.rename(home)
        except OSError:
            if not home.exists():
                raise
    return manifest


def manifest_of(folder: Path, name: str, version: str) -> Manifest:
    """The manifest of a stored model."""
    path = folder / name / version / "manifest.json"
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as exc:
        raise ModelError(f"{path}: no such model; see `zorya model list`") from exc
    except (json.JSONDecodeError, TypeError) as exc:
        raise ModelError(f"{path}: not a model manifest ({exc})") from exc


def load_model(folder: Path, name: str, version: str) -> tuple[LinearModel, Manifest]:
    """A stored model; refused when its digest or the types in it are not what they should be."""
    manifest = manifest_of(folder, name, version)
    path = folder / name / version / "model.skops"
    data = path.read_bytes() if path.is_file() else b""
    if sha256_hex(data) != manifest.sha256:
        raise ModelError(f"{path}: does not match the digest in its manifest; it was altered or cut short, retrain it")
    try:
        unknown = [kind for kind in sio.get_untrusted_types(file=io.BytesIO(data)) if kind not in TRUSTED]
        if unknown:
            raise ModelError(f"{path}: holds types that are not allowed: {', '.join(unknown)}")
        parts = sio.load(io.BytesIO(data), trusted=list(TRUSTED))
    except ModelError:
        raise
    except Exception as exc:  # a hostile or damaged file fails in many ways; every one means: do not use it
        raise ModelError(f"{path}: cannot be read as a model ({type(exc).__name__})") from exc
    model = LinearModel(**{name: parts[name] for name in _PARTS})
    model.calibrations = {
        target: (float(np.float64(a)), float(np.float64(b))) for target, (a, b) in model.calibrations.items()
    }
    return model, manifest


def versions(folder: Path, name: str) -> list[Manifest]:
    """Every stored version of a name, oldest first."""
    found = [manifest_of(folder, name, path.parent.name) for path in (folder / name).glob("[!.]*/manifest.json")]
    return sorted(found, key=lambda manifest: (manifest.trained_at, manifest.version))


def champion(folder: Path, name: str) -> str | None:
    """The version in use, None when nothing was promoted."""
    path = folder / name / "champion"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def promote(folder: Path, name: str, version: str) -> None:
    """Put a stored version in use."""
    manifest_of(folder, name, version)
    path = folder / name / "champion"
    draft = path.with_name(f".champion.{os.getpid()}")
    draft.write_text(version, encoding="utf-8")
    draft.replace(path)

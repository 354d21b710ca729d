"""Trained models on disk: `models/<name>/<version>/{model.safetensors, manifest.json}`, an alias file says which is in
use.

The file is hashed before it is opened and holds arrays of numbers and characters only (`models.tensors`): no pickle,
nothing executes.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.served import ServedModel, Terms
from models.tensors import pack, unpack
from zorya.domain.ids import sha256_hex
from zorya.errors import ModelError

FILE = "model.safetensors"


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


def save(folder: Path, model: ServedModel, manifest: Manifest) -> Manifest:
    """Write a model whole or not at all; returns the manifest with the file's digest."""
    data = _packed(model)
    manifest = Manifest(**(asdict(manifest) | {"sha256": sha256_hex(data)}))
    home = folder / manifest.name / manifest.version
    draft = home.with_name(f".{home.name}.{os.getpid()}")
    draft.mkdir(parents=True, exist_ok=True)
    (draft / FILE).write_bytes(data)
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


def load_model(folder: Path, name: str, version: str) -> tuple[ServedModel, Manifest]:
    """A stored model; refused when its digest or the types in it are not what they should be."""
    manifest = manifest_of(folder, name, version)
    path = folder / name / version / FILE
    if not path.is_file():
        raise ModelError(f"{path}: no such file; run `zorya model train`, then `zorya model promote` what it made")
    data = path.read_bytes()
    if sha256_hex(data) != manifest.sha256:
        raise ModelError(f"{path}: does not match the digest in its manifest; it was altered or cut short, retrain it")
    try:
        return _unpacked(data), manifest
    except Exception as exc:  # a hostile or damaged file fails in many ways; every one means: do not use it
        raise ModelError(f"{path}: cannot be read as a model ({type(exc).__name__})") from exc


def _packed(model: ServedModel) -> bytes:
    """Rows of numbers, a row of coefficients a target; lists of names, one a line; what is left as plain values."""
    plain = {
        "ngrams": {"chars": model.chars.ngrams, "words": model.words.ngrams},
        "weights": model.weights,
        "intercepts": model.intercepts,
        "calibrations": model.calibrations,
        "prior_shift": model.prior_shift,
    }
    names = {"chars": model.chars.terms, "words": model.words.terms, "named": model.named, "targets": model.targets}
    return pack(
        numbers={
            "chars_idf": model.chars.idf,
            "words_idf": model.words.idf,
            **dict(zip(map(_row_of, model.targets), model.coefficients, strict=True)),
        },
        texts={name: "\n".join(lines) for name, lines in names.items()},
        plain=plain,
    )


def _unpacked(data: bytes) -> ServedModel:
    held = unpack(data)
    chars, words, named, targets = (
        tuple(held.texts[name].split("\n")) for name in ("chars", "words", "named", "targets")
    )
    plain = held.plain
    ngrams = {name: (int(low), int(high)) for name, (low, high) in plain["ngrams"].items()}
    model = ServedModel(
        chars=Terms(chars, held.numbers["chars_idf"], ngrams["chars"]),
        words=Terms(words, held.numbers["words_idf"], ngrams["words"]),
        named=named,
        weights=plain["weights"],
        targets=targets,
        coefficients=tuple(held.numbers[_row_of(target)] for target in targets),
        intercepts=tuple(map(float, plain["intercepts"])),
        calibrations={target: (float(a), float(b)) for target, (a, b) in plain["calibrations"].items()},
        prior_shift=float(plain["prior_shift"]),
    )
    columns = len(chars) + len(words) + len(named)
    if {len(row) for row in model.coefficients} != {columns} or len(model.intercepts) != len(targets):
        raise ValueError("coefficients do not fit the terms")
    if len(model.chars.idf) != len(chars) or len(model.words.idf) != len(words):
        raise ValueError("frequencies do not fit the terms")
    return model


def _row_of(target: str) -> str:
    return f"coefficients {target}"


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

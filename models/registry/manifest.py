"""What a model is: identity, what it was made from, how it measured."""

import json
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from zorya.errors import ModelError

FILE = "manifest.json"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
"""What a model, a version and a file may be called: nothing that leads out of the folder."""
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MANIFEST_LIMIT = 4 * 1024 * 1024
_FILES_LIMIT = 32


@dataclass(frozen=True)
class Manifest:
    """Beside each stored model. `files` are its files and their SHA-256, set when it is saved."""

    name: str
    version: str
    kind: str
    """How its files are read: a key of `models.registry.kinds.KINDS`."""
    corpus: str
    """Digest of what it learnt from."""
    ruleset: str
    recipe: dict[str, Any]
    trained_at: str
    snapshot: str = ""
    """The snapshot's version; empty where it learnt from the seed corpus alone."""
    metrics: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """`name@version`, as assessments cite it."""
        return f"{self.name}@{self.version}"

    def text(self) -> str:
        """The content of its file."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def checked_name(text: str, what: str) -> str:
    """A name as it is; raises ModelError where it is none that a folder may bear."""
    if not _NAME.fullmatch(text) or ".." in text:
        raise ModelError(f"{text!r} is no name of a {what}: small letters, digits, `.`, `_` and `-`, at most 64")
    return text


def home_of(folder: Path, name: str, version: str) -> Path:
    """Where a version lies."""
    return folder / checked_name(name, "model") / checked_name(version, "version")


def manifest_of(folder: Path, name: str, version: str) -> Manifest:
    """The manifest of a stored model; raises ModelError where there is none or it says what it cannot be."""
    path = home_of(folder, name, version) / FILE
    if path.parent.is_symlink() or path.is_symlink() or (path.exists() and not path.is_file()):
        raise ModelError(f"{path}: not a plain file in a plain folder; models are copied, never linked")
    try:
        if path.stat().st_size > _MANIFEST_LIMIT:
            raise ModelError(f"{path}: too large for a manifest; it was altered, retrain the model")
        manifest = _parsed(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise ModelError(f"{path}: no such model; see `zorya model list`") from exc
    except (ValueError, TypeError, RecursionError) as exc:
        why = ascii(str(exc)[:160])[1:-1]  # ascii: it may quote what the file holds
        raise ModelError(
            f"{path}: not a manifest of this version ({why}); run `zorya model train`, then promote what it made"
        ) from exc
    if (manifest.name, manifest.version) != (name, version):
        raise ModelError(f"{path}: says it is {manifest.reference}; it was moved or altered, retrain it")
    return manifest


def _parsed(text: str) -> Manifest:
    values = json.loads(text)
    manifest = Manifest(**values)
    for each in fields(manifest):
        wanted = dict if each.name in ("recipe", "metrics", "files") else str
        if not isinstance(getattr(manifest, each.name), wanted):
            raise TypeError(f"`{each.name}` is not {'a table' if wanted is dict else 'text'}")
    if len(manifest.files) > _FILES_LIMIT:
        raise ValueError(f"`files`: more than {_FILES_LIMIT}")
    for name, digest in manifest.files.items():
        if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
            raise ValueError(f"`files`: {name} has no SHA-256")
    return manifest

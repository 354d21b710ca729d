"""The files of stored models: written whole or not at all, opened only when their digests are those of the manifest."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from models.registry.manifest import FILE, Manifest, checked_name, home_of, manifest_of
from zorya.domain.ids import sha256_hex
from zorya.errors import ModelError

SIZE_LIMIT = 2 * 1024**3
"""Bytes of one file: a large transformer's weights in 8 bits."""


def save(folder: Path, files: Mapping[str, bytes], manifest: Manifest) -> Manifest:
    """Write a model whole or not at all; returns the manifest with its files' digests. What is there stays."""
    home = home_of(folder, manifest.name, manifest.version)
    manifest = replace(manifest, files={checked_name(name, "file"): sha256_hex(data) for name, data in files.items()})
    draft = home.with_name(f".{home.name}.{os.getpid()}")
    draft.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (draft / name).write_bytes(data)
    (draft / FILE).write_text(manifest.text(), encoding="utf-8")
    if not home.exists():
        try:
            draft.rename(home)
        except OSError:
            if not home.exists():
                raise
    return manifest


def load_files(folder: Path, name: str, version: str) -> tuple[dict[str, bytes], Manifest]:
    """A stored model's files, each read once and only as the manifest knows it; raises ModelError where one differs."""
    manifest = manifest_of(folder, name, version)
    home = home_of(folder, name, version)
    if not manifest.files:
        raise ModelError(f"{home / FILE}: names no files; retrain the model")
    return {each: _checked(home, each, digest) for each, digest in manifest.files.items()}, manifest


def _checked(home: Path, name: str, digest: str) -> bytes:
    path = home / checked_name(name, "file")
    if path.is_symlink() or not path.is_file():
        raise ModelError(f"{path}: no such file; run `zorya model train`, then `zorya model promote` what it made")
    if path.stat().st_size > SIZE_LIMIT:
        raise ModelError(f"{path}: larger than a model may be; it was altered, retrain it")
    data = path.read_bytes()
    if sha256_hex(data) != digest:
        raise ModelError(f"{path}: does not match the digest in its manifest; it was altered or cut short, retrain it")
    return data


def versions(folder: Path, name: str) -> list[Manifest]:
    """Every stored version of a name, oldest first."""
    found = [manifest_of(folder, name, path.parent.name) for path in (folder / name).glob(f"[!.]*/{FILE}")]
    return sorted(found, key=lambda manifest: (manifest.trained_at, manifest.version))


def names(folder: Path) -> list[str]:
    """Names that have a stored version."""
    return sorted({path.parent.parent.name for path in folder.glob(f"[!.]*/[!.]*/{FILE}")})

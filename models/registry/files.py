"""The files of stored models: written whole or not at all, opened only when their digests are those of the manifest."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Damaged:
    """A folder in the place of a model that cannot be one; `why` names the file and the remedy."""

    name: str
    version: str
    why: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies under a name: the sound versions, oldest first, and the damaged ones."""

    sound: tuple[Manifest, ...]
    damaged: tuple[Damaged, ...]


def shelf(folder: Path, name: str) -> Shelf:
    """Every stored version of a name by its manifest; one that is damaged hides no other."""
    sound: list[Manifest] = []
    damaged = []
    for home in sorted((folder / name).glob("[!.]*/")):
        try:
            if not (home / FILE).exists():
                raise ModelError(f"{home / FILE}: is missing; copy the model here again, or remove the folder")
            sound.append(manifest_of(folder, name, home.name))
        except ModelError as exc:
            damaged.append(Damaged(name, home.name, str(exc)))
    sound.sort(key=lambda manifest: (manifest.trained_at, manifest.version))
    return Shelf(tuple(sound), tuple(damaged))


def names(folder: Path) -> list[str]:
    """Names under which something is stored, sound or not."""
    return sorted({path.parent.name for path in folder.glob("[!.]*/[!.]*/")})

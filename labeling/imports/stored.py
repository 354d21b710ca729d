"""Imported sets on disk: `imports/<name>/{ads.jsonl, manifest.json}`, each with its digest and its licence."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from zorya.domain.ids import sha256_hex
from zorya.errors import DataFileError
from zorya.labelled import LabelledAd, parse_lines

ADS, MANIFEST = "ads.jsonl", "manifest.json"


@dataclass(frozen=True, slots=True)
class ImportManifest:
    """Where a set comes from. `sha256` is of its lines as kept, `made_of` of the files, the mapping and the way of
    reading it was made from: the same again is the same set.
    """

    name: str
    title: str
    licence: str
    ads: int
    sha256: str
    made_of: str
    mapping: str
    files: dict[str, str]
    imported_at: str


@dataclass(frozen=True, slots=True)
class ImportedSet:
    """A set and where it comes from."""

    ads: tuple[LabelledAd, ...]
    manifest: ImportManifest


def imported_sets(folder: Path) -> list[ImportedSet]:
    """Every set below a folder, in the order of names."""
    return [read_set(folder / manifest.name) for manifest in imported_manifests(folder)]


def imported_manifests(folder: Path) -> list[ImportManifest]:
    """What every set below a folder says of itself, in the order of names; their ads are not read."""
    found = (manifest_of(path.parent) for path in sorted(folder.glob(f"[!.]*/{MANIFEST}")))
    return [manifest for manifest in found if manifest]


def manifest_of(home: Path) -> ImportManifest | None:
    """What a set says of itself; None where there is none."""
    path = home / MANIFEST
    if not path.is_file():
        return None
    try:
        return ImportManifest(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as exc:
        raise DataFileError(path, f"not the manifest of an imported set ({exc}); import it again") from exc


def read_set(home: Path) -> ImportedSet:
    """One set; DataFileError where it is missing or was altered since."""
    manifest = manifest_of(home)
    path = home / ADS
    if manifest is None or not path.is_file():
        raise DataFileError(home, "no imported set here; `zorya labels import` makes one")
    data = path.read_bytes()
    if sha256_hex(data) != manifest.sha256:
        raise DataFileError(path, "differs from the digest in its manifest; import the set again with --replace")
    return ImportedSet(tuple(parse_lines(path, data.decode("utf-8"))), manifest)


def keep(folder: Path, ads: Sequence[LabelledAd], about: ImportManifest) -> ImportManifest:
    """Write a set in place of the one of that name, never by halves; returns `about` with number and digest."""
    data = "".join(f"{ad.line()}\n" for ad in ads).encode()
    manifest = replace(about, ads=len(ads), sha256=sha256_hex(data))
    home, draft, old = folder / about.name, folder / f".{about.name}.{os.getpid()}", folder / f".{about.name}.old"
    draft.mkdir(parents=True, exist_ok=True)
    (draft / ADS).write_bytes(data)
    (draft / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(old, ignore_errors=True)
    if home.exists():
        home.rename(old)
    draft.rename(home)
    shutil.rmtree(old, ignore_errors=True)
    return manifest

"""Snapshots: labels frozen for training, `snapshots/<version>/{ads.jsonl, manifest.json}`.

The version is the digest of the ads, so that the same labels are the same snapshot and a changed file is found out.
"""

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from zorya.domain.ids import sha256_hex
from zorya.errors import DataFileError
from zorya.labelled import LabelledAd, parse_lines

ADS, MANIFEST = "ads.jsonl", "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One set that went into a snapshot: its name, its number of ads, the digest of its lines, its licence."""

    name: str
    ads: int
    sha256: str
    licence: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotManifest:
    """What a snapshot is made of."""

    version: str
    sha256: str
    made_at: str
    parts: tuple[Part, ...]
    labels: dict[str, int]
    languages: dict[str, int]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Frozen labels and what they are made of."""

    ads: tuple[LabelledAd, ...]
    manifest: SnapshotManifest


def freeze(folder: Path, sets: Sequence[tuple[Part, Sequence[LabelledAd]]], *, as_of: datetime) -> SnapshotManifest:
    """Write the sets, in their order, as a snapshot below `folder` unless that very one exists; its manifest."""
    ads = [ad for _, held in sets for ad in held]
    data = "".join(f"{ad.line()}\n" for ad in ads).encode()
    digest = sha256_hex(data)
    home = folder / digest[:12]
    if (home / MANIFEST).is_file():
        return read_snapshot(home).manifest
    manifest = SnapshotManifest(
        version=digest[:12],
        sha256=digest,
        made_at=as_of.isoformat(),
        parts=tuple(part for part, _ in sets),
        labels=dict(sorted(Counter(ad.label.value for ad in ads).items())),
        languages=dict(sorted(Counter(ad.language or "unknown" for ad in ads).items())),
    )
    draft = folder / f".{digest[:12]}.{os.getpid()}"
    draft.mkdir(parents=True, exist_ok=True)
    (draft / ADS).write_bytes(data)
    (draft / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False), encoding="utf-8")
    draft.rename(home)
    return manifest


def read_snapshot(home: Path) -> Snapshot:
    """A frozen snapshot; raises DataFileError where it is missing or was altered since."""
    path, about = home / ADS, home / MANIFEST
    try:
        values = json.loads(about.read_text(encoding="utf-8"))
        manifest = SnapshotManifest(**(values | {"parts": tuple(Part(**part) for part in values["parts"])}))
        data = path.read_bytes()
    except FileNotFoundError as exc:
        raise DataFileError(home, "no snapshot here; `zorya labels export` makes one") from exc
    except (json.JSONDecodeError, KeyError, TypeError) as exc:
        raise DataFileError(about, f"not the manifest of a snapshot ({exc})") from exc
    if sha256_hex(data) != manifest.sha256:
        raise DataFileError(path, "differs from the digest in its manifest; freeze the labels again")
    return Snapshot(tuple(parse_lines(path, data.decode("utf-8"))), manifest)

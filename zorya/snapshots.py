"""Snapshots: labels frozen for training, `snapshots/<version>/{ads.jsonl, manifest.json}`.

The version is the digest of the ads, so that the same labels are the same snapshot and a changed file is found out.
Ads that were erased since (`zorya.erasures`) are told by the manifest, which keeps the version.
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
class Erasure:
    """Ads taken out of a frozen snapshot for a reason; `left` is the digest of what is left."""

    at: str
    ads: int
    reason: str
    left: str


@dataclass(frozen=True, slots=True)
class SnapshotManifest:
    """What a snapshot is made of. Everything but `erased` is as it was frozen; `on_hold` are ads with verdicts that a
    legal hold kept out."""

    version: str
    sha256: str
    made_at: str
    parts: tuple[Part, ...]
    labels: dict[str, int]
    languages: dict[str, int]
    erased: tuple[Erasure, ...] = ()
    on_hold: int = 0

    @property
    def digest(self) -> str:
        """Of the ads as they are now: `sha256`, unless some were erased."""
        return self.erased[-1].left if self.erased else self.sha256

    @property
    def before(self) -> str:
        """Of the ads before the last erasure."""
        return self.erased[-2].left if len(self.erased) > 1 else self.sha256


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Frozen labels and what they are made of."""

    ads: tuple[LabelledAd, ...]
    manifest: SnapshotManifest


def freeze(
    folder: Path, sets: Sequence[tuple[Part, Sequence[LabelledAd]]], *, as_of: datetime, on_hold: int = 0
) -> SnapshotManifest:
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
        on_hold=on_hold,
    )
    draft = folder / f".{digest[:12]}.{os.getpid()}"
    draft.mkdir(parents=True, exist_ok=True)
    (draft / ADS).write_bytes(data)
    write_manifest(draft, manifest)
    draft.rename(home)
    return manifest


def write_manifest(home: Path, manifest: SnapshotManifest) -> None:
    """Put a manifest into a snapshot's folder, whole or not at all."""
    draft = home / f".{MANIFEST}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(manifest), indent=1, ensure_ascii=False), encoding="utf-8")
    draft.replace(home / MANIFEST)


def read_snapshot(home: Path) -> Snapshot:
    """A frozen snapshot; raises DataFileError where it is missing or was altered since."""
    path, manifest = home / ADS, _manifest_of(home / MANIFEST)
    try:
        data = path.read_bytes()
    except FileNotFoundError as exc:
        raise DataFileError(path, "is missing; freeze the labels again") from exc
    if sha256_hex(data) == manifest.before != manifest.digest:
        raise DataFileError(path, "holds ads that are to be erased; run the same `zorya labels erase` again")
    if sha256_hex(data) != manifest.digest:
        raise DataFileError(path, "differs from the digest in its manifest; freeze the labels again")
    return Snapshot(tuple(parse_lines(path, data.decode("utf-8"))), manifest)


def all_snapshots(folder: Path) -> list[SnapshotManifest]:
    """Manifests of the snapshots below a folder, oldest first; their ads are not read."""
    found = [_manifest_of(path) for path in folder.glob(f"[!.]*/{MANIFEST}")]
    return sorted(found, key=lambda manifest: (manifest.made_at, manifest.version))


def newest(folder: Path) -> Path | None:
    """Home of the newest snapshot below a folder; None where there is none."""
    known = all_snapshots(folder)
    return folder / known[-1].version if known else None


def find(folder: Path, version: str) -> Path:
    """Home of a snapshot by its version, the beginning of one, or `newest`; DataFileError where none or several fit."""
    known = all_snapshots(folder)
    fitting = known[-1:] if version == "newest" else [each for each in known if each.version.startswith(version)]
    if len(fitting) != 1:
        why = f"several snapshots begin with `{version}`" if fitting else f"no snapshot `{version}`"
        raise DataFileError(folder, f"{why}; `zorya labels list` shows them")
    return folder / fitting[0].version


def _manifest_of(path: Path) -> SnapshotManifest:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        parts = tuple(Part(**part) for part in values["parts"])
        erased = tuple(Erasure(**each) for each in values.get("erased", ()))
        return SnapshotManifest(**(values | {"parts": parts, "erased": erased}))
    except FileNotFoundError as exc:
        raise DataFileError(path.parent, "no snapshot here; `zorya labels export` makes one") from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise DataFileError(path, f"not the manifest of a snapshot ({exc})") from exc

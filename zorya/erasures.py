"""Erasing ads of a person who asked for it from the frozen snapshots, without a digest that lies.

A snapshot keeps its version and the digest it was frozen with, so that the models that name it still find it. Its
manifest says what was erased since, when and why, and the digest of what is left: that one is checked from then on. The
ids of erased ads are kept beside the snapshots; what bears one is frozen no more.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from zorya import snapshots
from zorya.domain.ids import sha256_hex
from zorya.errors import DataFileError
from zorya.labelled import LabelledAd, parse_lines
from zorya.snapshots import ADS, Erasure, SnapshotManifest

ERASED = "erased.jsonl"
"""Beside the snapshots: an id a line, with moment and reason. Ids are digests; nobody is named."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What an erasure reaches: ads by the version of each snapshot that holds some."""

    ids: frozenset[str]
    by_snapshot: dict[str, int]


def reached(folder: Path, concerns: Callable[[LabelledAd], bool]) -> Reached:
    """The ads of all snapshots below a folder that a person is concerned by; nothing is changed."""
    ids: set[str] = set()
    counts: Counter[str] = Counter()
    for manifest in snapshots.all_snapshots(folder):
        for ad in _ads(folder / manifest.version, manifest):
            if concerns(ad):
                ids.add(ad.id)
                counts[manifest.version] += 1
    return Reached(frozenset(ids), dict(counts))


def erase(folder: Path, ids: Iterable[str], *, reason: str, at: datetime) -> dict[str, int]:
    """Take ads out of every snapshot below a folder and keep them out of later ones; ads erased by snapshot. Doing it
    again, also after a crash, ends what was begun.
    """
    gone = frozenset(ids)
    _remember(folder, sorted(gone - erased_ids(folder)), reason=reason, at=at)
    found = {}
    for manifest in snapshots.all_snapshots(folder):
        number = _erase_from(folder / manifest.version, manifest, gone, reason=reason, at=at)
        if number:
            found[manifest.version] = number
    return found


def erased_ids(folder: Path) -> frozenset[str]:
    """Ids of ads that no snapshot may hold any more."""
    path = folder / ERASED
    if not path.is_file():
        return frozenset()
    found = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            found.add(str(json.loads(line)["id"]))
        except (ValueError, KeyError, TypeError) as exc:
            raise DataFileError(path, "not an id with its reason; restore the file from a backup", line=number) from exc
    return frozenset(found)


def _remember(folder: Path, ids: Iterable[str], *, reason: str, at: datetime) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ERASED).open("a", encoding="utf-8") as file:
        for each in ids:
            file.write(json.dumps({"id": each, "at": at.isoformat(), "reason": reason}, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _erase_from(home: Path, manifest: SnapshotManifest, gone: frozenset[str], *, reason: str, at: datetime) -> int:
    """The manifest first: after a crash between the two it says that the file still holds what must go."""
    held = _ads(home, manifest)
    left = [ad for ad in held if ad.id not in gone]
    data = "".join(f"{ad.line()}\n" for ad in left).encode()
    if len(left) == len(held):
        return 0
    if sha256_hex(data) != manifest.digest:
        done = Erasure(at.isoformat(), len(held) - len(left), reason, sha256_hex(data))
        snapshots.write_manifest(home, replace(manifest, erased=(*manifest.erased, done)))
    draft = home / f".{ADS}.{os.getpid()}"
    draft.write_bytes(data)
    draft.replace(home / ADS)
    return len(held) - len(left)


def _ads(home: Path, manifest: SnapshotManifest) -> list[LabelledAd]:
    """The ads as they lie there: those of the manifest, or those of before an erasure that was interrupted."""
    data = (home / ADS).read_bytes()
    if sha256_hex(data) not in (manifest.digest, manifest.before):
        return list(snapshots.read_snapshot(home).ads)  # tells what is wrong
    return parse_lines(home / ADS, data.decode("utf-8"))

"""An evidence package: captures taken out of the archive for somebody who has no Zorya, as a folder or a zip.

README.txt      what this is and how to check it, for a lawyer
manifest.json   every capture: address, time, digests, and what was read from it
SHA256SUMS      digest of every other file; its own digest stands for the whole package
warc/           the captures, byte for byte as the archive holds them
"""

import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from zorya.domain import ids
from zorya.domain.ads import Capture
from zorya.errors import EvidenceError
from zorya.evidence.archive import Archive, sync_folder
from zorya.evidence.letter import letter

FORMAT = "zorya-evidence-package 1"
MANIFEST, SUMS, README = "manifest.json", "SHA256SUMS", "README.txt"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a package is made: by whom, when, for what, and the ids that were asked for."""

    at: datetime
    by: str
    reason: str
    asked: tuple[str, ...]
    software: str

    def told(self) -> dict[str, Any]:
        """As the manifest says it."""
        at = self.at.astimezone(UTC).isoformat()
        return {
            "made_at": at,
            "made_by": self.by,
            "reason": self.reason,
            "asked_for": list(self.asked),
            "software": self.software,
        }


Exhibits = Sequence[tuple[Capture, Sequence[Mapping[str, Any]]]]


def pack(archive: Archive, exhibits: Exhibits, occasion: Occasion, target: Path) -> str:
    """Write a package to `target` (a zip when its name says so), whole or not at all; returns its digest.

    `exhibits` are captures, each with what was read from it. Raises EvidenceError when the target exists or a capture
    is missing or altered: damaged evidence is not handed on.
    """
    if target.exists():
        raise EvidenceError(f"{target} exists; a package is never written over")
    entries = [_entry(archive.folder, capture, archive.verify(capture), ads) for capture, ads in exhibits]
    manifest = {"format": FORMAT, **occasion.told(), "captures": entries}
    texts = {README: letter(manifest), MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=1, default=str) + "\n"}
    digests = {name: ids.sha256_hex(text.encode()) for name, text in texts.items()}
    digests |= {entry["file"]: entry["file_sha256"] for entry in entries}
    texts[SUMS] = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    files = {_name_of(capture): archive.folder / capture.warc_file for capture, _ in exhibits}
    _write(target, {name: text.encode() for name, text in texts.items()}, files, occasion.at)
    return ids.sha256_hex(texts[SUMS].encode())


def _entry(
    folder: Path, capture: Capture, about: Mapping[str, Any], ads: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What the manifest says about one capture."""
    path = folder / capture.warc_file
    certificate = about.get("certificate") or {}
    return {
        "capture": capture.id,
        "url": capture.url,
        "fetched_at": capture.fetched_at.astimezone(UTC).isoformat(),
        "status": capture.status,
        "media_type": capture.media_type,
        "payload_sha256": capture.sha256,
        "file": _name_of(capture),
        "file_sha256": ids.sha256_hex(path.read_bytes()),
        "ip": about.get("ip"),
        "certificate_sha256": certificate.get("sha256"),
        "redirects": about.get("redirects") or [],
        "run": about.get("run"),
        "ads": [_plain(ad) for ad in ads],
    }


def _name_of(capture: Capture) -> str:
    return f"warc/{Path(capture.warc_file).name}"


def _plain(ad: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for key, value in ad.items()
    }


def _write(target: Path, texts: Mapping[str, bytes], files: Mapping[str, Path], at: datetime) -> None:
    """Texts and copies of files, beside the target first."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    fill: Callable[..., None] = _fill_zip if target.suffix.lower() == ".zip" else _fill_folder
    try:
        fill(draft, chain(texts.items(), ((name, path.read_bytes()) for name, path in files.items())), at)
        draft.rename(target)
    except OSError as exc:
        shutil.rmtree(draft) if draft.is_dir() else draft.unlink(missing_ok=True)
        raise EvidenceError(f"{target}: cannot be written ({exc.strerror})") from exc
    sync_folder(target.parent)


def _fill_zip(draft: Path, content: Iterable[tuple[str, bytes]], at: datetime) -> None:
    """A zip whose entries are dated by the package, so that equal packages are equal files."""
    with draft.open("wb") as file:
        with zipfile.ZipFile(file, "w") as packed:
            for name, data in content:
                info = zipfile.ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
                info.external_attr = 0o644 << 16
                kind = zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
                packed.writestr(info, data, compress_type=kind)
        file.flush()
        os.fsync(file.fileno())


def _fill_folder(draft: Path, content: Iterable[tuple[str, bytes]], at: datetime) -> None:
    (draft / "warc").mkdir(parents=True)
    for name, data in content:
        with (draft / name).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    sync_folder(draft / "warc")
    sync_folder(draft)

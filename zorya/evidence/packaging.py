"""An evidence package: captures taken out of the archive for somebody who has no Zorya, as a WACZ file.

archive/         the captures, byte for byte as the archive holds them
indexes/ pages/  so that readers of web archives (ReplayWeb.page) open it
evidence/        README.txt, a report in every language, manifest.json (every capture: address, time, digests, what was
                 read from it, its place under the root of a day), ads.json (every wording), custody.json (the audit
                 entries), root-DAY.json (roots), SHA256SUMS.NAME.tsr and root-DAY.NAME.tsr (time-stamps)
SHA256SUMS       digest of every file but itself, its time-stamps and the two below; its own digest stands for all
datapackage.json datapackage-digest.json    what a WACZ must say about itself
"""

import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zorya.domain import ids
from zorya.domain.ads import Capture
from zorya.domain.day_roots import DayRoot, Proof
from zorya.errors import EvidenceError
from zorya.evidence import wacz, zipped
from zorya.evidence.archive import Archive, sync_folder
from zorya.evidence.letter import letter
from zorya.evidence.report import report
from zorya.evidence.report_words import LANGUAGES
from zorya.evidence.timestamps import Stamp, certificates_of, fetch
from zorya.setting_sections import TimestampAuthority

FORMAT = "zorya-evidence-package 2"
FOLDER, SUMS = "evidence/", "SHA256SUMS"
MANIFEST, README, ADS, CUSTODY = (FOLDER + name for name in ("manifest.json", "README.txt", "ads.json", "custody.json"))
ENDINGS = (".wacz", ".zip")


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


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes in: captures, each with what was read from it; what the record says beside them (`ads`, `campaigns`,
    `custody`); where captures stand under roots; and those roots with their time-stamps by authority.
    """

    exhibits: Sequence[tuple[Capture, Sequence[Mapping[str, Any]]]]
    dossier: Mapping[str, Any] = field(default_factory=lambda: {"ads": [], "campaigns": [], "custody": []})
    proofs: Mapping[str, Proof] = field(default_factory=dict)
    roots: Sequence[tuple[DayRoot, Mapping[str, bytes]]] = ()


@dataclass(frozen=True, slots=True)
class Packed:
    """A package that was written: the digest that stands for it, who time-stamped it, and why others did not."""

    digest: str
    stamps: tuple[Stamp, ...]
    not_stamped: tuple[str, ...]


def pack(
    archive: Archive,
    contents: Contents,
    occasion: Occasion,
    target: Path,
    authorities: Sequence[TimestampAuthority] = (),
) -> Packed:
    """Write a package, whole or not at all; every authority is asked for a time-stamp over it.

    Raises EvidenceError when the target exists or a capture is missing or altered: damaged evidence is not handed on.
    """
    if target.suffix.lower() not in ENDINGS:
        raise EvidenceError(f"{target}: a package is one file; end its name in {' or '.join(ENDINGS)}")
    if target.exists():
        raise EvidenceError(f"{target} exists; a package is never written over")
    captures = {capture.id: archive.verify(capture) for capture, _ in contents.exhibits}
    warcs = {name_of(capture): (archive.folder / capture.warc_file).read_bytes() for capture, _ in contents.exhibits}
    files, stamps, refusals = _stamped(contents, occasion, captures, warcs, authorities)
    for stamp in stamps:
        files[f"{FOLDER}{SUMS}.{stamp.authority}.tsr"] = stamp.token
    facts = {name: (ids.sha256_hex(data), len(data)) for name, data in files.items()}
    told = occasion.told()
    files |= wacz.described(facts, title=title_of(told), made_at=told["made_at"], software=occasion.software)
    _write(target, sorted(files.items()), occasion.at)
    return Packed(ids.sha256_hex(files[SUMS]), tuple(stamps), tuple(refusals))


def title_of(manifest: Mapping[str, Any]) -> str:
    """What readers of web archives call a package."""
    return f"Evidence: {', '.join(manifest['asked_for'])}"


def name_of(capture: Capture) -> str:
    """The file of a capture in a package."""
    return f"{wacz.ARCHIVE}{Path(capture.warc_file).name}"


def root_name(day: str) -> str:
    """The file of a day's root in a package."""
    return f"{FOLDER}root-{day}.json"


def report_name(language: str) -> str:
    """The file of the report in a language."""
    return f"{FOLDER}report.{language}.html"


def _stamped(
    contents: Contents,
    occasion: Occasion,
    abouts: Mapping[str, Any],
    warcs: Mapping[str, bytes],
    authorities: Sequence[TimestampAuthority],
) -> tuple[dict[str, bytes], list[Stamp], list[str]]:
    """Files, their time-stamps, and why authorities gave none. The report tells who stamped it, so one who refuses
    makes it be written anew without them.
    """
    certificates, refusals = dict[str, bytes](), list[str]()
    for authority in authorities:
        try:
            certificates[authority.name] = certificates_of(authority)
        except EvidenceError as exc:
            refusals.append(str(exc))
    while True:
        files = _files(contents, occasion, abouts, warcs, certificates, refusals)
        stamps: list[Stamp] = []
        for authority in (one for one in authorities if one.name in certificates):
            try:
                stamps.append(fetch(authority, files[SUMS]))
            except EvidenceError as exc:
                refusals.append(str(exc))
                del certificates[authority.name]
        if len(stamps) == len(certificates) and json.loads(files[MANIFEST])["not_stamped"] == refusals:
            return files, stamps, refusals


def _files(
    contents: Contents,
    occasion: Occasion,
    abouts: Mapping[str, Any],
    warcs: Mapping[str, bytes],
    certificates: Mapping[str, bytes],
    refusals: Sequence[str],
) -> dict[str, bytes]:
    """All files that SHA256SUMS covers, and SHA256SUMS. `certificates` by the authorities that are to stamp it."""
    manifest = {
        "format": FORMAT,
        **occasion.told(),
        "authorities": sorted(certificates),
        "not_stamped": list(refusals),
        "reports": list(LANGUAGES),
        "roots": [_root(root, stamps) for root, stamps in contents.roots],
        "captures": [_entry(capture, abouts[capture.id], ads, warcs, contents) for capture, ads in contents.exhibits],
    }
    dossier = contents.dossier
    files = {**warcs, **wacz.indexed(manifest["captures"], warcs)}
    files |= {f"{FOLDER}{name}.pem": data for name, data in certificates.items()}
    for root, stamps in contents.roots:
        files[root_name(root.day.isoformat())] = root.document()
        files |= {f"{FOLDER}root-{root.day}.{name}.tsr": token for name, token in stamps.items()}
    files[MANIFEST] = _json(manifest)
    files[ADS] = _json({"ads": dossier["ads"], "campaigns": dossier["campaigns"]})
    files[CUSTODY] = _json({"entries": dossier["custody"]})
    files[README] = letter(manifest).encode()
    files |= {report_name(code): report(manifest, dossier, abouts, code) for code in LANGUAGES}
    sums = (f"{ids.sha256_hex(data)}  {name}\n" for name, data in sorted(files.items()))
    return files | {SUMS: "".join(sums).encode()}


def _root(root: DayRoot, stamps: Mapping[str, bytes]) -> dict[str, Any]:
    made_at = root.made_at.astimezone(UTC).isoformat()
    return {"day": root.day.isoformat(), "root": root.root, "made_at": made_at, "authorities": sorted(stamps)}


def _entry(
    capture: Capture,
    about: Mapping[str, Any],
    ads: Sequence[Mapping[str, Any]],
    warcs: Mapping[str, bytes],
    contents: Contents,
) -> dict[str, Any]:
    """What the manifest says about one capture."""
    certificate = about.get("certificate") or {}
    return {
        "capture": capture.id,
        "url": capture.url,
        "fetched_at": capture.fetched_at.astimezone(UTC).isoformat(),
        "status": capture.status,
        "media_type": capture.media_type,
        "payload_sha256": capture.sha256,
        "file": name_of(capture),
        "file_sha256": ids.sha256_hex(warcs[name_of(capture)]),
        "ip": about.get("ip"),
        "certificate_sha256": certificate.get("sha256"),
        "redirects": about.get("redirects") or [],
        "run": about.get("run"),
        "ads": [_plain(ad) for ad in ads],
        "proof": _proof(contents.proofs.get(capture.id), capture),
    }


def _proof(proof: Proof | None, capture: Capture) -> dict[str, Any] | None:
    """Where a capture stands under the root of its day. `whole_file`: whether the leaf covers the file's own digest,
    which captures from before November 2026 lack.
    """
    if proof is None:
        return None
    place = {"day": proof.day.isoformat(), "position": proof.position, "leaves": proof.leaves}
    return place | {"path": list(proof.path), "whole_file": bool(capture.file_sha256)}


def _plain(ad: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value for key, value in ad.items()
    }


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _write(target: Path, content: Iterable[tuple[str, bytes]], at: datetime) -> None:
    """Beside the target first; fsynced, then renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file:
            zipped.write(file, content, at)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except (OSError, EvidenceError) as exc:
        draft.unlink(missing_ok=True)
        reason = exc.strerror if isinstance(exc, OSError) else exc
        raise EvidenceError(f"{target}: cannot be written ({reason})") from exc
    sync_folder(target.parent)

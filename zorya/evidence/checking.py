"""An evidence package checked: every byte, every digest, every WARC to its end, that all its lists tell one story, its
time-stamps and its roots.

Needs nothing but the package: no database, no network. A package may come from strangers, so nothing of it is unpacked
onto the disk, and what unpacks beyond all bounds is a fault. What somebody made up whole is told from ours only by what
the checker holds from elsewhere (`Held`).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from zorya.domain import ids
from zorya.errors import EvidenceError
from zorya.evidence import wacz
from zorya.evidence.archive import moment
from zorya.evidence.opening import Opened, opened
from zorya.evidence.packaging import (
    ADS,
    CUSTODY,
    FOLDER,
    FORMAT,
    MANIFEST,
    README,
    SUMS,
    report_name,
    root_name,
    title_of,
)
from zorya.evidence.reading import read_package
from zorya.evidence.witnesses import Damage, Held, Stamped, stamped_and_rooted

_WITHOUT_SUM = frozenset({SUMS, wacz.DESCRIPTION, wacz.DESCRIPTION_DIGEST})
Read = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of a package found. `digest` is the SHA-256 of its SHA256SUMS, to be compared by another way;
    `stamped` what time-stamps say, `roots` the roots of days in it (day → hex), `under_root` how many captures lie
    under one of them.
    """

    digest: str
    captures: int
    files: int
    stamped: tuple[Stamped, ...]
    roots: dict[str, str]
    under_root: int
    damages: tuple[Damage, ...]


def check(path: Path, held: Held | None = None) -> Checked:
    """Check a package, a WACZ file or a folder; raises EvidenceError for what is no package."""
    with opened(path) as package:
        try:
            sums = package.read(SUMS)
            told = _sums_told(sums)
            manifest = json.loads(package.read(MANIFEST))
            if manifest["format"] != FORMAT:
                raise EvidenceError(f"a package of another format: {manifest['format']!r}")
            captures, own = [dict(one) for one in manifest["captures"]], _own(manifest)
        except EvidenceError as exc:
            raise EvidenceError(f"{path}: {exc}") from exc
        except (KeyError, TypeError, ValueError, RecursionError) as exc:
            raise EvidenceError(f"{path}: no evidence package: {SUMS} or {MANIFEST} is missing or unreadable") from exc
        facts: dict[str, tuple[str, int]] = {}
        damages = [*_files(package, own, facts), *_sums(told, facts, own), *_lists(package, manifest, facts)]
        damages += [Damage("altered", str(one.get("file")), why) for one in captures if (why := _capture(one, package))]
        damages += _custody(package)
        witness = stamped_and_rooted(package, manifest, sums, held or Held())
    known = {damage.file: damage for damage in reversed([*damages, *witness.damages])}  # the first word is enough
    return Checked(
        digest=ids.sha256_hex(sums),
        captures=len(captures),
        files=len(facts),
        stamped=witness.stamped,
        roots=witness.roots,
        under_root=witness.under_root,
        damages=tuple(reversed(known.values())),
    )


def _sums_told(sums: bytes) -> dict[str, str]:
    """File → digest, as SHA256SUMS has them: sorted, each once."""
    lines = [line.split("  ", 1) for line in sums.decode().splitlines()]
    told = {name: digest for digest, name in lines}
    if sums != "".join(f"{told[name]}  {name}\n" for name in sorted(told)).encode():
        raise EvidenceError(f"{SUMS} is not as Zorya writes it: a file twice, or out of order")
    return told


def _own(manifest: Mapping[str, Any]) -> frozenset[str]:
    """Every file that a package with this manifest has."""
    own = {*_WITHOUT_SUM, MANIFEST, README, ADS, CUSTODY, wacz.INDEX, wacz.BLOCKS, wacz.PAGES}
    own |= {str(one["file"]) for one in manifest["captures"]} | {report_name(code) for code in manifest["reports"]}
    for name in manifest["authorities"]:
        own |= {f"{FOLDER}{name}.pem", f"{FOLDER}{SUMS}.{name}.tsr"}
    for root in manifest["roots"]:
        own |= {root_name(root["day"]), *(f"{FOLDER}root-{root['day']}.{name}.tsr" for name in root["authorities"])}
    return frozenset(own)


def _files(package: Opened, own: frozenset[str], facts: dict[str, tuple[str, int]]) -> Iterator[Damage]:
    """Every file read once; its digest and size go into `facts`."""
    for name in sorted(own - package.names):
        yield Damage("missing", name, "the manifest speaks of it, and it is not there")
    for name in sorted(package.names - own):
        yield Damage("extra", ascii(name)[1:-1], "nothing in the manifest speaks of it: somebody added it")
    for name in sorted(package.names & own):
        try:
            data = package.read(name)
            facts[name] = (ids.sha256_hex(data), len(data))
        except EvidenceError as exc:
            yield Damage("altered", name, f"cannot be read: {exc}")


def _sums(told: Mapping[str, str], facts: Mapping[str, tuple[str, int]], own: frozenset[str]) -> Iterator[Damage]:
    """SHA256SUMS against the files, and whether it names all it must and no other."""
    tokens = {name for name in own if name.startswith(f"{FOLDER}{SUMS}.")}
    for name in sorted(told.keys() ^ (own - _WITHOUT_SUM - tokens)):
        yield Damage("altered", ascii(name)[1:-1], f"{SUMS} and {MANIFEST} do not agree that it belongs here")
    for name, digest in told.items():
        if name in facts and facts[name][0] != digest:
            yield Damage("altered", name, f"its SHA-256 is {facts[name][0]}, not {digest}")


def _lists(package: Opened, manifest: Mapping[str, Any], facts: Mapping[str, tuple[str, int]]) -> Iterator[Damage]:
    """What the package says of itself as a WACZ, and the index of its captures, made anew and compared."""
    made_at = moment(manifest.get("made_at"))
    if made_at is None or not package.is_of(made_at):
        yield Damage("altered", MANIFEST, "the moment it tells is not the one that the package bears")
    try:
        listed = {name: fact for name, fact in facts.items() if not name.startswith("datapackage")}
        about = {"title": title_of(manifest), "made_at": manifest["made_at"], "software": manifest["software"]}
        wanted = wacz.described(listed, **about)
        captures = manifest["captures"]
        index = wacz.indexed(captures, {one["file"]: package.read(one["file"]) for one in captures})
        wanted[wacz.PAGES] = index[wacz.PAGES]
        found = {name: package.read(name) for name in wanted if name in package.names}
        if wacz.INDEX in facts and _unpacked(package.read(wacz.INDEX)) != _unpacked(index[wacz.INDEX]):
            yield Damage("altered", wacz.INDEX, "it is not the index of these captures")
    except (EvidenceError, KeyError, TypeError, ValueError, AttributeError) as exc:
        yield Damage("altered", MANIFEST, f"its captures cannot be indexed: {exc}")
        return
    for name, data in found.items():
        if data != wanted[name]:
            yield Damage("altered", name, "it is not what these files and this manifest make")


def _unpacked(index: bytes) -> bytes:
    """An index without its packing, whose bytes depend on the version of the library that packed it."""
    parts = [content for _, _, content in wacz.members(index)]
    return b"".join(parts)


def _capture(one: Mapping[str, Any], package: Opened) -> str:
    """What is wrong with a capture of the manifest; empty when nothing is."""
    try:
        data = package.read(str(one["file"]))
        digest = ids.sha256_hex(data)
        for _ in wacz.members(data):  # within bounds
            pass
        found = read_package(data)
    except (KeyError, ValueError, EvidenceError) as exc:
        return str(exc)
    if digest != one.get("file_sha256"):
        return f"{MANIFEST} speaks of another file: the SHA-256 of this one is {digest}"
    payload, at = ids.sha256_hex(found.payload), moment(one.get("fetched_at"))
    if payload != one.get("payload_sha256"):
        return f"{MANIFEST} speaks of another page: the SHA-256 of this one is {payload}"
    if at is None or one.get("capture") != ids.capture_id(payload, str(one.get("url")), at):
        return f"{MANIFEST} gives an address or a time that do not make this capture's id"
    about = found.about
    inside = {"capture": about.get("capture"), "url": about.get("url"), "status": about.get("status")}
    inside |= {"ip": about.get("ip"), "run": about.get("run"), "redirects": about.get("redirects") or []}
    if about and (inside != {key: one.get(key) for key in inside} or moment(about.get("fetched_at")) != at):
        return f"{MANIFEST} and the WARC's own metadata tell different stories"
    return ""


def _custody(package: Opened) -> Iterator[Damage]:
    """Entries of the log, each against its own hash; they are part of a chain, so in their order."""
    try:
        entries = json.loads(package.read(CUSTODY))["entries"] if CUSTODY in package.names else []
        numbers: Sequence[int] = [entry["seq"] for entry in entries]
        bad = [entry["seq"] for entry in entries if _entry_hash(entry) != entry["hash"]]
        in_order = numbers == sorted(set(numbers))
    except (EvidenceError, KeyError, TypeError, ValueError, RecursionError) as exc:
        yield Damage("altered", CUSTODY, f"no entries of the log: {exc}")
        return
    if bad or not in_order:
        yield Damage("altered", CUSTODY, f"entries that do not fit their own hash or order: {bad or numbers}")


def _entry_hash(entry: Mapping[str, Any]) -> str:
    return ids.audit_hash(entry, at=datetime.fromisoformat(entry["at"]))

"""A thousand tampered packages, of a seeded generator: clumsy ones, clever ones that make every list anew, and zips
that two programs read in two ways. None may pass; the one nobody touched must.
"""

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from zorya import packages, sealing
from zorya.domain import ids
from zorya.errors import EvidenceError
from zorya.evidence import Exchange, wacz, zipped
from zorya.evidence.checking import check
from zorya.evidence.packaging import CUSTODY, FOLDER, MANIFEST, README, SUMS, title_of
from zorya.evidence.witnesses import Held
from zorya.evidence.writing import write_package
from zorya.setting_sections import EvidenceSettings

PACKAGES = 1000
Files = dict[str, bytes]
Dice = random.Random
AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A sound package, its files, and what a checker may hold: the digest, the root, the authority's certificate."""

    whole: bytes
    files: Files
    told: Held
    root: Held
    certificate: Held


@pytest.fixture
def case(town: Any, authority: Any, tmp_path: Path, as_of: datetime) -> Case:
    evidence = EvidenceSettings(timestamp_authorities=(authority.setting(),))
    settings = town.settings.model_copy(update={"evidence": evidence})
    root = sealing.seal(town.store, settings, as_of.date(), as_of=as_of + timedelta(days=1))[0]
    target = tmp_path / "sound.wacz"
    made = packages.make(town.store, settings, tuple(town.ads), target=target, by="N", reason="case 12", as_of=AT)
    with zipfile.ZipFile(target) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    told, certificate = Held(digest=made.packed.digest), Held(certificates=(authority.folder / "ca.pem").read_bytes())
    return Case(target.read_bytes(), files, told, Held(roots=frozenset({root.root})), certificate)


def zip_of(files: Files) -> bytes:
    """As Zorya writes it."""
    packed = io.BytesIO()
    zipped.write(packed, sorted(files.items()), AT)
    return packed.getvalue()


def stdlib_zip(content: list[tuple[zipfile.ZipInfo | str, bytes]], comment: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        target.comment = comment
        for name, data in content:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, AT.timetuple()[:6])
            target.writestr(info, data)
    return packed.getvalue()


# Clumsy: something is changed, and no list.


def flipped(case: Case, dice: Dice) -> bytes:
    place = dice.randrange(len(case.whole))
    return case.whole[:place] + bytes([case.whole[place] ^ 1 << dice.randrange(8)]) + case.whole[place + 1 :]


def cut_or_stuffed(case: Case, dice: Dice) -> bytes:
    place, more = dice.randrange(len(case.whole)), dice.randbytes(dice.randint(1, 40))
    cut = case.whole[:place]
    return dice.choice([cut, cut + more + case.whole[place:], case.whole + more, more + case.whole, cut + case.whole])


def removed(case: Case, dice: Dice) -> bytes:
    gone = dice.choice(sorted(case.files))
    return zip_of({name: data for name, data in case.files.items() if name != gone})


def added(case: Case, dice: Dice) -> bytes:
    name = f"{dice.choice(['', 'evidence/', 'archive/', 'pages/', 'x/'])}note{dice.randrange(99)}.txt"
    return zip_of(case.files | {name: dice.randbytes(9)})


def renamed(case: Case, dice: Dice) -> bytes:
    files, old = dict(case.files), dice.choice(sorted(case.files))
    files[old + dice.choice(["x", ".bak", "2"])] = files.pop(old)
    return zip_of(files)


def swapped(case: Case, dice: Dice) -> bytes:
    one, other = dice.sample([name for name in case.files if name.startswith("archive/")], 2)
    return zip_of(case.files | {one: case.files[other], other: case.files[one]})


def edited(case: Case, dice: Dice) -> bytes:
    name = dice.choice([name for name in case.files if name.endswith((".json", ".jsonl", ".html", ".txt"))])
    data = case.files[name]
    place = dice.randrange(len(data))
    return zip_of(case.files | {name: data[:place] + dice.randbytes(3) + data[place:]})


# Zips that are read in two ways, or are not as Zorya writes them.


def reordered(case: Case, dice: Dice) -> bytes:
    content = sorted(case.files.items())
    one, other = dice.sample(range(len(content)), 2)
    content[one], content[other] = content[other], content[one]
    packed = io.BytesIO()
    zipped.write(packed, content, AT)
    return packed.getvalue()


def doubled(case: Case, dice: Dice) -> bytes:
    name = dice.choice(sorted(case.files))
    content = [*case.files.items(), (name, dice.randbytes(20))]
    packed = io.BytesIO()
    zipped.write(packed, sorted(content) if dice.random() < 0.5 else content, AT)
    return packed.getvalue()


def repacked(case: Case, dice: Dice) -> bytes:
    content: list[Any] = list(case.files.items())
    name, data = content[dice.randrange(len(content))]
    info = zipfile.ZipInfo(name, AT.timetuple()[:6])
    trick = dice.randrange(6)
    if trick == 0:
        return stdlib_zip(content, comment=dice.randbytes(5))
    if trick == 1:
        info.compress_type = zipfile.ZIP_DEFLATED
    elif trick == 2:
        info.extra = struct.pack("<HH", 0x7075, 4) + dice.randbytes(4)
    elif trick == 3:
        info.external_attr = 0o120777 << 16  # a link
    elif trick == 4:
        info.filename = dice.choice(["../", "/", "evidence/../", "C:\\", "./"]) + name
    else:
        info.date_time = (2026, 11, 26, 9, 0, 2 * dice.randint(1, 29))
    return stdlib_zip([(info, data) if one[0] == name else one for one in content])


def two_faced(case: Case, dice: Dice) -> bytes:
    """The name before an entry's bytes is another than the directory's."""
    name = dice.choice([name for name in case.files if name.startswith("archive/")]).encode()
    other = name[:-12] + bytes([name[-12] ^ 1]) + name[-11:]
    place = case.whole.index(name) if dice.random() < 0.5 else case.whole.rindex(name)
    return case.whole[:place] + other + case.whole[place + len(name) :]


# Clever: every list is made anew, so that the package agrees with itself; only what a checker holds betrays it.


def relisted(files: Files) -> bytes:
    """Sums, index, pages and description made anew by somebody who knows how."""
    manifest = json.loads(files[MANIFEST])
    files |= wacz.indexed(manifest["captures"], {one["file"]: files[one["file"]] for one in manifest["captures"]})
    tokens = {name for name in files if name.startswith(f"{FOLDER}{SUMS}.")}
    summed = sorted(set(files) - tokens - {SUMS, wacz.DESCRIPTION, wacz.DESCRIPTION_DIGEST})
    files[SUMS] = "".join(f"{ids.sha256_hex(files[name])}  {name}\n" for name in summed).encode()
    facts = {name: (ids.sha256_hex(data), len(data)) for name, data in files.items() if "datapackage" not in name}
    about = {"title": title_of(manifest), "made_at": manifest["made_at"], "software": manifest["software"]}
    return zip_of(files | wacz.described(facts, **about))


def changed_manifest(case: Case, change: Callable[[dict[str, Any]], None], *, unstamped: bool) -> Files:
    files, manifest = dict(case.files), json.loads(case.files[MANIFEST])
    if unstamped:
        for name in manifest["authorities"]:
            del files[f"{FOLDER}{SUMS}.{name}.tsr"]
            del files[f"{FOLDER}{name}.pem"]
        manifest["authorities"] = []
    change(manifest)
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=1).encode() + b"\n"
    return files


def another_story(case: Case, dice: Dice) -> bytes:
    """Another reason, maker or README; another report; an entry of the log left out or written anew."""

    def change(manifest: dict[str, Any]) -> None:
        manifest[dice.choice(["reason", "made_by"])] = f"somebody {dice.randrange(999)}"

    files = changed_manifest(case, change, unstamped=dice.random() < 0.5)
    name = dice.choice([README, f"{FOLDER}report.en.html", f"{FOLDER}ads.json"])
    files[name] = files[name].replace(b"Waiter", f"Dancer {dice.randrange(99)}".encode())
    entries = json.loads(files[CUSTODY])["entries"]
    entry = entries[dice.randrange(len(entries))] | {"actor": f"nobody{dice.randrange(99)}"}
    entry["hash"] = ids.audit_hash(entry, at=datetime.fromisoformat(entry["at"]))
    files[CUSTODY] = json.dumps({"entries": [entry] if dice.random() < 0.5 else []}).encode()
    return relisted(files)


def without_a_capture(case: Case, dice: Dice) -> bytes:
    files = changed_manifest(case, lambda manifest: manifest["captures"].pop(), unstamped=dice.random() < 0.5)
    here = {one["file"] for one in json.loads(files[MANIFEST])["captures"]}
    return relisted({name: data for name, data in files.items() if not name.startswith("archive/") or name in here})


def invented_capture(case: Case, dice: Dice) -> bytes:
    """A page that was never there, in place of one that was: another text, all digests right, with the old proof, one
    that leads nowhere, or none."""
    at = AT - timedelta(days=2, seconds=dice.randrange(9999))
    page = Exchange(f"https://board.example/ad/{dice.randrange(9)}", 200, (), (), dice.randbytes(50), at)
    payload = ids.sha256_hex(page.body)
    name = ids.capture_id(payload, page.url, at)
    warc = write_package(page, capture_id=name, payload_sha256=payload, run_id="")
    file = f"archive/{payload}-{name}.warc.gz"
    old: list[str] = []

    def change(manifest: dict[str, Any]) -> None:
        one = dice.choice(manifest["captures"])
        old.append(one["file"])
        one |= {"capture": name, "url": page.url, "fetched_at": at.isoformat(), "media_type": "", "ip": None}
        one |= {"payload_sha256": payload, "file": file, "file_sha256": ids.sha256_hex(warc), "redirects": []}
        one["run"], one["proof"] = None, dice.choice([None, one["proof"], one["proof"] | {"path": []}])

    files = changed_manifest(case, change, unstamped=dice.random() < 0.5)
    del files[old[0]]
    return relisted(files | {file: warc})


CLUMSY = (flipped, flipped, cut_or_stuffed, removed, added, renamed, swapped, edited)
TWO_WAYS = (reordered, doubled, repacked, two_faced)
TOLD, CERTIFICATE, ROOT = (attrgetter(name) for name in ("told", "certificate", "root"))
CLEVER: tuple[tuple[Callable[[Case, Dice], bytes], tuple[Callable[[Case], Held], ...]], ...] = (
    (another_story, (TOLD, CERTIFICATE)),
    (without_a_capture, (TOLD, CERTIFICATE)),
    (invented_capture, (TOLD, CERTIFICATE, ROOT)),
)
"""Each with what betrays it: a root covers captures that are there, nothing else."""


def tampered(case: Case) -> Iterator[tuple[str, bytes, Held]]:
    """(what was done, the package, what its checker holds)."""
    for number in range(PACKAGES):
        dice = random.Random(number)
        if number % 3 == 2:
            forge, holds = CLEVER[number // 3 % len(CLEVER)]
            yield forge.__name__, forge(case, dice), dice.choice(holds)(case)
        else:
            how = dice.choice(CLUMSY if number % 3 else (*CLUMSY, *TWO_WAYS))
            yield how.__name__, how(case, dice), Held()


def passes(path: Path, held: Held) -> bool:
    try:
        return not check(path, held).damages
    except EvidenceError:
        return False


def test_what_nobody_touched_passes_whatever_is_held(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "case.wacz"
    path.write_bytes(case.whole)
    assert zip_of(case.files) == relisted(dict(case.files)) == case.whole
    assert all(passes(path, held) for held in (Held(), case.told, case.root, case.certificate))


def test_clever_forgeries_are_betrayed_by_nothing_but_what_is_held(case: Case, tmp_path: Path) -> None:
    """Why a digest told by another way, a root or a time-stamp is worth having: some of each kind are whole."""
    path = tmp_path / "case.wacz"
    for forge, holds in CLEVER:
        whole = 0
        for number in range(24):
            path.write_bytes(forge(case, random.Random(number)))
            whole += passes(path, Held())
            assert not any(passes(path, held(case)) for held in holds)
        assert whole > 0, forge.__name__


@pytest.mark.slow
def test_a_thousand_tampered_packages_are_rejected(case: Case, tmp_path: Path) -> None:
    path, passed, seen = tmp_path / "case.wacz", [], dict[str, int]()
    for number, (how, data, held) in enumerate(tampered(case)):
        assert data != case.whole
        path.write_bytes(data)
        seen[how] = seen.get(how, 0) + 1
        if passes(path, held):
            passed.append((number, how))
    assert passed == []
    assert sum(seen.values()) == PACKAGES
    assert len(seen) == len({*CLUMSY, *TWO_WAYS}) + len(CLEVER)

"""`evidence verify`: a flipped byte in any package, files without rows, rows without files; no false alarm."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from zorya.domain.ads import Capture
from zorya.evidence import Archive, Exchange
from zorya.settings import Settings
from zorya.store import Store, archive, postings


def _exchanges(count: int, as_of: datetime, *, first: int = 0) -> Iterator[Exchange]:
    rng = random.Random(first)
    for number in range(first, first + count):
        body = f"<h1>Job {number}</h1>{rng.randbytes(rng.randrange(4000)).hex()}".encode()
        headers = (("Content-Type", "text/html"), ("Date", "Tue, 24 Nov 2026 09:00:00 GMT"))
        url, at = f"http://board.example/ads/{number}", as_of + timedelta(seconds=number)
        yield Exchange(url, 200, (("User-Agent", "ZoryaBot"),), headers, body, at, ip="192.0.2.7")


def _recorded(store: Store, folder: Path, exchanges: Iterator[Exchange]) -> list[Capture]:
    captures = Archive(folder).put_many(list(exchanges))
    with store.writing() as connection:
        for capture in captures:
            postings.add_capture(connection, capture, None)
    return captures


def _flip(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    path.write_bytes(data)


def test_one_flipped_bit_in_each_of_1000_packages_is_found_and_intact_ones_pass(
    sqlite_store: Store, sqlite_settings: Settings, as_of: datetime
) -> None:
    folder, packages = sqlite_settings.evidence_dir, 1000
    rng = random.Random(packages)
    captures = _recorded(sqlite_store, folder, _exchanges(packages, as_of))
    intact = archive.verify(sqlite_store, folder)
    assert (intact.captures, intact.sound, intact.faults) == (packages, packages, [])
    for capture in captures:
        _flip(folder / capture.warc_file, rng)
    flipped = archive.verify(sqlite_store, folder)
    assert (flipped.sound, flipped.counts) == (0, {"missing": 0, "altered": packages, "orphan": 0})


def test_every_single_byte_of_a_package_counts(sqlite_store: Store, sqlite_settings: Settings, as_of: datetime) -> None:
    folder = sqlite_settings.evidence_dir
    (capture,) = _recorded(sqlite_store, folder, _exchanges(1, as_of))
    path = folder / capture.warc_file
    whole = path.read_bytes()
    for position in (*range(40), *range(40, len(whole), 97), *range(len(whole) - 10, len(whole))):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x20]) + whole[position + 1 :])
        assert archive.verify(sqlite_store, folder).counts["altered"] == 1, position
    for changed in (whole + b"\0", whole[:-1], b""):
        path.write_bytes(changed)
        assert archive.verify(sqlite_store, folder).counts["altered"] == 1
    path.write_bytes(whole)
    assert archive.verify(sqlite_store, folder).faults == []


def test_orphans_are_found_both_ways_and_nothing_else(store: Store, settings: Settings, as_of: datetime) -> None:
    folder, each = settings.evidence_dir, 100
    captures = _recorded(store, folder, _exchanges(3 * each, as_of))
    lost = {capture.warc_file for capture in captures[::3]}
    for name in lost:
        (folder / name).unlink()
    stray = {capture.warc_file for capture in Archive(folder).put_many(list(_exchanges(each, as_of, first=9000)))}
    found = archive.verify(store, folder)
    assert {fault.file for fault in found.faults if fault.kind == "missing"} == lost
    assert {fault.file for fault in found.faults if fault.kind == "orphan"} == stray
    assert (len(found.faults), found.sound) == (2 * each, 2 * each)


def test_a_draft_that_a_crash_left_is_an_orphan(
    sqlite_store: Store, sqlite_settings: Settings, as_of: datetime
) -> None:
    folder = sqlite_settings.evidence_dir
    (capture,) = _recorded(sqlite_store, folder, _exchanges(1, as_of))
    draft = (folder / capture.warc_file).with_name(".half.warc.gz.1234")
    draft.write_bytes(b"\x1f\x8b")
    assert [fault.kind for fault in archive.verify(sqlite_store, folder).faults] == ["orphan"]


def test_a_capture_recorded_while_the_check_runs_is_no_orphan(
    sqlite_store: Store, sqlite_settings: Settings, as_of: datetime
) -> None:
    folder = sqlite_settings.evidence_dir
    _recorded(sqlite_store, folder, _exchanges(1, as_of))
    (late,) = Archive(folder).put_many(list(_exchanges(1, as_of, first=5)))

    def crawl_goes_on(_looked_at: int) -> None:
        with sqlite_store.writing() as connection:
            postings.add_capture(connection, late, None)

    assert archive.verify(sqlite_store, folder, progress=crawl_goes_on).faults == []


def test_a_capture_from_before_file_digests_is_checked_by_its_records(
    sqlite_store: Store, sqlite_settings: Settings, as_of: datetime
) -> None:
    folder = sqlite_settings.evidence_dir
    captures = _recorded(sqlite_store, folder, _exchanges(2, as_of))
    with sqlite_store.writing() as connection:
        connection.exec_driver_sql("UPDATE captures SET file_sha256 = ''")
    assert archive.verify(sqlite_store, folder).sound == 2
    path = folder / captures[0].warc_file
    path.write_bytes(path.read_bytes()[:-30])
    assert archive.verify(sqlite_store, folder).counts["altered"] == 1


def test_the_list_of_digests_is_checked_by_sha256sum(
    sqlite_store: Store, sqlite_settings: Settings, as_of: datetime
) -> None:
    folder = sqlite_settings.evidence_dir
    captures = _recorded(sqlite_store, folder, _exchanges(5, as_of))
    with sqlite_store.reading() as connection:
        lines = connection.exec_driver_sql("SELECT file_sha256 || '  ' || warc_file FROM captures").scalars().all()
    told = "".join(f"{line}\n" for line in lines)

    def check() -> int:
        command = ["sha256sum", "--check", "--quiet"]
        return subprocess.run(command, input=told, text=True, cwd=folder, check=False, capture_output=True).returncode

    assert check() == 0
    _flip(folder / captures[2].warc_file, random.Random(1))
    assert check() == 1


def _verify(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zorya", "evidence", "verify", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_the_verb_counts_samples_and_exits_4(sqlite_store: Store, sqlite_settings: Settings, as_of: datetime) -> None:
    folder = sqlite_settings.evidence_dir
    captures = _recorded(sqlite_store, folder, _exchanges(12, as_of))
    sampled = _verify("--sample", "5", "--json")
    assert sampled.returncode == 0
    said = json.loads(sampled.stdout)
    assert (said["captures"], said["read"], said["sound"], said["faults"]) == (12, 5, 5, [])
    (folder / captures[3].warc_file).unlink()
    _flip(folder / captures[4].warc_file, random.Random(0))
    done = _verify()
    assert done.returncode == 4
    assert captures[3].warc_file in done.stdout
    assert done.stdout.splitlines()[-1].endswith("1 missing, 1 altered, 0 orphan")

"""Evidence handed on: a folder or zip that explains itself and in which no flipped bit goes unnoticed."""

import json
import random
import subprocess
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zorya.cli import app
from zorya.cli.output import report_error
from zorya.domain import ids
from zorya.domain.ads import Posting
from zorya.errors import EvidenceError, ZoryaError
from zorya.evidence import Archive, Exchange
from zorya.evidence.checking import check
from zorya.evidence.packaging import Occasion, pack
from zorya.settings import Settings
from zorya.store import Store, audit, campaign_changes, campaigns, postings

PAGE = b"<h1>Waiter</h1><p>Evenings by the sea, call +44 7700 900123.</p>"
Packing = Callable[[str], Path]


def keep(store: Store, settings: Settings, number: int, at: datetime, make_posting: Any) -> str:
    """An ad with evidence; returns its posting id."""
    url = f"https://board.example/ad/{number}"
    redirects = ((301, "http://board.example/ad"),)
    capture = Archive(settings.evidence_dir).put(
        Exchange(url, 200, (), (("Content-Type", "text/html"),), PAGE, at, ip="192.0.2.7", redirects=redirects)
    )
    with store.writing() as connection:
        postings.add_capture(connection, capture, None)
        ad: Posting = make_posting(native_id=str(number), url=url, title=f"Waiter {number}")
        postings.record(connection, ad, capture_id=capture.id, seen_at=at)
    return ids.posting_id(ad.source, ad.native_id)


@pytest.fixture
def evidence(sqlite_store: Store, sqlite_settings: Settings, as_of: datetime, make_posting: Any) -> list[str]:
    """Three ads with evidence."""
    return [keep(sqlite_store, sqlite_settings, number, as_of, make_posting) for number in (1, 2, 3)]


def zorya(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["evidence", *words])
    if isinstance(done.exception, ZoryaError):
        return report_error(done.exception), done.stdout, f"{done.stderr}{done.exception}"
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def packing(evidence: list[str], tmp_path: Path) -> Packing:
    """`packing(name)`: the three ads in a package of that name."""

    def make(name: str) -> Path:
        target = tmp_path / name
        code, _, err = zorya("export", *evidence, "--to", str(target), "--by", "Nadia", "--reason", "case 12")
        assert code == 0, err
        return target

    return make


@pytest.mark.parametrize("name", ["case", "case.zip"])
def test_a_package_is_checked_without_the_archive_it_came_from(packing: Packing, home: Path, name: str) -> None:
    target = packing(name)
    home.rename(home.with_name("elsewhere"))
    code, out, _ = zorya("verify", "--package", str(target), "--json")
    told = json.loads(out)
    assert (code, told["sound"], told["captures"], told["files"]) == (0, True, 3, 5)
    assert not home.exists()


def test_the_digest_is_that_of_the_sums_and_stock_tools_check_them(evidence: list[str], tmp_path: Path) -> None:
    target = tmp_path / "case"
    _, out, _ = zorya("export", evidence[0], "--to", str(target), "--by", "Nadia", "--reason", "case 12")
    assert out.split()[0] == ids.sha256_hex((target / "SHA256SUMS").read_bytes())
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=target, check=True, capture_output=True)


def test_the_readme_says_what_was_fetched_how_to_check_it_and_what_it_does_not_show(packing: Packing) -> None:
    text = (packing("case") / "README.txt").read_text("utf-8")
    for wanted in (
        "Made by Nadia on ",
        "Reason given: case 12",
        "1. https://board.example/ad/",
        "fetched 24 November 2026, 09:00:00 UTC from 192.0.2.7, answer 200",
        'read from it: "Waiter',
        "came by way of http://board.example/ad (301)",
        "sha256sum --check SHA256SUMS",
        "certutil -hashfile",
        "That the server sent this page at that time: no.",
    ):
        assert wanted in text, wanted


def test_every_flipped_bit_is_found_and_its_file_named(packing: Packing, as_of: datetime) -> None:
    folder = packing("case")
    dice = random.Random(7)
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"):
        whole = path.read_bytes()
        for _ in range(5):
            place = dice.randrange(len(whole))
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << dice.randrange(8)]) + whole[place + 1 :])
            try:
                damages = check(folder).damages
            except EvidenceError as exc:  # a manifest that is no JSON any more
                assert "manifest.json" in str(exc)  # noqa: PT017
            else:
                assert path.relative_to(folder).as_posix() in {damage.file for damage in damages}
        path.write_bytes(whole)
    assert check(folder).damages == ()


def test_a_zip_with_a_flipped_byte_is_not_sound(packing: Packing) -> None:
    target = packing("case.zip")
    whole = target.read_bytes()
    middle = whole.index(b"\x1f\x8b") + 40
    target.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    code, out, _ = zorya("verify", "--package", str(target))
    assert (code, out.startswith("altered  warc/")) == (4, True)


def test_who_changes_page_and_sums_together_is_betrayed_by_the_manifest(packing: Packing) -> None:
    folder = packing("case")
    one, other = sorted((folder / "warc").iterdir())[:2]
    sums = folder / "SHA256SUMS"
    swapped = {one: other.read_bytes(), other: one.read_bytes()}
    told = sums.read_text()
    for path, data in swapped.items():
        told = told.replace(f"{ids.sha256_hex(path.read_bytes())}  warc/{path.name}", f"x  warc/{path.name}")
        told = told.replace(f"x  warc/{path.name}", f"{ids.sha256_hex(data)}  warc/{path.name}")
    for path, data in swapped.items():
        path.write_bytes(data)
    sums.write_text(told)
    assert {damage.kind for damage in check(folder).damages} == {"altered"}


def test_what_is_missing_and_what_was_added_are_told_apart(packing: Packing) -> None:
    folder = packing("case")
    next((folder / "warc").iterdir()).unlink()
    (folder / "note.txt").write_text("trust me")
    assert sorted(damage.kind for damage in check(folder).damages) == ["extra", "missing"]


def test_damaged_evidence_is_not_handed_on(evidence: list[str], sqlite_settings: Settings, tmp_path: Path) -> None:
    path = next(sqlite_settings.evidence_dir.glob("*/*.gz"))
    path.write_bytes(path.read_bytes()[:-9])
    target = tmp_path / "case"
    code, _, err = zorya("export", *evidence, "--to", str(target), "--by", "N", "--reason", "r")
    assert (code, path.name in err, target.exists()) == (2, True, False)
    assert list(tmp_path.glob(".case*")) == []


def test_a_campaign_stands_for_its_ads_and_the_export_is_on_record(
    evidence: list[str], sqlite_store: Store, as_of: datetime, tmp_path: Path
) -> None:
    with sqlite_store.writing() as connection:
        kept, gone = (campaigns.found(connection, one, at=as_of) for one in evidence[:2])
        campaign_changes.merge(connection, [kept, gone], at=as_of, by="ana", reason="one number")
    target = tmp_path / "case.zip"
    assert zorya("export", gone, "--to", str(target), "--by", "Nadia", "--reason", "police, case 12")[0] == 0
    with zipfile.ZipFile(target) as packed:
        manifest = json.loads(packed.read("manifest.json"))
    assert sorted(ad["posting"] for one in manifest["captures"] for ad in one["ads"]) == sorted(evidence[:2])
    with sqlite_store.reading() as connection:
        entry = audit.page(connection, limit=1)[0]
    assert (entry["actor"], entry["action"], entry["object"]) == ("Nadia", "evidence-export", gone)
    assert entry["reason"].startswith("police, case 12 [")


@pytest.mark.parametrize(
    ("name", "code", "why"),
    [("x-1", 2, "is no id of a campaign"), ("p-0123", 2, "nothing here is called"), ("k-1", 2, "nothing here")],
)
def test_an_id_nobody_has_is_refused(sqlite_store: Store, tmp_path: Path, name: str, code: int, why: str) -> None:
    got, _, err = zorya("export", name, "--to", str(tmp_path / "case"), "--by", "N", "--reason", "r")
    assert (got, why in err) == (code, True)


def test_nothing_is_written_over(packing: Packing, evidence: list[str]) -> None:
    target = packing("case.zip")
    code, _, err = zorya("export", *evidence, "--to", str(target), "--by", "N", "--reason", "r")
    assert (code, "never written over" in err) == (2, True)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 broken", b"<html>"])
def test_what_is_no_package_is_called_so(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "case.zip"
    if content is not None:
        path.write_bytes(content)
    code, _, err = zorya("verify", "--package", str(path))
    assert (code, str(path) in err) == (2, True)


def test_a_bomb_in_a_strangers_package_is_a_fault_and_no_flood(
    sqlite_settings: Settings, as_of: datetime, tmp_path: Path
) -> None:
    bomb = Exchange("https://board.example/", 200, (), (), b"\0" * (70 * 1024 * 1024), as_of)
    archive, folder = Archive(sqlite_settings.evidence_dir), tmp_path / "case"
    pack(archive, [(archive.put(bomb), ())], Occasion(as_of, "N", "r", ("k-1",), "zorya"), folder)
    (damage,) = check(folder).damages
    assert "bytes once unpacked" in damage.detail


def test_an_empty_home_has_nothing_to_verify(sqlite_settings: Settings) -> None:
    code, _, err = zorya("verify")
    assert (code, "no evidence in" in err) == (3, True)


def test_to_verify_makes_no_home(home: Path) -> None:
    code, _, err = zorya("verify")
    assert (code, "no evidence yet" in err, home.exists()) == (3, True, False)

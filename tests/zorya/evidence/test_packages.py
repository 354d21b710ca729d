"""Evidence handed on: one WACZ file that explains itself, opens in stock readers and is checked with stock tools."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from zorya import packages, sealing
from zorya.domain import ids
from zorya.evidence.report_words import LANGUAGES
from zorya.evidence.wacz import sort_key
from zorya.setting_sections import EvidenceSettings
from zorya.store import audit

Run = Callable[..., tuple[int, str, str]]
WHO = ("--by", "Nadia", "--reason", "police, case 12")


@pytest.fixture
def case(town: Any, run_zorya: Run, tmp_path: Path) -> Path:
    """The three ads in a package."""
    target = tmp_path / "case.wacz"
    code, _, err = run_zorya("export", *town.ads, "--to", str(target), *WHO)
    assert code == 0, err
    return target


def inside(package: Path, name: str) -> bytes:
    with zipfile.ZipFile(package) as packed:
        return packed.read(name)


def unpacked(package: Path) -> Path:
    folder = package.with_suffix("")
    with zipfile.ZipFile(package) as packed:
        packed.extractall(folder)
    return folder


def test_it_is_checked_without_the_archive_it_came_from(case: Path, run_zorya: Run, home: Path) -> None:
    home.rename(home.with_name("elsewhere"))
    code, out, err = run_zorya("verify", "--package", str(case), "--json")
    told = json.loads(out)
    assert (code, told["sound"], told["captures"], told["damages"]) == (0, True, 4, []), err
    assert not home.exists()


def test_the_folder_it_was_unpacked_into_is_as_good(case: Path, run_zorya: Run) -> None:
    assert run_zorya("verify", "--package", str(unpacked(case)))[0] == 0


def test_the_digest_told_by_another_way_is_the_one_printed(town: Any, run_zorya: Run, tmp_path: Path) -> None:
    target = tmp_path / "case.zip"
    _, out, _ = run_zorya("export", town.ads[0], "--to", str(target), *WHO)
    digest = out.split()[0]
    assert digest == ids.sha256_hex(inside(target, "SHA256SUMS"))
    assert run_zorya("verify", "--package", str(target), "--digest", digest.upper())[0] == 0
    code, out, _ = run_zorya("verify", "--package", str(target), "--digest", "0" * 64)
    assert (code, "not the one you were told" in out) == (4, True)


def test_it_is_a_wacz_as_the_specification_says(case: Path) -> None:
    with zipfile.ZipFile(case) as packed:
        names = set(packed.namelist())
        stored = {one.filename for one in packed.infolist() if one.compress_type == zipfile.ZIP_STORED}
        description = json.loads(packed.read("datapackage.json"))
        resources = {one["path"]: one for one in description["resources"]}
        for name in names - {"datapackage.json", "datapackage-digest.json"}:
            data = packed.read(name)
            assert resources[name]["hash"] == f"sha256:{ids.sha256_hex(data)}"
            assert resources[name]["bytes"] == len(data)
        digest = json.loads(packed.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{ids.sha256_hex(packed.read('datapackage.json'))}"
        head, *pages = packed.read("pages/pages.jsonl").splitlines()
    assert (description["profile"], description["wacz_version"]) == ("data-package", "1.1.1")
    assert {name for name in names if name.startswith(("archive/", "indexes/"))} <= stored
    assert json.loads(head)["format"] == "json-pages-1.0"
    assert {json.loads(page)["url"] for page in pages} == {f"https://board.example/ad/{n}" for n in (1, 2, 3)}


def test_a_stock_reader_finds_each_page_by_the_index(case: Path) -> None:
    folder = unpacked(case)
    meta, *blocks = (folder / "indexes/index.idx").read_text().splitlines()
    packed = (folder / "indexes/index.cdx.gz").read_bytes()
    assert json.loads(meta.split(" ", 2)[2]) == {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    where = json.loads(blocks[0].split(" ", 2)[2])
    block = packed[where["offset"] : where["offset"] + where["length"]]
    lines = gzip.decompress(block).decode().splitlines()
    assert lines == sorted(lines)
    assert len(lines) == 4
    for line in lines:
        key, at, told = line.split(" ", 2)
        entry = json.loads(told)
        data = (folder / "archive" / entry["filename"]).read_bytes()
        piece = data[int(entry["offset"]) : int(entry["offset"]) + int(entry["length"])]
        records = [
            (one.rec_headers.get_header("WARC-Target-URI"), f"sha256:{ids.sha256_hex(one.content_stream().read())}")
            for one in ArchiveIterator(io.BytesIO(piece), check_digests="raise")
        ]
        assert records == [(entry["url"], entry["digest"])]
        assert (key, at[:8]) == (sort_key(entry["url"]), "20261124")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.b.example/x?b=2&a=1", "example,b)/x?a=1&b=2"),
        ("https://board.example/Ad/1/", "example,board)/ad/1"),
        ("http://board.example:8080/", "example,board:8080)/"),
        ("https://board.example/пример?x=é", "example,board)/%d0%bf%d1%80%d0%b8%d0%bc%d0%b5%d1%80?x=%c3%a9"),
    ],
)
def test_addresses_are_sorted_as_other_archives_sort_them(url: str, key: str) -> None:
    """The keys are those of the library `surt` 0.3.1."""
    assert sort_key(url) == key


def test_the_readme_says_what_was_fetched_and_what_it_does_not_show(case: Path) -> None:
    text = inside(case, "evidence/README.txt").decode()
    for wanted in (
        "Made by Nadia on ",
        "Reason given: police, case 12",
        "1. https://board.example/ad/1",
        "fetched 24 November 2026, 09:01:00 UTC from 192.0.2.7, answer 200",
        'read from it: "Waiter',
        "came by way of http://board.example/ad (301)",
        "certutil -hashfile",
        "That the server sent this page at that time: no.",
        "no independent authority has time-stamped this package",
        "no capture in here was under the root of a day yet",
    ):
        assert wanted in text, wanted


def test_the_commands_of_the_readme_check_it_with_stock_tools(
    town: Any, authority: Any, as_of: Any, tmp_path: Path
) -> None:
    """Every command line of the README, in a shell, in the order in which it stands there."""
    settings = town.settings.model_copy(
        update={"evidence": EvidenceSettings(timestamp_authorities=(authority.setting(),))}
    )
    sealing.run(town.store, settings, as_of=as_of + timedelta(days=1))
    target, folder = tmp_path / "PACKAGE.wacz", tmp_path / "empty"
    made = packages.make(
        town.store, settings, tuple(town.ads), target=target, by="N", reason="r", as_of=as_of + timedelta(days=2)
    )
    folder.mkdir()
    target.rename(folder / "PACKAGE.wacz")
    readme = inside(folder / "PACKAGE.wacz", "evidence/README.txt").decode()
    commands = re.findall(r"^ {5}((?:unzip|sha256sum|openssl|warcio) .*)$", readme, re.M)
    assert len(commands) == 8
    printed, tools = [], {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in commands:
        done = subprocess.run(["sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False, env=tools)
        assert done.returncode == 0, (command, done.stderr)
        printed.append(done.stdout)
    assert printed[1].split()[0] == made.packed.digest
    assert (printed[2], printed[7]) == ("", "")
    assert [commands[at].split()[4] for at in (3, 5)] == ["SHA256SUMS", "evidence/root-2026-11-24.json"]
    assert all("Time stamp: " in printed[at] for at in (4, 6))


def test_the_report_is_one_file_that_fetches_nothing_and_says_what_it_does_not_prove(case: Path) -> None:
    for code in LANGUAGES:
        text = inside(case, f"evidence/report.{code}.html").decode()
        assert f'<html lang="{code}">' in text
        assert not re.search(r"<(script|img|link|iframe|object)|(src|href)=|url\(|@import", text)
    english = inside(case, "evidence/report.en.html").decode()
    for wanted in (
        "What this proves and what it does not",
        "no independent authority has time-stamped it",
        "no picture of it is stored",
        "Wording 2, read 24 Nov 2026, 11:00:00 UTC",
        "<ins> &lt;b&gt;abroad&lt;/b&gt;</ins>",
        "192.0.2.7",
        "-62.0 s",
        "first of the campaign",
        "opened",
        "<h2>Campaign ",
    ):
        assert wanted in english, wanted


def test_custody_is_what_the_log_has_about_what_is_in_it(case: Path, town: Any) -> None:
    entries = json.loads(inside(case, "evidence/custody.json"))["entries"]
    with town.store.reading() as connection:
        whole = {one["seq"]: one for one in audit.page(connection)}
    assert {entry["action"] for entry in entries} >= {"ad.view"}
    assert all(entry["hash"] == whole[entry["seq"]]["hash"] for entry in entries)


def test_a_campaign_stands_for_its_ads_and_the_export_is_on_record(town: Any, run_zorya: Run, tmp_path: Path) -> None:
    target = tmp_path / "case.wacz"
    assert run_zorya("export", town.campaign, "--to", str(target), *WHO)[0] == 0
    manifest = json.loads(inside(target, "evidence/manifest.json"))
    assert {ad["posting"] for one in manifest["captures"] for ad in one["ads"]} == set(town.ads[:2])
    with town.store.reading() as connection:
        entry = audit.page(connection, limit=1)[0]
    assert (entry["actor"], entry["action"], entry["object"]) == ("Nadia", "evidence-export", town.campaign)
    assert entry["reason"] == f"police, case 12 [{ids.sha256_hex(inside(target, 'SHA256SUMS'))}]"


def test_a_capture_asked_for_brings_no_other_wording(town: Any, run_zorya: Run, tmp_path: Path) -> None:
    target = tmp_path / "case.wacz"
    with town.store.reading() as connection:
        (row,) = connection.exec_driver_sql("SELECT id FROM captures ORDER BY fetched_at LIMIT 1")
    assert run_zorya("export", row[0], "--to", str(target), *WHO)[0] == 0
    (ad,) = json.loads(inside(target, "evidence/ads.json"))["ads"]
    assert [wording["body"] for wording in ad["versions"]] == ["Evenings by the sea."]

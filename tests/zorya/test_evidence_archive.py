"""Evidence: what was sent comes back, and the smallest change is found."""

import gzip
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from zorya.errors import EvidenceError
from zorya.evidence import Archive, Exchange
from zorya.evidence import archive as archive_module

MakeExchange = Callable[..., Exchange]


@pytest.fixture
def make_exchange(as_of: datetime) -> MakeExchange:
    def make(body: bytes = "<h1>Работа</h1>".encode("cp1251"), url: str = "http://127.0.0.1/ads/1") -> Exchange:
        headers = (("Content-Type", "text/html; charset=windows-1251"), ("Content-Encoding", "gzip"), ("X-A", "1"))
        return Exchange(url, 200, (("User-Agent", "ZoryaBot"),), headers, body, as_of)

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.mark.parametrize(
    "body", [b"", b"a", b"\x00\xff" * 999, b"HTTP/1.1 200 OK\r\n\r\n", "ё".encode() * 300_000], ids=len
)
def test_bytes_come_back_unchanged(folder: Path, make_exchange: MakeExchange, body: bytes) -> None:
    capture = Archive(folder).put(make_exchange(body))
    assert Archive(folder).get(capture.warc_file, capture.sha256) == body


def test_the_capture_says_what_was_sent(folder: Path, make_exchange: MakeExchange, as_of: datetime) -> None:
    capture = Archive(folder).put(make_exchange())
    assert (capture.status, capture.media_type, capture.fetched_at) == (200, "text/html", as_of)
    assert ("X-A", "1") in capture.headers


def test_the_file_is_a_warc_with_sha256_digests(folder: Path, make_exchange: MakeExchange) -> None:
    capture = Archive(folder).put(make_exchange())
    with (folder / capture.warc_file).open("rb") as handle:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Block-Digest")) for record in ArchiveIterator(handle)
        ]
    assert {kind for kind, _ in records} == {"warcinfo", "response", "request", "metadata"}
    assert all(digest.startswith("sha256:") for _, digest in records)


def test_the_same_exchange_is_written_once(folder: Path, make_exchange: MakeExchange) -> None:
    archived = Archive(folder)
    first = archived.put(make_exchange())
    stamp = (folder / first.warc_file).stat().st_mtime_ns
    assert archived.put(make_exchange()) == first
    assert (folder / first.warc_file).stat().st_mtime_ns == stamp


def test_one_flipped_byte_is_found_wherever_it_is(folder: Path, make_exchange: MakeExchange) -> None:
    capture = Archive(folder).put(make_exchange(b"<p>Work abroad, documents arranged</p>" * 20))
    path = folder / capture.warc_file
    whole = path.read_bytes()
    for position in range(0, len(whole), 7):
        changed = whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :]
        path.write_bytes(changed)
        with pytest.raises(EvidenceError):
            Archive(folder).verify(capture)


def test_a_changed_payload_in_a_valid_file_is_found(folder: Path, make_exchange: MakeExchange) -> None:
    capture = Archive(folder).put(make_exchange(b"pay 1500 euro"))
    path = folder / capture.warc_file
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"1500", b"2500")))
    with pytest.raises(EvidenceError):
        Archive(folder).verify(capture)


@pytest.mark.parametrize("kept", [0, 1, 50, -1, -200])
def test_a_file_cut_short_is_found(folder: Path, make_exchange: MakeExchange, kept: int) -> None:
    capture = Archive(folder).put(make_exchange(b"pay 1500 euro"))
    path = folder / capture.warc_file
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(EvidenceError):
        Archive(folder).verify(capture)


def test_missing_evidence_is_named(folder: Path, make_exchange: MakeExchange) -> None:
    capture = Archive(folder).put(make_exchange())
    (folder / capture.warc_file).unlink()
    with pytest.raises(EvidenceError, match="missing; restore it from backup"):
        Archive(folder).verify(capture)


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_crash_leaves_no_half_file(
    folder: Path, make_exchange: MakeExchange, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def die(*_args: object, **_named: object) -> None:
        raise OSError("power cut")

    if step == "replace":
        monkeypatch.setattr(Path, "replace", die)
    elif step == "fsync":
        monkeypatch.setattr(os, "fsync", die)
    else:
        monkeypatch.setattr(archive_module, "write_package", die)
    with pytest.raises(OSError, match="power cut"):
        Archive(folder).put(make_exchange())
    assert not [path for path in folder.rglob("*") if path.is_file()]
    monkeypatch.undo()
    capture = Archive(folder).put(make_exchange())
    Archive(folder).verify(capture)

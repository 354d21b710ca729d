"""What a capture's WARC says beside the bytes: the records, their links, and what is known about the exchange."""

import base64
import gzip
import hashlib
import json
import subprocess
import sys
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from warcio.archiveiterator import ArchiveIterator

from zorya.errors import EvidenceError
from zorya.evidence import Archive, Exchange, Package, read_package

PAGE = "<h1>Хостес, виза за наш счёт</h1>".encode()


@pytest.fixture
def certificate(as_of: datetime) -> bytes:
    """DER of a self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "board.example")])
    made = x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key(), serial_number=7)
    made = made.not_valid_before(as_of).not_valid_after(as_of + timedelta(days=90))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.fixture
def exchange(as_of: datetime, certificate: bytes) -> Exchange:
    return Exchange(
        url="https://board.example/ads/1?page=2",
        status=200,
        request_headers=(("User-Agent", "ZoryaBot"),),
        response_headers=(
            ("Content-Type", "text/html; charset=utf-8"),
            ("Date", (as_of - timedelta(seconds=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")),
            ("Content-Encoding", "br"),
            ("X-Note", "two\r\nSet-Cookie: forged=1"),
        ),
        body=PAGE,
        fetched_at=as_of + timedelta(microseconds=250_000),
        ip="192.0.2.7",
        certificate=certificate,
        redirects=((301, "http://board.example/ads/1"), (302, "https://board.example/ads/1")),
        settings_hash="ab" * 32,
        protocol="HTTP/1.0",
    )


def _records(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with path.open("rb") as handle:
        for record in ArchiveIterator(handle, check_digests="raise"):
            fields = dict(record.rec_headers.headers)
            found[record.rec_type] = fields | {"http": record.http_headers, "content": record.content_stream().read()}
    return found


@pytest.fixture
def records(tmp_path: Path, exchange: Exchange) -> dict[str, dict[str, Any]]:
    capture = Archive(tmp_path, run_id="r-1").put(exchange)
    return _records(tmp_path / capture.warc_file)


def test_four_records_point_at_each_other(records: dict[str, dict[str, Any]]) -> None:
    assert list(records) == ["warcinfo", "response", "request", "metadata"]
    answer = records["response"]["WARC-Record-ID"]
    assert records["request"]["WARC-Concurrent-To"] == answer
    assert records["metadata"]["WARC-Refers-To"] == answer
    assert {records[kind]["WARC-Warcinfo-ID"] for kind in ("response", "request", "metadata")} == {
        records["warcinfo"]["WARC-Record-ID"]
    }


def test_the_response_has_address_date_and_sha256_of_block_and_payload(records: dict[str, dict[str, Any]]) -> None:
    response = records["response"]
    assert response["WARC-IP-Address"] == "192.0.2.7"
    assert response["WARC-Date"] == "2026-11-24T09:00:00.250000Z"
    assert response["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(PAGE).hexdigest()}"
    assert all(record["WARC-Block-Digest"].startswith("sha256:") for record in records.values())
    assert response["http"].protocol == "HTTP/1.0"
    assert response["http"].get_statuscode() == "200"
    assert response["http"].get_header("Content-Encoding") is None


def test_a_header_cannot_forge_another(records: dict[str, dict[str, Any]]) -> None:
    assert records["response"]["http"].get_header("Set-Cookie") is None


def test_the_request_line_is_the_one_that_was_sent(records: dict[str, dict[str, Any]]) -> None:
    request = records["request"]["http"]
    assert (request.protocol, request.statusline) == ("GET", "/ads/1?page=2 HTTP/1.1")
    assert request.get_header("Host") == "board.example"


def test_metadata_says_where_from_through_what_and_when(
    records: dict[str, dict[str, Any]], exchange: Exchange, as_of: datetime
) -> None:
    about = json.loads(records["metadata"]["content"])
    assert (about["ip"], about["run"], about["settings_sha256"]) == ("192.0.2.7", "r-1", "ab" * 32)
    assert about["redirects"] == [{"status": code, "url": url} for code, url in exchange.redirects]
    assert datetime.fromisoformat(about["fetched_at"]) == exchange.fetched_at
    assert about["clock"]["server_minus_ours_s"] == pytest.approx(-3.2, abs=0.06)
    assert about["software"].keys() >= {"zorya", "scrapy", "python"}
    shown = about["certificate"]
    assert base64.b64decode(shown["der_base64"]) == exchange.certificate
    assert shown["sha256"] == hashlib.sha256(exchange.certificate).hexdigest()
    assert datetime.fromisoformat(shown["not_before"]) == as_of


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Nov 2026 09:00:00 GMT", "Tue, 24 Nov 2026 09:00:00 -0000"])
def test_a_strange_clock_or_certificate_costs_nothing(tmp_path: Path, as_of: datetime, date: str) -> None:
    headers = (("Date", date),)
    capture = Archive(tmp_path).put(Exchange("http://board.example/", 200, (), headers, b"x", as_of, certificate=b"?"))
    about = read_package((tmp_path / capture.warc_file).read_bytes()).about
    assert about["certificate"]["not_after"] is None
    assert about["clock"]["server_date"] == (date or None)


def test_the_same_exchange_gives_the_same_bytes(tmp_path: Path, exchange: Exchange) -> None:
    files = [tmp_path / name / Archive(tmp_path / name).put(exchange).warc_file for name in ("one", "two")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_batch_is_what_its_members_are_alone(tmp_path: Path, as_of: datetime) -> None:
    batch = [Exchange(f"http://board.example/{n}", 200, (), (), b"%d" % (n % 20), as_of) for n in range(30)]
    captures = Archive(tmp_path / "batch").put_many([*batch, batch[0]])
    assert captures[:-1] == [Archive(tmp_path / "alone").put(one) for one in batch]
    assert captures[-1] == captures[0]
    for capture in captures:
        Archive(tmp_path / "batch").verify(capture)
    assert len(list((tmp_path / "batch").glob("*/*"))) == 30


def test_a_capture_from_before_the_metadata_record_is_still_read(tmp_path: Path, exchange: Exchange) -> None:
    capture = Archive(tmp_path).put(exchange)
    members = _members((tmp_path / capture.warc_file).read_bytes())
    assert read_package(members[1] + members[2]) == Package(PAGE, {})


@pytest.mark.parametrize("kept", [[1], [2, 1], [0, 1, 2], [1, 2, 3], [0, 1, 2, 3, 3], []], ids=str)
def test_a_capture_with_a_record_too_few_or_many_is_refused(
    tmp_path: Path, exchange: Exchange, kept: list[int]
) -> None:
    capture = Archive(tmp_path).put(exchange)
    members = _members((tmp_path / capture.warc_file).read_bytes())
    with pytest.raises(EvidenceError):
        read_package(b"".join(members[number] for number in kept))


def test_payload_and_metadata_of_two_captures_do_not_pass(tmp_path: Path, exchange: Exchange, as_of: datetime) -> None:
    other = Archive(tmp_path).put(Exchange(exchange.url, 200, (), (), b"other", as_of))
    capture = Archive(tmp_path).put(exchange)
    mine, theirs = (_members((tmp_path / one.warc_file).read_bytes()) for one in (capture, other))
    with pytest.raises(EvidenceError, match="another payload"):
        read_package(b"".join([*mine[:3], theirs[3]]))


def test_the_database_must_tell_the_same_story(tmp_path: Path, exchange: Exchange) -> None:
    capture = Archive(tmp_path).put(exchange)
    others = (
        replace(capture, url="https://other.example/"),
        replace(capture, status=404),
        replace(capture, fetched_at=datetime(2026, 1, 1, tzinfo=UTC)),
    )
    for other in others:
        with pytest.raises(EvidenceError, match="another story"):
            Archive(tmp_path).verify(other)


def test_stock_tools_read_it(tmp_path: Path, exchange: Exchange) -> None:
    capture = Archive(tmp_path).put(exchange)
    path = tmp_path / capture.warc_file
    tool = Path(sys.executable).with_name("warcio")
    checked = subprocess.run([tool, "check", "-v", path], capture_output=True, text=True, check=True)
    assert checked.stdout.count("digest pass") == 4
    assert PAGE in gzip.decompress(path.read_bytes())


def _members(data: bytes) -> list[bytes]:
    """Gzip members of a file, as they lie there."""
    found, rest = [], data
    while rest:
        unpacker = zlib.decompressobj(31)
        unpacker.decompress(rest)
        found.append(rest[: len(rest) - len(unpacker.unused_data)])
        rest = unpacker.unused_data
    return found

"""Archives of any origin, read by address: ours, wget's, gzipped or not, packed, chunked, revisited, damaged."""

import gzip
import io
import random
import subprocess
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawlers.archived import Contents, Recording, record
from crawlers.warc_answers import warc_documents
from crawlers.warcs import WarcReader
from zorya.errors import EvidenceError, ExtractionError
from zorya.evidence import Archive, Exchange

HTML = {"Content-Type": "text/html; charset=utf-8"}


class _Writer(WARCWriter):  # type: ignore[misc]
    """warcio leaves its own temporary files open."""

    @staticmethod
    def _create_temp_file() -> io.BytesIO:
        return io.BytesIO()


class Maker:
    """Writes WARC files as warcio does."""

    def __init__(self, *, packed: bool = True) -> None:
        self.file = io.BytesIO()
        self.writer = _Writer(self.file, gzip=packed)

    def add(
        self, url: str, body: bytes, kind: str = "response", *, day: int = 1, status: str = "200 OK", **more: Any
    ) -> Any:
        """Write one record; `more`: `headers` of the answer, `fields` of the record."""
        headers = StatusAndHeaders(status, list(more.get("headers", HTML).items()), protocol="HTTP/1.1")
        fields = {"WARC-Date": f"2026-11-{day:02d}T10:00:00Z"} | more.get("fields", {})
        made = self.writer.create_warc_record(
            url, kind, payload=io.BytesIO(body), http_headers=headers, warc_headers_dict=fields
        )
        self.writer.write_record(made)
        return made.rec_headers

    def save(self, path: Path) -> Path:
        """Put it on disk."""
        path.write_bytes(self.file.getvalue())
        return path


def _recorded(tmp_path: Path, *files: Path) -> tuple[Recording, Contents]:
    target = tmp_path / "recording.sqlite"
    target.unlink(missing_ok=True)
    contents = record(files, target)
    return Recording(target), contents


def _body(recording: Recording, url: str) -> bytes | None:
    found = recording.find(url)
    return None if found is None else found.body


def test_our_own_evidence_comes_back_whole(tmp_path: Path, as_of: datetime) -> None:
    exchange = Exchange(
        url="https://board.example/ad/1",
        status=200,
        request_headers=(("Host", "board.example"), ("User-Agent", "ZoryaBot")),
        response_headers=(("Content-Type", "text/html"), ("Content-Length", "5")),
        body=b"<p>ad",
        fetched_at=as_of + timedelta(microseconds=123456),
        ip="192.0.2.7",
        certificate=b"DER",
        redirects=((301, "http://board.example/ad/1"),),
        settings_hash="ab" * 32,
    )
    captures = Archive(tmp_path / "evidence").put_many([exchange])
    recording, contents = _recorded(tmp_path, tmp_path / "evidence" / captures[0].warc_file)
    assert recording.find(exchange.url) == exchange
    assert contents == Contents(exchange.fetched_at, 1, ())
    assert list(recording.pages()) == [(exchange.url, True)]
    sent_on = recording.find("http://board.example/ad/1")
    assert sent_on is not None
    assert (sent_on.status, dict(sent_on.response_headers)) == (301, {"Location": exchange.url})


@pytest.mark.parametrize("options", [(), ("--no-warc-compression",)], ids=["gzip", "plain"])
def test_an_archive_made_by_wget(tmp_path: Path, board: Any, options: tuple[str, ...]) -> None:
    board.put_list(1, 2)
    board.put_ad(1, "Waiter")
    board.put_ad(2, "Cook")
    command = ["wget", "-q", "-r", "-e", "robots=off", f"--warc-file={tmp_path / 'got'}", *options, f"{board.base}/"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60, env={"PATH": "/usr/bin:/bin"})
    (file,) = tmp_path.glob("got.warc*")
    recording, contents = _recorded(tmp_path, file)
    assert (contents.answers, contents.faults) == (3, ())
    found = recording.find(f"{board.base}/ad/2")
    assert found is not None
    assert b"Cook" in found.body
    assert dict(found.request_headers)["User-Agent"].startswith("Wget")


@pytest.mark.parametrize("form", ["per record", "plain", "whole"])
def test_all_ways_to_pack_a_file(tmp_path: Path, form: str) -> None:
    maker = Maker(packed=form == "per record")
    for number in range(40):
        maker.add(f"http://b.example/{number}", b"%d" % number * 9999)
    path = maker.save(tmp_path / "a.warc")
    if form == "whole":
        path.write_bytes(gzip.compress(path.read_bytes()))
    recording, contents = _recorded(tmp_path, path)
    assert (contents.answers, contents.faults) == (40, ())
    assert _body(recording, "http://b.example/39") == b"39" * 9999


def test_the_newest_answer_counts_and_a_bare_304_says_nothing(tmp_path: Path) -> None:
    maker = Maker()
    maker.add("http://b.example/?b=2&a=1", b"old", day=1)
    maker.add("http://b.example/?a=1&b=2&utm_source=x#top", b"new", day=9)
    maker.add("http://b.example/?a=1&b=2", b"middle", day=5)
    maker.add("http://b.example/?a=1&b=2", b"", day=12, status="304 Not Modified")
    recording, contents = _recorded(tmp_path, maker.save(tmp_path / "a.warc.gz"))
    found = recording.find("http://b.example/?a=1&b=2")
    assert found is not None
    assert (found.body, found.fetched_at) == (b"new", datetime(2026, 11, 9, 10, tzinfo=UTC))
    assert contents.newest == datetime(2026, 11, 12, 10, tzinfo=UTC)
    assert recording.find("http://b.example/other") is None


@pytest.mark.parametrize("pointer", ["address and date", "digest", "not modified"])
def test_a_revisit_stands_for_what_it_refers_to(tmp_path: Path, pointer: str) -> None:
    maker = Maker()
    first = maker.add("http://b.example/a", gzip.compress(b"the page"), headers=HTML | {"Content-Encoding": "gzip"})
    digest = first.get_header("WARC-Payload-Digest")
    maker.add("http://b.example/a", b"a later page", day=20)
    fields = {
        "address and date": {
            "WARC-Refers-To-Target-URI": "http://b.example/a",
            "WARC-Refers-To-Date": "2026-11-01T10:00:00Z",
            "WARC-Payload-Digest": digest,
        },
        "digest": {"WARC-Payload-Digest": digest},
        "not modified": {},
    }[pointer]
    status = "304 Not Modified" if pointer == "not modified" else "200 OK"
    url = "http://b.example/a" if pointer == "not modified" else "http://b.example/copy"
    maker.add(url, b"", "revisit", day=15, status=status, fields=fields)
    recording, contents = _recorded(tmp_path, maker.save(tmp_path / "a.warc.gz"))
    assert contents.faults == ()
    if pointer == "not modified":  # the page of day 20 is newer than the revisit
        assert _body(recording, url) == b"a later page"
        return
    found = recording.find(url)
    assert found is not None
    assert (found.status, found.fetched_at.day) == (200, 15)
    assert gzip.decompress(found.body) == b"the page"
    assert ("Content-Encoding", "gzip") in found.response_headers


def test_a_revisit_of_nothing_is_passed_over(tmp_path: Path) -> None:
    maker = Maker()
    maker.add("http://b.example/a", b"known", day=1)
    maker.add("http://b.example/a", b"", "revisit", day=9, fields={"WARC-Payload-Digest": "sha1:ABC"})
    recording, _ = _recorded(tmp_path, maker.save(tmp_path / "a.warc.gz"))
    assert _body(recording, "http://b.example/a") == b"known"


@pytest.mark.parametrize(
    ("body", "headers", "wanted"),
    [
        (b"5\r\n<p>ad\r\n3;x=y\r\n</p\r\n1\r\n>\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"}, b"<p>ad</p>"),
        (b"5\r\n<p>ad\r\n3\r\n</p", {"Transfer-Encoding": "chunked"}, b"<p>ad</p"),
        (b"<p>ad</p>", {"Transfer-Encoding": "chunked"}, b"<p>ad</p>"),
        (gzip.compress(b"<p>ad</p>"), {"Content-Encoding": "gzip"}, b"<p>ad</p>"),
        (zlib.compress(b"<p>ad</p>"), {"Content-Encoding": "deflate"}, b"<p>ad</p>"),
        (b"<p>ad</p>", {"Content-Encoding": "gzip"}, b"<p>ad</p>"),
        (b"<p>ad</p>", {"Content-Encoding": "br"}, b"<p>ad</p>"),
    ],
    ids=["chunked", "chunks cut short", "no chunks", "gzip", "deflate", "not gzip any more", "not br any more"],
)
def test_bodies_as_archivers_keep_them(tmp_path: Path, body: bytes, headers: dict[str, str], wanted: bytes) -> None:
    maker = Maker()
    maker.add("http://b.example/", body, headers=HTML | headers)
    faults: list[str] = []
    (document,) = warc_documents(maker.file.getvalue(), faults)
    assert (document.body, faults) == (wanted, [])


def test_a_bomb_in_an_archive_is_named_and_not_unpacked() -> None:
    maker = Maker()
    maker.add("http://b.example/bomb", gzip.compress(b" " * 30_000_000), headers=HTML | {"Content-Encoding": "gzip"})
    maker.add("http://b.example/ad", b"<p>ad</p>")
    faults: list[str] = []
    assert [one.body for one in warc_documents(maker.file.getvalue(), faults)] == [b"<p>ad</p>"]
    assert "http://b.example/bomb: larger than" in faults[0]


@pytest.mark.parametrize("form", ["per record", "plain", "whole"])
@pytest.mark.parametrize("seed", range(12))
def test_damage_costs_only_what_it_hit_and_is_named_with_file_and_offset(tmp_path: Path, form: str, seed: int) -> None:
    rng, maker = random.Random(seed), Maker(packed=form == "per record")
    sizes = []
    for number in range(30):
        maker.add(f"http://b.example/{number}", rng.randbytes(700).hex().encode())
        sizes.append(maker.file.tell())
    path = maker.save(tmp_path / "a.warc")
    data = bytearray(gzip.compress(path.read_bytes()) if form == "whole" else path.read_bytes())
    at = rng.randrange(sizes[10], sizes[11]) if form != "whole" else len(data) // 2
    data[at : at + 20] = bytes(byte ^ 0x5A for byte in data[at : at + 20])
    path.write_bytes(data)
    recording, contents = _recorded(tmp_path, path)
    assert any(f"{path}: offset " in fault for fault in contents.faults)
    read = {number for number in range(30) if recording.find(f"http://b.example/{number}") is not None}
    if form == "whole":
        assert read >= set(range(12))
    else:
        assert set(range(30)) - read <= {11, 12}


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.99])
@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_a_file_cut_short_gives_what_comes_before_the_cut(tmp_path: Path, packed: bool, kept: float) -> None:
    maker, ends = Maker(packed=packed), []
    for number in range(20):
        maker.add(f"http://b.example/{number}", bytes(str(number), "ascii") * 500)
        ends.append(maker.file.tell())
    path = maker.save(tmp_path / "a.warc")
    cut = int(ends[-1] * kept)
    path.write_bytes(path.read_bytes()[:cut])
    _, contents = _recorded(tmp_path, path)
    assert contents.answers == sum(end <= cut for end in ends)
    assert contents.faults


def test_a_record_that_nothing_vouches_for_is_not_read_from_a_damaged_member(tmp_path: Path) -> None:
    maker = Maker(packed=False)
    maker.add("http://b.example/a", b"page" * 100)
    plain = b"".join(line for line in maker.file.getvalue().splitlines(True) if b"Digest" not in line)
    data = bytearray(gzip.compress(plain) + gzip.compress(plain.replace(b"/a", b"/b")))
    data[len(gzip.compress(plain)) - 6] ^= 1
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    recording, contents = _recorded(tmp_path, path)
    assert recording.find("http://b.example/a") is None
    assert recording.find("http://b.example/b") is not None
    assert len(contents.faults) == 2


@pytest.mark.parametrize("data", [b"", b"hello", b"\x1f\x8b\x08 not really", b"WARC/1.0\r\n"])
def test_a_file_without_an_answer_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    with pytest.raises(EvidenceError, match=r"a\.warc\.gz: no HTTP answer"):
        _recorded(tmp_path, path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="cannot be read"):
        _recorded(tmp_path, tmp_path / "nowhere.warc")


def test_extract_says_when_nothing_can_be_read() -> None:
    maker = Maker()
    maker.add("http://b.example/a", b"page")
    with pytest.raises(ExtractionError, match="damaged WARC"):
        warc_documents(maker.file.getvalue()[:-40], [])


def test_films_are_passed_over_without_being_kept(tmp_path: Path) -> None:
    maker = Maker()
    maker.add("http://b.example/film", b"0" * 5000, headers={"Content-Type": "video/mp4"})
    maker.add("http://b.example/a", b"page")
    recording, contents = _recorded(tmp_path, maker.save(tmp_path / "a.warc.gz"))
    assert (contents.answers, recording.find("http://b.example/film")) == (1, None)


def test_records_say_where_they_lie(tmp_path: Path) -> None:
    maker = Maker()
    maker.add("http://b.example/a", b"page")
    second = maker.file.tell()
    maker.add("http://b.example/b", b"page")
    with maker.save(tmp_path / "a.warc.gz").open("rb") as file:
        assert [one.offset for one in WarcReader(file, "a")] == [0, second]

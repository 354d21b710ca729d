"""What a crawl keeps about an exchange besides its bytes; evidence is on disk before anything is told of it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from scrapy import Request
from scrapy.http import HtmlResponse
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from twisted.internet.ssl import Certificate

from crawlers.exchanges import RECORDED, exchange_of, settings_hash
from crawlers.pipelines import Assignment, Recorder
from crawlers.runner import crawl_spec
from crawlers.visits import Harvest, Link, Visit
from zorya.domain.ads import Kind, Posting
from zorya.domain.runs import Outcome, RunStatus
from zorya.evidence import Archive, Exchange, read_package
from zorya.settings import CrawlSettings, Settings
from zorya.store import Store, archive, leases, runs, schema

BORN = datetime(2026, 11, 1, tzinfo=UTC)


def _der() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "board.example")])
    made = x509.CertificateBuilder(subject_name=name, issuer_name=name, public_key=key.public_key(), serial_number=7)
    made = made.not_valid_before(BORN).not_valid_after(BORN + timedelta(days=90))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def test_an_exchange_has_address_certificate_way_and_real_request() -> None:
    der = _der()
    way = {"redirect_urls": ["http://b.example/1", "http://b.example/2"], "redirect_reasons": [301, "meta refresh"]}
    request = Request("https://b.example/ad?n=3", headers={"User-Agent": "ZoryaBot"}, meta=way)
    response = HtmlResponse(
        request.url,
        headers={"Content-Type": "text/html", "Set-Cookie": ["a=1", "b=2"]},
        body=b"<p>",
        request=request,
        certificate=Certificate.load(der),
        protocol="HTTP/1.0",
    )
    made = exchange_of(response, "ab" * 32)
    assert (made.certificate, made.protocol, made.settings_hash, made.method) == (der, "HTTP/1.0", "ab" * 32, "GET")
    assert made.redirects == ((301, "http://b.example/1"), (200, "http://b.example/2"))
    assert [value for name, value in made.response_headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert made.request_headers == (("User-Agent", "ZoryaBot"),)


def test_a_replayed_exchange_keeps_what_was_known_of_it(as_of: datetime) -> None:
    old = Exchange("http://b.example/ad", 200, (("User-Agent", "Wget"),), (), b"", as_of, ip="192.0.2.7")
    request = Request("http://b.example/ad?utm_source=x", meta={RECORDED: old})
    made = exchange_of(HtmlResponse("http://b.example/ad", body=b"<p>", request=request), "ab" * 32)
    assert (made.fetched_at, made.ip, made.request_headers, made.body) == (
        as_of,
        "192.0.2.7",
        old.request_headers,
        b"<p>",
    )


def test_another_description_or_setting_is_another_digest(board: Any, source: Any) -> None:
    told = settings_hash(source(board), CrawlSettings())
    assert told == settings_hash(source(board), CrawlSettings())
    assert told != settings_hash(source(board, country="ro"), CrawlSettings())
    assert told != settings_hash(source(board), CrawlSettings(timeout_s=5))


def test_a_crawl_s_evidence_says_where_from_through_what_and_told_what(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    board.put("/", "<a class='ad' href='/old'>1</a>")
    board.put("/old", "", status=301, Location="/ad/1?page=2")
    board.put("/ad/1?page=2", "<h1>Waiter</h1><p>Evenings by the sea, contract from day one.</p>")
    report = crawl_spec(sqlite_store, crawlable, source(board), as_of=as_of)
    assert report.status is RunStatus.OK, report.messages
    (path,) = crawlable.evidence_dir.rglob("*.warc.gz")
    about = read_package(path.read_bytes()).about
    assert (about["ip"], about["run"]) == ("127.0.0.1", report.run_id)
    assert about["redirects"] == [{"status": 301, "url": f"{board.base}/old"}]
    assert about["settings_sha256"] == settings_hash(source(board), crawlable.crawl)
    assert abs(about["clock"]["server_minus_ours_s"]) < 60
    import gzip

    assert b"GET /ad/1?page=2 HTTP/1.1\r\nHost: 127.0.0.1" in gzip.decompress(path.read_bytes())


@pytest.fixture
def recorder(sqlite_store: Store, sqlite_settings: Settings, board: Any, source: Any, as_of: datetime) -> Recorder:
    """A crawl's writing side, with one open entry."""
    from crawlers.revisits import Revisits

    spec, now = source(board), datetime.now(UTC)
    with sqlite_store.writing() as connection:
        fence = leases.acquire(connection, spec.id, "r-1", leases.this_process(), now, 600)
        runs.begin(connection, "r-1", spec.id, as_of)
    folder = Archive(sqlite_settings.evidence_dir, run_id="r-1")
    assignment = Assignment(sqlite_store, folder, spec, "r-1", fence, as_of, lambda: datetime.now(UTC))
    revisits = Revisits(spec, seen_at=as_of, link_of=lambda url, _name: Link(url, _read, ad=True))
    made = Recorder(assignment, revisits)
    made.open([Link(f"{board.base}/ad/{n}", _read, ad=True) for n in range(3)])
    return made


def _read(_document: Any) -> Harvest:
    return Harvest()


def _visits(recorder: Recorder, as_of: datetime) -> list[Visit]:
    found: list[Visit] = []
    while claim := recorder.next():
        url = claim.link.url
        posting = Posting("xx_board", url, url, Kind.JOB, "Waiter", f"By the sea, {url}")
        exchange = Exchange(url, 200, (), (), url.encode(), as_of + timedelta(seconds=len(found)))
        entry = claim.entry
        found.append(Visit(entry.seq, entry.key, claim.link, Outcome.OK, "", 200, exchange, Harvest([posting])))
    return found


def test_each_posting_is_told_only_when_its_evidence_is_on_disk(recorder: Recorder, as_of: datetime) -> None:
    """At the first row that speaks of an ad, its file is complete, fsynced and under its name."""
    store, folder = recorder.assignment.store, recorder.assignment.archive.folder
    synced: set[int] = set()
    real = os.fsync
    seen: list[int] = []

    def fsync(descriptor: int) -> None:
        real(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def look(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("INSERT INTO captures", "INSERT INTO postings", "INSERT INTO versions")):
            files = list(folder.glob("*/*.warc.gz"))
            assert {path.stat().st_ino for path in files} | {path.parent.stat().st_ino for path in files} <= synced
            seen.append(len(files))

    event.listen(store.engine, "before_cursor_execute", look)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        for visit in _visits(recorder, as_of):
            recorder.add(visit)
        recorder.flush()
    event.remove(store.engine, "before_cursor_execute", look)
    assert seen
    assert min(seen) >= 1
    assert max(seen) == 3
    assert archive.verify(store, folder).sound == 3


@pytest.mark.parametrize("fault", ["a file in its way", "full disk"])
def test_no_evidence_no_posting(
    recorder: Recorder, as_of: datetime, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    store, folder = recorder.assignment.store, recorder.assignment.archive.folder
    visits = _visits(recorder, as_of)
    if fault == "full disk":
        monkeypatch.setattr(os, "fsync", _full)
    else:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_bytes(b"not a folder")
    for visit in visits:
        recorder.add(visit)
    recorder.flush()
    with store.reading() as connection:
        assert connection.execute(select(schema.postings.c.id)).all() == []
        assert connection.execute(select(schema.captures.c.id)).all() == []
        outcomes = {row["outcome"] for row in runs.requests_of(connection, "r-1")}
    assert outcomes == {Outcome.FAILED}
    assert not [path for path in Path(folder).rglob("*.warc.gz*")]


@pytest.mark.parametrize(("failures", "stored"), [(1, 3), (3, 2)], ids=["a deadlock once", "each time"])
def test_a_busy_database_costs_no_ad_its_content(
    recorder: Recorder, as_of: datetime, monkeypatch: pytest.MonkeyPatch, failures: int, stored: int
) -> None:
    store, left = recorder.assignment.store, iter(range(failures))

    def fail(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO versions") and next(left, None) is not None:
            raise OperationalError(statement, {}, Exception("deadlock detected"))

    monkeypatch.setattr("crawlers.pipelines.WAIT_S", 0.0)  # as a polite crawl stores: page by page
    event.listen(store.engine, "before_cursor_execute", fail)
    for visit in _visits(recorder, as_of):
        recorder.add(visit)
    event.remove(store.engine, "before_cursor_execute", fail)
    with store.reading() as connection:
        assert len(connection.execute(select(schema.postings.c.id)).all()) == stored
        outcomes = [row["outcome"] for row in runs.requests_of(connection, "r-1")]
    assert (outcomes.count(Outcome.OK), len(outcomes)) == (stored, 3)


def _full(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")

"""`crawl --from-warc`: an archive read like the board itself, nothing sent, the same rows however often."""

import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator

from crawlers.archived import record
from crawlers.replay import replay
from crawlers.runner import crawl_spec
from zorya.domain.runs import RunStatus
from zorya.errors import EvidenceError
from zorya.evidence import Archive, Exchange
from zorya.settings import Settings
from zorya.store import Store, archive, open_store, postings, schema
from zorya.store.schema import captures, runs, visited_pages

ROWS = (schema.postings, schema.versions, schema.captures, schema.runs, schema.frontier)
HTML = (("Content-Type", "text/html"),)
SPY = """
import os, sys
def note(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        with open(os.environ["SPY_FILE"], "a") as file:
            print(event, *args[1:2], file=file)
sys.addaudithook(note)
"""


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    """Another home: a store and an archive that know nothing."""
    return Settings(home=tmp_path / "fresh")


@pytest.fixture
def full_board(board: Any) -> Any:
    """Three ads on two list pages, one behind a redirect."""
    board.put_list(1, 2, more="<a class='next' href='/page2'>more</a>")
    board.put_list(3, path="/page2")
    for number, title in enumerate(["Waiter", "Cook", "Dancer abroad"], 1):
        board.put_ad(number, title, f"Work by the sea, number {number}, call +44 7700 900{number:03d}.")
    board.put("/ad/9", "", status=302, Location="/ad/3")
    board.put_list(1, 2, 9, more="<a class='next' href='/page2'>more</a>")
    return board


def _postings(store: Store) -> dict[str, Any]:
    with store.reading() as connection:
        return {one.id: (one.content_hash, one.posting) for one in postings.all_current(connection)}


def _joined(folder: Path, target: Path) -> Path:
    target.write_bytes(b"".join(path.read_bytes() for path in sorted(folder.rglob("*.warc.gz"))))
    return target


def _rows(store: Store, *tables: Any) -> list[list[tuple[Any, ...]]]:
    with store.reading() as connection:
        return [sorted(map(tuple, connection.execute(select(table)).all()), key=repr) for table in tables]


def test_a_live_crawl_and_a_replay_of_its_evidence_give_the_same(
    sqlite_store: Store, crawlable: Settings, full_board: Any, source: Any, as_of: datetime, fresh: Settings
) -> None:
    spec = source(full_board)
    live = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    assert live.status is RunStatus.OK, live.messages
    full_board.close()
    file = _joined(crawlable.evidence_dir, crawlable.home / "all.warc.gz")
    store = open_store(fresh)
    report = replay(store, fresh, spec, [file])
    assert (report.status, report.new) == (RunStatus.OK, 3), report.messages
    assert report.accounted
    assert _postings(store) == _postings(sqlite_store)
    assert _rows(store, captures.c.id) == _rows(sqlite_store, captures.c.id)
    assert archive.verify(store, fresh.evidence_dir).faults == []
    store.close()


def test_replaying_twice_is_replaying_once(
    sqlite_store: Store, crawlable: Settings, full_board: Any, source: Any, as_of: datetime, fresh: Settings
) -> None:
    spec = source(full_board)
    crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    files = sorted(crawlable.evidence_dir.rglob("*.warc.gz"))
    store = open_store(fresh)
    first = replay(store, fresh, spec, files)
    assert first.source.startswith(f"{spec.id}@")
    before = _rows(store, *ROWS)
    assert replay(store, fresh, spec, files[::-1]) == first
    assert _rows(store, *ROWS) == before
    store.close()
    again = replay(sqlite_store, crawlable, spec, files)
    assert (again.new, again.changed) == (0, 0)
    with sqlite_store.reading() as connection:  # filed apart: it is no crawl, and no crawl's health
        assert sorted(connection.execute(select(runs.c.source)).scalars()) == [spec.id, again.source]


def test_of_an_archive_of_several_boards_only_the_sources_own_pages_are_read(
    sqlite_store: Store, sqlite_settings: Settings, new_board: Any, source: Any, as_of: datetime
) -> None:
    own, foreign = new_board(), new_board()  # one machine, two ports
    page = b"<h1>Waiter</h1><p>Evenings by the sea, contract from day one.</p>"
    folder = sqlite_settings.home / "old"
    urls = [f"{own.base}/ad/1", f"{foreign.base}/ad/2"]
    Archive(folder).put_many([Exchange(url, 200, (), HTML, page, as_of) for url in urls])
    spec = source(own, follow={"ad": "a.ad", "match": "/ad/"})
    assert replay(sqlite_store, sqlite_settings, spec, sorted(folder.rglob("*.gz"))).postings == 1
    assert [one.url for _, one in _postings(sqlite_store).values()] == urls[:1]


def test_ads_are_as_old_as_their_pages_and_evidence_keeps_its_date(
    sqlite_store: Store, sqlite_settings: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    page = b"<h1>Waiter</h1><p>Evenings by the sea, contract from day one.</p>"
    old = [Exchange(f"{board.base}/ad/{n}", 200, (), HTML, page, as_of - timedelta(days=n)) for n in (3, 700)]
    folder = sqlite_settings.home / "old"
    Archive(folder).put_many(old)
    report = replay(sqlite_store, sqlite_settings, source(board), sorted(folder.rglob("*.gz")))
    assert (report.started_at, report.new) == (as_of - timedelta(days=3), 2)
    with sqlite_store.reading() as connection:
        for one in postings.all_current(connection):
            number = int(one.posting.url.rpartition("/")[2])
            first, last, gone = postings.sighting_times(connection, one.posting_id)
            capture = postings.capture_of(connection, one.id)
            assert capture is not None
            assert first == last == capture["fetched_at"] == as_of - timedelta(days=number)
            assert gone is None
    assert _rows(sqlite_store, visited_pages) == [[]]


@pytest.mark.parametrize(
    "live", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["replay", "control: a live crawl is seen"]
)
def test_a_replay_connects_to_nobody(
    sqlite_store: Store,
    crawlable: Settings,
    full_board: Any,
    source: Any,
    as_of: datetime,
    fresh: Settings,
    monkeypatch: pytest.MonkeyPatch,
    live: bool,
) -> None:
    spec = source(full_board)
    crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    file = _joined(crawlable.evidence_dir, crawlable.home / "all.warc.gz")
    asked = len(full_board.asked)
    (crawlable.home / "sitecustomize.py").write_text(SPY)
    spied = crawlable.home / "spied"
    spied.touch()
    monkeypatch.setenv("PYTHONPATH", str(crawlable.home))
    monkeypatch.setenv("SPY_FILE", str(spied))
    store = open_store(fresh)
    if live:
        crawl_spec(sqlite_store, crawlable, spec, as_of=as_of + timedelta(days=40))
    else:
        assert replay(store, fresh, spec, [file]).new == 3
    store.close()
    assert ("socket.connect" in spied.read_text(), len(full_board.asked) > asked) == (live, live)
    assert live or spied.read_text() == ""


def test_wget_s_archive_is_read_from_the_start_page_on(
    sqlite_store: Store, sqlite_settings: Settings, full_board: Any, source: Any, tmp_path: Path
) -> None:
    command = ["wget", "-q", "-r", "-e", "robots=off", f"--warc-file={tmp_path / 'got'}", f"{full_board.base}/"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=60, env={"PATH": "/usr/bin:/bin"})
    full_board.close()
    report = replay(sqlite_store, sqlite_settings, source(full_board), [tmp_path / "got.warc.gz"])
    assert (report.status, report.new) == (RunStatus.OK, 3), report.messages
    files = sorted(sqlite_settings.evidence_dir.rglob("*.warc.gz"))
    assert len(files) == 3
    with files[0].open("rb") as handle:
        request = next(one for one in ArchiveIterator(handle) if one.rec_type == "request")
    assert request.http_headers.get_header("User-Agent").startswith("Wget")


def test_ads_are_read_although_the_start_page_is_missing(
    sqlite_store: Store, sqlite_settings: Settings, full_board: Any, source: Any, tmp_path: Path
) -> None:
    command = ["wget", "-q", f"--warc-file={tmp_path / 'got'}"]
    pages = [f"{full_board.base}/{path}" for path in ("ad/1", "ad/2", "about")]
    subprocess.run([*command, *pages], cwd=tmp_path, check=False, timeout=60, env={"PATH": "/usr/bin:/bin"})
    files = [tmp_path / "got.warc.gz"]
    without = replay(sqlite_store, sqlite_settings, source(full_board), files)
    assert without.status is RunStatus.FAILED
    assert "follow.match" in without.messages[-1]
    spec = source(full_board, follow={"ad": "a.ad", "match": r"/ad/\d+$"})
    report = replay(sqlite_store, sqlite_settings, spec, files)
    assert (report.status, report.new, report.outcomes) == (RunStatus.OK, 2, {"ok": 2, "skipped": 1})
    assert report.messages == ("1 skipped: not in the archive",)


def test_a_damaged_archive_loses_only_what_is_damaged_and_says_where(
    sqlite_store: Store, sqlite_settings: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    ads = [f"<h1>Waiter {n}</h1><p>Evenings by the sea, number {n}.</p>".encode() for n in range(3)]
    folder = sqlite_settings.home / "old"
    Archive(folder).put_many(
        [Exchange(f"{board.base}/ad/{n}", 200, (), HTML, body, as_of) for n, body in enumerate(ads)]
    )
    first = sorted(folder.rglob("*.warc.gz"))[0].stat().st_size
    file = _joined(folder, sqlite_settings.home / "all.warc.gz")
    data = bytearray(file.read_bytes())
    for at in range(first + 330, first + 530):
        data[at] ^= 0xFF
    file.write_bytes(data)
    report = replay(sqlite_store, sqlite_settings, source(board), [file])
    assert (report.status, report.new) == (RunStatus.PARTIAL, 2), report.messages
    where = re.fullmatch(rf"{re.escape(str(file))}: offset (\d+): .+", report.messages[0])
    assert where is not None
    assert first <= int(where[1]) < first + 530


def test_block_pages_and_other_hosts_in_an_archive_are_no_ads(
    sqlite_store: Store, sqlite_settings: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    blocked = b"<html><head><title>Just a moment...</title></head><body><div class='cf-challenge'></div></body></html>"
    folder = sqlite_settings.home / "old"
    ad = b"<h1>Waiter</h1><p>Evenings by the sea, contract from day one.</p>"
    Archive(folder).put_many(
        [
            Exchange(f"{base}/ad/1", 200, (), HTML, body, as_of)
            for base, body in ((f"{board.base}/sub", blocked), (board.base, ad), ("http://other.example", ad))
        ]
    )
    report = replay(sqlite_store, sqlite_settings, source(board), sorted(folder.rglob("*.gz")))
    assert (report.status, report.outcomes) == (RunStatus.PARTIAL, {"blocked": 1, "ok": 1, "skipped": 1})


def test_other_engines_read_further_pages_of_a_missing_start_page(
    sqlite_store: Store, sqlite_settings: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    item = "<rss><channel><item><title>Baker {n}</title><guid>{n}</guid></item></channel></rss>"
    headers = (("Content-Type", "application/rss+xml"),)
    folder = sqlite_settings.home / "old"
    Archive(folder).put(Exchange(f"{board.base}/rss?page=2", 200, (), headers, item.format(n=2).encode(), as_of))
    spec = source(board, engine="feed", start=[f"{board.base}/rss"])
    report = replay(sqlite_store, sqlite_settings, spec, sorted(folder.rglob("*.gz")))
    assert (report.status, report.new, report.outcomes) == (RunStatus.OK, 1, {"ok": 1, "skipped": 1})


def test_the_run_s_moment_is_the_newest_date_in_the_files(tmp_path: Path, as_of: datetime) -> None:
    exchanges = [Exchange(f"http://b.example/{n}", 200, (), (), b"x", as_of - timedelta(days=n)) for n in (5, 2, 9)]
    files = [tmp_path / one.warc_file for one in Archive(tmp_path).put_many(exchanges)]
    assert record(files, tmp_path / "r.sqlite").newest == (as_of - timedelta(days=2)).astimezone(UTC)
    with pytest.raises(EvidenceError, match="cannot be read"):
        record([tmp_path / "none.warc"], tmp_path / "s.sqlite")

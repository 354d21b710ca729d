"""Boards whose pages are damaged: each fault costs its own page only, and the report says so."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawlers.guard import AddressGuard, Refused, forbidden_address
from crawlers.runner import crawl_source
from zorya.domain.ads import PostingVersion
from zorya.domain.runs import RunReport, RunStatus
from zorya.evidence import Archive
from zorya.settings import Settings
from zorya.store import Store, postings

RUSSIAN = ("Официантка в кафе", "Требуется официантка, работа вечером, оплата каждый день, жильё рядом.")
Crawl = Callable[..., RunReport]


@pytest.fixture
def crawl(
    sqlite_store: Store, crawlable: Settings, source: Callable[..., Any], board: Any, tmp_path: Path, as_of: datetime
) -> Crawl:
    """`crawl(**changes)`: write the source file and crawl the board in a process of its own."""
    folder = tmp_path / "sources"
    folder.mkdir()
    settings = crawlable.model_copy(update={"source_dirs": (folder,)})

    def run(**changes: Any) -> RunReport:
        spec = source(board, **changes).model_dump(mode="json", by_alias=True, exclude_defaults=True)
        (folder / "xx_board.yml").write_text(yaml.safe_dump(spec), encoding="utf-8")
        report = crawl_source(sqlite_store, settings, "xx_board", as_of=as_of)
        assert report.accounted
        return report

    return run


def stored(store: Store) -> dict[str, PostingVersion]:
    """The newest state of every ad, by the path of its page."""
    with store.reading() as connection:
        found = postings.all_current(connection, "xx_board")
        return {"/" + one.posting.url.split("/", 3)[3]: one for one in found}


def test_damaged_ads_are_stored_as_well_as_they_can_be_read(
    crawl: Crawl, board: Any, sqlite_store: Store, sqlite_settings: Settings
) -> None:
    board.put_list(*range(1, 8))
    board.put_ad(1, "Baker")
    board.put("/ad/2", "busy", status=500)
    board.put("/ad/3", " \n")
    title, body = RUSSIAN
    lying = f"<html><body><h1>{title}</h1><p>{body}</p></body></html>".encode("windows-1251")
    board.put("/ad/4", lying, Content_Type="text/html; charset=utf-8")
    script = '<script type=\'application/ld+json\'>{"@type": "JobPosting", "title": </script>'
    board.put("/ad/5", f"<html><head>{script}</head><body><h1>Cook</h1><p>Kitchen in the old town.</p></body></html>")
    board.put("/ad/6", b"<html><body><h1>Wai\0ter</h1><p>Evenings in a re\0staurant.</p></body></html>")
    big = ("<html><body><h1>Porter</h1><p>" + "word and more " * 370_000 + "</p></body></html>").encode()
    assert len(big) > 5_000_000
    board.put("/ad/7", big)

    report = crawl()

    assert report.status is RunStatus.PARTIAL
    assert report.outcomes == {"ok": 6, "failed": 1, "empty": 1}
    assert any("the site answers 500" in message for message in report.messages)
    found = stored(sqlite_store)
    assert set(found) == {"/ad/1", "/ad/4", "/ad/5", "/ad/6", "/ad/7"}
    assert found["/ad/4"].posting.title == title
    assert body in found["/ad/4"].posting.body
    assert found["/ad/5"].posting.title == "Cook"
    assert "broken_json_ld" in found["/ad/5"].posting.flags
    assert (found["/ad/6"].posting.title, found["/ad/6"].posting.body) == ("Waiter", "Evenings in a restaurant.")
    assert "body_shortened" in found["/ad/7"].posting.flags
    with sqlite_store.reading() as connection:
        capture = postings.capture_of(connection, found["/ad/7"].id)
    assert capture is not None
    assert Archive(sqlite_settings.evidence_dir).get(capture["warc_file"], capture["sha256"]) == big


@pytest.mark.parametrize(
    ("page", "status", "outcome"), [("busy", 500, "failed"), ("", 200, "empty")], ids=["error", "empty"]
)
def test_a_list_page_that_says_nothing_fails_the_run(
    crawl: Crawl, board: Any, sqlite_store: Store, page: str, status: int, outcome: str
) -> None:
    board.put("/", page, status=status)
    report = crawl()
    assert (report.status, report.outcomes) == (RunStatus.FAILED, {outcome: 1})
    assert stored(sqlite_store) == {}


def test_an_error_on_a_later_list_page_keeps_the_ads_of_the_first(
    crawl: Crawl, board: Any, sqlite_store: Store
) -> None:
    board.put_list(1, more="<a class='next' href='/page/2'>older</a>")
    board.put_ad(1, "Baker")
    board.put("/page/2", "busy", status=500)
    report = crawl()
    assert (report.status, report.outcomes) == (RunStatus.PARTIAL, {"ok": 2, "failed": 1})
    assert set(stored(sqlite_store)) == {"/ad/1"}


HOSTILE = [
    *(
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.254",
        "127.0.0.1",
        "127.255.255.254",
    ),
    *("169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.254", "192.0.0.1", "192.0.2.1", "192.88.99.1"),
    *("192.168.0.1", "192.168.255.254", "198.18.0.1", "198.19.255.254", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    *("::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1"),
    *("3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%lo", "fec0::1", "ff02::1", "ff0e::1"),
    *("", "localhost", "127.1", "0177.0.0.1", "0x7f000001", "2130706433", "127.0.0.1.", "127.0.0.1/8"),
]
"""Addresses inside, reserved, wrapped or misspelt."""


@pytest.mark.parametrize("address", HOSTILE)
def test_a_host_at_a_hostile_address_is_refused(address: str) -> None:
    guard = AddressGuard()
    assert forbidden_address(address)
    with pytest.raises(Refused, match="not a public address"):
        guard.admit("board.example", 443, ["8.8.8.8", address])
    assert guard.passed("board.example", 443) == ()


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "100.128.0.1", "172.15.0.1", "2606:4700::1111"])
def test_a_host_at_a_public_address_is_admitted(address: str) -> None:
    guard = AddressGuard()
    guard.admit("board.example", 443, [address])
    assert guard.passed("board.example", 443) == (address,)

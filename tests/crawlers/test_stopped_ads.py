"""An ad that was stopped or erased is neither asked for nor stored again, under its address or under another one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawlers.runner import crawl_source
from zorya.domain.runs import RunReport
from zorya.evidence.reading import read_package
from zorya.settings import Settings
from zorya.store import Store, erased, erasing, postings, stopped

WORDS = "Wildwortfolge of a page that somebody had to stop, with enough words around it to be an ad."


@pytest.fixture
def crawl(
    sqlite_store: Store, crawlable: Settings, source: Callable[..., Any], board: Any, tmp_path: Path, as_of: datetime
) -> Callable[[int], RunReport]:
    """`crawl(day)`: crawl the board in a process of its own, some days on."""
    folder = tmp_path / "sources"
    folder.mkdir()
    settings = crawlable.model_copy(update={"source_dirs": (folder,)})
    spec = source(board).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (folder / "xx_board.yml").write_text(yaml.safe_dump(spec), encoding="utf-8")

    def run(day: int) -> RunReport:
        report = crawl_source(sqlite_store, settings, "xx_board", as_of=as_of + timedelta(days=day))
        assert report.accounted
        return report

    return run


def test_an_erased_ad_does_not_come_back(
    crawl: Callable[[int], RunReport], board: Any, sqlite_store: Store, crawlable: Settings, as_of: datetime
) -> None:
    board.put_list(1, 2)
    board.put_ad(1, "Baker")
    board.put_ad(2, "Erased", WORDS)
    crawl(0)
    with sqlite_store.reading() as connection:
        names = {one.posting.title: one.posting_id for one in postings.all_current(connection, "xx_board")}
    erasing.erase(sqlite_store, crawlable, [names["Erased"]], why=erased.ASKED, by="olga", at=as_of)
    board.put_list(1, 2, 3)
    board.put_ad(3, "Erased", WORDS)
    board.asked.clear()
    crawl(1)
    assert "/ad/2" not in board.asked
    board.put_ad(2, "Changed words", "They changed a little of it, which makes it no other ad than it was before.")
    crawl(2)
    assert "/ad/2" not in board.asked
    with sqlite_store.reading() as connection:
        held = [one.posting for one in postings.all_current(connection, "xx_board")]
    assert {posting.title for posting in held if posting.title} == {"Baker"}
    assert not any(WORDS in posting.body for posting in held)
    assert not any(posting.url.endswith("/ad/2") for posting in held)


def test_a_stopped_ad_is_not_read_again(
    crawl: Callable[[int], RunReport], board: Any, sqlite_store: Store, crawlable: Settings, as_of: datetime
) -> None:
    board.put_list(1, 2)
    board.put_ad(1, "Baker")
    board.put_ad(2, "Stopped", WORDS)
    crawl(0)
    with sqlite_store.writing() as connection:
        titles = {one.posting.title: one.posting_id for one in postings.all_current(connection, "xx_board")}
        stopped.stop(connection, titles["Stopped"], at=as_of, by="anna")
    stopped.sweep(sqlite_store, crawlable.evidence_dir)
    board.put_list(1, 2, 3)
    board.put_ad(3, "Stopped", WORDS)
    board.asked.clear()
    report = crawl(1)
    assert "/ad/2" not in board.asked
    assert report.outcomes["skipped"] >= 2
    with sqlite_store.reading() as connection:
        held = [one.posting for one in postings.all_current(connection, "xx_board")]
    assert {posting.title for posting in held if posting.title} == {"Baker"}
    kept = [read_package(path.read_bytes()).payload for path in crawlable.evidence_dir.rglob("*") if path.is_file()]
    assert any(b"Baker" in page for page in kept)
    assert not any(WORDS.encode() in page for page in kept)
    assert not any(WORDS in posting.body for posting in held)

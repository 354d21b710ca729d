"""`zorya evidence capture URL`: one page under all guards into the evidence, on record, and counted as no source."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from crawlers.capturing import capture
from zorya.errors import NotReached, PolicyRefusal
from zorya.evidence import Archive, read_package
from zorya.settings import Settings
from zorya.store import Store, archive, audit, health, runs
from zorya.store.schema import captures, postings, sources


@pytest.fixture
def take(sqlite_store: Store, crawlable: Settings, as_of: datetime) -> Callable[..., Any]:
    """`take(url, later)`: capture a page of the board."""

    def go(url: str, later: timedelta = timedelta()) -> Any:
        return capture(sqlite_store, crawlable, url, as_of=as_of + later, by="Nadia", reason="case 12")

    return go


def test_a_page_is_kept_whatever_is_on_it_and_each_time_it_is_asked_for(
    take: Any, board: Any, sqlite_store: Store, crawlable: Settings, as_of: datetime
) -> None:
    board.tags = True
    board.put("/contact", "<h1>Who we are</h1><p>An agency in the harbour.</p>")
    board.put("/old", "", status=302, Location="/contact")
    kept = take(f"{board.base}/old")
    again = take(f"{board.base}/old", timedelta(minutes=1))
    assert (kept.url, kept.sha256, kept.id != again.id) == (f"{board.base}/contact", again.sha256, True)
    Archive(crawlable.evidence_dir).verify(kept)
    about = read_package((crawlable.evidence_dir / kept.warc_file).read_bytes()).about
    assert about["redirects"] == [{"status": 302, "url": f"{board.base}/old"}]
    assert archive.verify(sqlite_store, crawlable.evidence_dir).sound == 2
    assert board.spared == 0
    with sqlite_store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(postings)).scalar_one() == 0
        assert connection.execute(select(func.count()).select_from(sources)).scalar_one() == 0
        assert health.overview(connection, at=as_of) == []
        assert [run["status"] for run in runs.latest(connection)] == ["ok", "ok"]
        entry = audit.page(connection, limit=1)[0]
    assert (entry["action"], entry["object"], entry["reason"]) == ("evidence-capture", again.id, "case 12")


@pytest.mark.parametrize(
    ("path", "error", "why"), [("/x", PolicyRefusal, "robots.txt disallows it"), ("/no", NotReached, "answers 404")]
)
def test_what_may_not_be_read_or_is_not_there_is_not_kept(
    take: Any, board: Any, sqlite_store: Store, path: str, error: type[Exception], why: str
) -> None:
    board.put("/robots.txt", "User-agent: *\nDisallow: /x")
    board.put("/x", "<p>not for us</p>")
    with pytest.raises(error, match=why):
        take(f"{board.base}{path}")
    with sqlite_store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(captures)).scalar_one() == 0
        assert [run["status"] for run in runs.latest(connection)] == ["failed"]
        assert json.dumps(audit.page(connection)) == "[]"

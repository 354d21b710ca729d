"""Each engine end to end: loopback server → the crawl's own process → the store."""

import gzip
import json
from datetime import datetime, timedelta
from typing import Any

from crawlers.runner import crawl_spec
from zorya.domain.runs import RunStatus
from zorya.evidence import Archive
from zorya.settings import Settings
from zorya.store import Store, postings, runs


def titles(store: Store) -> list[str]:
    with store.reading() as connection:
        return sorted(version.posting.title for version in postings.all_current(connection))


def test_listing_with_pages_and_evidence(
    store: Store, settings: Settings, board: Any, source: Any, allowing: Any, as_of: datetime
) -> None:
    board.put_list(1, 2, more="<a class='next' href='/page2'>more</a>")
    board.put_list(2, 3, path="/page2")
    for number, title in enumerate(["Waiter", "Cook", "Baker"], 1):
        board.put_ad(number, title)
    report = crawl_spec(store, allowing(settings, board), source(board), as_of=as_of)
    assert (report.status, report.outcomes, report.new) == (RunStatus.OK, {"ok": 5}, 3)
    assert report.accounted
    assert titles(store) == ["Baker", "Cook", "Waiter"]
    assert board.agents == {settings.crawl.user_agent}
    with store.reading() as connection:
        for version in postings.all_current(connection):
            capture = postings.capture_of(connection, version.id)
            assert capture is not None
            payload = Archive(settings.evidence_dir).get(capture["warc_file"], capture["sha256"])
            assert version.posting.title.encode() in payload
        assert len(runs.requests_of(connection, report.run_id)) == 5


def test_a_second_crawl_adds_nothing_and_notes_what_is_gone(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    board.put_list(1, 2)
    board.put_ad(1, "Waiter")
    board.put_ad(2, "Cook")
    crawl_spec(sqlite_store, crawlable, source(board), as_of=as_of)
    files = sorted(crawlable.evidence_dir.rglob("*.warc.gz"))
    board.put_list(1)
    del board.answers["/ad/2"]
    later = as_of + timedelta(hours=1)
    report = crawl_spec(sqlite_store, crawlable, source(board), as_of=later)
    assert (report.status, report.new, report.changed) == (RunStatus.OK, 0, 0)
    assert sorted(crawlable.evidence_dir.rglob("*.warc.gz")) == files
    with sqlite_store.reading() as connection:
        gone = {
            version.posting.title: postings.sighting_times(connection, version.posting_id)[2]
            for version in postings.all_current(connection)
        }
    assert gone == {"Waiter": None, "Cook": later}
    asked = len(board.asked)
    assert crawl_spec(sqlite_store, crawlable, source(board), as_of=later) == report
    assert len(board.asked) == asked


def test_sitemap_reads_pages_that_state_a_job(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    job = {"@type": "JobPosting", "title": "Tailor", "description": "Sewing"}
    board.put("/job/1", f"<script type='application/ld+json'>{json.dumps(job)}</script>")
    board.put("/about", "<h1>About us</h1><p>No job here</p>")
    urls = "".join(f"<url><loc>{board.base}{path}</loc></url>" for path in ("/job/1", "/about"))
    board.put("/jobs.xml.gz", gzip.compress(f"<urlset>{urls}</urlset>".encode()), Content_Type="application/gzip")
    board.put("/sitemap.xml", f"<sitemapindex><sitemap><loc>{board.base}/jobs.xml.gz</loc></sitemap></sitemapindex>")
    spec = source(board, engine="sitemap", start=[f"{board.base}/sitemap.xml"])
    report = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    assert (report.status, report.outcomes) == (RunStatus.OK, {"ok": 3, "skipped": 1})
    assert titles(sqlite_store) == ["Tailor"]


def test_feed(sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: datetime) -> None:
    board.put("/rss", "<rss><channel><item><title>Baker</title><guid>1</guid></item></channel></rss>")
    report = crawl_spec(sqlite_store, crawlable, source(board, engine="feed", start=[f"{board.base}/rss"]), as_of=as_of)
    assert (report.status, titles(sqlite_store)) == (RunStatus.OK, ["Baker"])


def test_telegram_goes_back_page_by_page(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    message = (
        "<div class='tgme_widget_message' data-post='jobs_example/{n}'>"
        "<div class='tgme_widget_message_text'>{text}<br>Details follow</div></div>"
    )
    older = "<link rel='prev' href='/s/jobs_example?before=2'>"
    board.put("/s/jobs_example", older + message.format(n=2, text="Newer"))
    board.put("/s/jobs_example?before=2", message.format(n=1, text="Older"))
    spec = source(board, engine="telegram", start=[f"{board.base}/s/jobs_example"])
    report = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    assert (report.status, titles(sqlite_store)) == (RunStatus.OK, ["Newer", "Older"])


def test_json_api_follows_pages(
    sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: datetime
) -> None:
    first = {"data": [{"id": 1, "name": "Driver", "text": "<p>Lorry</p>"}], "next": "/api?page=2"}
    board.put("/api", json.dumps(first), Content_Type="application/json")
    board.put("/api?page=2", json.dumps({"data": [{"id": 2, "name": "Cook", "text": "Kitchen"}], "next": None}))
    spec = source(
        board,
        engine="json_api",
        start=[f"{board.base}/api"],
        json={"items": "data", "next": "next"},
        fields={"native_id": {"json": "id"}, "title": {"json": "name"}, "body": {"json": "text"}},
    )
    report = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    assert (report.status, titles(sqlite_store)) == (RunStatus.OK, ["Cook", "Driver"])

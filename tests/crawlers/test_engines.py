"""Each engine against a real board on loopback: what it stores, and what a second visit does."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from sqlalchemy import func, select

from crawlers.runner import crawl_source
from zorya.domain.ads import PostingVersion
from zorya.domain.runs import RunReport, RunStatus
from zorya.evidence import Archive
from zorya.settings import Settings
from zorya.store import Store, postings
from zorya.store.schema import captures, versions

WORK = {
    "Baker in a small town": "Bread and rolls, mornings from four, contract from day one.",
    "Waiter by the sea": "Evenings in a family restaurant, meals and a room of your own.",
    "Seamstress": "Piece work in a light workshop, paid every second Friday.",
}
"""Titles and texts that every board of these tests shows."""
Crawl = Callable[..., RunReport]


@pytest.fixture
def crawl(
    sqlite_store: Store,
    crawlable: Settings,
    board: Any,
    source: Callable[..., Any],
    tmp_path: Path,
    as_of: datetime,
) -> Crawl:
    """`crawl(hours=…, **changes)`: write the source file and crawl the board in a process of its own."""
    folder = tmp_path / "sources"
    folder.mkdir()
    settings = crawlable.model_copy(update={"source_dirs": (folder,)})

    def run(*, hours: int = 0, **changes: Any) -> RunReport:
        spec = source(board, **changes).model_dump(mode="json", by_alias=True, exclude_defaults=True)
        (folder / "xx_board.yml").write_text(yaml.safe_dump(spec), encoding="utf-8")
        return crawl_source(sqlite_store, settings, "xx_board", as_of=as_of + timedelta(hours=hours))

    return run


def listing(board: Any) -> dict[str, Any]:
    """List pages that link to ads and to the next list page."""
    for number, (title, body) in enumerate(WORK.items(), 1):
        board.put_ad(number, title, body)
    board.put_list(1, 2, more="<a class='next' href='/page/2'>older</a>")
    board.put_list(3, path="/page/2")
    return {"fields": {"title": {"css": "h1"}, "body": {"css": ".text"}}}


def sitemap(board: Any) -> dict[str, Any]:
    """A sitemap index, a sitemap, and pages that state a JobPosting."""
    places = ""
    for number, (title, body) in enumerate(WORK.items(), 1):
        job = {"@context": "https://schema.org", "@type": "JobPosting", "title": title, "description": f"<p>{body}</p>"}
        script = f"<script type='application/ld+json'>{json.dumps(job)}</script>"
        board.put(f"/job/{number}", f"<html><head>{script}</head><body><p>menu</p></body></html>")
        places += f"<url><loc>{board.base}/job/{number}</loc></url>"
    places += f"<url><loc>{board.base}/about</loc></url>"
    namespace = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
    inner = f"<sitemap><loc>{board.base}/jobs.xml</loc></sitemap>"
    xml = {"Content_Type": "application/xml"}
    board.put("/sitemap.xml", f"<?xml version='1.0'?><sitemapindex {namespace}>{inner}</sitemapindex>", **xml)
    board.put("/jobs.xml", f"<?xml version='1.0'?><urlset {namespace}>{places}</urlset>", **xml)
    return {"engine": "sitemap", "start": [f"{board.base}/sitemap.xml"], "follow": {"match": "/job/"}}


def feed(board: Any) -> dict[str, Any]:
    """An RSS feed."""
    items = "".join(
        f"<item><guid>g{number}</guid><link>{board.base}/j/{number}</link><title>{title}</title>"
        f"<description>{body}</description></item>"
        for number, (title, body) in enumerate(WORK.items(), 1)
    )
    text = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Jobs</title>{items}</channel></rss>"
    board.put("/rss", text, Content_Type="application/rss+xml")
    return {"engine": "feed", "start": [f"{board.base}/rss"]}


def telegram(board: Any) -> dict[str, Any]:
    """A channel's preview: two messages, and a link to an older page with one."""
    messages = [
        f"<div class='tgme_widget_message' data-post='jobs_example/{number}'>"
        f"<div class='tgme_widget_message_text'>{title}<br/>{body}</div>"
        f"<time datetime='2026-11-20T10:00:00+00:00'></time></div>"
        for number, (title, body) in enumerate(WORK.items(), 1)
    ]
    older = "<a class='tme_messages_more' data-before='2' href='/s/jobs_example?before=2'>older</a>"
    board.put("/s/jobs_example", f"<html><body>{older}{messages[1]}{messages[2]}</body></html>")
    board.put("/s/jobs_example?before=2", f"<html><body>{messages[0]}</body></html>")
    return {"engine": "telegram", "start": [f"{board.base}/s/jobs_example"]}


def json_api(board: Any) -> dict[str, Any]:
    """A paged JSON endpoint."""
    items = [
        {"id": number, "name": title, "text": f"<p>{body}</p>", "link": f"{board.base}/j/{number}"}
        for number, (title, body) in enumerate(WORK.items(), 1)
    ]
    kind = {"Content_Type": "application/json"}
    board.put("/api", json.dumps({"data": {"jobs": items[:2]}, "next": "/api?page=2"}), **kind)
    board.put("/api?page=2", json.dumps({"data": {"jobs": items[2:]}, "next": None}), **kind)
    fields = {"native_id": "id", "title": "name", "body": "text", "url": "link"}
    return {
        "engine": "json_api",
        "start": [f"{board.base}/api"],
        "json": {"items": "data.jobs", "next": "next"},
        "fields": {name: {"json": path} for name, path in fields.items()},
    }


ENGINES = [listing, sitemap, feed, telegram, json_api]
Site = Callable[[Any], dict[str, Any]]


def stored(store: Store) -> list[PostingVersion]:
    """The newest state of every ad."""
    with store.reading() as connection:
        return list(postings.all_current(connection, "xx_board"))


def counted(store: Store) -> tuple[int, int, int]:
    """How many postings, versions and captures there are."""
    with store.reading() as connection:
        rows = [
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (versions, captures)
        ]
        return postings.count(connection), int(rows[0]), int(rows[1])


def assert_evidence(store: Store, settings: Settings, board: Any) -> None:
    """What lies on disk for every ad is, byte for byte, what the board sent."""
    archive = Archive(settings.evidence_dir)
    for version in stored(store):
        with store.reading() as connection:
            capture = postings.capture_of(connection, version.id)
        assert capture is not None
        parts = urlsplit(capture["url"])
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        assert archive.get(capture["warc_file"], capture["sha256"]) == board.answers[path].body


@pytest.mark.parametrize("site", ENGINES, ids=[site.__name__ for site in ENGINES])
def test_an_engine_stores_text_and_evidence_once(
    site: Site, crawl: Crawl, board: Any, sqlite_store: Store, sqlite_settings: Settings
) -> None:
    changes = site(board)
    first = crawl(**changes)
    assert (first.status, first.postings, first.new) == (RunStatus.OK, 3, 3), first.messages
    assert first.accounted
    assert {version.posting.title: version.posting.body for version in stored(sqlite_store)} == WORK
    assert_evidence(sqlite_store, sqlite_settings, board)
    before = counted(sqlite_store)
    second = crawl(hours=1, **changes)
    assert (second.status, second.postings, second.new, second.changed) == (RunStatus.OK, 3, 0, 0)
    assert counted(sqlite_store) == before


def test_a_changed_ad_makes_a_new_version(
    crawl: Crawl, board: Any, sqlite_store: Store, sqlite_settings: Settings
) -> None:
    changes = listing(board)
    crawl(**changes)
    (before,) = [one for one in stored(sqlite_store) if one.posting.title == "Waiter by the sea"]
    board.put_ad(2, "Waiter by the sea", "Evenings; your passport stays with the manager.")
    report = crawl(hours=7 * 24, **changes)  # no card tells: it is read again when it is due
    assert (report.new, report.changed) == (0, 1)
    assert counted(sqlite_store)[:2] == (3, 4)
    with sqlite_store.reading() as connection:
        now = postings.current(connection, before.posting_id)
        kept = postings.version(connection, before.id)
    assert now is not None
    assert now.posting.body == "Evenings; your passport stays with the manager."
    assert kept == before
    assert_evidence(sqlite_store, sqlite_settings, board)

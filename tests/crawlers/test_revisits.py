"""Second crawls against a board that answers conditional requests: what is asked for again, and what is found."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crawlers.runner import crawl_spec
from crawlers.spec import SourceSpec
from tests.crawlers.answering import crawl_in_process
from zorya.domain.runs import RunReport, RunStatus
from zorya.settings import Settings
from zorya.store import Store
from zorya.store.schema import postings as table
from zorya.store.schema import versions

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_PAGE = 10
WORDS = ("apple", "birch", "cedar", "dill", "elm", "fern", "gorse", "hazel", "iris", "jasmine")


@dataclass
class Site:
    """A board under crawl. `crawl(spec, later)` crawls it that much after the first time."""

    board: Any
    crawl: Callable[..., RunReport]
    store: Store

    def asked(self) -> list[str]:
        """Addresses asked for since the last call, robots.txt left out."""
        found = [path for path in self.board.asked if path != "/robots.txt"]
        self.board.asked.clear()
        return found

    def rows(self) -> dict[str, Any]:
        """Postings by the title of their current version."""
        query = select(table, versions.c.title).join(versions, versions.c.id == table.c.current_version)
        with self.store.reading() as connection:
            return {row["title"]: row for row in connection.execute(query).mappings()}


@pytest.fixture
def site(live: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A board whose crawls run in this process, without sockets."""
    monkeypatch.setattr("crawlers.runner.run_child", lambda order, **_: crawl_in_process(order, live.board))
    return live


@pytest.fixture
def live(sqlite_store: Store, crawlable: Settings, board: Any, as_of: datetime) -> Site:
    """A board whose crawls are real: a process, sockets, robots.txt and guards."""
    board.tags = True

    def crawl(spec: SourceSpec, later: timedelta = timedelta()) -> RunReport:
        report = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of + later)
        assert report.accounted
        return report

    return Site(board, crawl, sqlite_store)


def put_board(board: Any, total: int) -> None:
    """List pages of ten ads, newest first."""
    for page in range(1, (total - 1) // PER_PAGE + 2):
        newest = total - (page - 1) * PER_PAGE
        shown = range(newest, max(newest - PER_PAGE, 0), -1)
        more = f"<a class='next' href='/?page={page + 1}'>more</a>" if newest > PER_PAGE else ""
        board.put_list(*shown, path="/" if page == 1 else f"/?page={page}", more=more)
    for number in range(1, total + 1):
        if f"/ad/{number}" not in board.answers:
            street = "".join(WORDS[int(digit)] for digit in str(number))
            board.put_ad(number, f"Ad {number}", f"Baker in {street} street, mornings, a contract from day one.")


def test_a_listing_costs_hardly_more_requests_than_it_has_new_ads(
    live: Site, source: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    put_board(live.board, 50)
    first = live.crawl(source(live.board))
    assert (first.new, len(live.asked())) == (50, 55)
    put_board(live.board, 70)
    second = live.crawl(source(live.board), later=HOUR)
    asked = live.asked()
    assert (second.status, second.new, second.postings) == (RunStatus.OK, 20, 70)
    with capsys.disabled():
        print(f" [listing: {len(asked)} requests for {second.new} new ads]")
    assert len(asked) == 23  # 20 ads, two pages of new ones, and the one that shows nothing new
    assert live.crawl(source(live.board), later=2 * HOUR).new == 0
    assert live.asked() == ["/"]


def test_a_sitemap_costs_one_request_beside_its_new_ads(site: Site, source: Any) -> None:
    def put(total: int) -> None:
        job = {"@type": "JobPosting", "description": "Sewing and mending, mornings."}
        for number in range(total):
            page = json.dumps(job | {"title": f"Tailor {number}"})
            site.board.put(f"/job/{number}", f"<script type='application/ld+json'>{page}</script>")
        site.board.put("/about", "<h1>About us</h1>")
        paths = ["/about", *(f"/job/{number}" for number in range(total))]
        urls = "".join(f"<url><loc>{site.board.base}{path}</loc></url>" for path in paths)
        site.board.put("/sitemap.xml", f"<urlset>{urls}</urlset>")

    spec = source(site.board, engine="sitemap", start=[f"{site.board.base}/sitemap.xml"])
    put(15)
    site.crawl(spec)
    site.asked()
    put(35)
    assert site.crawl(spec, later=HOUR).new == 20
    assert len(site.asked()) == 21


def test_a_feed_costs_one_conditional_request(site: Site, source: Any) -> None:
    item = "<item><title>Baker {n}</title><guid>{n}</guid><description>Mornings {n}</description></item>"
    feed = "<rss><channel>{}</channel></rss>"
    site.board.put("/rss", feed.format("".join(item.format(n=n) for n in range(5))))
    spec = source(site.board, engine="feed", start=[f"{site.board.base}/rss"])
    site.crawl(spec)
    again = site.crawl(spec, later=HOUR)
    assert (again.status, again.postings, again.outcomes, site.board.spared) == (
        RunStatus.OK,
        5,
        {"not_modified": 1},
        1,
    )
    site.board.put("/rss", feed.format("".join(item.format(n=n) for n in range(3, 9))))
    site.asked()
    assert (site.crawl(spec, later=2 * HOUR).new, site.asked()) == (4, ["/rss"])


def test_an_edit_that_the_card_shows_is_read_at_once(site: Site, source: Any) -> None:
    card = "<li><a class='ad' href='/ad/{n}'>Ad {n}</a> {pay} €</li>"
    site.board.put("/", "<ul>" + card.format(n=1, pay=900) + card.format(n=2, pay=950) + "</ul>")
    site.board.put_ad(1, "Ad 1", "Pay 900 € a month")
    site.board.put_ad(2, "Ad 2", "Pay 950 € a month")
    site.crawl(source(site.board))
    site.board.put("/", "<ul>" + card.format(n=1, pay=900) + card.format(n=2, pay=1950) + "</ul>")
    site.board.put_ad(2, "Ad 2", "Pay 1950 € a month")
    site.asked()
    assert (site.crawl(source(site.board), later=HOUR).changed, site.asked()) == (1, ["/", "/ad/2"])


def test_an_edit_behind_an_unchanged_card_is_read_when_the_ad_is_due(site: Site, source: Any) -> None:
    put_board(site.board, 12)
    spec = source(site.board, limits={"delay": 0.01, "recheck_days": 3})
    site.crawl(spec)
    site.board.put_ad(1, "Ad 1", "Baker number 1, nights, no contract.")
    site.asked()
    assert (site.crawl(spec, later=2 * DAY).changed, site.asked()) == (0, ["/", "/?page=2"])
    report = site.crawl(spec, later=3 * DAY)
    assert (report.changed, len(site.asked()), site.board.spared) == (1, 14, 15)


def test_vanished_ads_are_gone_only_when_their_own_page_says_so(site: Site, source: Any) -> None:
    put_board(site.board, 6)
    site.crawl(source(site.board))
    before = {title: row["last_seen"] for title, row in site.rows().items()}
    site.board.put_list(6)
    site.board.put("/ad/1", "gone", status=404)
    site.board.put("/ad/2", "gone", status=410)
    site.board.put("/ad/3", "", status=302, Location="/")
    site.board.put("/ad/4", "<h1>This offer has ended</h1>")
    report = site.crawl(source(site.board), later=HOUR)
    assert (report.status, report.changed) == (RunStatus.OK, 0)
    rows = site.rows()
    later = before["Ad 6"] + HOUR
    assert {title for title, row in rows.items() if row["gone_at"] == later} == {"Ad 1", "Ad 2", "Ad 3"}
    assert rows["Ad 4"]["gone_at"] is None
    assert rows["Ad 4"]["last_seen"] == before["Ad 4"]
    assert {rows[title]["last_seen"] for title in ("Ad 5", "Ad 6")} == {later}
    site.board.put_ad(1, "Ad 1", "Back again, and a kitchen to run.")
    site.board.put_list(6, 5, 1)
    site.asked()
    assert site.crawl(source(site.board), later=2 * HOUR).changed == 1
    assert site.rows()["Ad 1"]["gone_at"] is None
    assert {"/ad/2", "/ad/3", "/ad/6"}.isdisjoint(site.asked())


def test_a_red_crawl_asks_for_no_missing_ad(site: Site, source: Any) -> None:
    put_board(site.board, 12)
    site.crawl(source(site.board))
    site.asked()
    site.board.put("/?page=2", "busy", status=500)
    site.board.put("/ad/1", "gone", status=404)
    report = site.crawl(source(site.board), later=7 * DAY)
    assert report.status is not RunStatus.OK
    assert "/ad/1" not in site.asked()
    assert site.rows()["Ad 1"]["gone_at"] is None


def test_rechecks_are_limited_and_go_on_in_the_next_crawl(site: Site, source: Any) -> None:
    put_board(site.board, 6)
    spec = source(site.board, limits={"delay": 0.01, "rechecks": 2})
    site.crawl(spec)
    site.board.put_list(6)
    site.asked()
    for later in (1, 2, 3, 4):
        site.crawl(spec, later=later * HOUR)
    asked = [path for path in site.asked() if path.startswith("/ad/")]
    assert sorted(asked) == [f"/ad/{number}" for number in range(1, 6)]


def test_an_ad_of_a_feed_that_is_out_of_it_is_asked_for_when_time_is_up(site: Site, source: Any) -> None:
    item = "<item><title>Baker {n}</title><guid>{n}</guid><link>/ad/{n}</link><description>x</description></item>"
    site.board.put("/rss", "<rss><channel>" + item.format(n=1) + item.format(n=2) + "</channel></rss>")
    site.board.put_ad(2, "Baker 2")
    spec = source(site.board, engine="feed", start=[f"{site.board.base}/rss"])
    site.crawl(spec)
    site.board.put("/rss", "<rss><channel>" + item.format(n=3) + "</channel></rss>")
    site.asked()
    site.crawl(spec, later=DAY)
    assert site.asked() == ["/rss"]
    site.crawl(spec, later=7 * DAY)
    rows = site.rows()
    assert sorted(site.asked()) == ["/ad/1", "/ad/2", "/rss"]
    assert rows["Baker 1"]["gone_at"] == rows["Baker 2"]["last_seen"] == rows["Baker 1"]["first_seen"] + 7 * DAY
    assert rows["Baker 2"]["gone_at"] is None


def test_telegram_stops_at_known_messages_and_sees_a_deleted_one(site: Site, source: Any) -> None:
    message = "<div class='tgme_widget_message' data-post='jobs_example/{n}'>{text}</div>"
    text = "<div class='tgme_widget_message_text'>Offer {n}<br>{word} street</div>"

    def put(before: int | None, *numbers: int) -> None:
        shown = "".join(message.format(n=n, text=text.format(n=n, word=WORDS[n % 10])) for n in numbers)
        older = f"<link rel='prev' href='/s/jobs_example?before={min(numbers)}'>" if min(numbers) > 1 else ""
        site.board.put("/s/jobs_example" + (f"?before={before}" if before else ""), older + shown)

    put(None, 7, 8, 9)
    put(7, 4, 5, 6)
    put(4, 1, 2, 3)
    spec = source(site.board, engine="telegram", start=[f"{site.board.base}/s/jobs_example"])
    assert (site.crawl(spec).new, len(site.asked())) == (9, 3)
    put(None, 8, 9, 10)
    put(8, 4, 5, 7)
    report = site.crawl(spec, later=HOUR)
    assert (report.status, report.new, report.postings) == (RunStatus.OK, 1, 9)
    assert site.asked() == ["/s/jobs_example", "/s/jobs_example?before=8"]
    assert [title for title, row in site.rows().items() if row["gone_at"]] == ["Offer 6"]


def test_a_repost_is_linked_to_the_earlier_ad(site: Site, source: Any) -> None:
    site.board.put_list(1)
    site.board.put_ad(1, "Cook")
    site.crawl(source(site.board))
    site.board.put_list(1, 2, 3)
    site.board.put_ad(2, "Cook")
    site.board.put_ad(3, "Baker")
    site.crawl(source(site.board), later=HOUR)
    with site.store.reading() as connection:
        rows = {row.native_id[-1]: row for row in connection.execute(select(table))}
    assert [rows[number].repost_of for number in "123"] == [None, rows["1"].id, None]


def test_the_same_payload_without_a_tag_is_not_read_again(site: Site, source: Any) -> None:
    site.board.tags = False
    put_board(site.board, 2)
    spec = source(site.board, limits={"delay": 0.01, "recheck_days": 0})
    site.crawl(spec)
    again = site.crawl(spec, later=HOUR)
    assert (again.status, again.outcomes, again.postings) == (RunStatus.OK, {"ok": 3}, 2)
    assert again.measures["numbers"]["read"] == 0


def test_a_date_is_enough_for_a_conditional_request(site: Site, source: Any) -> None:
    site.board.tags = False
    put_board(site.board, 1)
    for answer in site.board.answers.values():
        answer.headers["Last-Modified"] = "Mon, 23 Nov 2026 10:00:00 GMT"
    spec = source(site.board, limits={"delay": 0.01, "recheck_days": 0})
    site.crawl(spec)
    assert (site.crawl(spec, later=HOUR).outcomes, site.board.spared) == ({"not_modified": 2}, 2)


def test_a_changed_description_of_the_source_reads_every_page_again(site: Site, source: Any) -> None:
    put_board(site.board, 3)
    site.crawl(source(site.board))
    site.asked()
    report = site.crawl(source(site.board, fields={"title": {"css": "h1"}}), later=HOUR)
    assert (len(site.asked()), site.board.spared, report.outcomes) == (4, 0, {"ok": 4})


def test_an_ad_that_failed_is_asked_for_again_though_its_list_is_unchanged(site: Site, source: Any) -> None:
    put_board(site.board, 3)
    site.board.put("/ad/2", "busy", status=500)
    assert site.crawl(source(site.board)).new == 2
    site.board.put_ad(2, "Ad 2", "Here at last.")
    site.asked()
    assert site.crawl(source(site.board), later=HOUR).new == 1
    assert site.asked() == ["/", "/ad/2"]


def test_a_malformed_job_in_a_sitemap_is_unreadable_not_skipped(site: Site, source: Any) -> None:
    site.board.put("/job/1", '<script type=\'application/ld+json\'>{"@type": "JobPosting", broken</script>')
    site.board.put("/sitemap.xml", f"<urlset><url><loc>{site.board.base}/job/1</loc></url></urlset>")
    report = site.crawl(source(site.board, engine="sitemap", start=[f"{site.board.base}/sitemap.xml"]))
    assert report.outcomes == {"ok": 1, "unreadable": 1}


def test_a_second_attempt_at_a_window_changes_no_row(site: Site, source: Any) -> None:
    put_board(site.board, 12)
    site.board.put("/ad/3", "busy", status=500)
    site.crawl(source(site.board))
    before = site.rows()
    site.crawl(source(site.board))
    assert site.rows() == before


def test_numbered_pages_are_followed_one_by_one_once_the_board_is_known(site: Site, source: Any) -> None:
    def put(total: int) -> None:
        put_board(site.board, total)
        for page in range(1, 6):
            path = "/" if page == 1 else f"/?page={page}"
            links = "".join(f"<a class='next' href='/?page={n}'>{n}</a>" for n in range(2, 6))
            answer = site.board.answers[path]
            answer.body = answer.body.replace(b"</ul>", f"</ul>{links}".encode())

    put(45)
    assert site.crawl(source(site.board)).new == 45
    site.asked()
    put(46)
    assert (site.crawl(source(site.board), later=HOUR).new, site.asked()) == (1, ["/", "/ad/46", "/?page=2"])


def test_a_sweep_comes_after_a_day_when_it_is_cheap_and_in_time_when_not(site: Site, source: Any) -> None:
    put_board(site.board, 40)
    site.crawl(source(site.board))
    put_board(site.board, 41)
    site.asked()
    site.crawl(source(site.board), later=DAY + HOUR)
    assert site.asked() == ["/", "/ad/41", "/?page=2"]
    site.crawl(source(site.board), later=DAY + 2 * HOUR)
    assert len(site.asked()) == 5


def test_lastmod_of_a_sitemap_is_the_card_unless_all_are_the_same(site: Site, source: Any) -> None:
    def put(*days: int) -> None:
        entry = "<url><loc>{base}/job/{n}</loc><lastmod>2026-11-{day:02}</lastmod></url>"
        entries = "".join(entry.format(base=site.board.base, n=n, day=day) for n, day in enumerate(days))
        site.board.put("/sitemap.xml", f"<urlset>{entries}</urlset>")
        for number, day in enumerate(days):
            job = {"@type": "JobPosting", "title": f"Tailor {number}", "description": f"Sewing, {WORDS[day % 10]}"}
            site.board.put(f"/job/{number}", f"<script type='application/ld+json'>{json.dumps(job)}</script>")

    spec = source(site.board, engine="sitemap", start=[f"{site.board.base}/sitemap.xml"])
    put(1, 2, 3)
    site.crawl(spec)
    put(1, 2, 4)
    site.asked()
    assert (site.crawl(spec, later=HOUR).changed, site.asked()) == (1, ["/sitemap.xml", "/job/2"])
    put(5, 5, 5)
    assert (site.crawl(spec, later=2 * HOUR).changed, site.asked()) == (0, ["/sitemap.xml"])


def test_a_json_board_is_read_as_far_as_it_is_new(site: Site, source: Any) -> None:
    def put(newest: int) -> None:
        for page in range(1, newest // 5 + 1):
            numbers = range(newest - (page - 1) * 5, newest - page * 5, -1)
            items = [{"id": n, "name": f"Cook {n}", "text": f"Kitchen in {WORDS[n % 10]} street"} for n in numbers]
            following = f"/api?page={page + 1}" if page * 5 < newest else None
            body = json.dumps({"data": items, "next": following})
            site.board.put("/api" if page == 1 else f"/api?page={page}", body, Content_Type="application/json")

    rule = {"native_id": {"json": "id"}, "title": {"json": "name"}, "body": {"json": "text"}}
    api = {"start": [f"{site.board.base}/api"], "json": {"items": "data", "next": "next"}, "fields": rule}
    spec = source(site.board, engine="json_api", **api)
    put(20)
    site.crawl(spec)
    site.asked()
    put(25)
    report = site.crawl(spec, later=HOUR)
    assert (report.new, report.postings, site.asked()) == (5, 25, ["/api", "/api?page=2"])

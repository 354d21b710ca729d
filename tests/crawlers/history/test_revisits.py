"""Second crawls against a board that answers conditional requests: what is asked for again."""

import json
from datetime import timedelta
from typing import Any

import pytest

from zorya.domain.runs import RunStatus

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_a_listing_costs_hardly_more_requests_than_it_has_new_ads(
    live: Any, source: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    live.put(50, per_page=25)
    first = live.crawl(source(live.board))
    assert (first.new, len(live.asked())) == (50, 52)
    live.put(90, per_page=25)
    second = live.crawl(source(live.board), later=HOUR)
    asked = len(live.asked())
    assert (second.status, second.new, second.postings) == (RunStatus.OK, 40, 90)
    with capsys.disabled():
        print(f" [listing: {asked} requests for {second.new} new ads]")
    assert asked / second.new <= 1.1  # 40 ads, two pages of new ones, and the one that shows nothing new
    assert live.crawl(source(live.board), later=2 * HOUR).new == 0
    assert live.asked() == ["/"]


def test_a_report_counts_as_requests_what_was_sent(site: Any, source: Any) -> None:
    site.put(15)
    site.crawl(source(site.board))
    site.asked()
    again = site.crawl(source(site.board), later=HOUR)
    asked = site.asked()
    assert (again.requests, again.outcomes) == (len(asked), {"not_modified": 1, "sighted": 10, "skipped": 1})
    assert again.measures["shares"]["not_modified"] == [1, len(asked)]


def test_a_sitemap_costs_one_request_beside_its_new_ads(site: Any, source: Any) -> None:
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
    assert len(site.asked()) / 20 <= 1.1


def test_a_feed_costs_one_conditional_request(site: Any, source: Any) -> None:
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


def test_the_same_payload_without_a_tag_is_not_read_again(site: Any, source: Any) -> None:
    site.board.tags = False
    site.put(2)
    spec = source(site.board, limits={"delay": 0.01, "recheck_days": 0})
    site.crawl(spec)
    again = site.crawl(spec, later=HOUR)
    assert (again.status, again.outcomes, again.postings) == (RunStatus.OK, {"ok": 3}, 2)
    assert again.measures["numbers"]["read"] == 0


def test_a_date_is_enough_for_a_conditional_request(site: Any, source: Any) -> None:
    site.board.tags = False
    site.put(1)
    for answer in site.board.answers.values():
        answer.headers["Last-Modified"] = "Mon, 23 Nov 2026 10:00:00 GMT"
    spec = source(site.board, limits={"delay": 0.01, "recheck_days": 0})
    site.crawl(spec)
    assert (site.crawl(spec, later=HOUR).outcomes, site.board.spared) == ({"not_modified": 2}, 2)


def test_a_changed_description_of_the_source_reads_every_page_again(site: Any, source: Any) -> None:
    site.put(3)
    site.crawl(source(site.board))
    site.asked()
    report = site.crawl(source(site.board, fields={"title": {"css": "h1"}}), later=HOUR)
    assert (len(site.asked()), site.board.spared, report.outcomes) == (4, 0, {"ok": 4})


def test_an_ad_that_failed_is_asked_for_again_though_its_list_is_unchanged(site: Any, source: Any) -> None:
    site.put(3)
    site.board.put("/ad/2", "busy", status=500)
    assert site.crawl(source(site.board)).new == 2
    site.board.put_ad(2, "Ad 2", "Here at last.")
    site.asked()
    assert site.crawl(source(site.board), later=HOUR).new == 1
    assert site.asked() == ["/", "/ad/2"]


def test_a_malformed_job_in_a_sitemap_is_unreadable_not_skipped(site: Any, source: Any) -> None:
    site.board.put("/job/1", '<script type=\'application/ld+json\'>{"@type": "JobPosting", broken</script>')
    site.board.put("/sitemap.xml", f"<urlset><url><loc>{site.board.base}/job/1</loc></url></urlset>")
    report = site.crawl(source(site.board, engine="sitemap", start=[f"{site.board.base}/sitemap.xml"]))
    assert report.outcomes == {"ok": 1, "unreadable": 1}


def test_numbered_pages_are_followed_one_by_one_once_the_board_is_known(site: Any, source: Any) -> None:
    def put(total: int) -> None:
        site.put(total)
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


def test_a_sweep_comes_after_a_day_when_it_is_cheap_and_in_time_when_not(site: Any, source: Any) -> None:
    site.put(40)
    site.crawl(source(site.board))
    site.put(41)
    site.asked()
    site.crawl(source(site.board), later=DAY + HOUR)
    assert site.asked() == ["/", "/ad/41", "/?page=2"]
    site.crawl(source(site.board), later=DAY + 2 * HOUR)
    assert len(site.asked()) == 5


def test_lastmod_of_a_sitemap_is_the_card_unless_all_are_the_same(site: Any, source: Any) -> None:
    def put(*days: int) -> None:
        entry = "<url><loc>{base}/job/{n}</loc><lastmod>2026-11-{day:02}</lastmod></url>"
        entries = "".join(entry.format(base=site.board.base, n=n, day=day) for n, day in enumerate(days))
        site.board.put("/sitemap.xml", f"<urlset>{entries}</urlset>")
        for number, day in enumerate(days):
            job = {"@type": "JobPosting", "title": f"Tailor {number}", "description": f"Sewing, {site.word(day)}"}
            site.board.put(f"/job/{number}", f"<script type='application/ld+json'>{json.dumps(job)}</script>")

    spec = source(site.board, engine="sitemap", start=[f"{site.board.base}/sitemap.xml"])
    put(1, 2, 3)
    site.crawl(spec)
    put(1, 2, 4)
    site.asked()
    assert (site.crawl(spec, later=HOUR).changed, site.asked()) == (1, ["/sitemap.xml", "/job/2"])
    put(5, 5, 5)
    assert (site.crawl(spec, later=2 * HOUR).changed, site.asked()) == (0, ["/sitemap.xml"])


def test_a_json_board_is_read_as_far_as_it_is_new(site: Any, source: Any) -> None:
    def put(newest: int) -> None:
        for page in range(1, newest // 5 + 1):
            numbers = range(newest - (page - 1) * 5, newest - page * 5, -1)
            items = [{"id": n, "name": f"Cook {n}", "text": f"Kitchen in {site.word(n)} street"} for n in numbers]
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


def test_a_board_that_puts_new_ads_anywhere_is_read_as_a_whole(site: Any, source: Any) -> None:
    site.put(30)
    spec = source(site.board)
    site.crawl(spec)
    site.board.put_ad(99, "Ad 99", "Baker at the far end of the list.")
    last = site.board.answers["/?page=3"]
    last.body = last.body.replace(b"</ul>", b"<li><a class='ad' href='/ad/99'>99</a></li></ul>")
    assert site.crawl(spec, later=HOUR).new == 0
    assert site.crawl(spec, later=DAY).new == 1
    site.board.put_ad(98, "Ad 98", "Gardener at the far end of the list.")
    last.body = last.body.replace(b"</ul>", b"<li><a class='ad' href='/ad/98'>98</a></li></ul>")
    assert site.crawl(spec, later=DAY + HOUR).new == 1


def test_ads_that_are_due_leave_room_for_new_ones(site: Any, source: Any) -> None:
    site.put(10)
    site.crawl(source(site.board))
    site.put(12)
    site.asked()
    spec = source(site.board, limits={"delay": 0.01, "ads": 6})
    report = site.crawl(spec, later=7 * DAY)
    asked = [path for path in site.asked() if path.startswith("/ad/")]
    assert (report.status, report.new, len(asked)) == (RunStatus.OK, 2, 5)
    assert "capped" not in report.outcomes
    site.crawl(spec, later=7 * DAY + HOUR)
    again = [path for path in site.asked() if path.startswith("/ad/")]
    assert len(again) == 3
    assert set(again).isdisjoint(asked)

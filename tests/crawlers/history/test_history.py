"""The history of ads over several crawls: edits, ads that go and come back, reposts; a window twice changes nothing."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from zorya.domain.runs import RunStatus
from zorya.store.schema import postings as table

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_an_edit_that_the_card_shows_is_read_at_once(site: Any, source: Any) -> None:
    card = "<li><a class='ad' href='/ad/{n}'>Ad {n}</a> {pay} €</li>"
    site.board.put("/", "<ul>" + card.format(n=1, pay=900) + card.format(n=2, pay=950) + "</ul>")
    site.board.put_ad(1, "Ad 1", "Pay 900 € a month")
    site.board.put_ad(2, "Ad 2", "Pay 950 € a month")
    site.crawl(source(site.board))
    site.board.put("/", "<ul>" + card.format(n=1, pay=900) + card.format(n=2, pay=1950) + "</ul>")
    site.board.put_ad(2, "Ad 2", "Pay 1950 € a month")
    site.asked()
    assert (site.crawl(source(site.board), later=HOUR).changed, site.asked()) == (1, ["/", "/ad/2"])


def test_an_edit_behind_an_unchanged_card_is_read_when_the_ad_is_due(site: Any, source: Any) -> None:
    site.put(12)
    spec = source(site.board, limits={"delay": 0.01, "recheck_days": 3})
    site.crawl(spec)
    site.board.put_ad(1, "Ad 1", "Baker number 1, nights, no contract.")
    site.asked()
    assert (site.crawl(spec, later=2 * DAY).changed, site.asked()) == (0, ["/", "/?page=2"])
    report = site.crawl(spec, later=3 * DAY)
    assert (report.changed, len(site.asked()), site.board.spared) == (1, 14, 15)


def test_vanished_ads_are_gone_only_when_their_own_page_says_so(site: Any, source: Any) -> None:
    site.put(6)
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


def test_an_ad_that_a_list_shows_again_after_its_page_was_missing_is_back_within_a_day(site: Any, source: Any) -> None:
    site.put(3)
    spec = source(site.board)
    site.crawl(spec)
    site.crawl(spec, later=DAY)
    good = site.board.answers["/ad/2"]
    site.board.put("/ad/2", "not now", status=404)
    site.crawl(spec, later=7 * DAY)
    assert site.rows()["Ad 2"]["gone_at"] is not None
    site.board.answers["/ad/2"] = good
    site.asked()
    site.crawl(spec, later=7 * DAY + HOUR)
    assert site.asked() == ["/"]
    site.crawl(spec, later=8 * DAY)
    assert (site.asked(), site.rows()["Ad 2"]["gone_at"]) == (["/", "/ad/2"], None)


def test_a_red_crawl_asks_for_no_missing_ad(site: Any, source: Any) -> None:
    site.put(12)
    site.crawl(source(site.board))
    site.asked()
    site.board.put("/?page=2", "busy", status=500)
    site.board.put("/ad/1", "gone", status=404)
    report = site.crawl(source(site.board), later=7 * DAY)
    assert report.status is not RunStatus.OK
    assert "/ad/1" not in site.asked()
    assert site.rows()["Ad 1"]["gone_at"] is None


def test_rechecks_are_limited_and_go_on_in_the_next_crawl(site: Any, source: Any) -> None:
    site.put(6)
    spec = source(site.board, limits={"delay": 0.01, "rechecks": 2})
    site.crawl(spec)
    site.board.put_list(6)
    site.asked()
    for later in (1, 2, 3, 4):
        site.crawl(spec, later=later * HOUR)
    asked = [path for path in site.asked() if path.startswith("/ad/")]
    assert sorted(asked) == [f"/ad/{number}" for number in range(1, 6)]


def test_an_ad_of_a_feed_that_is_out_of_it_is_asked_for_when_time_is_up(site: Any, source: Any) -> None:
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


def test_telegram_stops_at_known_messages_and_sees_a_deleted_one(site: Any, source: Any) -> None:
    message = "<div class='tgme_widget_message' data-post='jobs_example/{n}'>{text}</div>"
    text = "<div class='tgme_widget_message_text'>Offer {n}<br>{word} street</div>"

    def put(before: int | None, *numbers: int) -> None:
        shown = "".join(message.format(n=n, text=text.format(n=n, word=site.word(n))) for n in numbers)
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


def test_a_repost_is_linked_to_the_earlier_ad(site: Any, source: Any) -> None:
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


def test_a_second_attempt_at_a_window_changes_no_row(site: Any, source: Any) -> None:
    site.put(12)
    site.board.put("/ad/3", "busy", status=500)
    site.crawl(source(site.board))
    before = site.rows()
    site.crawl(source(site.board))
    assert site.rows() == before


def test_sightings_readings_and_gone_on_either_engine(both: Any, source: Any) -> None:
    both.put(12)
    both.crawl(source(both.board))
    both.put(13)
    both.board.put("/?page=2", both.board.answers["/?page=2"].body.replace(b"/ad/1'", b"/ad/2'"))
    both.board.put("/ad/1", "gone", status=410)
    report = both.crawl(source(both.board), later=8 * DAY)
    rows = both.rows()
    assert (report.status, report.new, report.postings) == (RunStatus.OK, 1, 12)
    assert [title for title, row in rows.items() if row["gone_at"]] == ["Ad 1"]
    assert {row["last_seen"] for title, row in rows.items() if title != "Ad 1"} == {rows["Ad 13"]["first_seen"]}

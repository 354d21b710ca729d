"""The pages of the sources: every day has a verdict in words, red ones come first, and a source says why."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from zorya.domain import ids
from zorya.domain.health import Band, Checkup
from zorya.domain.reviews import Role
from zorya.domain.runs import Outcome, RequestOutcome, RunReport, RunStatus
from zorya.store import Store, audit, runs, sources
from zorya.store.schema import crawl_leases, frontier

SOUND = Checkup(
    numbers={"seen": 50, "read": 50, "new": 4},
    shares={"fill.pay": (30, 50), "language.ro": (40, 50)},
    bands={"seen": Band(41, 50, 58, 12), "fill.pay": Band(0.5, 0.6, 0.7, 12)},
    grade="sound",
)
WHY = ("ads seen: 3, usually 41–58", "expected at least 5 postings, found 3")
THIN = replace(SOUND, numbers={"seen": 3, "read": 3, "new": 0, "requests": 1}, why=WHY, grade="broken")
SPEC = {
    "engine": "listing",
    "schedule": "17 4 * * *",
    "languages": ["ro"],
    "expect": {"min_postings": 5, "silence_days": 4.0, "languages": 0.7, "fill": {"pay": 0.4}},
}


def describe(store: Store, name: str, at: Any, standing: str = "active") -> None:
    with store.writing() as connection:
        about = {"title": f"Board {name}", "country": "md", "engine": "listing", "owner": "Ana R."}
        sources.record(connection, name, standing=standing, spec=SPEC, at=at, **about)


def crawled(store: Store, name: str, at: Any, checkup: Checkup, requests: tuple[RequestOutcome, ...] = ()) -> str:
    status = RunStatus.FAILED if checkup.why else RunStatus.OK
    asked = requests or (RequestOutcome("https://board.example/", Outcome.OK),)
    outcomes = {str(one.outcome): sum(o.outcome == one.outcome for o in asked) for one in asked}
    run_id, seen = ids.run_id(name, at), int(checkup.numbers["seen"])
    report = RunReport(
        run_id, name, at, at, status, len(asked), outcomes, seen, 1, 0, (*checkup.why,), checkup.as_json()
    )
    with store.writing() as connection:
        runs.begin(connection, run_id, name, at)
        for number, one in enumerate(asked):
            row = {"url_key": f"{number}", "url": one.url, "reader": "list", "tries": 1, "reason": one.reason}
            connection.execute(frontier.insert().values(run_id=run_id, outcome=one.outcome, status=one.status, **row))
        runs.finish(connection, report)
    return run_id


@pytest.fixture
def fleet(town: Any, clock: Any) -> Any:
    """A sound source, one that broke today, one nobody crawls any more, and a draft."""
    store, now = town.store, clock()
    for name, standing in (("md_sound", "active"), ("ro_broken", "active"), ("md_late", "active"), ("md_new", "draft")):
        describe(store, name, now, standing)
    for day in range(1, 14):
        crawled(store, "md_sound", now - timedelta(days=day), SOUND)
        crawled(store, "ro_broken", now - timedelta(days=day), SOUND)
    crawled(store, "md_sound", now - timedelta(hours=1), SOUND)
    blocked = RequestOutcome("https://board.example/page?<b>", Outcome.BLOCKED, "the site answers 403", 403)
    crawled(store, "ro_broken", now - timedelta(hours=1), THIN, (blocked, RequestOutcome("u", Outcome.OK)))
    crawled(store, "md_late", now - timedelta(days=6), SOUND)
    for name, role in (("lea", Role.LEAD), ("olga", Role.ADMIN), ("dan", Role.DATA_SCIENTIST)):
        town.person(name, role)
    return town


@pytest.fixture
def look(fleet: Any, browse: Callable[..., Any]) -> Callable[..., str]:
    def get(path: str, who: str = "anna") -> str:
        return str(browse(who).get(path).text)

    return get


def test_red_sources_come_first_and_say_why(look: Callable[..., str]) -> None:
    page = look("/sources")
    names = re.findall(r'<article class="card source" aria-labelledby="s-([\w-]+)"', page)
    assert names.index("ro_broken") < names.index("md_late") < names.index("md_sound") < names.index("md_new")
    assert "Need a look" in page
    assert WHY[0] in page
    assert "3 ads, usually 41–58" in page


def test_every_source_has_a_cell_a_day_that_says_all_in_words(look: Callable[..., str]) -> None:
    page = look("/sources")
    strip = page.partition('aria-label="ro_broken, the last 14 days"')[2].partition("</ol>")[0]
    said = re.findall(r'href="/sources/ro_broken#day-[\d-]+" title="([^"]+)" aria-label="([^"]+)"', strip)
    assert len(said) == 14
    assert all(title == label for title, label in said)
    assert said[-1][0].startswith("24 Nov: failed, 3 ads, usually 41–58. ads seen: 3")
    assert said[0][0] == "11 Nov: ok, 50 ads, usually 41–58"
    assert re.findall(r'<span class="mark">(.)</span>', strip) == ["✓"] * 13 + ["✗"]


def test_a_source_that_is_not_crawled_in_time_is_red(look: Callable[..., str]) -> None:
    assert "last crawled 6.0 days ago, although `17 4 * * *` plans more" in look("/sources")


def test_a_crawl_under_way_is_not_a_failure_yet_and_a_dead_one_is(
    fleet: Any, look: Callable[..., str], clock: Any
) -> None:
    now = clock()
    with fleet.store.writing() as connection:
        runs.begin(connection, "r-now", "md_sound", now - timedelta(minutes=5))
        lease = {"source": "md_sound", "run_id": "r-now", "fence": 1, "holder": "here"}
        connection.execute(crawl_leases.insert().values(until=now + timedelta(minutes=1), **lease))
    page = look("/sources/md_sound")
    assert "a crawl is under way since 08:55 UTC" in page
    assert "24 Nov: ok, 50 ads" in page
    clock.forward(minutes=2)
    assert "did not finish" in look("/sources/md_sound")


def test_replays_of_archives_are_no_sources(fleet: Any, look: Callable[..., str], clock: Any) -> None:
    crawled(fleet.store, "md_sound@1f", clock(), THIN)
    assert "md_sound@1f" not in look("/sources")


def test_a_draft_that_failed_says_why(fleet: Any, look: Callable[..., str], clock: Any) -> None:
    crawled(fleet.store, "md_new", clock() - timedelta(hours=2), THIN)
    assert WHY[1] in look("/sources").partition('id="s-md_new"')[2]


def test_a_day_that_began_badly_and_ended_well_is_partial(fleet: Any, look: Callable[..., str], clock: Any) -> None:
    crawled(fleet.store, "md_sound", clock() - timedelta(hours=5), THIN)
    assert "24 Nov: partial, 1 of 2 runs not green, 50 ads" in look("/sources")


def test_one_source_shows_measures_expectations_and_failed_requests(look: Callable[..., str]) -> None:
    page = look("/sources/ro_broken")
    measured, _, expected = page.partition("What its file expects")
    seen = measured.partition("Ads seen</th>")[2].partition("</tr>")[0]
    pay = measured.partition("Ads with: Pay</th>")[2].partition("</tr>")[0]
    assert "41–58" in seen
    assert "outside of what is usual" in seen
    assert "50–70%" in pay
    assert "outside" not in pay
    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="num">([^<]+)</td>', expected)
    assert ("Ads", "at least 5") in rows
    assert ("A new ad", "within 4 days") in rows
    assert ("Ads with: Pay", "at least 40%") in rows
    assert "https://board.example/page?&lt;b&gt;" in page
    assert "the site answers 403 (HTTP 403)" in page
    assert "2 addresses, 1 asked for" in page
    assert "owner Ana R." in page
    assert page.count('id="day-2026-11-') == 14


def test_an_earlier_run_can_be_looked_at(fleet: Any, look: Callable[..., str], clock: Any) -> None:
    run_id = ids.run_id("ro_broken", clock() - timedelta(days=2))
    page = look(f"/sources/ro_broken?run={run_id}")
    assert "Nothing is wrong with it." in page
    assert "Run of 22 Nov 2026" in page


def test_a_source_nobody_knows_is_not_found(fleet: Any, browse: Callable[..., Any]) -> None:
    assert browse("anna").get("/sources/md_nobody").status_code == 404


def test_hostile_words_of_a_site_stay_words(fleet: Any, look: Callable[..., str], clock: Any) -> None:
    hostile = "<script>alert(1)</script>"
    broken = replace(THIN, why=(f"1 empty: no link (“{hostile}”)",))
    crawled(fleet.store, "md_sound", clock(), broken)
    for path in ("/sources", "/sources/md_sound"):
        assert hostile not in look(path)
        assert "&lt;script&gt;alert(1)" in look(path)


def test_a_lead_may_say_that_a_board_changed(fleet: Any, browse: Callable[..., Any]) -> None:
    lea = browse("lea")
    run = lea.field("/sources/ro_broken", "run")
    assert lea.fill("/sources/ro_broken/accept", run=run, reason=" ").status_code == 400
    assert lea.fill("/sources/ro_broken/accept", run="r-old", reason="why").status_code == 409
    page = lea.fill("/sources/ro_broken/accept", run=run, reason="they merged two boards").text
    assert "lea called this run the new normal" in page
    with fleet.store.reading() as connection:
        entry = audit.page(connection, limit=20)
    (said,) = [one for one in entry if one["action"] == "source.accept"]
    assert (said["actor"], said["object"], said["reason"]) == ("lea", "ro_broken", "they merged two boards")
    anna = browse("anna")
    assert "The board itself has changed" not in anna.get("/sources/ro_broken").text
    assert anna.fill("/sources/ro_broken/accept", run=run, reason="why").status_code == 403


@pytest.fixture
def narrow(page: Any, serve: Any, fleet: Any) -> Any:
    """A browser window of 320 pixels, signed in."""
    address = serve(fleet)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{address}/login")
    page.fill("[name=name]", "lea")
    page.fill("[name=password]", "a long invented password")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return lambda path: page.goto(f"{address}{path}")


def test_the_pages_fit_320_pixels(page: Any, narrow: Any) -> None:
    for path in ("/sources", "/sources/ro_broken", "/sources/new"):
        narrow(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        small = page.evaluate(
            "() => [...document.querySelectorAll('.strip a')].map((node) => node.getBoundingClientRect())"
            ".filter((box) => box.width < 24 || box.height < 24).length"
        )
        assert small == 0, path


def test_a_day_is_reached_and_opened_by_keyboard(page: Any, narrow: Any) -> None:
    narrow("/sources")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "day day-failed":
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/sources/ro_broken#day-2026-11-24")

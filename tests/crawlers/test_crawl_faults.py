"""Hostile, broken and unreachable boards: every request has an outcome, nothing stored is lost."""

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.runner import crawl_spec
from crawlers.stage import run
from zorya.domain.runs import RunReport, RunStatus
from zorya.settings import Settings
from zorya.store import Store, postings


@pytest.fixture
def crawl(sqlite_store: Store, crawlable: Settings, board: Any, source: Any, as_of: datetime) -> Any:
    def go(*, later: int = 0, settings: Settings | None = None, **changes: Any) -> RunReport:
        moment = as_of + timedelta(hours=later)
        report = crawl_spec(sqlite_store, settings or crawlable, source(board, **changes), as_of=moment)
        assert report.accounted
        return report

    return go


def stored(store: Store) -> int:
    with store.reading() as connection:
        return postings.count(connection)


def test_an_unreachable_board_fails_the_run_and_deletes_nothing(
    crawl: Any, board: Any, sqlite_store: Store, new_board: Any
) -> None:
    board.put_list(1)
    board.put_ad(1, "Waiter")
    crawl()
    board.close()
    report = crawl(later=1)
    assert report.status is RunStatus.FAILED
    assert stored(sqlite_store) == 1
    with sqlite_store.reading() as connection:
        (version,) = postings.all_current(connection)
        assert postings.sighting_times(connection, version.posting_id)[2] is None


def test_one_bad_page_of_each_kind_costs_only_itself(crawl: Any, board: Any, sqlite_store: Store) -> None:
    board.put_list(*range(1, 10))
    board.put_ad(1, "Waiter")
    board.put("/ad/2", "busy", status=500)
    board.put("/ad/3", "")
    wrong = "<h1>Официантка</h1><p>Работа вечером, оплата каждый день, жильё есть</p>".encode("cp1251")
    board.put("/ad/4", wrong)
    board.put("/ad/5", "<h1>Cook</h1><script type='application/ld+json'>{broken</script><p>Kitchen")
    board.put("/ad/6", "<h1>Nul\0ls</h1><div><p>unclosed <b>and broken")
    board.put("/ad/7", "<h1>Big</h1><p>" + "word and more " * 370_000)
    board.put("/ad/8", "<h1>Huge</h1>" + "x" * (11 * 1024 * 1024))
    report = crawl()  # /ad/9 is gone
    assert report.status is RunStatus.PARTIAL
    assert report.outcomes == {"ok": 6, "failed": 1, "empty": 1, "oversize": 1, "skipped": 1}
    with sqlite_store.reading() as connection:
        found = {version.posting.title for version in postings.all_current(connection)}
    assert found == {"Waiter", "Официантка", "Cook", "Nulls", "Big"}


@pytest.mark.parametrize(
    ("robots", "status", "outcome"),
    [("User-agent: *\nDisallow: /", 200, "robots"), ("busy", 503, "robots"), ("no", 403, "robots")],
)
def test_where_robots_says_no_nothing_is_read(crawl: Any, board: Any, robots: str, status: int, outcome: str) -> None:
    board.put("/robots.txt", robots, status=status)
    board.put_list(1)
    report = crawl()
    assert (report.status, report.outcomes) == (RunStatus.FAILED, {outcome: 1})
    assert set(board.asked) == {"/robots.txt"}


def test_a_page_that_robots_forbids_is_left_out(crawl: Any, board: Any) -> None:
    board.put("/robots.txt", "User-agent: *\nDisallow: /ad/2")
    board.put_list(1, 2)
    board.put_ad(1, "Waiter")
    board.put_ad(2, "Cook")
    assert crawl().outcomes == {"ok": 2, "robots": 1}
    assert "/ad/2" not in board.asked


@pytest.mark.parametrize("excepted", [False, True], ids=["guarded", "control"])
def test_no_way_leads_to_a_forbidden_port(
    sqlite_store: Store,
    sqlite_settings: Settings,
    new_board: Any,
    source: Any,
    allowing: Any,
    as_of: datetime,
    *,
    excepted: bool,
) -> None:
    board, canary = new_board(), new_board()
    canary.put_ad(9, "Inside")
    links = f"<a class='ad' href='/ad/1'>redirect</a><a class='ad' href='{canary.base}/ad/9'>link</a>"
    board.put("/", links)
    board.put("/ad/1", "", status=302, Location=f"{canary.base}/ad/9?by=redirect")
    spec = source(board, start=[f"{board.base}/", f"{canary.base}/start"])
    settings = allowing(sqlite_settings, board, *([canary] if excepted else []))
    report = crawl_spec(sqlite_store, settings, spec, as_of=as_of)
    assert report.accounted
    if excepted:
        assert {"/ad/9", "/ad/9?by=redirect", "/start"} <= set(canary.asked)
    else:
        assert canary.asked == []
        assert report.outcomes["blocked"] == 3


def test_a_list_without_ads_is_never_green(crawl: Any, board: Any) -> None:
    board.put("/", "<html><body>We have moved to a new design</body></html>")
    report = crawl()
    assert (report.status, report.outcomes) == (RunStatus.FAILED, {"empty": 1})


def test_a_challenge_ends_the_visit(crawl: Any, board: Any) -> None:
    board.put_list(1, 2)
    board.put("/ad/1", "<title>Just a moment...</title>")
    board.put_ad(2, "Cook")
    report = crawl()
    assert report.outcomes == {"ok": 1, "blocked": 1, "skipped": 1}
    assert "/ad/2" not in board.asked


def test_limits_are_kept_and_what_is_left_out_is_counted(crawl: Any, board: Any) -> None:
    board.put_list(1, 2, 3)
    board.put_ad(1, "Waiter")
    assert crawl(limits={"delay": 0.01, "ads": 1}).outcomes == {"ok": 2, "capped": 2}


def test_a_thin_crawl_is_not_green(crawl: Any, board: Any) -> None:
    board.put_list(1)
    board.put_ad(1, "Waiter")
    assert crawl(expect={"min_postings": 2}).status is RunStatus.FAILED
    assert crawl(id="xx_other", expect={"fill": {"pay": 0.5}}).status is RunStatus.PARTIAL


def children() -> list[int]:
    """Crawl processes of this test."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == os.getpid() and b"crawlers.child" in command:
            found.append(int(entry.name))
    return found


def test_a_killed_crawl_loses_nothing_and_can_be_repeated(crawl: Any, board: Any, sqlite_store: Store) -> None:
    board.put_list(1, 2, 3)
    for number in (1, 2, 3):
        board.put_ad(number, f"Ad {number}")
    board.answers["/ad/2"].before = lambda: [os.kill(pid, signal.SIGKILL) for pid in children()] and None
    report = crawl()
    assert report.status is RunStatus.FAILED
    assert sum(report.outcomes.values()) == 4
    assert report.outcomes["failed"] >= 2  # the page in hand, the one not asked for, and what waited to be stored
    assert any("signal 9" in message for message in report.messages)
    before = len(board.asked)
    board.answers["/ad/2"].before = None
    again = crawl()
    assert (again.run_id, again.status, again.outcomes, again.new) == (report.run_id, RunStatus.OK, {"ok": 4}, 3)
    assert "/" not in board.asked[before:]
    assert stored(sqlite_store) == 3


def test_the_stage_crawls_the_active_sources_and_names_the_broken_file(
    sqlite_store: Store, crawlable: Settings, board: Any, tmp_path: Path, as_of: datetime
) -> None:
    board.put_list(1)
    board.put_ad(1, "Waiter")
    text = (
        f"title: T\nhomepage: {board.base}/\nkind: job\ncountry: md\nlanguages: [ro]\nowner: o\nbasis: b\n"
        "review: {terms: 2026-11-01, robots: 2026-11-01, by: t}\n"
        f"engine: listing\nstart: [{board.base}/]\nfollow: {{ad: a.ad}}\nlimits: {{delay: 0.01}}\n"
    )
    for name, status in (("xx_on", "active"), ("xx_draft", "draft"), ("xx_bad", "nonsense")):
        (tmp_path / f"{name}.yml").write_text(f"id: {name}\nstatus: {status}\n{text}", encoding="utf-8")
    report = run(sqlite_store, crawlable.model_copy(update={"source_dirs": (tmp_path,)}), as_of=as_of)
    assert (report.counts["sources"], report.counts["ok"], report.counts["broken_files"]) == (1, 1, 1)
    assert "xx_bad.yml:2" in report.messages[0]

"""Crawls that are killed, repeated, doubled or overtaken: nothing is lost, nothing is there twice."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import select

from crawlers.runner import Turn, begin, crawl_spec
from crawlers.stage import run as crawl_stage
from zorya.domain import ids
from zorya.domain.runs import RunReport, RunStatus
from zorya.errors import SourceBusy
from zorya.settings import Settings
from zorya.store import Store, frontier, leases, open_store, runs
from zorya.store.leases import FencedOut
from zorya.store.schema import captures, postings, versions

WORK = ("bread and rolls", "soup of the day", "letters and parcels", "tiles and paint", "apples", "night watch")
ADS = len(WORK)


@pytest.fixture
def site(board: Any) -> Any:
    """A board with one list page and its ads."""
    board.put_list(*range(1, ADS + 1))
    for number, work in enumerate(WORK, 1):
        board.put_ad(number, f"Ad {number}", f"Work with {work}, contract from day one.")
    return board


def rows(store: Store) -> dict[str, list[Any]]:
    """What a crawl leaves behind, without the moments at which evidence was fetched."""
    columns = {
        "postings": (postings.c.id, postings.c.current_version, postings.c.first_seen, postings.c.last_seen),
        "versions": (versions.c.id, versions.c.content_hash, versions.c.seen_at),
        "captures": (captures.c.sha256, captures.c.url),
    }
    with store.reading() as connection:
        return {name: sorted(map(tuple, connection.execute(select(*some)))) for name, some in columns.items()}


def kill_children(*, of: int | None = None) -> None:
    """End the crawl processes of a process the hard way."""
    for child in psutil.Process(of).children(recursive=True):
        if "crawlers.child" in " ".join(child.cmdline()):
            child.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("victim", ["/", "/ad/4"])
def test_a_crawl_killed_anywhere_goes_on_where_it_stopped(
    sqlite_store: Store, crawlable: Settings, site: Any, source: Any, as_of: datetime, victim: str
) -> None:
    spec = source(site, limits={"delay": 0.25})  # slower than pages are grouped: each is stored at once
    site.answers[victim].before = kill_children
    first = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    assert (first.status, first.accounted) == (RunStatus.FAILED, True)
    site.answers[victim].before = None
    report = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    assert (report.run_id, report.status) == (first.run_id, RunStatus.OK)
    assert (report.outcomes, report.postings, report.new) == ({"ok": ADS + 1}, ADS, ADS)
    asked = [path for path in site.asked if path != "/robots.txt"]
    assert sorted(asked) == sorted(["/", *(f"/ad/{number}" for number in range(1, ADS + 1)), victim])
    found = rows(sqlite_store)
    assert {name: len(some) for name, some in found.items()} == {"postings": ADS, "versions": ADS, "captures": ADS}


def test_ads_of_a_dead_run_are_read_though_the_board_no_longer_lists_them(
    sqlite_store: Store, crawlable: Settings, site: Any, source: Any, as_of: datetime
) -> None:
    site.answers["/ad/3"].before = kill_children
    dead = crawl_spec(sqlite_store, crawlable, source(site), as_of=as_of)
    site.answers["/ad/3"].before = None
    site.put_list(1)
    report = crawl_spec(sqlite_store, crawlable, source(site), as_of=as_of + timedelta(hours=1))
    assert len(rows(sqlite_store)["postings"]) == ADS
    assert report.accounted
    with sqlite_store.reading() as connection:
        old = runs.requests_of(connection, dead.run_id)
    assert any(f"taken over by run {report.run_id}" in row["reason"] for row in old)


def parent(settings: Settings, store: Store, spec: Any, as_of: datetime) -> "subprocess.Popen[bytes]":
    """A process that crawls, as Airflow or a shell would start it."""
    code = (
        "import json, sys; from datetime import datetime; from crawlers.runner import crawl_spec\n"
        "from crawlers.spec import SourceSpec; from zorya.settings import Settings\n"
        "from zorya.store import open_store\n"
        "told = json.load(sys.stdin); settings = Settings(**told['settings'])\n"
        "crawl_spec(open_store(settings), settings, SourceSpec.model_validate(told['spec']),"
        " as_of=datetime.fromisoformat(told['as_of']))\n"
    )
    values = settings.model_dump(mode="json")
    values["database_url"] = store.engine.url.render_as_string(hide_password=False)
    told = {"settings": values, "spec": spec.model_dump(mode="json", by_alias=True), "as_of": as_of.isoformat()}
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(json.dumps(told).encode())
    process.stdin.close()
    return process


def test_a_run_whose_processes_both_died_is_finished_by_the_next_one(
    sqlite_store: Store, crawlable: Settings, site: Any, source: Any, as_of: datetime
) -> None:
    spec = source(site)
    process = parent(crawlable, sqlite_store, spec, as_of)

    def kill_both() -> None:
        kill_children(of=process.pid)
        os.kill(process.pid, signal.SIGKILL)

    site.answers["/ad/2"].before = kill_both
    process.wait()
    site.answers["/ad/2"].before = None
    report = crawl_spec(sqlite_store, crawlable, spec, as_of=as_of + timedelta(hours=1))
    assert report.status is RunStatus.OK
    assert len(rows(sqlite_store)["postings"]) == ADS
    with sqlite_store.reading() as connection:
        dead = runs.by_id(connection, ids.run_id(spec.id, as_of))
    assert dead is not None
    assert dead["finished_at"] is not None
    assert (dead["status"], dead["scheduled"]) == ("failed", sum(dead["outcomes"].values()))


def test_a_child_whose_parent_is_gone_stops(
    sqlite_store: Store, crawlable: Settings, site: Any, source: Any, as_of: datetime
) -> None:
    process = parent(crawlable, sqlite_store, source(site, limits={"delay": 2}), as_of)
    seen: list[psutil.Process] = []

    def orphan() -> None:
        seen.extend(psutil.Process(process.pid).children())
        os.kill(process.pid, signal.SIGKILL)

    site.answers["/"].before = orphan
    process.wait()
    gone, alive = psutil.wait_procs(seen, timeout=10)
    assert (len(gone), alive) == (1, [])


def test_four_crawls_at_once_leave_the_same_rows_as_one(
    sqlite_store: Store, crawlable: Settings, site: Any, source: Any, as_of: datetime
) -> None:
    def crawl(_: int) -> RunReport | SourceBusy:
        try:
            return crawl_spec(sqlite_store, crawlable, source(site), as_of=as_of)
        except SourceBusy as exc:
            return exc

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(crawl, range(4)))
    assert sum(isinstance(end, RunReport) for end in ends) >= 1
    assert all("is being crawled by" in str(end) for end in ends if isinstance(end, SourceBusy))
    assert sorted(path for path in site.asked if path.startswith("/ad")) == [f"/ad/{n}" for n in range(1, ADS + 1)]
    once = rows(sqlite_store)
    assert {name: len(some) for name, some in once.items()} == {"postings": ADS, "versions": ADS, "captures": ADS}
    for _ in range(5):
        crawl(0)
    assert rows(sqlite_store) == once


def test_the_stage_counts_a_busy_source_apart(
    sqlite_store: Store, crawlable: Settings, site: Any, source: Any, as_of: datetime, tmp_path: Any
) -> None:
    spec = source(site)
    (tmp_path / f"{spec.id}.yml").write_text(
        json.dumps(spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)), encoding="utf-8"
    )
    now = datetime.now(as_of.tzinfo)
    with sqlite_store.writing() as connection:
        leases.acquire(connection, spec.id, "r-1", "another-host:1:1.00", now, 60)
    report = crawl_stage(sqlite_store, crawlable.model_copy(update={"source_dirs": (tmp_path,)}), as_of=as_of)
    assert (report.counts["busy"], report.counts.get("failed", 0)) == (1, 0)
    assert "is being crawled by process 1 on another-host until" in report.messages[-1]
    assert site.asked == []


def test_a_run_that_ends_while_another_waits_for_its_lease_stays_green(
    home: Path,
    postgres_database: str,
    board: Any,
    source: Any,
    allowing: Any,
    as_of: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = allowing(Settings(home=home, database_url=postgres_database), board)
    board.put_list(1)
    board.put_ad(1, "Waiter")
    store, take = open_store(settings), leases.acquire

    def after_the_other(*arguments: Any) -> int:
        monkeypatch.setattr(leases, "acquire", take)
        assert crawl_spec(store, settings, source(board), as_of=as_of).status is RunStatus.OK
        return take(*arguments)

    monkeypatch.setattr(leases, "acquire", after_the_other)
    report = crawl_spec(store, settings, source(board), as_of=as_of)
    assert (report.status, report.new, board.asked.count("/")) == (RunStatus.OK, 1, 1)
    with store.reading() as connection:
        assert (leases.of(connection, "xx_board") or {})["holder"] == ""
    store.close()


def test_one_source_that_breaks_off_costs_no_other(
    sqlite_store: Store,
    crawlable: Settings,
    site: Any,
    source: Any,
    as_of: datetime,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fork(order: dict[str, Any], **_: Any) -> str:
        if order["name"] == "xx_a":
            raise OSError(12, "Cannot allocate memory")
        return ""

    for name in ("xx_a", "xx_b", "xx_c"):
        spec = source(site, id=name).model_dump(mode="json", by_alias=True, exclude_defaults=True)
        (tmp_path / f"{name}.yml").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setattr("crawlers.runner.run_child", fork)
    crawl = crawlable.crawl.model_copy(update={"at_once": 1})
    settings = crawlable.model_copy(update={"source_dirs": (tmp_path,), "crawl": crawl})
    report = crawl_stage(sqlite_store, settings, as_of=as_of)
    assert report.messages[0] == "xx_a: OSError: [Errno 12] Cannot allocate memory"
    assert [message.partition(":")[0] for message in report.messages] == ["xx_a", "xx_b", "xx_c"]
    with sqlite_store.reading() as connection:
        assert {(leases.of(connection, name) or {})["holder"] for name in ("xx_a", "xx_b", "xx_c")} == {""}


@pytest.mark.parametrize("overtaken", [True, False], ids=["fenced", "control"])
def test_a_crawl_that_lost_its_lease_stores_nothing(
    sqlite_store: Store, crawlable: Settings, site: Any, source: Any, as_of: datetime, *, overtaken: bool
) -> None:
    spec = source(site)

    def overtake() -> None:
        with sqlite_store.writing() as connection:
            lease = leases.of(connection, spec.id)
            assert lease is not None
            leases.acquire(connection, spec.id, "r-2", "another-host:1:1.00", lease["until"], 60)

    site.answers["/"].before = overtake if overtaken else None
    if not overtaken:
        assert crawl_spec(sqlite_store, crawlable, spec, as_of=as_of).status is RunStatus.OK
        return
    with pytest.raises(FencedOut):
        crawl_spec(sqlite_store, crawlable, spec, as_of=as_of)
    assert rows(sqlite_store)["postings"] == []
    with sqlite_store.reading() as connection:
        run_id = ids.run_id(spec.id, as_of)
        assert [one.outcome for one in frontier.known(connection, run_id)] == [None]


def test_the_clock_decides_whether_a_lease_has_run_out(
    sqlite_store: Store, crawlable: Settings, site: Any, source: Any, as_of: datetime
) -> None:
    clock: list[datetime] = [as_of]
    spec = source(site)
    with sqlite_store.writing() as connection:
        leases.acquire(connection, spec.id, "r-1", "another-host:1:1.00", as_of, 60)
    telling: Callable[[], datetime] = lambda: clock[0]  # noqa: E731
    with pytest.raises(SourceBusy):
        begin(sqlite_store, crawlable, spec, as_of=as_of, clock=telling)
    clock[0] += timedelta(seconds=61)
    turn = begin(sqlite_store, crawlable, spec, as_of=as_of, clock=telling)
    assert isinstance(turn, Turn)
    turn.release()

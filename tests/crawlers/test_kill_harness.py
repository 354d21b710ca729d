"""kill -9 at every named point and at random moments: no ad lost, none twice, database and evidence agree.

Slow: several hundred crawls. Every case is killed, crawled again until it ends, and then its whole store is examined.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crawlers.bench_server import ad_page
from crawlers.spec import SourceSpec
from zorya.settings import REPOSITORY, Settings
from zorya.store import Store, archive, frontier, open_store
from zorya.store.schema import captures, postings, runs, versions

pytestmark = pytest.mark.slow
ADS = 8
RANDOM_KILLS = 200
SEED = 20261124


@dataclass
class Crash:
    """One case: where it dies, and how it goes on."""

    name: str
    deaths: list[dict[str, Any]]
    as_next_run: bool
    """True: the next run of the schedule follows; False: the same run is tried again."""


class KillServer:
    """The program that crawls in forks."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__).parent / "kill_server.py")]
        environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self._process.stdout is not None
        self.points: dict[str, bool] = json.loads(self._process.stdout.readline())
        """Names of the points to die at; True for those in the process of `zorya crawl`."""

    def order(self, **order: Any) -> dict[str, Any]:
        """Carry out one order."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@pytest.fixture
def servers() -> Iterator[list[KillServer]]:
    """One per core, at most two."""
    started = [KillServer() for _ in range(min(os.cpu_count() or 1, 2))]
    yield started
    for one in started:
        one.close()


@pytest.fixture
def bakery(board: Any) -> Any:
    """A board of eight ads on two list pages."""
    for number in range(1, ADS + 1):
        board.put(f"/ad/{number}", ad_page(number))
    board.put_list(*range(1, 6), more="<a class='next' href='/more'>more</a>")
    board.put_list(*range(6, ADS + 1), path="/more")
    return board


def test_every_named_point_can_be_died_at(
    servers: list[KillServer], bakery: Any, source: Any, allowing: Any, new_home: Any, as_of: datetime
) -> None:
    points = servers[0].points
    crashes = [
        Crash(f"{point} ({nth}, {'machine' if whole else 'process'})", [_at(point, nth, whole)], nth == 1)
        for point, in_parent in points.items()
        for nth, whole in ((1, True), (3, True), (2, False))
        if nth == 1 or not in_parent
    ]
    killed = _endure(crashes, servers, bakery, source(bakery, limits={"delay": 0.001}), allowing, new_home, as_of)
    reached = {name.partition(" (")[0] for name in killed}
    print(f"{len(killed)} kills at {len(reached)} named points")
    assert reached == set(points)
    assert len(reached) >= 12


def test_random_moments_lose_nothing(
    servers: list[KillServer], bakery: Any, source: Any, allowing: Any, new_home: Any, as_of: datetime
) -> None:
    chance = random.Random(SEED)
    spec = source(bakery, limits={"delay": 0.001})
    took = _order(servers[0], allowing(new_home(), bakery), spec, as_of)["seconds"]
    crashes = [
        Crash(
            f"random {number}",
            [{"after_s": chance.uniform(0.02, took)} for _ in range(chance.choice((1, 1, 2)))],
            chance.random() < 0.5,
        )
        for number in range(RANDOM_KILLS)
    ]
    killed = _endure(crashes, servers, bakery, spec, allowing, new_home, as_of)
    print(f"{len(killed)} of {RANDOM_KILLS} cases were killed before their end (seed {SEED})")
    assert len(killed) > RANDOM_KILLS / 2


@pytest.fixture
def new_home(sqlite_template: Path, tmp_path: Path) -> Callable[[], Settings]:
    """Homes with a fresh database, as many as are asked for."""
    numbers = iter(range(10_000))

    def make() -> Settings:
        home = tmp_path / f"case{next(numbers)}"
        home.mkdir()
        (home / "zorya.sqlite").write_bytes(sqlite_template.read_bytes())
        return Settings(home=home)

    return make


def _at(point: str, nth: int, whole: bool) -> dict[str, Any]:
    return {"point": point, "nth": nth, "whole": whole}


def _endure(
    crashes: list[Crash],
    servers: list[KillServer],
    board: Any,
    spec: SourceSpec,
    allowing: Any,
    new_home: Callable[[], Settings],
    as_of: datetime,
) -> list[str]:
    """Run every case to its end; returns the names of those that were really killed."""

    def share(part: int) -> list[str]:
        killed = []
        for crash in crashes[part :: len(servers)]:
            settings = allowing(new_home(), board)
            if _suffer(servers[part], settings, spec, crash, as_of):
                killed.append(crash.name)
            _examine(settings, crash)
        return killed

    with ThreadPoolExecutor(len(servers)) as pool:
        return [name for names in pool.map(share, range(len(servers))) for name in names]


def _suffer(server: KillServer, settings: Settings, spec: SourceSpec, crash: Crash, as_of: datetime) -> bool:
    """Die as told, then crawl again until it is well; True when a death took place."""
    died, at = False, as_of
    for death in crash.deaths:
        answer = _order(server, settings, spec, at, **death)
        died = died or answer["killed"] or answer["report"]["status"] != "ok"
        at += timedelta(hours=crash.as_next_run)
    answer = _order(server, settings, spec, at)
    assert answer["report"], f"{crash.name}: no report; {(settings.home / 'log').read_text()[-2000:]}"
    assert answer["report"]["status"] == "ok", f"{crash.name}: {answer['report']}"
    return died


def _order(server: KillServer, settings: Settings, spec: SourceSpec, as_of: datetime, **death: Any) -> dict[str, Any]:
    return server.order(
        settings=settings.model_dump(mode="json"),
        spec=spec.model_dump(mode="json", by_alias=True),
        as_of=as_of.isoformat(),
        log=str(settings.home / "log"),
        **death,
    )


def _examine(settings: Settings, crash: Crash) -> None:
    """Every ad once with sound evidence; every request of every run accounted for; nothing else."""
    store = open_store(settings)
    try:
        _examine_store(store, settings, crash)
    finally:
        store.close()


def _examine_store(store: Store, settings: Settings, crash: Crash) -> None:
    with store.reading() as connection:
        found = sorted(url.rpartition("/")[2] for url in connection.execute(select(postings.c.url)).scalars())
        states = connection.execute(select(versions.c.posting_id, versions.c.capture_id)).all()
        kept = set(connection.execute(select(captures.c.id)).scalars())
        every_run = connection.execute(select(runs.c.id, runs.c.finished_at)).all()
        for run_id, finished_at in every_run:
            assert finished_at is not None, crash.name
            frontier.settled(connection, run_id)
    assert found == sorted(str(number) for number in range(1, ADS + 1)), crash.name
    assert len(states) == ADS, f"{crash.name}: an ad has two versions"
    assert {capture for _, capture in states} <= kept, f"{crash.name}: an ad without evidence"
    compared = archive.verify(store, settings.evidence_dir)
    assert compared.sound == compared.captures == len(kept), crash.name
    assert {fault.kind for fault in compared.faults} <= {"orphan"}, f"{crash.name}: {compared.faults}"
    assert compared.files == len(kept) + len(compared.faults), crash.name

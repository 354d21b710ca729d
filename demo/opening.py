"""Opening the demo: town, review app, Airflow; one pass of the chain; then it stays until it is told to stop."""

import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import filelock

from demo import home as house
from demo import scheduler
from demo.children import Child, Children
from demo.town import HOST, SQUARE, TEMPLATES, read_ports
from zorya.errors import ZoryaError
from zorya.settings import REPOSITORY, Settings, load_settings
from zorya.store import Store, open_store
from zorya.store.figures import Figures, figures, sources_done

START_LIMIT_S, CHAIN_LIMIT_S, BEAT_S = 120.0, 420.0, 1.0
SCHEDULE_S = 5.0
"""Time for Airflow's scheduler to make the runs that are due by the sources' own schedules; others are asked for."""


class DemoFailed(ZoryaError):
    """The demo could not be opened; what it started has been stopped."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What a person needs to look around."""

    review: str
    airflow: str | None
    town: str
    figures: Figures
    seconds: float


def open_demo(home: Path, *, python: str, airflow: bool, port: int, say: Callable[[str], None]) -> "Demo":
    """Start everything; the caller closes it."""
    home.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(home / "demo.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as exc:
        raise DemoFailed(f"a demo is already open in {home}; stop it first, or take another --home") from exc
    return Demo(home, python=python, airflow=airflow, port=port, say=say, lock=lock)


class Demo:
    """The running demo."""

    def __init__(
        self,
        home: Path,
        *,
        python: str,
        airflow: bool,
        port: int,
        say: Callable[[str], None],
        lock: filelock.BaseFileLock,
    ) -> None:
        self._home, self._python, self._with_airflow, self._say = home, python, airflow, say
        self._lock = lock
        self._environment = house.child_environment(home)
        self._children = Children(home / "logs", self._environment, REPOSITORY)
        self._ports = house.choose_ports(home, {"review": port, "airflow": 0, "worker_logs": 0, "trigger_logs": 0})
        self._began = time.monotonic()
        self._since = datetime.now(UTC)

    def close(self) -> None:
        """Stop what was started."""
        self._children.stop()
        self._lock.release()

    def watch(self) -> None:
        """Stay until a signal raises, or a child dies by itself."""
        while True:
            self._children.check()
            time.sleep(BEAT_S)

    def run_once(self) -> Opened:
        """Start all parts, let the chain run once, count."""
        town = self._start_town()
        settings = load_settings(home=self._home)
        with _opened(settings) as store:
            house.add_accounts(store, at=self._since)
            review = self._start_review()
            address = self._start_airflow() if self._with_airflow else None
            if address is None:
                self._pass_by_hand()
            else:
                self._pass_by_airflow(store)
            with store.reading() as connection:
                counted = figures(connection)
        return Opened(review, address, town, counted, time.monotonic() - self._began)

    def _start_town(self) -> str:
        self._say("starting the demo town …")
        child = self._children.start("town", [self._python, "-m", "demo.town", "--home", str(self._home)])
        self._until(
            lambda: "demo town:" in child.log.read_text("utf-8"), "the demo town does not answer", START_LIMIT_S
        )
        ports = read_ports(self._home)
        house.write_settings(self._home, ports)
        return f"http://{HOST}:{ports[SQUARE]}/"

    def _start_review(self) -> str:
        self._say("starting the review app …")
        port = str(self._ports["review"])
        self._children.start("review", [self._python, "-m", "zorya", "serve", "--host", HOST, "--port", port])
        address = f"http://{HOST}:{port}/"
        return address

    def _start_airflow(self) -> str:
        if not scheduler.installed():
            raise DemoFailed("Airflow is not installed: run `make run`, or open the demo with --no-airflow")
        self._say("starting Airflow (about 20 seconds) …")
        port = self._ports["airflow"]
        logs = (self._ports["worker_logs"], self._ports["trigger_logs"])
        extra = scheduler.environment(self._home, port=port, log_ports=logs)
        self._children.start("airflow", scheduler.command(), extra)
        return f"http://{HOST}:{port}/"

    def _pass_by_hand(self) -> None:
        self._say("crawling, screening, queueing …")
        child = self._children.start("pass", [self._python, "-m", "zorya", "run"])
        code = self._finish(child)
        if code not in {0, 4}:  # 4: some requests failed, as the town's bad guests make sure
            raise DemoFailed(f"`zorya run` ended with code {code}; the end of {child.log}:\n{child.last_lines()}")

    def _finish(self, child: Child) -> int:
        return self._children.finish(child, timeout=CHAIN_LIMIT_S)

    def _pass_by_airflow(self, store: Store) -> None:
        """Let Airflow's scheduler run every crawl once and screen what came."""
        airflow = scheduler.Scheduler(self._home, self._ports["airflow"])
        sources = {path.name.removesuffix(".yml.tmpl") for path in TEMPLATES.glob("*.yml.tmpl")}
        wanted = {f"crawl_{source}" for source in sources} | {"screen"}
        self._until(lambda: wanted <= (airflow.dags() or set()), "Airflow does not know the DAGs", START_LIMIT_S * 2)
        self._say(f"Airflow is up after {time.monotonic() - self._began:.0f} s; crawling {len(sources)} boards …")
        time.sleep(SCHEDULE_S)
        for source in sorted(sources - self._crawled(store)):
            if f"crawl_{source}" not in airflow.busy(since=self._since):
                airflow.trigger(f"crawl_{source}")
        self._until(lambda: sources <= self._crawled(store), "not every board was crawled", CHAIN_LIMIT_S)
        self._say(
            f"crawled after {time.monotonic() - self._began:.0f} s; screening (the model is trained on first use) …"
        )
        self._until(lambda: self._screened(store), "the postings were not screened", CHAIN_LIMIT_S)

    def settle(self) -> None:
        """Until no run of Airflow is under way, so that none is cut off; tells of those that failed."""
        if not self._with_airflow:
            return
        airflow = scheduler.Scheduler(self._home, self._ports["airflow"])
        self._until(lambda: not airflow.busy(), "Airflow's runs do not end", CHAIN_LIMIT_S)
        for dag_id in sorted(airflow.failed(since=self._since)):
            self._say(f"note: a run of {dag_id} failed; see it in Airflow")

    def _crawled(self, store: Store) -> set[str]:
        with store.reading() as connection:
            return sources_done(connection, since=self._since)

    def _screened(self, store: Store) -> bool:
        with store.reading() as connection:
            counted = figures(connection)
        return counted.unscreened == 0 and counted.flagged > 0 and counted.open_tasks > 0

    def wait_for_review(self, address: str) -> None:
        """Until the review app answers."""
        self._until(lambda: _answers(address), "the review app does not answer", START_LIMIT_S)

    def _until(self, condition: Callable[[], bool], complaint: str, limit: float) -> None:
        end = time.monotonic() + limit
        while not condition():
            self._children.check()
            if time.monotonic() > end:
                raise DemoFailed(f"{complaint} after {limit:.0f} s; see {self._home / 'logs'}")
            time.sleep(BEAT_S / 4)


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings)
    try:
        yield store
    finally:
        store.close()


def _answers(address: str) -> bool:
    try:
        with scheduler.OPENER.open(address, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False

"""One crawl of one source, in a process of its own, with a report in which every request has an outcome."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from crawlers import health, lifecycle
from crawlers.account import Account, AdFacts
from crawlers.catalog import load_catalog
from crawlers.spec import SourceSpec
from zorya import logs
from zorya.domain import ids
from zorya.domain.runs import Outcome, RequestOutcome, RunReport, RunStatus
from zorya.settings import REPOSITORY, Settings
from zorya.store import Store, frontier, leases, runs

_GRACE_S = 30.0
"""Time beyond the run's limit in which the child may end by itself."""

log = logs.get("crawlers.runner")


def _now() -> datetime:
    """The clock leases run by: real time, whatever moment the run is for."""
    return datetime.now(UTC)


def crawl_source(store: Store, settings: Settings, source_id: str, *, as_of: datetime) -> RunReport:
    """Crawl a source of the catalog now, whatever its status."""
    return crawl_spec(store, settings, load_catalog(settings.source_folders).get(source_id), as_of=as_of)


def crawl_spec(
    store: Store, settings: Settings, spec: SourceSpec, *, as_of: datetime, clock: Callable[[], datetime] = _now
) -> RunReport:
    """Crawl one described source; raises SourceBusy while somebody else does.

    The same source and moment again goes on where the last attempt stopped, and repeats nothing that ended green.
    """
    turn = begin(store, settings, spec, as_of=as_of, clock=clock)
    if isinstance(turn, RunReport):
        return turn
    try:
        if settings.crawl.allow_hosts:
            log.warning("hosts excepted from the address guard", source=spec.id, hosts=list(settings.crawl.allow_hosts))
        ending = run_child(turn.order(), limit=settings.crawl.run_limit_s + _GRACE_S) if turn.todo else ""
        account = turn.account(ending)
        verdict = health.assess(store, spec, account, ending, as_of=as_of)
        report = RunReport(
            run_id=turn.run_id,
            source=spec.id,
            started_at=as_of,
            finished_at=as_of + timedelta(seconds=time.monotonic() - turn.began),
            status=verdict.status,
            scheduled=len(account.requests),
            outcomes=account.outcomes,
            postings=len(account.postings),
            new=account.sightings["new"],
            changed=account.sightings["changed"],
            messages=verdict.messages,
            measures=verdict.checkup.as_json(),
        )
        turn.finish(report)
    finally:
        turn.release()
    log.info(
        "crawl ended", source=spec.id, status=str(report.status), postings=report.postings, outcomes=report.outcomes
    )
    return report


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt at one run, with the source's lease in hand: `fence` is its token."""

    store: Store
    settings: Settings
    spec: SourceSpec
    name: str
    """What lease and run are filed under: the source's id, or another name for a replay."""
    run_id: str
    as_of: datetime
    fence: int
    began: float
    """`time.monotonic()` when the attempt began."""
    todo: bool
    """False when an earlier attempt has left nothing to ask for."""

    def order(self, **more: str) -> dict[str, Any]:
        """What the crawl process is told."""
        values = self.settings.model_dump(mode="json")
        values["database_url"] = self.store.engine.url.render_as_string(hide_password=False)
        return {
            "settings": values,
            "spec": self.spec.model_dump(mode="json", by_alias=True),
            "name": self.name,
            "run_id": self.run_id,
            "as_of": self.as_of.isoformat(),
            "fence": self.fence,
            "parent": os.getpid(),
            **more,
        }

    def account(self, ending: str) -> Account:
        """Close what the crawl process left open and read what it did. `ending` says how it ended, if not well."""
        account = Account()
        with leases.writing(self.store, self.name, self.fence) as connection:
            frontier.abandon(connection, self.run_id, ending or "no answer was recorded")
            frontier.settled(connection, self.run_id)
        with self.store.reading() as connection:
            for row in runs.requests_of(connection, self.run_id):
                outcome = Outcome(row["outcome"])
                account.requests.append(RequestOutcome(row["url"], outcome, row["reason"], row["status"]))
                account.add(AdFacts.from_row(facts) for facts in row["brought"])
        return account

    def finish(self, report: RunReport) -> None:
        """Store the report."""
        with leases.writing(self.store, self.name, self.fence) as connection:
            runs.finish(connection, report)

    def release(self) -> None:
        """Give the lease back."""
        with self.store.writing() as connection:
            leases.release(connection, self.name, self.fence)


def begin(
    store: Store,
    settings: Settings,
    spec: SourceSpec,
    *,
    as_of: datetime,
    clock: Callable[[], datetime] = _now,
    name: str = "",
    noted: bool = True,
) -> Turn | RunReport:
    """Take the source's lease and open the run, or take it up again; raises SourceBusy.

    Returns the report of an equal run that ended green, if there is one. What dead runs of the source had found and
    not read becomes part of this one. A replay has a `name` of its own: it holds up no crawl and takes over none. What
    is no source at all (one address, by hand) is not `noted` among the sources.
    """
    name = name or spec.id
    run_id, now = ids.run_id(name, as_of), clock()
    with store.writing() as connection:
        row = runs.by_id(connection, run_id)
        if row is not None and row["status"] == RunStatus.OK:
            return runs.report_of(row)
        holder = leases.this_process()
        fence = leases.acquire(connection, name, run_id, holder, now, settings.crawl.lease_s)
        row = runs.by_id(connection, run_id)  # again: its last attempt may have ended while we waited for the lease
        if row is not None and row["status"] == RunStatus.OK:
            leases.release(connection, name, fence)
            return runs.report_of(row)
        todo = row is None or not row["scheduled"]
        if row is None:
            runs.begin(connection, run_id, name, as_of)
        else:
            runs.reopen(connection, run_id)
            todo = frontier.reopen(connection, run_id, now=now) > 0 or todo
        todo = frontier.take_over(connection, name, run_id, now=now) > 0 or todo
        if noted:
            lifecycle.note(connection, spec, at=as_of)
    return Turn(store, settings, spec, name, run_id, as_of, fence, time.monotonic(), todo)


def run_child(order: dict[str, Any], *, limit: float) -> str:
    """Run the crawl process; an empty string when it ended well, else how it ended."""
    path = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH"))))
    child = subprocess.Popen(
        [sys.executable, "-m", "crawlers.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,
    )
    try:
        _, stderr = child.communicate(json.dumps(order).encode(), timeout=limit)
    except subprocess.TimeoutExpired:
        _kill(child)
        return f"the crawl process did not end within {limit:.0f} s and was stopped"
    except BaseException:
        _kill(child)
        raise
    if child.returncode == 0:
        return ""
    last = next((line for line in reversed(stderr.decode("utf-8", "replace").splitlines()) if line.strip()), "")
    how = f"signal {-child.returncode}" if child.returncode < 0 else f"exit code {child.returncode}"
    return f"the crawl process ended early ({how}) {last}"[:400].strip()


def _kill(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()

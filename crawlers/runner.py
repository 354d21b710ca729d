"""One crawl of one source, in a process of its own, with a report in which every request has an outcome."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawlers import health
from crawlers.account import Account
from crawlers.catalog import load_catalog
from crawlers.ledger import read_ledger
from crawlers.spec import Engine, SourceSpec
from zorya import logs
from zorya.domain import ids
from zorya.domain.runs import Outcome, RunReport, RunStatus
from zorya.settings import REPOSITORY, Settings
from zorya.store import Store, postings, runs

_GRACE_S = 30.0
"""Time beyond the run's limit in which the child may end by itself."""
_WHOLE_BOARD = frozenset({Engine.LISTING, Engine.SITEMAP, Engine.JSON_API})
"""Engines that see everything a board shows; feeds and previews show the newest only: absence there means nothing."""

log = logs.get("crawlers.runner")


def crawl_source(store: Store, settings: Settings, source_id: str, *, as_of: datetime) -> RunReport:
    """Crawl a source of the catalog now, whatever its status."""
    return crawl_spec(store, settings, load_catalog(settings.source_folders).get(source_id), as_of=as_of)


def crawl_spec(store: Store, settings: Settings, spec: SourceSpec, *, as_of: datetime) -> RunReport:
    """Crawl one described source. The same source and moment again repeats nothing that ended green."""
    run_id = ids.run_id(spec.id, as_of)
    if (done := _begin(store, run_id, spec.id, as_of)) is not None:
        return done
    if settings.crawl.allow_hosts:
        log.warning("hosts excepted from the address guard", source=spec.id, hosts=list(settings.crawl.allow_hosts))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="zorya-crawl-") as folder:
        ledger = Path(folder) / "ledger.jsonl"
        ending = run_child(
            _order(store, settings, spec, run_id, as_of, ledger), limit=settings.crawl.run_limit_s + _GRACE_S
        )
        account = read_ledger(ledger, unfinished=ending or "no answer was recorded")
    finished_at = as_of + timedelta(seconds=time.monotonic() - began)
    verdict = health.assess(store, spec, account, ending, as_of=as_of)
    report = RunReport(
        run_id=run_id,
        source=spec.id,
        started_at=as_of,
        finished_at=finished_at,
        status=verdict.status,
        scheduled=len(account.requests),
        outcomes=account.outcomes,
        postings=len(account.postings),
        new=account.sightings["new"],
        changed=account.sightings["changed"],
        messages=verdict.messages,
        measures=verdict.checkup.as_json(),
    )
    _finish(store, spec, report, account)
    log.info(
        "crawl ended", source=spec.id, status=str(report.status), postings=report.postings, outcomes=report.outcomes
    )
    return report


def _begin(store: Store, run_id: str, source: str, as_of: datetime) -> RunReport | None:
    """Open the run's row; the report of an equal run that ended green, if there is one."""
    with store.writing() as connection:
        row = runs.by_id(connection, run_id)
        if row is None:
            runs.begin(connection, run_id, source, as_of)
        elif row["status"] == RunStatus.OK:
            return runs.report_of(row)
        else:
            runs.reopen(connection, run_id)
    return None


def _finish(store: Store, spec: SourceSpec, report: RunReport, account: Account) -> None:
    """Requests, vanished ads and the report, in one transaction."""
    complete = report.status is RunStatus.OK and not any(
        report.outcomes.get(name) for name in (Outcome.CAPPED, Outcome.ROBOTS)
    )
    with store.writing() as connection:
        runs.add_requests(connection, report.run_id, account.requests)
        if complete and spec.engine in _WHOLE_BOARD:
            postings.mark_gone(connection, spec.id, unseen_since=report.started_at)
        runs.finish(connection, report)


def _order(
    store: Store, settings: Settings, spec: SourceSpec, run_id: str, as_of: datetime, ledger: Path
) -> dict[str, Any]:
    values = settings.model_dump(mode="json")
    values["database_url"] = store.engine.url.render_as_string(hide_password=False)
    return {
        "settings": values,
        "spec": spec.model_dump(mode="json", by_alias=True),
        "run_id": run_id,
        "as_of": as_of.isoformat(),
        "ledger": str(ledger),
    }


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

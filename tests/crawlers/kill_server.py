"""Crawls on order and dies where it is told: the crashes of test_kill_harness.py. A program of its own, not a test.

Everything is imported once and each order runs in a fork, so that a case costs tenths of a second instead of two
seconds of imports. The fork does what `zorya crawl` does, with one difference: the crawl process is forked too instead
of started. The first line on stdout names the points (true: in the parent);
then orders come as JSON lines on stdin, answers go to stdout.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import dateparser  # noqa: F401 — imported before the fork, as whatever else a crawl loads
import protego  # noqa: F401
import scrapy.crawler
import scrapy.extensions  # noqa: F401
import trafilatura  # noqa: F401

from crawlers import child, health, lifecycle, pipelines, revisits, runner, schedule
from crawlers.spec import SourceSpec
from zorya import evidence
from zorya.settings import Settings
from zorya.store import Store, frontier, leases, open_store, postings, runs

POINTS: dict[str, tuple[Any, str, bool]] = {
    # in the process of `zorya crawl`: (owner, function, True = before it runs)
    "lease taken": (leases, "acquire", False),
    "run begun": (runs, "begin", False),
    "source noted": (lifecycle, "note", False),
    "turn begun": (runner, "begin", False),
    "crawl process ended": (runner.Turn, "account", True),
    "rest abandoned": (frontier, "settled", False),
    "crawl judged": (health, "assess", False),
    "report written": (runs, "finish", False),
    "report stored": (runner.Turn, "finish", False),
    "lease given back": (runner.Turn, "release", False),
    # in the crawl process
    "addresses entered": (frontier, "add_all", False),
    "tries counted": (frontier, "claim", False),
    "claim stored": (schedule.Schedule, "claimed", False),
    "page read": (pipelines.Recorder, "add", True),
    "evidence half written": (Path, "replace", True),
    "evidence written": (evidence.Archive, "put_many", False),
    "transaction begun": (leases, "check", False),
    "capture recorded": (postings, "add_capture", False),
    "posting recorded": (postings, "record", False),
    "page remembered": (revisits.Revisits, "remember", False),
    "outcome given": (frontier, "close", False),
    "page stored": (schedule.Schedule, "adopt", False),
    "vanished ads sought": (revisits.Revisits, "vanished", False),
    "crawl closed": (pipelines.Recorder, "close", False),
}
IN_PARENT = frozenset(list(POINTS)[:10])


def arm(point: str, nth: int, *, whole: bool) -> None:
    """Make the process (with `whole`, its group: the machine loses power) die at the nth passage of a point."""
    owner, name, before = POINTS[point]
    original: Callable[..., Any] = getattr(owner, name)
    left = [nth]

    def deadly(*args: Any, **kwargs: Any) -> Any:
        result = None if before else original(*args, **kwargs)
        left[0] -= 1
        if left[0] == 0:
            os.killpg(0, signal.SIGKILL) if whole else os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs) if before else result

    setattr(owner, name, deadly)


def forked_child(store: Store, log: str) -> Callable[..., str]:
    """`runner.run_child` by fork."""

    def run(order: dict[str, Any], *, limit: float) -> str:
        store.engine.dispose()  # no connection is shared with the fork
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child.main(order)
                code = 0
            except SystemExit as exc:
                code = 0 if exc.code is None else 1
            except BaseException:
                with Path(log).open("a", encoding="utf-8") as handle:
                    traceback.print_exc(file=handle)
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        return "" if status == 0 else f"the crawl process ended early (status {status})"

    return run


def carry_out(order: dict[str, Any], report_to: int) -> None:
    """One crawl; its report goes into a pipe."""
    os.setsid()
    with Path(order["log"]).open("a", encoding="utf-8") as handle:
        os.dup2(handle.fileno(), 1)
        os.dup2(handle.fileno(), 2)
    settings = Settings(**order["settings"])
    store = open_store(settings)
    runner.run_child = forked_child(store, order["log"])
    if order.get("point"):
        arm(order["point"], order["nth"], whole=order["whole"])
    spec = SourceSpec.model_validate(order["spec"])
    report = runner.crawl_spec(store, settings, spec, as_of=datetime.fromisoformat(order["as_of"]))
    facts = {"status": str(report.status), "postings": report.postings, "messages": list(report.messages)}
    os.write(report_to, json.dumps(facts | {"accounted": report.accounted}).encode())


def serve(order: dict[str, Any]) -> dict[str, Any]:
    """Run one order in a fork; says whether it was killed, and its report if it has one."""
    reading, writing = os.pipe()
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            carry_out(order, writing)
        except BaseException:
            with Path(order["log"]).open("a", encoding="utf-8") as handle:
                traceback.print_exc(file=handle)
        os._exit(0)
    os.close(writing)
    if order.get("after_s") is not None:
        threading.Timer(order["after_s"], _kill_group, [pid]).start()
    _, status = os.waitpid(pid, 0)
    said = b""
    while part := os.read(reading, 65536):
        said += part
    os.close(reading)
    killed = os.WIFSIGNALED(status)
    return {"killed": killed, "seconds": time.monotonic() - began, "report": json.loads(said) if said else None}


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # it may have ended by itself
        os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    if "twisted.internet.reactor" in sys.modules:
        sys.exit("the reactor must not exist before the fork")
    print(json.dumps({point: point in IN_PARENT for point in POINTS}), flush=True)
    for line in sys.stdin:
        print(json.dumps(serve(json.loads(line))), flush=True)

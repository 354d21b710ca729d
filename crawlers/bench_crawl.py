"""`zorya bench crawl`: the whole path against a bare Scrapy spider on the same boards in the same run.

The cost of a page is a slope, (cost of a large board − cost of a small one) ÷ the difference in pages, so that starting
Python is left out on both sides. CPU is that of the crawling processes alone; the board is served by another one.
"""

import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from crawlers.runner import crawl_spec
from crawlers.spec import SourceSpec
from zorya.domain.runs import RunReport
from zorya.settings import CrawlSettings, Settings
from zorya.store import open_store

SMALL, LARGE, ROUNDS = 50, 1000, 2
HOSTS, POLITE_ADS, POLITE_DELAY_S = 20, 200, 0.25
NEW_ADS = 100
SCRAPY_CLUSTER_PER_MINUTE = 1000
"""What scrapy-cluster's documentation reports for one machine."""


class Cost(NamedTuple):
    """Seconds of one crawl."""

    wall: float
    cpu: float


def measure(settings: Settings, *, as_of: datetime) -> list[dict[str, Any]]:
    """Rows of {measure, value, of}: ratios, pages per second and requests; prints nothing."""
    with tempfile.TemporaryDirectory(prefix="zorya-bench-") as folder:
        home = Path(folder)
        return [*_against_bare(home, as_of), *_polite(home, as_of), *_second_pass(home, as_of)]


def _against_bare(home: Path, as_of: datetime) -> list[dict[str, Any]]:
    best: dict[tuple[str, int], Cost] = {}
    for turn in range(ROUNDS):
        for size in (SMALL, LARGE):
            with _boards(1, size) as port:
                ours = _timed(lambda: _crawl(home / f"whole-{turn}-{size}", port, size, as_of))  # noqa: B023
                bare = _timed(lambda: _bare(port))
            for name, cost in (("ours", ours), ("bare", bare)):
                known = best.get((name, size), cost)
                best[name, size] = Cost(min(known.wall, cost.wall), min(known.cpu, cost.cpu))
    pages = (LARGE - SMALL) * (1 + 1 / 50)
    slope = {
        name: Cost(
            *((large - small) / pages for large, small in zip(best[name, LARGE], best[name, SMALL], strict=True))
        )
        for name in ("ours", "bare")
    }
    return [
        {"measure": "bare spider, pages/s", "value": round(1 / slope["bare"].wall, 1)},
        {"measure": "whole path, pages/s", "value": round(1 / slope["ours"].wall, 1)},
        {"measure": "whole path ÷ bare spider, by wall", "value": round(slope["bare"].wall / slope["ours"].wall, 2)},
        {"measure": "whole path ÷ bare spider, by CPU", "value": round(slope["bare"].cpu / slope["ours"].cpu, 2)},
        {"measure": "bare spider, ms CPU a page", "value": round(slope["bare"].cpu * 1000, 2)},
        {"measure": "whole path, ms CPU a page", "value": round(slope["ours"].cpu * 1000, 2)},
        {"measure": "whole path, s for 50 ads with start-up", "value": round(best["ours", SMALL].wall, 2)},
    ]


def _polite(home: Path, as_of: datetime) -> list[dict[str, Any]]:
    """Twenty hosts side by side, each with its own delay between requests."""
    with _boards(HOSTS, POLITE_ADS) as port:
        specs = [_spec(f"127.0.0.{n}", port, POLITE_ADS, delay=POLITE_DELAY_S) for n in range(1, HOSTS + 1)]
        settings = _settings(home / "polite", specs)
        store = open_store(settings)
        began = time.monotonic()
        with ThreadPoolExecutor(HOSTS) as pool:
            reports = list(pool.map(lambda spec: crawl_spec(store, settings, spec, as_of=as_of), specs))
        wall = time.monotonic() - began
        store.close()
    requests = sum(report.scheduled for report in reports)
    per_minute = requests / wall * 60
    return [
        {"measure": f"{HOSTS} hosts, {POLITE_DELAY_S} s apart each, requests/min", "value": round(per_minute)},
        {"measure": "… ÷ scrapy-cluster's 1,000/min", "value": round(per_minute / SCRAPY_CLUSTER_PER_MINUTE, 2)},
        {"measure": "… requests accounted for", "value": f"{_accounted(reports)} of {requests}"},
        {"measure": "… postings", "value": sum(report.postings for report in reports)},
    ]


def _second_pass(home: Path, as_of: datetime) -> list[dict[str, Any]]:
    """A board that did not change but for a hundred new ads, an hour later."""
    with _boards(1, LARGE) as port:
        spec = _spec("127.0.0.1", port, LARGE + NEW_ADS)
        settings = _settings(home / "second", [spec])
        store = open_store(settings)
        crawl_spec(store, settings, spec, as_of=as_of)
        _ask(port, f"/total/{LARGE + NEW_ADS}")
        before = int(_ask(port, "/requests"))
        report = crawl_spec(store, settings, spec, as_of=as_of + timedelta(hours=1))
        asked = int(_ask(port, "/requests")) - before
        store.close()
    return [
        {"measure": "second pass, requests", "value": asked},
        {"measure": "second pass, new ads", "value": report.new},
        {"measure": "second pass, requests per new ad", "value": round(asked / report.new, 2) if report.new else None},
    ]


def _accounted(reports: list[RunReport]) -> int:
    return sum(sum(report.outcomes.values()) for report in reports)


def _crawl(home: Path, port: int, ads: int, as_of: datetime) -> None:
    spec = _spec("127.0.0.1", port, ads)
    settings = _settings(home, [spec])
    store = open_store(settings)
    report = crawl_spec(store, settings, spec, as_of=as_of)
    store.close()
    if report.postings != ads or not report.accounted:
        raise RuntimeError(f"the bench crawl is not sound: {report.postings} of {ads} ads; {report.messages}")


def _bare(port: int) -> None:
    command = [sys.executable, "-m", "crawlers.bench_bare", f"http://127.0.0.1:{port}/list/1"]
    subprocess.run(command, check=True)  # noqa: S603 — our own module


def _spec(host: str, port: int, ads: int, *, delay: float = 0.001) -> SourceSpec:
    base = f"http://{host}:{port}"
    return SourceSpec.model_validate(
        {
            "id": f"bench_{host.replace('.', '_')}",
            "title": "A board on this machine",
            "homepage": f"{base}/",
            "kind": "job",
            "country": "md",
            "languages": ["en"],
            "owner": "bench",
            "basis": "invented, served from this machine",
            "engine": "listing",
            "start": [f"{base}/list/1"],
            "follow": {"ad": "a.ad", "next": "a.next"},
            "limits": {"delay": delay, "pages": 1000, "ads": ads + 1},
        }
    )


def _settings(home: Path, specs: list[SourceSpec]) -> Settings:
    hosts = tuple(url.removeprefix("http://").strip("/") for spec in specs for url in [spec.homepage])
    return Settings(home=home, crawl=CrawlSettings(allow_hosts=hosts))


def _timed(action: Callable[[], None]) -> Cost:
    began, used = time.monotonic(), _cpu()
    action()
    return Cost(time.monotonic() - began, _cpu() - used)


def _cpu() -> float:
    """CPU seconds of this process and of its ended children."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


@contextmanager
def _boards(hosts: int, total: int) -> Iterator[int]:
    """A server of boards in a process of its own; yields its port. Its CPU must not count: it is reaped outside."""
    command = [sys.executable, "-m", "crawlers.bench_server", str(hosts), str(total)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:  # noqa: S603 — our own
        if server.stdin is None or server.stdout is None:
            raise RuntimeError("the server of the bench has no pipes")
        yield int(server.stdout.readline())
        server.stdin.close()


def _ask(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return str(answer.read().decode())

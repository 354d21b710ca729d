"""Twenty people at work while a crawl writes: the app in a process of its own, the crawl in another.

Each person opens a page, reads for a second on average (exponential, far quicker than anybody reads), opens the next:
my day, the queue, the next campaign, its page. The crawl stores forty ads a second, one transaction a page: forty sites
at one page a second.
"""

import http.client
import multiprocessing
import os
import random
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from zorya.domain.ads import Kind, Posting
from zorya.settings import Settings
from zorya.store import open_store, postings

PATHS = ("/", "/queue", "/queue/next", "/queue?language=uk", "/campaigns")
THINK_S, ADS_PER_S = 1.0, 40


def measure(settings: Settings, cookie: str, *, users: int, seconds: float = 30) -> list[dict[str, Any]]:
    """One row: requests, p50, p95, p99 in milliseconds, failures, ads the crawl stored."""
    variables = os.environ | {"ZORYA__HOME": str(settings.home), "ZORYA__DATABASE_URL": settings.database_url}
    variables["ZORYA__REVIEW__SECOND_FACTOR_ROLES"] = "[]"
    app = subprocess.Popen([sys.executable, "-m", "zorya", "serve"], stdout=subprocess.PIPE, text=True, env=variables)
    address = urlsplit((app.stdout.readline() if app.stdout else "").strip()).netloc
    for path in PATHS:  # the first visit compiles the page's template: a server is started once a month
        _visit(address, cookie, path)
    context = multiprocessing.get_context("spawn")
    stored, stop = context.Value("i", 0), context.Event()
    crawl = context.Process(target=_crawl, args=(settings, stored, stop))
    crawl.start()
    spent: list[float] = []
    failed: list[int] = []
    ends = time.monotonic() + seconds
    people = [threading.Thread(target=_work, args=(address, cookie, n, ends, spent, failed)) for n in range(users)]
    try:
        for person in people:
            person.start()
        for person in people:
            person.join()
    finally:
        stop.set()
        crawl.join(30)
        app.terminate()
        app.wait(30)
    ordered = sorted(spent)
    figures = {f"p{part} ms": round(ordered[int(len(ordered) * part / 100)] * 1000, 1) for part in (50, 95, 99)}
    return [{"people": users, "requests": len(spent), **figures, "failed": len(failed), "ads stored": stored.value}]


def _work(address: str, cookie: str, number: int, ends: float, spent: list[float], failed: list[int]) -> None:
    chance, path = random.Random(number), "/"  # noqa: S311
    time.sleep(chance.expovariate(1 / THINK_S))  # nobody logs in at the very moment that nineteen others do
    while time.monotonic() < ends:
        begun = time.perf_counter()
        status, location, body = _visit(address, cookie, path)
        spent.append(time.perf_counter() - begun)
        if status not in {200, 303} or location.startswith(("/login", "/second-factor")):
            failed.append(status)
        path = _onward(location, body, chance)
        time.sleep(chance.expovariate(1 / THINK_S))


def _visit(address: str, cookie: str, path: str) -> tuple[int, str, str]:
    """Status of a page, where it leads on, and its text."""
    connection = http.client.HTTPConnection(address, timeout=60)
    headers = {"Cookie": f"zorya_session={cookie}", "Connection": "close"}  # reading takes longer
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.getheader("location") or "", answer.read().decode()


def _onward(location: str, page: str, chance: random.Random) -> str:
    """Where a person goes from here: where they are sent, else a page of the menu or a campaign named on this one."""
    path = location or chance.choice(PATHS)
    if path != "/campaigns":
        return path
    _, _, after = page.partition('href="/campaigns/')
    return f"/campaigns/{after.partition(chr(34))[0]}" if after else "/"


def _crawl(settings: Settings, stored: Any, stop: Any) -> None:
    """Store an ad every fortieth of a second until told to stop."""
    store, number = open_store(settings), 0
    while not stop.is_set():
        number += 1
        ad = Posting("board-00", f"new-{number}", f"https://board-00.example/new-{number}", Kind.JOB, "Work", "Ask us.")
        with store.writing() as connection:
            postings.record(connection, ad, capture_id=None, seen_at=datetime.now(UTC))
        stored.value = number
        stop.wait(1 / ADS_PER_S)
    store.close()

"""Answers made to hurt: bombs, drips, rings, traps, endless heads. The source ends in time and in little memory."""

import gzip
import json
import os
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from runpy import run_path
from typing import Any

import brotli
import pytest
from backports import zstd

from crawlers import runner
from crawlers.runner import crawl_spec
from zorya.domain.runs import RunReport
from zorya.settings import REPOSITORY, CrawlSettings, Settings
from zorya.store import Store

KIT = run_path(str(Path(__file__).with_name("hostile.py")))
CHILD = KIT["CHILD"]
write_prelude = KIT["write_prelude"]

_MEMORY = 300 * 1024
"""KiB that a crawl process may use at its worst."""
_WEIGHED = """
import json, os, subprocess, sys
order = json.load(sys.stdin) | {"parent": os.getpid()}
child = subprocess.Popen([sys.executable, "-m", "crawlers.child"], stdin=subprocess.PIPE)
child.stdin.write(json.dumps(order).encode())
child.stdin.close()
_, status, usage = os.wait4(child.pid, 0)
child.returncode = os.waitstatus_to_exitcode(status)
print(usage.ru_maxrss, child.returncode)
"""
"""Starts the crawl from a small process: a child's peak begins with the memory of who started it, here pytest's."""
_GIB = 1 << 30
UNBOUNDED = """
from crawlers import answers
answers._MOST = {}
"""


def packed(make: Callable[[], Any], size: int) -> bytes:
    """`size` zero-like bytes through a compressor object with compress() and flush() or finish()."""
    block, worker = b"<b>0</b>" * (1 << 17), make()
    step = getattr(worker, "process", None) or worker.compress
    body = b"".join(step(block) for _ in range(size // len(block)))
    return body + (getattr(worker, "finish", None) or worker.flush)()


def gzipped(size: int) -> bytes:
    return packed(lambda: zlib.compressobj(9, zlib.DEFLATED, 31), size)


BOMBS: dict[str, Callable[[int], tuple[bytes, str]]] = {
    "br": lambda size: (packed(lambda: brotli.Compressor(quality=1), size), "br"),
    "gzip": lambda size: (gzipped(size), "gzip"),
    "deflate": lambda size: (packed(lambda: zlib.compressobj(9), size), "deflate"),
    "zstd": lambda size: (packed(zstd.ZstdCompressor, size), "zstd"),
    "nested": lambda size: (gzip.compress(gzip.compress(gzipped(size))), "gzip, gzip, gzip"),
}


class Raw:
    """A server that writes what it likes on the socket: for answers no decent server can give."""

    def __init__(self, answers: dict[str, Callable[[socket.socket], None]]) -> None:
        self._answers, self._end = answers, threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.base = f"http://{self.host}"
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Pause; True when the test is over."""
        return self._end.wait(seconds)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with connection:
            try:
                head = connection.recv(65536)
                path = head.split(b" ")[1].decode()
                self.asked.append(path)
                self._answers.get(path, page("<h1>404</h1>", 404))(connection)
            except (OSError, IndexError):
                return

    def close(self) -> None:
        """Stop serving."""
        self._end.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


def page(body: str | bytes, status: int = 200, **headers: str) -> Callable[[socket.socket], None]:
    """An ordinary answer."""
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())

    def answer(connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {status} X\r\n{head}Connection: close\r\n\r\n".encode() + data)

    return answer


def endless(first: bytes, more: bytes, wait: Callable[[], bool] = lambda: False) -> Callable[[socket.socket], None]:
    """An answer that goes on until somebody hangs up."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(first)
        while not wait():
            connection.sendall(more)

    return answer


@pytest.fixture
def raw() -> Iterator[Callable[[dict[str, Any]], Raw]]:
    """Raw servers that end with the test."""
    servers: list[Raw] = []

    def serve(answers: dict[str, Any]) -> Raw:
        servers.append(Raw(answers))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


@pytest.fixture
def crawl(
    sqlite_store: Store, sqlite_settings: Settings, source: Any, as_of: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[RunReport, int, float]]:
    """Crawl a board; the report, the crawl process's peak memory in KiB, and the seconds it took."""
    peaks: list[int] = []

    def measured(order: dict[str, Any], *, limit: float) -> str:
        done = subprocess.run(
            [sys.executable, "-c", _WEIGHED],
            input=json.dumps(order).encode(),
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join((str(REPOSITORY), os.environ.get("PYTHONPATH", "")))},
            check=False,
        )
        peak, code = done.stdout.split()[-2:]
        peaks.append(int(peak))
        return "" if code == b"0" else f"exit code {code.decode()}"

    def go(board: Any, *, limits: Any = None, **crawl: Any) -> tuple[RunReport, int, float]:
        allowed = CrawlSettings(allow_hosts=(board.host,), **crawl)
        spec = source(board, limits={"delay": 0.001} | (limits or {}))
        began = time.monotonic()
        report = crawl_spec(sqlite_store, sqlite_settings.model_copy(update={"crawl": allowed}), spec, as_of=as_of)
        assert report.accounted
        return report, peaks[-1], time.monotonic() - began

    monkeypatch.setattr(runner, "run_child", measured)
    return go


def links(count: int) -> str:
    return "".join(f"<a class=ad href='/ad/{n}'>{n}</a>" for n in range(count))


GOOD = page("<h1>Waiter wanted</h1><p>Evenings in town, meals included, contract from day one.</p>")


@pytest.mark.slow
def test_control_an_honest_board_needs_little_memory(raw: Any, crawl: Any) -> None:
    report, peak, _ = crawl(raw({"/": page(links(1)), "/ad/0": GOOD}))
    assert report.outcomes == {"ok": 2}
    assert peak < _MEMORY


@pytest.mark.parametrize("size", [64 << 20, pytest.param(_GIB, marks=pytest.mark.slow)])
def test_bombs_are_oversize_and_cost_only_themselves(raw: Any, crawl: Any, size: int) -> None:
    answers = {"/": page(links(len(BOMBS) + 1)), f"/ad/{len(BOMBS)}": GOOD}
    for number, make in enumerate(BOMBS.values()):
        body, coding = make(size)
        answers[f"/ad/{number}"] = page(body, Content_Encoding=coding)
    report, peak, _ = crawl(raw(answers))
    assert report.outcomes == {"ok": 2, "oversize": len(BOMBS)}, report.messages
    assert peak < _MEMORY


def test_what_cannot_be_unpacked_is_unreadable_and_never_garbage(raw: Any, crawl: Any) -> None:
    text = "<h1>Cook</h1><p>Kitchen in town, mornings only.</p>"
    codings = enumerate(("gzip", "br", "zstd", "deflate"))
    answers = {
        "/": page(links(7)),
        **{f"/ad/{n}": page(text, Content_Encoding=coding) for n, coding in codings},
        "/ad/4": page(zlib.compress(text.encode()), Content_Encoding="compress"),
        "/ad/5": page(text, Content_Encoding="utf-8"),  # seen on real servers: a charset in the wrong place
        "/ad/6": page(gzip.compress(brotli.compress(text.encode())), Content_Encoding="br, gzip"),
    }
    report, _, _ = crawl(raw(answers))
    assert report.outcomes == {"ok": 3, "unreadable": 5}, report.messages


@pytest.mark.slow
def test_slow_and_endless_answers_end_within_the_limit_of_a_page(raw: Any, crawl: Any) -> None:
    board = raw({"/": page(links(6)), "/ad/5": GOOD})
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    board._answers |= {
        "/ad/0": endless(head + b"\r\n", b"x", wait=lambda: board.wait(0.2)),
        "/ad/1": endless(head + b"Transfer-Encoding: chunked\r\n\r\n", chunk),
        "/ad/2": endless(head, b"".join(b"X-%d: y\r\n" % n for n in range(2000))),
        "/ad/3": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 500),
        "/ad/4": page("", 302, Location="/ad/4"),
    }
    report, peak, seconds = crawl(board, timeout_s=2)
    assert report.outcomes == {"failed": 4, "ok": 2, "oversize": 1}, report.messages
    assert peak < _MEMORY
    assert seconds < 30


@pytest.mark.slow
def test_a_calendar_without_end_is_capped(raw: Any, crawl: Any) -> None:
    class Calendar(dict[str, Any]):
        def get(self, path: str, other: Any = None) -> Any:
            if path == "/robots.txt":
                return other
            day = int(path.rpartition("/")[2] or 0) if path != "/ad/0" else 0
            return GOOD if path == "/ad/0" else page(f"{links(1)}<a class=next href='/day/{day + 1}'>tomorrow</a>")

    report, _, _ = crawl(raw(Calendar()), limits={"pages": 30})
    assert report.outcomes == {"capped": 1, "ok": 31}, report.messages


def test_deep_and_intricate_pages_cost_only_themselves(raw: Any, crawl: Any) -> None:
    tail = "<h1>Cook</h1><p>Kitchen in town, mornings only, contract from day one.</p>"
    script = "<script type='application/ld+json'>{}</script>" + tail
    read = (
        "<div>" * 100_000 + tail,
        script.format("[" * 5_000 + "]" * 5_000),
        script.format('{"@type": "JobPosting", "title": "Cook", "identifier": ' + "9" * 5_000 + "}"),
        script.format('{"a":' * 100_000),
    )
    too_much = ("<b>0</b>" * 1_300_000, "<p " + "a=1 " * 2_500_000 + ">", script.format("[" + "[]," * 3_000_000 + "0]"))
    pages = (*read, *too_much)
    answers = {"/": page(links(len(pages) + 1)), f"/ad/{len(pages)}": GOOD}
    report, peak, _ = crawl(raw(answers | {f"/ad/{n}": page(text) for n, text in enumerate(pages)}))
    assert report.outcomes == {"ok": len(read) + 2, "oversize": len(too_much)}, report.messages
    assert report.postings == len(read) + 1
    assert peak < _MEMORY


@pytest.mark.slow
def test_control_without_its_bound_an_intricate_page_takes_the_memory(
    raw: Any, crawl: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_prelude(tmp_path / "prelude", CHILD + UNBOUNDED, 80)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "prelude"))
    _, peak, _ = crawl(raw({"/": page(links(1)), "/ad/0": page("<b>0</b>" * 1_300_000)}))
    assert peak > _MEMORY


@pytest.mark.slow
def test_a_run_ends_at_its_limit(raw: Any, crawl: Any) -> None:
    board = raw({"/": page(links(200))})
    drip = endless(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x", wait=lambda: board.wait(0.2))
    board._answers |= {f"/ad/{n}": drip for n in range(200)}
    _, _, seconds = crawl(board, timeout_s=1, run_limit_s=20)
    assert seconds < 20 * 1.1 + 6  # a few seconds to start the process, and one page under way

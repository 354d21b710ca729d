"""A real board on loopback, and sources that describe it."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from crawlers.spec import SourceSpec
from zorya.settings import CrawlSettings, Settings


@dataclass
class Answer:
    """What the board says to one path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    before: Callable[[], None] | None = None


class Board:
    """A web server whose pages a test writes; it remembers what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.tags = False
        """Answer with an ETag, and 304 to who knows it."""
        self.spared = 0
        """How many answers were a 304."""
        board = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                board.agents.add(self.headers.get("User-Agent", ""))
                status, body, headers = board.say(self.path, self.headers)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.base = f"http://{self.host}"

    def put(self, path: str, body: str | bytes, *, status: int = 200, **headers: str) -> None:
        """Write a page."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(data, status, {"Content-Type": "text/html; charset=utf-8"} | named)

    def put_ad(
        self, number: int, title: str, body: str = "A job in a bakery, mornings, contract from day one."
    ) -> None:
        """Write an ad page."""
        page = f"<html><head><title>{title} | Board</title></head><body><h1>{title}</h1><div class='text'>{body}</div>"
        self.put(f"/ad/{number}", f"{page}</body></html>")

    def put_list(self, *numbers: int, path: str = "/", more: str = "") -> None:
        """Write a list page."""
        links = "".join(f"<li><a class='ad' href='/ad/{number}'>{number}</a></li>" for number in numbers)
        self.put(path, f"<html><body><ul>{links}</ul>{more}</body></html>")

    def say(self, path: str, asked: Mapping[str, str]) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers: a 304 where the page is the one the asker knows by its tag or its date."""
        self.asked.append(path)
        answer = self.answers.get(path, Answer(b"<h1>not here</h1>", 404))
        if answer.before:
            answer.before()
        headers = dict(answer.headers)
        if self.tags and answer.status == 200:
            headers.setdefault("ETag", f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"')
        known = {"If-None-Match": headers.get("ETag"), "If-Modified-Since": headers.get("Last-Modified")}
        if answer.status == 200 and any(value and asked.get(name) == value for name, value in known.items()):
            self.spared += 1
            return 304, b"", headers
        return answer.status, answer.body, headers

    def close(self) -> None:
        """Stop serving."""
        if not self._thread.is_alive():
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def new_board() -> Iterator[Callable[[], Board]]:
    """As many boards as a test wants."""
    boards: list[Board] = []

    def make() -> Board:
        boards.append(Board())
        return boards[-1]

    yield make
    for board in boards:
        board.close()


@pytest.fixture
def board(new_board: Callable[[], Board]) -> Board:
    """One board."""
    return new_board()


def allow(settings: Settings, *boards: Board, **crawl: Any) -> Settings:
    """Settings in which these loopback boards may be crawled."""
    hosts = tuple(board.host for board in boards)
    return settings.model_copy(update={"crawl": CrawlSettings(allow_hosts=hosts, **crawl)})


def source(board: Board, **changes: Any) -> SourceSpec:
    """A listing source of a board, with changes."""
    values: dict[str, Any] = {
        "id": "xx_board",
        "title": "A board",
        "homepage": f"{board.base}/",
        "kind": "job",
        "country": "md",
        "languages": ["ro", "ru", "en"],
        "owner": "tests",
        "basis": "invented",
        "review": {"terms": "2026-11-01", "robots": "2026-11-01", "by": "tests"},
        "status": "active",
        "engine": "listing",
        "start": [f"{board.base}/"],
        "limits": {"delay": 0.01},
    }
    values |= changes
    if values["engine"] == "listing":
        values.setdefault("follow", {"ad": "a.ad", "next": "a.next"})
    return SourceSpec.model_validate(values)


@pytest.fixture
def crawlable(sqlite_settings: Settings, board: Board) -> Settings:
    """Settings (SQLite) in which `board` may be crawled."""
    return allow(sqlite_settings, board)


@pytest.fixture(name="source")
def source_fixture() -> Callable[..., SourceSpec]:
    """`source(board, **changes)`."""
    return source


@pytest.fixture(name="allowing")
def allowing_fixture() -> Callable[..., Settings]:
    """`allowing(settings, *boards, **crawl)`."""
    return allow

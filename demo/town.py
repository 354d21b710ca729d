"""The town: every board on a loopback port of its own, in one process.

`python -m demo.town --home DIR` serves until it is told to stop. Ports are remembered in `DIR/demo/ports.json`, so that
a second run shows the same addresses, and the source files of the boards are written to `DIR/demo/sources/`.
"""

import argparse
import contextlib
import json
import signal
import threading
from collections.abc import Iterator, Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from demo.boards import Board, all_boards
from demo.pages import Answer, answer

HOST = "127.0.0.1"
SQUARE = "square"
"""The page that lists all boards."""
TEMPLATES = Path(__file__).resolve().parent / "sources"


class _Handler(BaseHTTPRequestHandler):
    server: "_BoardServer"
    server_version = "DemoTown/1"
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """Answer with the board's page."""
        parts = urlsplit(self.path)
        reply = self.server.answer(parts.path, dict(parse_qsl(parts.query)))
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the crawler's own report says what was asked."""


class _BoardServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, board: Board | None, port: int, ports: Mapping[str, int]) -> None:
        self.board, self.ports = board, ports
        super().__init__((HOST, port), _Handler)

    @property
    def base(self) -> str:
        """Address without a final slash."""
        return f"http://{HOST}:{self.server_address[1]}"

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """The page of a path."""
        return answer(self.board, path, query, self.base) if self.board else _square(self.ports)


def _square(ports: Mapping[str, int]) -> Answer:
    boards = all_boards()
    items = "".join(
        f'<li><a href="http://{HOST}:{ports[name]}/">{escape(board.title)}</a>'
        f" — {len(board.ads)} invented ads, {board.layout}</li>"
        for name, board in boards.items()
    )
    style = "<style>body{font:17px system-ui;max-width:44rem;margin:3rem auto;line-height:1.6}</style>"
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Zorya demo town</title>{style}'
    text = "Invented boards, served from this machine only. Every person, firm and number is made up."
    return Answer(f"{head}<h1>The demo town</h1><p>{text}</p><ul>{items}</ul></html>".encode())


def _bind(board: Board | None, wanted: int, ports: Mapping[str, int]) -> _BoardServer:
    """A server on the wanted port, or on a free one when somebody else has it."""
    with contextlib.suppress(OSError):
        return _BoardServer(board, wanted, ports)
    return _BoardServer(board, 0, ports)


@contextlib.contextmanager
def open_town(home: Path) -> Iterator[dict[str, int]]:
    """Serve all boards while the block runs; gives board name → port."""
    file = home / "demo" / "ports.json"
    wanted = read_ports(home)
    ports: dict[str, int] = {}
    servers = []
    for name, board in {SQUARE: None, **all_boards()}.items():
        servers.append(_bind(board, wanted.get(name, 0), ports))
        ports[name] = servers[-1].server_address[1]
    threads = [threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    write_sources(home, ports)
    _replace(file, json.dumps(ports, indent=1))
    try:
        yield ports
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def read_ports(home: Path) -> dict[str, int]:
    """The ports of the last run; empty when there was none."""
    try:
        stored = json.loads((home / "demo" / "ports.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): int(port) for name, port in stored.items()} if isinstance(stored, dict) else {}


def write_sources(home: Path, ports: Mapping[str, int]) -> Path:
    """Fill `{port}` into the source files; returns their folder."""
    folder = home / "demo" / "sources"
    for template in sorted(TEMPLATES.glob("*.yml.tmpl")):
        name = template.name.removesuffix(".yml.tmpl")
        text = template.read_text("utf-8").replace("{port}", str(ports[name.removeprefix("demo_")]))
        _replace(folder / f"{name}.yml", text)
    return folder


def _replace(path: Path, text: str) -> None:
    """Whole or not at all: Airflow may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_text(text, "utf-8")
    draft.replace(path)


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description="Serve the demo town on loopback.")
    parser.add_argument("--home", type=Path, required=True, help="folder for ports and source files")
    home = parser.parse_args().home
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with open_town(home) as ports:
        print(f"demo town: http://{HOST}:{ports[SQUARE]}/", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()

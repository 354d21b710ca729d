"""A partner's machine: a real web server on loopback, with and without TLS, that keeps what it is sent."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from zorya.settings import Settings


@dataclass
class Machine:
    """What a partner runs. `answers` are the statuses of the next answers; afterwards 204."""

    server: ThreadingHTTPServer
    scheme: str
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    drips: bool = False

    @property
    def host(self) -> str:
        """`127.0.0.1:PORT`."""
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self) -> str:
        """Where it takes messages."""
        return f"{self.scheme}://{self.host}/zorya?for=us"


class _Handler(BaseHTTPRequestHandler):
    machine: Machine

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.machine.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        status = self.machine.answers.pop(0) if self.machine.answers else 204
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("location", self.machine.url)
        while self.machine.drips:
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)
        self.end_headers()

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # the sender cut the connection
            super().handle()

    def log_message(self, *_arguments: Any) -> None:
        pass


def _running(certificate: Path | None) -> Iterator[Machine]:
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    handler.machine = Machine(server, "https" if certificate else "http")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield handler.machine  # type: ignore[attr-defined]
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Without TLS, as only this machine may be."""
    yield from _running(None)


@pytest.fixture
def tls_machine(certificate: Path) -> Iterator[Machine]:
    """With a certificate that nobody trusts who was not told."""
    yield from _running(certificate)


@pytest.fixture
def allowing(settings: Settings) -> Callable[..., Settings]:
    """The settings, with hosts of this machine that a webhook may reach."""

    def these(*hosts: str, **more: Any) -> Settings:
        digest = settings.digest.model_copy(update={"allow_hosts": hosts} | more)
        return settings.model_copy(update={"digest": digest})

    return these

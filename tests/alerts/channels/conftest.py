"""A partner's machine: a real web server on loopback, with and without TLS, that keeps what it is sent."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

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
def tls_machine(tmp_path: Path) -> Iterator[Machine]:
    """With a certificate that only who trusts `certificate` knows."""
    yield from _running(_certificate(tmp_path / "machine.pem"))


def _certificate(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)  # OpenSSL checks the validity against the real clock
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = builder.add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    signed = builder.sign(key, hashes.SHA256())
    path.write_bytes(key.private_bytes(*plain) + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def allowing(settings: Settings) -> Callable[..., Settings]:
    """The settings, with hosts of this machine that a webhook may reach."""

    def these(*hosts: str, **more: Any) -> Settings:
        digest = settings.digest.model_copy(update={"allow_hosts": hosts} | more)
        return settings.model_copy(update={"digest": digest})

    return these

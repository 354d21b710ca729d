"""A real mail server on loopback, with and without TLS, and settings that use it."""

import json
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from zorya.settings import Settings


@dataclass
class PostOffice:
    """A real SMTP server on loopback that keeps what it is given."""

    controller: Controller
    counter: "_Counter"

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived."""
        return self.counter.mails

    @property
    def raw(self) -> list[bytes]:
        """What arrived, as it came."""
        return self.counter.raw

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.controller.server.sockets[0].getsockname()[1])


class _Counter:
    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.unknown: set[str] = set()
        self.logins: list[tuple[str, str]] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take mail for everybody but the unknown."""
        if address in self.unknown:
            return f"550 no such user {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Keep one mail."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.raw.append(envelope.content)
        return "250 OK"

    def log_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        """Let everybody in and remember whom."""
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=True)


class _AnyPort(Controller):  # type: ignore[misc]
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _serve(**options: Any) -> Iterator[PostOffice]:
    counter = _Counter()
    controller = _AnyPort(counter, hostname="127.0.0.1", port=0, authenticator=counter.log_in, **options)
    controller.start()
    yield PostOffice(controller, counter)
    controller.stop()


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """Started on a free port, stopped afterwards."""
    yield from _serve()


@pytest.fixture
def tls_post_office(certificate: Path) -> Iterator[PostOffice]:
    """One that takes mail only after STARTTLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    yield from _serve(tls_context=context, require_starttls=True)


@pytest.fixture
def mailing(settings: Settings) -> Callable[..., Settings]:
    """The settings, with mail going to a port of this machine."""

    def to(port: int, **more: Any) -> Settings:
        digest = settings.digest.model_copy(update={"smtp_port": port} | more)
        return settings.model_copy(update={"digest": digest})

    return to


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port on which nobody answers: bound, never listening."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


@pytest.fixture(scope="module")
def run_in_child() -> Iterator[Callable[..., int]]:
    """Renders and delivers in a process of its own; its exit status."""
    program = [sys.executable, str(Path(__file__).with_name("kill_server.py"))]
    server = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def order(**values: Any) -> int:
        assert server.stdin is not None
        assert server.stdout is not None
        print(json.dumps(values, default=str), file=server.stdin, flush=True)
        return int(server.stdout.readline())

    with server:
        yield order
        assert server.stdin is not None
        server.stdin.close()


@pytest.fixture(scope="module")
def gnupg() -> Iterator[Callable[..., bytes]]:
    """GnuPG with a key of an invented organisation, as that organisation has it."""
    if shutil.which("gpg") is None:
        pytest.fail("no GnuPG: run `apt-get install -y --no-install-recommends gnupg` (or `make test`)", pytrace=False)
    # /tmp, not tmp_path: the path of the agent's socket may not exceed 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="zorya-gpg-", dir="/tmp"))
    fixed = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]

    def run(*arguments: str, data: bytes = b"") -> bytes:
        done = subprocess.run([*fixed, *arguments], input=data, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    run("--quick-gen-key", "La Strada (invented) <alerts@la-strada.example>", "ed25519", "sign,cert", "never")
    listed = run("--with-colons", "--list-keys").decode().splitlines()
    made = next(line.split(":")[9] for line in listed if line.startswith("fpr"))
    run("--quick-add-key", made, "cv25519", "encr", "never")
    yield run
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], capture_output=True, check=False)
    shutil.rmtree(home, ignore_errors=True)

"""Ads with evidence, and a time-stamp authority of the test's own: `openssl ts` behind a loopback HTTP server."""

import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zorya.cli import app
from zorya.cli.output import report_error
from zorya.domain import ids
from zorya.domain.ads import Posting
from zorya.errors import ZoryaError
from zorya.evidence import Archive, Exchange
from zorya.setting_sections import TimestampAuthority
from zorya.settings import Settings
from zorya.store import Store, audit, campaign_changes, campaigns, postings

PAGE = "<h1>Waiter</h1><p>Evenings by the sea, call +44 7700 900123. {}</p>"
_TSA = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
[ext]
extendedKeyUsage = critical,timeStamping
"""


@dataclass
class Town:
    """A store and its archive with what tests put there; `ads` are posting ids, oldest first."""

    store: Store
    settings: Settings
    ads: list[str]
    campaign: str

    def keep(self, posting: Posting, at: datetime, html: str) -> tuple[str, str]:
        """One sighting with evidence; returns (posting, capture)."""
        redirects = ((301, "http://board.example/ad"),)
        sent = (("Content-Type", "text/html; charset=utf-8"), ("Date", "Tue, 24 Nov 2026 08:59:58 GMT"))
        exchange = Exchange(posting.url, 200, (), sent, html.encode(), at, ip="192.0.2.7", redirects=redirects)
        capture = Archive(self.settings.evidence_dir).put(exchange)
        with self.store.writing() as connection:
            postings.add_capture(connection, capture, None)
            postings.record(connection, posting, capture_id=capture.id, seen_at=at)
        return ids.posting_id(posting.source, posting.native_id), capture.id


@pytest.fixture
def town(sqlite_store: Store, sqlite_settings: Settings, as_of: datetime, make_posting: Any) -> Town:
    """Three ads, the first in two wordings, the first two one campaign; somebody has opened the first."""
    made = Town(sqlite_store, sqlite_settings, [], "")
    for number in (1, 2, 3):
        url = f"https://board.example/ad/{number}"
        ad = make_posting(native_id=str(number), url=url, title=f"Waiter {number}", body="Evenings by the sea.")
        made.ads.append(made.keep(ad, as_of + timedelta(minutes=number), PAGE.format(number))[0])
    changed = make_posting(
        native_id="1", url="https://board.example/ad/1", title="Waiter 1", body="Evenings by the sea <b>abroad</b>."
    )
    made.keep(changed, as_of + timedelta(hours=2), PAGE.format("abroad"))
    with made.store.writing() as connection:
        kept, gone = (campaigns.found(connection, one, at=as_of) for one in made.ads[:2])
        campaign_changes.merge(connection, [kept, gone], at=as_of, by="ana", reason="one number")
        made.campaign = gone
        audit.add(connection, at=as_of, actor="ana", action="ad.view", object=made.ads[0])
    return made


def zorya(*words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of `zorya evidence …`."""
    done = CliRunner().invoke(app, ["evidence", *words])
    if isinstance(done.exception, ZoryaError):
        return report_error(done.exception), done.stdout, f"{done.stderr}{done.exception}"
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def run_zorya() -> Callable[..., tuple[int, str, str]]:
    """`run_zorya("verify", …)`."""
    return zorya


@pytest.fixture(scope="session")
def authority_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys, certificates and configuration of a time-stamp authority."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.conf").write_text(_TSA.format(folder=folder))
    (folder / "serial").write_text("01")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    new = ("req", "-newkey", "rsa:2048", "-nodes", "-keyout")
    openssl(*new, "ca.key", "-x509", "-days", "3650", "-subj", "/CN=Invented authority", "-out", "ca.pem")
    openssl(*new, "tsa.key", "-subj", "/CN=Invented time-stamps", "-out", "tsa.csr")
    sign = ("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650")
    openssl(*sign, "-extfile", "tsa.conf", "-extensions", "ext", "-out", "tsa.pem")
    return folder


@dataclass
class TimestampServer:
    """A running authority; what it answers is what `openssl ts -reply` makes, unless a test sets `answer`."""

    folder: Path
    url: str = ""
    answer: bytes | None = None
    status: int = 200
    asked: int = 0

    def reply(self, query: bytes) -> bytes:
        """The answer to a query."""
        self.asked += 1
        if self.answer is not None:
            return self.answer
        (self.folder / "query.tsq").write_bytes(query)
        words = ["openssl", "ts", "-reply", "-config", "tsa.conf", "-queryfile", "query.tsq"]
        return subprocess.run(words, cwd=self.folder, check=True, capture_output=True).stdout

    def setting(self, name: str = "invented") -> TimestampAuthority:
        """As settings name it."""
        return TimestampAuthority(name=name, url=self.url, ca_file=self.folder / "ca.pem")


@pytest.fixture
def authority(authority_folder: Path) -> Iterator[TimestampServer]:
    """A time-stamp authority on loopback."""
    running = TimestampServer(authority_folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = running.reply(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(running.status)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.url = f"http://127.0.0.1:{server.server_address[1]}/tsr"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield running
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)

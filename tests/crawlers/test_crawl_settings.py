"""What every crawl's settings close: schemes, consoles, TLS without a check, cookies, credentials, proxies."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from itertools import product
from pathlib import Path
from runpy import run_path
from typing import Any

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from crawlers.runner import crawl_spec
from crawlers.settings import scrapy_settings
from crawlers.spec import Engine
from zorya.domain.runs import RunReport, RunStatus
from zorya.settings import CrawlSettings, Settings
from zorya.store import Store

KIT = run_path(str(Path(__file__).with_name("hostile.py")))
CHILD = KIT["CHILD"]
Web = KIT["Web"]
write_prelude = KIT["write_prelude"]

CLOSED = {
    "ROBOTSTXT_OBEY": True,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "REFERER_ENABLED": False,
    "DOWNLOAD_MAXSIZE": 10 * 1024 * 1024,
    "DOWNLOAD_TIMEOUT": 30.0,
    "DOWNLOAD_DELAY": 1.0,
    "CONCURRENT_REQUESTS": 1,
    "REDIRECT_MAX_TIMES": 5,
    "TWISTED_DNS_RESOLVER": "crawlers.guard.GuardedResolver",
}
OPENED = """
from crawlers import settings
closed = settings.scrapy_settings
settings.scrapy_settings = lambda *parts: closed(*parts) | {OPEN}
"""
CODES = (301, 302, 303, 307, 308)
SECRETS = ("Cookie", "Authorization", "Proxy-Authorization")


@pytest.mark.parametrize("engine", list(Engine))
def test_every_engine_runs_behind_closed_doors(source: Any, board: Any, engine: Engine) -> None:
    start = ["https://t.me/s/board_example"] if engine is Engine.TELEGRAM else [f"{board.base}/"]
    extra: dict[str, Any] = {"json": {"items": "ads"}, "fields": {"title": {"json": "t"}}}
    changes = extra if engine is Engine.JSON_API else {}
    spec = source(board, engine=engine.value, start=start, limits={}, **changes)
    for javascript in (False, True):
        values = scrapy_settings(CrawlSettings(), spec.model_copy(update={"javascript": javascript}))
        assert {name: values[name] for name in CLOSED} == CLOSED
        assert [scheme for scheme, handler in values["DOWNLOAD_HANDLERS"].items() if handler] == ["http", "https"]
        ours = {name: order for name, order in values["DOWNLOADER_MIDDLEWARES"].items() if order is not None}
        assert ours["crawlers.guard.GuardMiddleware"] < min(
            order for name, order in ours.items() if not name.endswith("GuardMiddleware")
        )


def test_only_a_board_of_our_own_is_read_side_by_side(source: Any, board: Any) -> None:
    spec = source(board, limits={"delay": 0.001})
    assert scrapy_settings(CrawlSettings(), spec)["CONCURRENT_REQUESTS"] == 1
    assert scrapy_settings(CrawlSettings(allow_hosts=(board.host,)), spec)["CONCURRENT_REQUESTS"] > 1


@pytest.fixture
def crawl(sqlite_store: Store, sqlite_settings: Settings, source: Any, as_of: datetime) -> Callable[..., RunReport]:
    """Crawl the boards at these addresses, which are excepted from the guard."""

    def go(board: Any, *others: str, **changes: Any) -> RunReport:
        hosts = tuple(url.partition("//")[2] for url in (board.base, *others))
        settings = sqlite_settings.model_copy(update={"crawl": CrawlSettings(allow_hosts=hosts, timeout_s=5)})
        changes = {"limits": {"delay": 0.01}, "hosts": [host.partition(":")[0] for host in hosts]} | changes
        return crawl_spec(sqlite_store, settings, source(board, **changes), as_of=as_of)

    return go


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], None]:
    """Opens doors in the crawl process, for controls."""

    def write(values: dict[str, Any]) -> None:
        write_prelude(tmp_path / "prelude", CHILD + OPENED.replace("{OPEN}", repr(values)), 80)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path / "prelude"))

    return write


def listening(board: Any, crawl: Any) -> int:
    """Sockets on which the crawl process listens while it works."""
    found: list[int] = []

    def look() -> None:
        for child in psutil.Process().children(recursive=True):
            found.append(sum(one.status == psutil.CONN_LISTEN for one in child.net_connections()))

    board.put_list(1)
    board.put_ad(1, "Waiter")
    board.answers["/ad/1"].before = look
    assert crawl(board).status is RunStatus.OK
    assert found
    return max(found)


def test_a_running_crawl_listens_nowhere(board: Any, crawl: Any) -> None:
    assert listening(board, crawl) == 0


def test_control_the_consoles_would_listen(board: Any, crawl: Any, opened: Any) -> None:
    opened({"TELNETCONSOLE_ENABLED": True})
    assert listening(board, crawl) > 0


def certificate(folder: Path) -> Path:
    """A self-signed certificate for loopback, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    hosts = [x509.IPAddress(ip_address(host)) for host in ("127.0.0.1", "127.0.0.2")]
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path = folder / "loopback.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, plain) + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Origin:
    """A server that hands out a cookie, redirects as told and remembers the secrets it was sent."""

    def __init__(self, host: str, pem: Path | None) -> None:
        self.base, self.sent = "", [""]
        self.asked: list[str] = []
        self.targets: list[str] = []
        origin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                origin.asked.append(self.path)
                origin.sent += [name for name in SECRETS if name in self.headers]
                code, _, target = self.path.lstrip("/").partition("-")
                away = code.isdigit() and target.isdigit()
                self.send_response(int(code) if away else 404 if self.path == "/robots.txt" else 200)
                self.send_header("Set-Cookie", "session=secret; Path=/")
                self.send_header("Content-Type", "text/html")
                if away:
                    self.send_header("Location", origin.targets[int(target)])
                self.end_headers()
                ads = (f"<a class=ad href='/{c}-{n}'></a>" for c in CODES for n in range(len(origin.targets)))
                self.wfile.write(("".join(ads) if self.path == "/" else "<h1>Cook</h1>").encode())

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer((host, 0), Handler)
        if pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.base = f"http{'s' * bool(pem)}://{host}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def origins(tmp_path: Path) -> Iterator[list[Origin]]:
    """Eight origins: scheme × host × port, each of which redirects to every other with every code."""
    pem = certificate(tmp_path)
    made = [Origin(host, tls) for tls, host, _ in product((None, pem), ("127.0.0.1", "127.0.0.2"), range(2))]
    for one in made:
        one.targets = [f"{other.base}/landed" for other in made]
    yield made
    for one in made:
        one.close()


def crossings(origins: list[Origin], crawl: Any) -> list[str]:
    """Redirect from each scheme to every origin with every code; the secrets that any origin was sent."""
    for one in (origins[0], origins[4]):
        report = crawl(one, *(other.base for other in origins))
        assert report.outcomes["ok"] == 1 + len(CODES) * len(origins), report.messages
    return [name for one in origins for name in one.sent if name]


def test_no_secret_crosses_from_origin_to_origin(
    origins: list[Origin], crawl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "loopback.pem"))
    assert 2 * len(CODES) * len(origins) >= 80
    assert crossings(origins, crawl) == []


def test_control_with_cookies_on_they_are_sent(
    origins: list[Origin], crawl: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Any
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "loopback.pem"))
    opened({"COOKIES_ENABLED": True})
    assert "Cookie" in crossings(origins, crawl)


def test_a_certificate_nobody_vouches_for_is_refused(origins: list[Origin], crawl: Any) -> None:
    report = crawl(origins[4])
    assert report.status is RunStatus.FAILED
    assert origins[4].asked == []


def test_control_without_the_check_it_is_read(origins: list[Origin], crawl: Any, opened: Any) -> None:
    opened({"DOWNLOAD_VERIFY_CERTIFICATES": False})
    crawl(origins[4])
    assert "/" in origins[4].asked


@pytest.mark.parametrize("enabled", [False, True], ids=["closed", "control"])
def test_a_proxy_in_the_environment_is_not_used(
    board: Any, crawl: Any, opened: Any, monkeypatch: pytest.MonkeyPatch, *, enabled: bool
) -> None:
    board.put_list(1)
    board.put_ad(1, "Waiter")
    proxy = Web(lambda host, path: (200, {}, "<h1>Proxy</h1>"), ("127.0.0.1", 0))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.base)
    monkeypatch.setenv("no_proxy", "")
    if enabled:
        opened({"HTTPPROXY_ENABLED": True, "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingHostnameResolver"})
    crawl(board)
    proxy.close()
    assert bool(proxy.asked) is enabled
    assert ("/ad/1" in board.asked) is not enabled

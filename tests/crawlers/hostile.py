"""Hostile addresses, and a web that leads to them: shared by the tests of the guard and of the crawls behind it."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LOOPBACK = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0x7f.0.0.1 0177.0.0.1 017700000001 127.0.0.1. 127.0.0.2
127.255.255.254 0.0.0.0 0 localhost LOCALHOST localhost. [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]
[0:0:0:0:0:0:0:1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [fe80::1%25lo] １２７.0.0.1
127。0。0。1 ①②⑦.0.0.1 %31%32%37.0.0.1 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ user@127.0.0.1 user:pw@127.0.0.1 public.example@127.0.0.1
public.example\\@127.0.0.1 127.0.0.1\\@public.example 127.0.0.1%2f@public.example 127.0.0.1%00.public.example
"""
NETS = """
10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16
198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48
100::/64 2001::/32 2001:20::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10
fec0::/10 ff00::/8
"""


def hostile(port: int) -> list[str]:
    """Addresses of this machine in odd spellings, and of every range that is not public, on several ports."""
    found = [
        f"{scheme}://{host}:{number}/"
        for host in LOOPBACK.split()
        for scheme, number in (("http", port), ("https", port), ("http", 80), ("http", 22), ("https", 8443))
    ]
    for net in map(ipaddress.ip_network, NETS.split()):
        for address in (net[0], net[net.num_addresses // 2], net[-1]):
            host = f"[{address}]" if address.version == 6 else str(address)
            found += [f"http://{host}/", f"https://{host}:8080/"]
    return found


def local_only(real: Callable[..., Any]) -> Callable[..., Any]:
    """A resolver that knows this machine and literal addresses: tests ask no name server."""

    def resolve(host: str, *args: Any, **kwargs: Any) -> Any:
        name = str(host).rstrip(".").lower()
        if name == "localhost" or not any(letter in name for letter in "ghijklmnopqrstuvwyz"):
            return real(host, *args, **kwargs)
        raise OSError(f"unknown: {host}")

    return resolve


CHILD = """
import os, socket
real, seen = socket.getaddrinfo, set()
def resolve(host, *args, **kwargs):
    name = (host.decode() if isinstance(host, bytes) else str(host)).rstrip(".").lower()
    if name.endswith(".robots.example"):
        return real("127.0.0.1", *args, **kwargs)
    if name.endswith(".flip.example"):
        first = name not in seen
        seen.add(name)
        return real("127.0.0.2" if first else "127.0.0.1", *args, **kwargs)
    if name == "localhost" or not any(letter in name for letter in "ghijklmnopqrstuvwyz"):
        return real(host, *args, **kwargs)
    raise socket.gaierror(f"unknown: {host}")
socket.getaddrinfo = resolve
from crawlers import guard
guard._PORTS = guard._PORTS | {PORT}
"""
"""Prelude of the crawl process: no name server is asked, and the canary's port counts as a web port."""


class Web:
    """A loopback server that answers by a function of host and path, and remembers what was asked.

    `heard` counts the connections it took, whatever was said on them: a handshake without a request is a leak too.
    """

    def __init__(self, answer: Callable[[str, str], tuple[int, dict[str, str], str]], bind: tuple[str, int]) -> None:
        self.asked: list[str] = []
        self.asked_at: list[float] = []
        self.heard = 0
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                web.asked_at.append(time.monotonic())
                status, headers, body = answer(self.headers.get("Host", ""), self.path)
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in bind[0] else socket.AF_INET
            daemon_threads = True

            def get_request(self) -> tuple[socket.socket, Any]:
                taken = super().get_request()
                web.heard += 1
                return taken

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Quiet: who hangs up is counted, not reported."""

        self.server = Server(bind, Handler)
        self.port = self.server.server_port
        self.base = f"http://{bind[0]}:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def write_prelude(folder: Path, code: str, port: int) -> None:
    """Code that a crawl process with this PYTHONPATH runs first: the product itself has no switch for tests."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(code.replace("{PORT}", "{" + str(port) + "}"), encoding="utf-8")


def traps(urls: list[str]) -> Callable[[str, str], tuple[int, dict[str, str], str]]:
    """A board each of whose pages leads to the hostile addresses in another way."""

    def locations(kind: str, tag: str) -> str:
        return "".join(f"<{tag}><loc>{url}{kind}</loc></{tag}>" for url in urls)

    links = "".join(
        f"<a class=ad href='{url}link'></a><a class=ad href='/redirect/{n}'></a><a class=ad href='/refresh/{n}'></a>"
        for n, url in enumerate(urls)
    )
    fixed = {
        "/": links,
        "/sitemap.xml": f"<urlset>{locations('sitemap', 'url')}</urlset>",
        "/index.xml": f"<sitemapindex>{locations('index', 'sitemap')}</sitemapindex>",
    }

    def answer(host: str, path: str) -> tuple[int, dict[str, str], str]:
        kind, _, number = path.lstrip("/").partition("/")
        if path == "/robots.txt" and host.partition(".")[2].startswith("robots.example"):
            return 302, {"Location": f"{urls[int(host.partition('.')[0])]}robots"}, ""
        if kind == "redirect":
            return 302, {"Location": ascii_header(f"{urls[int(number)]}redirect")}, ""
        if kind == "refresh":
            return 200, {}, f"<meta http-equiv=refresh content='0; url={urls[int(number)]}refresh'>An ad."
        return (200, {}, fixed[path]) if path in fixed else (404, {}, "")

    return answer


def ascii_header(url: str) -> str:
    return url.encode().decode("latin-1")

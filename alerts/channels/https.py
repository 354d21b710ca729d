"""One POST to an address that was checked: no redirect, no proxy, no inner address, an end to all waiting.

A partner file names the address, so it is a stranger's: the name is resolved once, every address it has must be public,
and the connection goes to the one that was checked.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import SplitResult, urlsplit

from zorya.domain.addresses import forbidden_address, plain_host
from zorya.errors import NotReached, SettingsError
from zorya.settings import is_secure

CONNECT_S = 10.0
WHOLE_S = 30.0
"""From the first byte sent to the last one read; a receiver that drips does not hold the outbox."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, allowed: Collection[str] = ()) -> int:
    """Send and return the status of the answer, whose body is not read.

    `allowed` are `host` or `host:port` that may be reached though they are not public. Raises SettingsError for an
    address that may not be asked (the outbox tries again once it was mended), NotReached when nobody answers in time.
    """
    parts = urlsplit(url)
    host, port = (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)
    if not is_secure(url) or "@" in parts.netloc or not plain_host(host):
        raise SettingsError(f"{host or url!r}: a webhook needs an https:// address without a name or password in it")
    connection = http.client.HTTPConnection(host, port)
    connection.auto_open = 0
    try:
        connection.sock = _connect(host, port, allowed, tls=parts.scheme == "https")
        with _deadline(connection.sock):
            connection.request("POST", _target(parts), body, {"host": parts.netloc, **headers, "connection": "close"})
            return connection.getresponse().status
    except (OSError, http.client.HTTPException) as exc:
        raise NotReached(f"{host} took no message ({type(exc).__name__}: {exc})") from exc
    finally:
        connection.close()


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _connect(host: str, port: int, allowed: Collection[str], *, tls: bool) -> socket.socket:
    raw = _open(_checked(host, port, allowed), port)
    if not tls:
        return raw
    try:
        return ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    except BaseException:
        raw.close()
        raise


def _checked(host: str, port: int, allowed: Collection[str]) -> list[str]:
    """Every address of a host; SettingsError when one of them is not public and the host is no exception."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    bracketed = f"[{host}]" if ":" in host else host
    if {host, bracketed, f"{bracketed}:{port}"}.isdisjoint(each.lower() for each in allowed):
        for address in addresses:
            if forbidden_address(address):
                remedy = f"if it is yours, add `{bracketed}:{port}` to `digest.allow_hosts`"
                raise SettingsError(f"{host} is at {address}, which is not a public address; {remedy}")
    return addresses


def _open(addresses: list[str], port: int) -> socket.socket:
    """A connection to the first address that answers."""
    last: OSError = ConnectionError("no address found")
    for address in addresses:
        try:
            return socket.create_connection((address, port), CONNECT_S)
        except OSError as exc:
            last = exc
    raise last


@contextlib.contextmanager
def _deadline(sock: socket.socket) -> Iterator[None]:
    """Cuts the connection when all of it takes too long."""
    ending = threading.Timer(WHOLE_S, _cut, [sock])
    ending.daemon = True
    ending.start()
    try:
        yield
    finally:
        ending.cancel()


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)

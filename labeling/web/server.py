"""Running the app in this process, on an address that is known before the first request."""

import socket
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from labeling.web.app import create_app
from zorya.domain.model_cards import ModelShelf
from zorya.domain.partner_desk import PartnerDesk
from zorya.domain.sources import SourceDesk
from zorya.settings import Settings
from zorya.store import Store


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(128)
    return listener


def address_of(listener: socket.socket) -> str:
    """The link to give to a person."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def make_server(
    settings: Settings,
    store: Store,
    *,
    clock: Callable[[], datetime],
    desk: SourceDesk | None = None,
    partner_desk: PartnerDesk | None = None,
    shelf: ModelShelf | None = None,
    machines: Mapping[str, ASGIApp] | None = None,
) -> uvicorn.Server:
    """A server without access log (addresses of people are not kept); it trusts proxies of `review.trusted_proxies`."""
    desks = {"desk": desk, "partner_desk": partner_desk, "shelf": shelf}
    app = create_app(settings, store, clock=clock, machines=machines, **desks)  # type: ignore[arg-type]
    trusted = [str(network) for network in settings.review.trusted_proxies]
    quiet: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False}
    proxied: dict[str, Any] = {"proxy_headers": bool(trusted), "forwarded_allow_ips": trusted}
    return uvicorn.Server(uvicorn.Config(app, **quiet, **proxied, lifespan="off", ws="none"))

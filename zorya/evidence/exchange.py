"""One HTTP exchange, as whoever fetched it hands it over."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP exchange as it happened; `body` is the payload after transfer and content decoding."""

    url: str
    status: int
    request_headers: tuple[tuple[str, str], ...]
    response_headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    ip: str = ""
    """Address the answer came from."""
    certificate: bytes = b""
    """The server's TLS certificate, DER; empty for plain HTTP."""
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, address) of each answer that led here, first one first."""
    settings_hash: str = ""
    """SHA-256 of what the crawl was told: the source's description and the crawl settings."""
    method: str = "GET"
    protocol: str = "HTTP/1.1"
    """Version the server answered in."""

    @property
    def media_type(self) -> str:
        """Content type without parameters, lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()[:120]

    def header(self, name: str) -> str:
        """First response header of that name (lower case), or an empty string."""
        return next((v for k, v in self.response_headers if k.lower() == name), "")

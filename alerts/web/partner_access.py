"""The door of partners' machines: a token, by HTTP Basic (partner's id and token) or as a bearer. Never in an address.

A machine reads what was told to its partner, and nothing else. Whoever builds an application for machines wraps each
handler in `Door.behind`; the token is checked before anything else happens.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from alerts.partners import Partner, load_all
from alerts.web.throttle import Throttle
from zorya.errors import DataFileError, ZoryaError
from zorya.settings import Settings
from zorya.store import Store, partner_tokens

READS_PER_HOUR = 600
"""Of one partner; a reader that looks every minute stays far below."""
FAILURES_PER_HOUR = 60
"""Wrong tokens from one address; then they are answered with 429. A right token always passes."""
_ASK = {"www-authenticate": 'Basic realm="Zorya", charset="UTF-8", Bearer realm="Zorya"'}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a partner's machine, its token checked."""

    partner: Partner
    request: Request
    now: datetime


Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Door:
    """Lets partners' machines in."""

    store: Store
    settings: Settings
    clock: Callable[[], datetime]
    reads: Throttle = field(default_factory=lambda: Throttle(READS_PER_HOUR))
    failures: Throttle = field(default_factory=lambda: Throttle(FAILURES_PER_HOUR))

    def behind(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that calls `handler` in a thread once the token is right.

        HTTPException: 401 without a right token, 429 beyond the limits, 503 when the partner's file cannot be read.
        """

        async def endpoint(request: Request) -> Response:
            return await run_in_threadpool(lambda: handler(self.visit(request)))

        return endpoint

    def visit(self, request: Request) -> Visit:
        """Who asks; raises as `behind` says."""
        now = self.clock()
        name, token = _credentials(request.headers.get("authorization", ""))
        with self.store.reading() as connection:
            owner = partner_tokens.partner_of(connection, token, at=now) if token else None
        if owner is None or name not in {"", owner}:
            self._refuse(request, now)
        if not self.reads.allows(str(owner), now):
            raise HTTPException(429, "Too many requests within an hour. Ask less often.", {"retry-after": "3600"})
        return Visit(self._partner(request, str(owner), now), request, now)

    def _refuse(self, request: Request, now: datetime) -> None:
        address = request.client.host if request.client else ""
        if not self.failures.allows(address, now):
            raise HTTPException(429, "Too many wrong tokens from this address.", {"retry-after": "3600"})
        raise HTTPException(401, "This address needs the token of a partner.", _ASK)

    def _partner(self, request: Request, owner: str, now: datetime) -> Partner:
        try:
            return load_all(self.settings).get(owner)
        except DataFileError as exc:
            raise HTTPException(503, "The file of this partner cannot be read just now.") from exc
        except ZoryaError:  # the partner is no longer in the catalog, the token is still there
            self._refuse(request, now)
            raise


def _credentials(header: str) -> tuple[str, str]:
    """(partner's id, token) of an Authorization header; the id is empty for a bearer, both where there are none."""
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return "", value.strip()
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, token = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (name, token) if name else ("", "")

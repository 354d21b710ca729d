"""The page a hotline can run: *Is this offer safe?* Nothing that is asked is stored, logged or put into an address."""

import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import uvicorn
from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from alerts.offers.advice import advice
from alerts.offers.answer import LANGUAGES, Answer, words_in
from alerts.web.throttle import Throttle
from zorya.errors import ZoryaError
from zorya.logs import get

HERE = Path(__file__).parent
LONGEST = 20_000
"""Characters of an offer; the longest ordinary ad we have seen has 12,000."""
_BODY = 4 * LONGEST + 2_000
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Asks(Protocol):
    """Reads an offer and looks it up."""

    def __call__(self, text: str, *, language: str, asker: str | None, as_of: datetime) -> Answer:
        """The answer in a language; `asker` is a country, ISO alpha-2 in lower case."""


class OfferPage:
    """One page in five languages: GET shows the form, POST the answer below it."""

    def __init__(self, asks: Asks, throttle: Throttle, *, clock: Callable[[], datetime]) -> None:
        self._asks, self._throttle, self._clock = asks, throttle, clock
        self._style = (HERE / "static" / "offer.css").read_bytes()
        folder = FileSystemLoader(HERE / "templates")
        self._pages = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)

    def app(self) -> Starlette:
        """The application."""
        routes = [
            Route("/", self._show, methods=["GET"]),
            Route("/", self._ask, methods=["POST"]),
            Route("/offer.css", self._css, methods=["GET"]),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: _refused, Exception: _failed})

    async def _show(self, request: Request) -> Response:
        return self._page(language_of(request), asked="", country="", found=None)

    async def _ask(self, request: Request) -> Response:
        language, now = language_of(request), self._clock()
        form = await _form(request)
        text, country = str(form.get("text", "")).strip(), str(form.get("country", ""))
        if not text:
            return self._page(language, asked="", country=country, found=None)
        if len(text) > LONGEST:
            raise HTTPException(413)
        if not self._throttle.allows(request.client.host if request.client else "", now):
            raise HTTPException(429)
        asker = country if country in advice().countries else None
        found = await run_in_threadpool(self._asks, text, language=language, asker=asker, as_of=now)
        return self._page(language, asked=text, country=country, found=found)

    async def _css(self, request: Request) -> Response:
        return Response(self._style, media_type="text/css", headers=HEADERS)

    def _page(self, language: str, *, asked: str, country: str, found: Answer | None) -> Response:
        words = words_in(language)
        names = sorted((words.countries([code])[0], code) for code in advice().countries)
        spoken = [(code, Locale.parse(code).get_language_name() or code) for code in LANGUAGES]
        html = self._pages.get_template("offer.html").render(
            t=words.text,
            language=language,
            languages=spoken,
            countries=names,
            asked=asked,
            country=country,
            found=found,
            longest=LONGEST,
        )
        return HTMLResponse(html, headers=HEADERS | {"content-language": language})


def language_of(request: Request) -> str:
    """`?lang=`, else the first of the browser's languages that is spoken. Unlike in the review app a browser may choose
    Russian: who is afraid must not look for a menu first."""
    wanted = request.query_params.get("lang", "")
    if wanted in LANGUAGES:
        return wanted
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"


async def _form(request: Request) -> FormData:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _BODY:
        raise HTTPException(413)
    return await request.form(max_files=0, max_fields=4, max_part_size=_BODY)


_REASONS = {
    404: "There is nothing at this address.",
    405: "This address cannot be used that way.",
    413: f"That is too long: at most {LONGEST:,} characters.",
    429: "Too many questions from this address within an hour. Call one of the lines instead.",
}


async def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    reason = _REASONS.get(status, "The browser sent something that this page does not understand.")
    return Response(reason, status, media_type="text/plain", headers=HEADERS)


async def _failed(request: Request, error: Exception) -> Response:
    get("alerts.offer_page").error("page failed", error=type(error).__name__)  # never what was asked
    return Response("Something went wrong. Nothing was stored.", 500, media_type="text/plain", headers=HEADERS)


def bind(host: str, port: int) -> tuple[socket.socket, str]:
    """A listening socket and its link; port 0 takes a free one. ZoryaError when the address cannot be had."""
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as exc:
        raise ZoryaError(f"{host}:{port} cannot be listened on ({exc.strerror}): choose another --port") from exc
    name, taken = listener.getsockname()[:2]
    return listener, f"http://[{name}]:{taken}/" if ":" in host else f"http://{name}:{taken}/"


def serve(page: OfferPage, listener: socket.socket) -> None:
    """Serve until stopped; no access log, since addresses of those who ask are not kept."""
    options: dict[str, Any] = {"log_level": "warning", "access_log": False, "server_header": False}
    config = uvicorn.Config(page.app(), **options, proxy_headers=False, lifespan="off", ws="none")
    uvicorn.Server(config).run(sockets=[listener])

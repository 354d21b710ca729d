"""The one door: every request passes here before its page — session, role, CSRF token, then the handler in a thread."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from labeling import preferences
from labeling.organisation import OrganisationLogIn
from labeling.preferences import Preferences, Theme
from labeling.translating import Translators
from labeling.web import policy
from labeling.web.drawing import Pages
from labeling.web.keymap import Key, KeyRefused, keymap
from labeling.web.passwords import Throttle
from labeling.web.speech import N_, Speech, speech
from zorya.domain.model_cards import ModelShelf
from zorya.domain.partner_desk import PartnerDesk
from zorya.domain.reviews import Role
from zorya.domain.sources import SourceDesk
from zorya.settings import Settings
from zorya.store import Store, people
from zorya.store.view_log import Entry, ViewLog

SESSION_COOKIE = "zorya_session"
LOGIN_COOKIE = "zorya_login"
SKIP_COOKIE = "zorya_skip"
LANGUAGE_COOKIE = "zorya_language"
SESSION_WARN_S = 600
"""Seconds before its end at which a session says so."""
MAX_FORM_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, and the token that their forms must carry."""

    name: str
    display_name: str
    role: Role
    csrf: str
    language: str
    preferences: Preferences
    session_began: datetime
    session_ends: datetime
    has_second_factor: bool
    by_organisation: bool
    """Whether this session was begun at the organisation's log-in."""
    must_enrol: bool
    """This role needs a second factor, and this person has none yet: no page opens before it is set up."""


@dataclass(frozen=True, slots=True)
class App:
    """What handlers work with."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    pages: Pages
    views: ViewLog
    throttle: Throttle
    translators: Translators
    organisation: OrganisationLogIn | None = None
    """The organisation's log-in; None where people come in with passwords only."""
    desk: SourceDesk | None = None
    """Looks at addresses for /sources/new; None where this server sends nobody out."""
    partner_desk: PartnerDesk | None = None
    """Where leads decide on alerts and partners answer; None where this server has no partners."""
    shelf: ModelShelf | None = None
    """Where the cards of models stand; None where this server shows none."""
    probes: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(2))
    """A probe holds a thread for many seconds: few at a time."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a handler sees it."""

    app: App
    request: Request
    now: datetime
    form: FormData = field(default_factory=FormData)
    signed_in: Person | None = None
    language: str = ""
    """Speak this language whoever asks: that of the partner whose link was opened."""

    @property
    def person(self) -> Person:
        """Who asks; only on routes that demand a log-in."""
        if self.signed_in is None:
            raise PermissionError("this page has no signed-in person")
        return self.signed_in

    def text(self, name: str, limit: int = 4000) -> str:
        """A form field as text."""
        value = self.form.get(name, "")
        return value.replace("\x00", "")[:limit] if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        """A form field that may occur more than once."""
        return tuple(value for value in self.form.getlist(name) if isinstance(value, str))

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """Draw a page for this person."""
        person = self.signed_in
        return self.app.pages.draw(
            template,
            language=self.speech.code,
            status=status,
            person=person,
            now=self.now,
            keys_on=person.preferences.keys_on if person else False,
            theme=person.preferences.theme if person else Theme.SYSTEM,
            address=self.address if person else "/",
            session_warn=SESSION_WARN_S,
            session_left=int((person.session_ends - self.now).total_seconds()) if person else 0,
            keys=self.keys,
            may=policy.may,
            **context,
        )

    @property
    def keys(self) -> dict[str, Key]:
        """The keys of this person, by act; the shipped ones where what they chose no longer fits together."""
        try:
            return keymap(self.signed_in.preferences.keys if self.signed_in else None)
        except KeyRefused:
            return keymap()

    @property
    def speech(self) -> Speech:
        """The language of the account; before the log-in that of the last choice here, else of this house."""
        if self.language or self.signed_in:
            return speech(self.language or self.person.language)
        return speech(self.request.cookies.get(LANGUAGE_COOKIE) or self.app.settings.language)

    def log(self, action: str, *objects: str, reason: str = "") -> None:
        """Note what this person looks at; stored before it returns, and so before it is shown."""
        self.app.views.add(*(Entry(self.now, self.person.name, action, each, reason) for each in objects))

    def say(self, message: str, **values: object) -> str:
        """A message in the reader's language."""
        return self.speech.say(message, **values)

    def wait_words(self, wait: timedelta) -> str:
        """How long somebody must wait after too many failures."""
        seconds = int(wait.total_seconds()) + 1
        return self.speech.plural(
            "Too many failures. Try again in %(num)s second.",
            "Too many failures. Try again in %(num)s seconds.",
            seconds,
        )

    @property
    def address(self) -> str:
        """Where the reader is, to come back to; the first page after a form."""
        url = self.request.url
        return (f"{url.path}?{url.query}" if url.query else url.path) if self.request.method == "GET" else "/"

    def go(self, address: str) -> Response:
        """See other."""
        return RedirectResponse(address, status_code=303)

    def is_secure(self) -> bool:
        """Whether cookies may be limited to HTTPS."""
        return self.request.url.scheme == "https"


Handler = Callable[[Call], Response]


def route(app: App, method: str, path: str, handler: Handler) -> Route:
    """A route behind the door; LookupError at start-up when the policy table does not name it."""
    rule = policy.rule_of(method, path)

    async def answer(request: Request) -> Response:
        form = await request.form(max_files=0, max_fields=200) if method == "POST" else FormData()
        return await run_in_threadpool(_pass, app, rule, handler, request, form)

    return Route(path, answer, methods=[method], name=f"{method} {path}", max_body_size=MAX_FORM_BYTES)


def _pass(app: App, rule: policy.Rule, handler: Handler, request: Request, form: FormData) -> Response:
    call = Call(app, request, app.clock(), form, _person(app, request))
    if rule.public:
        return handler(call)
    if call.signed_in is None:
        return _ask_to_sign_in(call)
    if call.person.role not in rule.roles:
        return refused(call, 403, N_("Your role does not open this page. Ask whoever runs Zorya for you if it should."))
    if call.person.must_enrol and not rule.before_second_factor:
        return _ask_to_enrol(call)
    if request.method == "POST" and not same_token(call.text("csrf"), call.person.csrf):
        return refused(call, 403, N_("This form is out of date. Go back, reload the page and send it again."))
    return handler(call)


def same_token(given: str, expected: str) -> bool:
    """Compare in constant time; an empty token never fits."""
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())


def refused(call: Call, status: int, message: str) -> Response:
    """An error page that says what to do."""
    return call.page(
        "message.html", status=status, title=N_("Not possible") if status != 404 else N_("Not found"), message=message
    )


def set_cookie(call: Call, response: Response, name: str, value: str, seconds: int) -> None:
    """A cookie that no script reads and no other site sends."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, samesite="strict", secure=call.is_secure()
    )


def safe_path(path: str) -> str:
    """An address inside the app; anything else becomes the first page."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside and "\\" not in path else "/"


def _person(app: App, request: Request) -> Person | None:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    with app.store.reading() as connection:
        row = people.session(connection, token, at=app.clock())
    if row is None:
        return None
    role, has_second_factor = Role(row["role"]), row["second_factor_at"] is not None
    by_organisation = row["begun_by"] == "organisation"
    needed = role in app.settings.review.second_factor_roles and not by_organisation
    return Person(
        name=row["name"],
        display_name=row["display_name"],
        role=role,
        csrf=row["csrf"],
        language=row["language"],
        preferences=preferences.of_row(row["preferences"]),
        session_began=row["created_at"],
        session_ends=row["expires_at"],
        has_second_factor=has_second_factor,
        by_organisation=by_organisation,
        must_enrol=needed and not has_second_factor,
    )


def _ask_to_sign_in(call: Call) -> Response:
    if call.request.method in {"GET", "HEAD"}:
        return call.go(f"/login?next={call.request.url.path}")
    return refused(
        call, 401, N_("Your session has ended. Log in again; a draft of your verdict is kept in this browser.")
    )


def _ask_to_enrol(call: Call) -> Response:
    if call.request.method in {"GET", "HEAD"}:
        return call.go("/second-factor")
    return refused(call, 403, N_("Your role needs a second factor first: set it up, then send this again."))

"""Putting the app together: routes behind the door, headers on every answer, errors that say what to do."""

from collections.abc import Callable, Mapping
from datetime import datetime

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from labeling.organisation import OrganisationLogIn
from labeling.queue_mix import mix_of
from labeling.translating import Translators
from labeling.web import (
    ad_desk,
    agreeing,
    ahead,
    approving,
    auditing,
    campaign_desk,
    caring,
    comparing,
    deciding,
    deconflicting,
    digests,
    entrance,
    flagging,
    insights,
    looking_back,
    organisation_login,
    pages,
    pausing,
    people,
    preferences,
    reading_along,
    referring,
    reviewing,
    searching,
    second_factor,
    settling,
    source_desk,
    sources,
)
from labeling.web.drawing import STATIC, Pages
from labeling.web.gate import App, Call, Handler, refused, route
from labeling.web.passwords import Throttle
from labeling.web.policy import MACHINES
from labeling.web.speech import N_
from zorya import logs
from zorya.domain.model_cards import ModelShelf
from zorya.domain.partner_desk import PartnerDesk
from zorya.domain.sources import SourceDesk
from zorya.settings import Settings
from zorya.store import Store
from zorya.store.view_log import ViewLog

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
}

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/login", entrance.show_login),
    ("POST", "/login", entrance.log_in),
    ("POST", "/login/code", entrance.log_in_with_code),
    ("GET", "/login/organisation", organisation_login.begin),
    ("GET", "/login/organisation/back", organisation_login.come_back),
    ("POST", "/preferences/organisation", organisation_login.begin_link),
    ("POST", "/logout", entrance.log_out),
    ("GET", "/second-factor", second_factor.show),
    ("GET", "/second-factor/qr.svg", second_factor.qr_code),
    ("POST", "/second-factor", second_factor.begin),
    ("POST", "/second-factor/confirm", second_factor.confirm),
    ("POST", "/second-factor/codes", second_factor.renew_codes),
    ("POST", "/second-factor/off", second_factor.turn_off),
    ("GET", "/preferences", preferences.show),
    ("POST", "/preferences", preferences.choose),
    ("POST", "/ads/{posting}/stop", caring.stop),
    ("GET", "/stopped/{posting}", caring.show_stopped),
    ("POST", "/pictures/{digest}", caring.judge_picture),
    ("GET", "/day/end", caring.end_day),
    ("POST", "/day/on", caring.go_on),
    ("POST", "/preferences/care", preferences.choose_care),
    ("POST", "/preferences/keys", preferences.choose_keys),
    ("POST", "/preferences/password", preferences.change_password),
    ("POST", "/preferences/sessions", preferences.end_sessions),
    ("POST", "/session", preferences.stay),
    ("GET", "/", pages.my_day),
    ("GET", "/queue", pages.queue_list),
    ("GET", "/queue/next", reviewing.go_next),
    ("GET", "/tasks/{task}", reviewing.show),
    ("POST", "/tasks/{task}/take", reviewing.take),
    ("POST", "/tasks/{task}/ahead", ahead.hand_over),
    ("POST", "/queue/leave", ahead.leave),
    ("GET", "/lookback", looking_back.show),
    ("POST", "/lookback", looking_back.look),
    ("POST", "/lookback/package", looking_back.pack),
    ("GET", "/search", searching.show),
    ("POST", "/search", searching.look),
    ("GET", "/insights", insights.show),
    ("GET", "/insights/{file}", insights.export),
    ("GET", "/agreement", agreeing.show),
    ("GET", "/agreement/open", settling.waiting),
    ("GET", "/agreement/open/{campaign}", settling.show),
    ("POST", "/agreement/open/{campaign}", settling.decide),
    ("GET", "/agreement/{file}", agreeing.export),
    ("GET", "/ads/{posting}", ad_desk.why),
    ("GET", "/ads/{posting}/translation", reading_along.show),
    ("GET", "/ads/{posting}/evidence", ad_desk.evidence),
    ("GET", "/ads/{posting}/history", ad_desk.history),
    ("GET", "/ads/{posting}/similar", ad_desk.similar),
    ("POST", "/ads/{posting}/reveal", ad_desk.reveal),
    ("POST", "/tasks/{task}/extend", reviewing.extend),
    ("POST", "/tasks/{task}/verdict", deciding.decide),
    ("POST", "/tasks/{task}/release", deciding.give_back),
    ("POST", "/tasks/{task}/flag", flagging.raise_flag),
    ("POST", "/tasks/{task}/dismiss", deciding.dismiss_twins),
    ("GET", "/flags", flagging.waiting),
    ("POST", "/flags/{flag}", flagging.answer),
    ("POST", "/tasks/{task}/reveal", deciding.reveal),
    ("POST", "/undo", deciding.take_back),
    ("GET", "/campaigns/{campaign}", campaign_desk.show),
    ("POST", "/campaigns/{campaign}/split", campaign_desk.split),
    ("POST", "/campaigns/{campaign}/merge", campaign_desk.merge),
    ("POST", "/changes/{change}/undo", campaign_desk.undo),
    ("GET", "/proposals", comparing.waiting),
    ("GET", "/proposals/next", comparing.go_next),
    ("GET", "/proposals/{proposal}", comparing.show),
    ("POST", "/proposals/{proposal}", comparing.answer),
    ("GET", "/sources", sources.overview),
    ("GET", "/sources/new", source_desk.new),
    ("POST", "/sources/new", source_desk.probe),
    ("POST", "/sources/keep", source_desk.keep),
    ("GET", "/sources/{source}", sources.one),
    ("POST", "/sources/{source}/accept", sources.accept),
    ("GET", "/models", auditing.models),
    ("GET", "/models/{model}", auditing.model),
    ("GET", "/audit", auditing.log),
    ("GET", "/people", people.overview),
    ("POST", "/people/{name}/sessions", people.end_sessions),
    ("POST", "/people/{name}/close", people.close),
    ("POST", "/people/{name}/open", people.reopen),
    ("POST", "/people/{name}/second-factor", people.reset_second_factor),
    ("GET", "/approvals", approving.waiting),
    ("GET", "/approvals/{alert}", approving.show),
    ("POST", "/approvals/{alert}", approving.decide),
    ("GET", "/referrals", referring.overview),
    ("GET", "/referrals/{referral}", referring.show),
    ("POST", "/referrals/{referral}", referring.answer),
    ("GET", "/answers/{token}", referring.show_link),
    ("POST", "/answers/{token}", referring.answer_link),
    ("GET", "/deconflict", deconflicting.show),
    ("POST", "/deconflict", deconflicting.ask),
    ("POST", "/deconflict/alarms/{alarm}", deconflicting.see),
    ("POST", "/deconflict/{entry}", deconflicting.withdraw),
    ("GET", "/digests/{digest}", digests.show),
    ("GET", "/digests/open/{token}", digests.show_link),
    ("POST", "/digests/open/{token}", digests.open_link),
    ("GET", "/pause/{token}", pausing.show),
    ("POST", "/pause/{token}", pausing.press),
    ("GET", "/help", pages.help_page),
)


def create_app(
    settings: Settings,
    store: Store,
    *,
    clock: Callable[[], datetime],
    desk: SourceDesk | None = None,
    partner_desk: PartnerDesk | None = None,
    shelf: ModelShelf | None = None,
    machines: Mapping[str, ASGIApp] | None = None,
) -> Starlette:
    """The review app on a store. `clock` gives aware UTC times; leases and sessions obey it. `machines` are the
    applications that partners' machines read, by their root (`policy.MACHINES`).

    Raises SettingsError when log-in through an organisation is set up without its secret, DataFileError when the mix of
    the queue cannot be read, LookupError for a root that the policy does not know.
    """
    mix_of(settings)
    organisation = OrganisationLogIn(settings) if settings.organisation.issuer else None
    desks = {"desk": desk, "partner_desk": partner_desk, "shelf": shelf}
    kept = (Pages(), ViewLog(store), Throttle(), Translators(settings.translation_dir))
    app = App(settings, store, clock, *kept, organisation, **desks)  # type: ignore[arg-type]
    routes = [route(app, "GET", "/healthz", _healthy), route(app, "GET", "/static/{name}", _static)]
    routes += [route(app, method, path, handler) for method, path, handler in ROUTES]
    mounts = [each for root, inner in (machines or {}).items() for each in _mounts(root, inner)]

    def failed(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if status >= 500:
            logs.get("labeling.web").error("page failed", path=_path(request), error=type(error).__name__)
        return refused(Call(app, request, clock()), status, _MESSAGES.get(status, _MESSAGES[500]))

    handlers = {HTTPException: failed, Exception: failed}
    return Starlette(routes=[*routes, *mounts], middleware=[Middleware(_Headers)], exception_handlers=handlers)


def _mounts(root: str, inner: ASGIApp) -> list[BaseRoute]:
    """An application below its root. The root without its slash leads there by a relative address: Starlette's own is
    absolute, and behind a proxy that ends TLS it would lead a token to plain HTTP.
    """
    if root not in MACHINES:
        raise LookupError(f"{root} is no root of labeling/web/policy.py's MACHINES: say there who may read it")

    async def slash(_request: Request) -> Response:
        return RedirectResponse(f"{root}/", status_code=308)

    return [Route(root, slash), Mount(root, inner)]


def _path(request: Request) -> str:
    """The path for the log; the token of a one-time link stays out of it."""
    path = request.url.path
    secret = next((root for root in ("/answers/", "/digests/open/", "/pause/") if path.startswith(root)), "")
    return f"{secret}…" if secret else path


_MESSAGES = {
    400: N_("The browser sent something that this page does not understand. Go back and try again."),
    404: N_("There is nothing at this address. Campaigns may have been merged, and tasks end when they are answered."),
    405: N_("This address cannot be used that way."),
    413: N_("That is more text than a form may carry. Shorten the note."),
    500: N_("Something went wrong on our side; nothing was stored. The operator finds the cause in the log."),
}


class _Headers:
    """Adds the security headers to whatever is answered, errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in present]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _healthy(call: Call) -> Response:
    """Alive, and the database answers."""
    with call.app.store.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    return PlainTextResponse("ok")


def _static(call: Call) -> Response:
    """Our own style sheet, script and icon; nothing else exists."""
    name = call.request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    headers = {"cache-control": "public, max-age=31536000, immutable"} if call.request.query_params.get("v") else {}
    return Response(call.app.pages.files[name], media_type=STATIC[name], headers=headers)

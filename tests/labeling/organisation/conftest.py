"""A real OpenID provider on this machine (oidc-provider-mock), a town open to it, a browser's way there and back."""

import html
import json
import re
import threading
from datetime import UTC, datetime
from io import BytesIO
from urllib.parse import parse_qsl

import httpx
import pytest
from werkzeug.serving import make_server

from labeling.organisation import BACK, SECRET_FILE
from zorya.domain.reviews import Role
from zorya.settings import OrganisationSettings

HERE = "https://zorya.example"
GROUPS = {"zorya-leads": Role.LEAD, "zorya-people": Role.ANALYST}
PEOPLE = [
    ("u-1", {"preferred_username": "olena", "name": "Olena", "groups": ["zorya-people", "staff"]}),
    ("u-2", {"preferred_username": "petru", "name": "Petru", "groups": ["zorya-people", "zorya-leads"]}),
    ("u-3", {"preferred_username": "guest", "name": "Guest", "groups": ["staff"]}),
    ("u-4", {"preferred_username": "anna", "email": "anna@zorya.example", "groups": ["zorya-leads"]}),
    ("u-5", {"preferred_username": "nobody", "name": "No claim at all"}),
]


class Provider:
    """The provider with its requests noted; `tamper` may change an ID token on its way to us."""

    def __init__(self, **options):
        import oidc_provider_mock as mock  # warns of what it does: not before the warnings are set up

        people = [mock.User(sub=subject, claims=claims) for subject, claims in PEOPLE]
        self.app = mock.app(user_claims=people, **options)
        self.seen, self.tamper, self.last_token = [], None, ""
        self.server = make_server("localhost", 0, self._noted, threaded=True)
        self.issuer = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def _noted(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        given = dict(parse_qsl(environ["QUERY_STRING"])) | dict(parse_qsl(body.decode()))
        self.seen.append((environ["PATH_INFO"], given, environ.get("HTTP_AUTHORIZATION", "")))
        if environ["PATH_INFO"] != "/oauth2/token":
            return self.app(environ, start_response)
        kept = {}

        def keep(status, headers, *_):
            kept.update(status=status, headers=[pair for pair in headers if pair[0].lower() != "content-length"])

        answer = json.loads(b"".join(self.app(environ, keep)))
        self.last_token = answer.get("id_token", "")
        if self.tamper and "id_token" in answer:
            answer["id_token"] = self.tamper(answer["id_token"])
        start_response(kept["status"], kept["headers"])
        return [json.dumps(answer).encode()]

    def of(self, path):
        """What the last request of a path said, and its credentials."""
        return next((given, secret) for where, given, secret in reversed(self.seen) if where == path)


@pytest.fixture
def provider():
    """A provider on loopback."""
    running = Provider(require_nonce=True)
    yield running
    running.stop()


@pytest.fixture
def house(town, clock, provider):
    """The town, with log-in through the provider; the app's clock is the provider's."""
    clock.at = datetime.now(UTC)
    return _open_to(town, provider)


@pytest.fixture
def open_to(town):
    """`open_to(provider)`: the town, with log-in through a provider."""
    return lambda provider: _open_to(town, provider)


@pytest.fixture
def run_provider():
    """`run_provider(**options)`: another provider, stopped at the end."""
    running = []

    def run(**options):
        running.append(Provider(**options))
        return running[-1]

    yield run
    for each in running:
        each.stop()


def _open_to(town, provider):
    spec = OrganisationSettings(issuer=provider.issuer, client_id="zorya", base_url=HERE, name="Dawn", roles=GROUPS)
    town.settings = town.settings.model_copy(update={"organisation": spec})
    town.settings.keys_dir.mkdir(parents=True, exist_ok=True)
    (town.settings.keys_dir / SECRET_FILE).write_text("an invented client secret\n", "utf-8")
    return town


@pytest.fixture
def onward():
    """`onward(page)`: where a page of ours leads on to."""
    return lambda page: html.unescape(re.search(r'<a class="primary" href="([^"]+)"', page)[1])


@pytest.fixture
def back():
    """`back(address, subject)`: what the provider sends the browser back with."""

    def run(address, subject):
        location = httpx.post(address, data={"sub": subject}).headers["location"]
        assert location.startswith(f"{HERE}{BACK}?"), location
        return location.removeprefix(HERE)

    return run


@pytest.fixture
def come_in(onward, back):
    """`come_in(browser, subject)`: all the way there and back; the last answer."""

    def run(browser, subject):
        start = browser.get("/login/organisation?next=/queue").text
        return browser.get(back(onward(start), subject))

    return run

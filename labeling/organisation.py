"""Log-in through an organisation's own provider: OpenID Connect Core 1.0, code flow with PKCE (RFC 7636), state and
nonce. Knows no web and no accounts: it says who came and with which role, or refuses with a remedy.

Deny by default: somebody whose claim names no role of `organisation.roles` is refused.
"""

import hmac
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from labeling.sealing import SealBroken, seal, unseal
from zorya import logs
from zorya.domain.ids import new_secret
from zorya.domain.reviews import Role
from zorya.errors import SettingsError, ZoryaError
from zorya.settings import Settings, is_secure, secret_key

BACK = "/login/organisation/back"
SECRET_VARIABLE, SECRET_FILE = "ZORYA_ORGANISATION_SECRET", "organisation.secret"
PATIENCE = timedelta(minutes=10)
"""How long somebody may take at the provider."""
LEEWAY_S = 60
"""Seconds by which the provider's clock may be off."""
REREAD = timedelta(hours=1)
TIMEOUT_S = 10
_ALGORITHMS = frozenset(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"))
"""Signatures with the provider's own key; never `none`, never one that our client secret could make."""


class LogInRefused(ZoryaError):
    """Somebody cannot come in this way; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a browser takes to the provider and must bring back, sealed. `link` names the account to be linked."""

    state: str
    nonce: str
    verifier: str
    until: float
    target: str
    link: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who came from the provider: identity by issuer and subject, with the role that the claim gives."""

    issuer: str
    subject: str
    name: str
    display_name: str
    role: Role
    target: str
    link: str


class OrganisationLogIn:
    """The provider of `settings.organisation`. Reads its description at most once an hour; may be used by threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._house = settings, settings.organisation
        self._secret = client_secret(settings)
        self._redirect = f"{self._house.base_url.rstrip('/')}{BACK}"
        self._read: tuple[datetime, dict[str, Any]] | None = None
        self._reading = Lock()

    def begin(self, *, target: str, link: str, now: datetime) -> tuple[str, str]:
        """Address of the provider to send a browser to, and the sealed errand for its cookie."""
        errand = Errand(new_secret(), new_secret(), new_secret(), (now + PATIENCE).timestamp(), target, link)
        with self._session() as session:
            address, _ = session.create_authorization_url(
                self._about(now)["authorization_endpoint"],
                state=errand.state,
                nonce=errand.nonce,
                code_verifier=errand.verifier,
            )
        sealed = seal(self._key, json.dumps(asdict(errand)), about="errand")
        return str(address), urlsafe_b64encode(sealed).decode()

    def finish(self, cookie: str, query: Mapping[str, str], *, now: datetime) -> Arrival:
        """Who has come back; raises LogInRefused."""
        errand = self._errand(cookie, query, now)
        if "error" in query:
            _log("the provider refused", query["error"])
            raise LogInRefused("Your organisation's log-in was broken off. Begin again, or ask your administrator.")
        about = self._about(now)
        if query.get("iss", about["issuer"]) != about["issuer"]:  # RFC 9207
            _log("answer of another provider", query["iss"])
            raise LogInRefused("The answer came from another log-in than the one that was asked. Begin again.")
        claims = self._claims(about, query.get("code", ""), errand, now)
        role = self._role(claims)
        if role is None:
            _log("no role", self._house.role_claim)
            raise LogInRefused(
                "Your organisation knows you, but gives you no role here. Ask your administrator for one."
            )
        subject = str(claims["sub"])
        name = str(claims.get("preferred_username") or subject)
        shown = str(claims.get("name") or name)
        return Arrival(about["issuer"], subject, name, shown, role, errand.target, errand.link)

    def log_out_address(self, now: datetime) -> str:
        """Where the provider's own session ends (RP-Initiated Logout 1.0); empty where it offers no such page."""
        try:
            endpoint = self._about(now).get("end_session_endpoint")
        except LogInRefused:
            return ""
        back = f"{self._house.base_url.rstrip('/')}/login"
        query = urlencode({"client_id": self._house.client_id, "post_logout_redirect_uri": back})
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{query}" if endpoint else ""

    @property
    def _key(self) -> bytes:
        return secret_key(self._settings, "log-in")

    def _session(self) -> Any:
        return OAuth2Session(
            client_id=self._house.client_id,
            client_secret=self._secret,
            scope=" ".join(self._house.scopes),
            redirect_uri=self._redirect,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_S,
        )

    def _errand(self, cookie: str, query: Mapping[str, str], now: datetime) -> Errand:
        try:
            errand = Errand(**json.loads(unseal(self._key, urlsafe_b64decode(cookie), about="errand")))
        except (SealBroken, ValueError) as exc:
            raise LogInRefused("This log-in was not begun in this browser, or cookies are off. Begin again.") from exc
        if not hmac.compare_digest(errand.state.encode(), query.get("state", "").encode()):
            raise LogInRefused("This log-in was not begun in this browser, or cookies are off. Begin again.")
        if errand.until <= now.timestamp():
            raise LogInRefused("That took too long. Begin again.")
        return errand

    def _about(self, now: datetime, *, anew: bool = False) -> dict[str, Any]:
        """The provider's description and keys."""
        with self._reading:
            if self._read and not anew and self._read[0] <= now < self._read[0] + REREAD:
                return self._read[1]
            issuer = self._house.issuer
            about = self._fetched(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if about.get("issuer") != issuer:
                _log("another issuer", str(about.get("issuer")))
                raise LogInRefused(
                    "Your organisation's log-in calls itself otherwise than it is set up here. Tell your operator."
                )
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not is_secure(str(about.get(name, ""))):
                    _log("unsafe endpoint", name)
                    raise LogInRefused("Your organisation's log-in describes itself wrongly. Tell your operator.")
            about["keys"] = self._fetched(about["jwks_uri"])
            self._read = (now, about)
            return about

    def _fetched(self, address: str) -> dict[str, Any]:
        try:
            with self._session() as session:
                answer = session.get(address, withhold_token=True, allow_redirects=False)
                if answer.status_code != 200:
                    raise ValueError(f"HTTP {answer.status_code}")
                found = answer.json()
        except (requests.RequestException, ValueError) as exc:
            _log("the provider cannot be read", type(exc).__name__)
            raise LogInRefused(
                "Your organisation's log-in does not answer. Try again later, or tell your operator."
            ) from exc
        if not isinstance(found, dict):
            raise LogInRefused("Your organisation's log-in describes itself wrongly. Tell your operator.")
        return found

    def _claims(self, about: dict[str, Any], code: str, errand: Errand, now: datetime) -> dict[str, Any]:
        """The claims of the ID token, checked as Core §3.1.3.7 asks."""
        try:
            with self._session() as session:
                token = session.fetch_token(
                    about["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=errand.verifier,
                    allow_redirects=False,
                )
            named = set(about.get("id_token_signing_alg_values_supported", ["RS256"]))
            decoded = self._decoded(about, str(token["id_token"]), sorted(named & _ALGORITHMS), now)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": about["issuer"]},
                    "aud": {"essential": True, "value": self._house.client_id},
                },
                {"nonce": errand.nonce, "client_id": self._house.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
        except (OAuthError, JoseError, requests.RequestException, KeyError, ValueError, TypeError) as exc:
            _log("no valid answer", f"{type(exc).__name__}: {exc}")
            raise LogInRefused(
                "Your organisation's log-in gave no valid answer. "
                "Begin again; if that does not help, tell your operator."
            ) from exc
        return dict(claims)

    def _decoded(self, about: dict[str, Any], token: str, algorithms: list[str], now: datetime) -> Any:
        registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
        try:
            return jwt.decode(token, KeySet.import_key_set(about["keys"]), registry=registry)
        except (JoseError, ValueError):  # the provider may have new keys
            return jwt.decode(token, KeySet.import_key_set(self._about(now, anew=True)["keys"]), registry=registry)

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        """The first role of `organisation.roles`, in its order, whose claim value this person has."""
        value: Any = claims
        for part in self._house.role_claim.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        had = set(value) if isinstance(value, list) else {value}
        return next((role for name, role in self._house.roles.items() if name in had), None)


def client_secret(settings: Settings) -> str:
    """The client secret of the environment or of `keys/`; raises SettingsError that names both places."""
    path = settings.keys_dir / SECRET_FILE
    found = os.environ.get(SECRET_VARIABLE, "")
    if not found and path.is_file():
        found = path.read_text("utf-8")
    if not found.strip():
        raise SettingsError(
            f"`organisation.issuer` is set, but no client secret: write it to {path} or set {SECRET_VARIABLE}"
        )
    return found.strip()


def _log(what: str, detail: str) -> None:
    logs.get("labeling.organisation").warning("organisation log-in", what=what, detail=detail[:200])

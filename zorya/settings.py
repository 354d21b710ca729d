"""Settings: one frozen object built from defaults, an optional `zorya.toml` and the environment.

Order: default < file (`zorya.toml` in the home folder, or `ZORYA_CONFIG`) < environment (`ZORYA__SECTION__KEY`).
Building settings makes no folder and opens no connection. Secrets live in files under `keys/`, outside the database.
"""

import contextlib
import json
import os
import secrets
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, ValidationError, model_validator

from zorya.domain.reviews import Role
from zorya.errors import SettingsError
from zorya.setting_sections import DeconflictionSettings, EvidenceSettings, PromotionSettings, RetentionSettings

MAIL_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
"""What counts as an e-mail address in settings and partner files."""
REPOSITORY = Path(__file__).resolve().parent.parent


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CrawlSettings(_Section):
    """What every crawl obeys; a source may be stricter, never laxer."""

    user_agent: str = "ZoryaBot/0.1 (+https://zorya.example/bot; prevention of trafficking)"
    allow_hosts: tuple[str, ...] = ()
    """`host` or `host:port` on this machine or a private net that may be crawled all the same; logged at each run."""
    timeout_s: float = 30.0
    max_body_bytes: int = 10 * 1024 * 1024
    run_limit_s: float = 1800.0
    browser: str = ""
    """Chromium or Chrome for sources with `javascript: true`; empty means one found on this machine."""
    at_once: int = Field(default=4, ge=1, le=64)
    """Sources crawled side by side by one stage; each host still sees one request at a time."""
    lease_s: float = Field(default=120.0, gt=0)
    """A crawl that has not been heard of for so long may be taken over."""


class ReviewSettings(_Section):
    """How the queue is mixed and how long a task is reserved."""

    lease_minutes: int = 20
    queue_mix: Path = REPOSITORY / "labeling" / "queue_mix.yml"
    """What enters the queue and in which order; a file of the operator's own replaces the shipped one."""
    concern_analysts: int = Field(default=2, ge=1, le=3)
    """How many people must see a concern before a model learns from it; every other label counts after one."""
    session_hours: int = 8
    daily_cap: int = Field(default=60, ge=0, le=1000)
    """Decisions a day after which the app suggests to stop; each person may set their own, 0 is never."""
    break_minutes: int = Field(default=50, ge=0, le=1000)
    """Minutes of reading after which it suggests a break; each person may set their own, 0 is never."""
    second_factor_roles: tuple[Role, ...] = (Role.LEAD, Role.ADMIN)
    """Who must have a second factor when they come in with a password; everybody else may."""
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    """Addresses or networks of the proxies that end TLS: theirs alone say by which scheme and from where a request came
    (`X-Forwarded-Proto`, `X-Forwarded-For`)."""


def is_secure(address: str) -> bool:
    """Whether nobody on the way can read what goes to an address: HTTPS, or plain HTTP on this machine."""
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    return local or (parts.scheme == "https" and bool(parts.hostname))


class OrganisationSettings(_Section):
    """Log-in through an organisation's OpenID provider; off while `issuer` is empty. The client secret is not here."""

    issuer: str = ""
    """Exactly as the provider calls itself."""
    client_id: str = ""
    base_url: str = ""
    """Where people reach the review app; the provider sends them back to `base_url` + /login/organisation/back."""
    name: str = ""
    """What the button on the log-in page calls the organisation."""
    scopes: tuple[str, ...] = ("openid", "profile")
    role_claim: str = "groups"
    """Claim of the ID token that holds groups or roles; dots lead into it (`realm_access.roles`)."""
    roles: dict[str, Role] = {}
    """Value of the claim → role. Of several the first named here counts; who has none is refused."""

    @model_validator(mode="after")
    def _is_whole(self) -> "OrganisationSettings":
        if self.issuer:
            missing = [name for name in ("client_id", "base_url", "roles") if not getattr(self, name)]
            if missing:
                raise ValueError(f"`issuer` is set, so `{'`, `'.join(missing)}` must be too")
            for name in ("issuer", "base_url"):
                if not is_secure(getattr(self, name)):
                    raise ValueError(f"`{name}` must be an https:// address")
        return self


class DigestSettings(_Section):
    """Where digests go when a partner's channel is `smtp` or `folder`."""

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_starttls: bool = False
    smtp_user: str = ""
    sender: str = "Zorya <alerts@zorya.example>"
    message_domain: str = "zorya.example"
    max_attempts: int = 8
    allow_hosts: tuple[str, ...] = ()
    """`host` or `host:port` on this machine or a private net that a webhook may reach all the same."""
    answer_url: str = Field(default="", pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$")
    """Address of the review app as partners reach it: mails link to `/answers/…` and `/pause/…` there. Empty: mails
    hold no link."""
    signing_key: str = Field(default="", pattern=r"^([A-Za-z0-9_-][A-Za-z0-9._-]*)?$")
    """File in `keys/` with this house's OpenPGP private key: every mail is signed with it. Empty: none is."""
    lead_address: str = Field(default="", pattern=f"^({MAIL_ADDRESS})?$")
    """Where the leads of this house read mail: a referral is with them, a partner paused. Empty: no such mails."""
    heartbeat_days: int = Field(default=30, ge=0, le=366)
    """After so many days without any mail a partner is told that nothing came, so silence says something. 0: never."""


class Settings(_Section):
    """Everything an operator may set. See `zorya settings show --origin`."""

    home: Path = Field(default_factory=lambda: Path(os.environ.get("ZORYA_HOME", ".zorya")).resolve())
    database_url: str = ""
    """SQLAlchemy address; empty means SQLite in the home folder."""
    source_dirs: tuple[Path, ...] = (REPOSITORY / "crawlers" / "sources",)
    partner_dirs: tuple[Path, ...] = ()
    corpus_dir: Path = REPOSITORY / "labeling" / "corpus"
    model_recipe: str = "linear"
    shadow_challenger: bool = True
    """Whether ads are scored by the challenger too, while there is one; stored for data scientists alone."""
    language: Literal["en", "ro", "uk", "nl", "ru"] = "en"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    crawl: CrawlSettings = CrawlSettings()
    review: ReviewSettings = ReviewSettings()
    organisation: OrganisationSettings = OrganisationSettings()
    digest: DigestSettings = DigestSettings()
    deconfliction: DeconflictionSettings = DeconflictionSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    retention: RetentionSettings = RetentionSettings()
    promotion: PromotionSettings = PromotionSettings()

    @property
    def resolved_database_url(self) -> str:
        """The address in force, with the SQLite default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'zorya.sqlite'}"

    @property
    def source_folders(self) -> tuple[Path, ...]:
        """Where source files are read from: `source_dirs`, and the home folder's own, where `source add` writes."""
        return tuple(dict.fromkeys((*self.source_dirs, self.home / "sources")))

    @property
    def evidence_dir(self) -> Path:
        """Content-addressed archive of what servers sent."""
        return self.home / "evidence"

    @property
    def models_dir(self) -> Path:
        """Trained models by name and version."""
        return self.home / "models"

    @property
    def translation_dir(self) -> Path:
        """Models of the offline translation (`zorya translation add`)."""
        return self.home / "translation"

    @property
    def snapshots_dir(self) -> Path:
        """Labels frozen for training, by version (`zorya.snapshots`)."""
        return self.home / "snapshots"

    @property
    def imports_dir(self) -> Path:
        """Foreign labelled sets by name (`zorya labels import`)."""
        return self.home / "imports"

    @property
    def cache_dir(self) -> Path:
        """Compiled data files (`zorya.compiled`); may be deleted at any time."""
        return self.home / "cache"

    @property
    def outbox_dir(self) -> Path:
        """Where the `folder` channel puts digests."""
        return self.home / "outbox"

    @property
    def keys_dir(self) -> Path:
        """Secret keys; never in the database, never in a backup of it."""
        return self.home / "keys"

    @model_validator(mode="before")
    @classmethod
    def _over_file_and_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Flags over environment over file over defaults."""
        return _over(_over(_file_values(), _environment_values()), given)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Two trees of values, key by key."""
    both = below | above
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            both[key] = _over(below[key], above[key])
    return both


def _environment_values() -> dict[str, Any]:
    """`ZORYA__CRAWL__TIMEOUT_S=5` → `{"crawl": {"timeout_s": "5"}}`, in small letters. Lists and whole sections are
    written as JSON.
    """
    found: dict[str, Any] = {}
    for name in sorted(os.environ, key=str.upper):  # a section comes before its keys
        *sections, key = name.lower().split("__")
        if sections[:1] == ["zorya"]:
            values = _value(os.environ[name])
            for part in (key, *reversed(sections[1:])):
                values = {part: values}
            found = _over(found, values)
    return found


def _value(text: str) -> Any:
    """A list or section; else the text, which may begin as one does (`[::1]`)."""
    if text[:1] in ("[", "{"):
        with contextlib.suppress(json.JSONDecodeError):
            return json.loads(text)
    return text


def config_file() -> Path:
    """The TOML file that is read if it exists."""
    home = os.environ.get("ZORYA__HOME") or os.environ.get("ZORYA_HOME") or ".zorya"
    return Path(os.environ.get("ZORYA_CONFIG", Path(home) / "zorya.toml"))


def _file_values() -> dict[str, Any]:
    path = config_file()
    if not path.is_file():
        return {}
    import tomllib  # most homes have no file

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SettingsError(f"{path}: not valid TOML: {exc}") from exc


def load_settings(**overrides: Any) -> Settings:
    """Settings in force; raises SettingsError that names the key at fault."""
    try:
        return Settings(**overrides)
    except ValidationError as exc:
        first = exc.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"setting `{key}`: {first['msg']} (in {config_file()} or ZORYA__* variables)") from exc


def origin_of(key: str) -> str:
    """`environment`, `file` or `default`: where the value of a dotted key comes from."""
    if any(name.upper() == f"ZORYA__{key.replace('.', '__').upper()}" for name in os.environ):
        return "environment"
    if key == "home" and "ZORYA_HOME" in os.environ:
        return "environment"
    node: Any = _file_values()
    for part in key.split("."):
        if not isinstance(node, dict) or part not in node:
            return "default"
        node = node[part]
    return f"file {config_file()}"


def secret_key(settings: Settings, name: str) -> bytes:
    """The 32-byte key `name`, made on first use with owner-only rights."""
    path = settings.keys_dir / f"{name}.key"
    if not path.exists():
        settings.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(secrets.token_bytes(32))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # whole or not at all: a second process may be making it too
        draft.unlink()
    key = path.read_bytes()
    if len(key) != 32:
        raise SettingsError(f"{path}: expected 32 bytes, found {len(key)}; restore it from your key backup")
    return key

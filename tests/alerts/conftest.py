"""An invented town for the alert tests: campaigns with verdicts, and partner files."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from alerts import decisions, selection
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind, Kind, Place, Posting
from zorya.domain.findings import Assessment, Band, IndicatorHit, State, Strength
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.domain.runs import StageReport
from zorya.domain.sharing import Act, AlertState
from zorya.settings import Settings
from zorya.store import Store, assessments, campaigns, open_store, people, postings, reviews, sharing

SEEN = datetime(2026, 11, 18, 10, tzinfo=UTC)

PHONE = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")
TELEGRAM = Contact(ContactKind.TELEGRAM, "work_dream_example", "@work_dream_example")

AD = Posting(
    source="jobs-example",
    native_id="7",
    url="https://jobs.example/ad/7",
    kind=Kind.JOB,
    title="Hostess in Rotterdam, +44 7700 900123",
    body="No papers needed, write to @work_dream_example",
    language="ro",
    places=(Place("Rotterdam", "Rotterdam", "nl"),),
    contacts=(PHONE, TELEGRAM),
)


@dataclass
class Town:
    """Writes what the other rooms would have written."""

    store: Store
    serial: int = 0
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)

    def campaign(
        self, *ads: Posting, band: Band = Band.VERY_LIKELY, title: str = "Keeps the passport", home: str = ""
    ) -> str:
        """A screened campaign of ads (one of its own when none is given), or these ads in the campaign `home`."""
        campaign = home
        with self.store.writing() as connection:
            for ad in ads or (AD,):
                self.serial += 1
                posting = replace(ad, native_id=f"{ad.native_id}-{self.serial}")
                version, _ = postings.record(connection, posting, capture_id=None, seen_at=SEEN)
                assessments.set_contacts(connection, version, posting.contacts, key=self.store.contact_key)
                assessments.add(connection, _reading(version, posting, band, title))
                posting_id = ids.posting_id(posting.source, posting.native_id)
                if campaign:
                    link = {"edge": "contact", "edge_to": posting_id, "weight": 1.0, "at": SEEN}
                    campaigns.join(connection, campaign, posting_id, **link)
                else:
                    campaign = campaigns.found(connection, posting_id, at=SEEN)
        return campaign

    def verdict(
        self,
        campaign: str,
        analyst: str,
        label: VerdictLabel = VerdictLabel.CONCERN,
        *,
        severity: int = 2,
        patterns: tuple[str, ...] = ("labour_exploitation",),
        supersedes: Verdict | None = None,
        withdrawn: bool = False,
    ) -> Verdict:
        """One person's decision."""
        self.serial += 1
        at = SEEN.replace(minute=self.serial % 60, second=self.serial // 60)
        task = Task(ids.task_id(campaign, self.serial), campaign, self.serial, TaskReason.RISK, 1.0, SEEN)
        decision = Verdict(
            id=ids.verdict_id(task.id, analyst, at),
            task_id=task.id,
            campaign_id=campaign,
            analyst=analyst,
            label=label,
            decided_at=at,
            patterns=patterns,
            severity=severity if label is VerdictLabel.CONCERN else None,
            supersedes=supersedes.id if supersedes else None,
            withdrawn=withdrawn,
        )
        with self.store.writing() as connection:
            reviews.add_task(connection, task)
            reviews.add_verdict(connection, decision)
        return decision

    def confirmed(self, *ads: Posting, severity: int = 2, title: str = "Keeps the passport", **more: Any) -> str:
        """A campaign that Ana and Bohdan confirmed."""
        campaign = self.campaign(*ads, title=title)
        decisions = [self.verdict(campaign, name, severity=severity, **more) for name in ("ana", "bohdan")]
        self.verdicts[campaign] = decisions
        return campaign

    def lead(self, name: str = "lena", role: Role = Role.LEAD, display_name: str = "") -> str:
        """An account; nobody logs in with it."""
        row = {"name": name, "display_name": display_name or name.title(), "role": role, "password_hash": "-"}
        with self.store.writing() as connection:
            people.add_user(connection, **row, language="en", at=SEEN)
        return name

    def approve(self, settings: Settings, *, as_of: datetime) -> int:
        """Lena approves whatever waits; returns how many alerts that were."""
        self.lead()
        with self.store.reading() as connection:
            waiting = sharing.alerts_in(connection, AlertState.WAITING)
        for alert in waiting:
            decisions.decide(self.store, settings, alert.id, Act.APPROVE, by="lena", as_of=as_of)
        return len(waiting)

    def offer(self, settings: Settings, *, as_of: datetime) -> StageReport:
        """Select, and let Lena approve what waits."""
        report = selection.run(self.store, settings, as_of=as_of)
        self.approve(settings, as_of=as_of)
        return report

    def withdraw(self, campaign: str) -> None:
        """Bohdan takes his decision back."""
        self.verdict(campaign, "bohdan", supersedes=self.verdicts[campaign][1], withdrawn=True)


def _reading(version: str, posting: Posting, band: Band, title: str) -> Assessment:
    hit = IndicatorHit("B3", 1, title, State.PRESENT, Strength.MEDIUM)
    absent = IndicatorHit("C1", 1, "Names the employer", State.CONTRADICTED, Strength.WEAK)
    return Assessment(
        id=ids.assessment_id(version, "rules", "model"),
        version_id=version,
        ruleset="rules",
        model="model",
        language=posting.language,
        score=0.9,
        band=band,
        abstain=False,
        patterns={"labour_exploitation": 0.8},
        hits=(hit, absent),
        reasons=(),
        created_at=SEEN,
    )


@pytest.fixture
def town(store: Store) -> Town:
    """On both engines."""
    return Town(store)


@pytest.fixture(scope="session")
def ad() -> Posting:
    """An ad to vary."""
    return AD


def _write_partner(home: Path, partner_id: str, changes: dict[str, Any]) -> Path:
    values: dict[str, Any] = {
        "name": "La Strada (invented)",
        "org_type": "ngo",
        "timezone": "Europe/Chisinau",
        "tlp_ceiling": "TLP:AMBER",
        "cadence": {"every": "daily", "hour": 8},
        "channels": [{"kind": "folder"}],
    }
    path = home / "partners" / f"{partner_id}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(values | changes, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
def add_partner(home: Path) -> Callable[..., Path]:
    """Write a partner file into the home folder; keys given replace those of an ordinary partner."""

    def write(partner_id: str = "la-strada", **changes: Any) -> Path:
        return _write_partner(home, partner_id, changes)

    return write


@pytest.fixture(scope="session")
def new_town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """A town of its own with one partner, for each example of a property."""

    @contextmanager
    def found(**changes: Any) -> Iterator[tuple[Town, Settings]]:
        home = tmp_path_factory.mktemp("town")
        shutil.copy(sqlite_template, home / "zorya.sqlite")
        _write_partner(home, "la-strada", changes)
        settings = Settings(home=home)
        store = open_store(settings)
        yield Town(store), settings
        store.close()

    return found


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)  # OpenSSL checks the validity against the real clock
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = builder.add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "certificate.pem"
    signed = builder.sign(key, hashes.SHA256())
    path.write_bytes(key.private_bytes(*plain) + signed.public_bytes(serialization.Encoding.PEM))
    return path

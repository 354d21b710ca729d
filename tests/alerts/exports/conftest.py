"""A partner that was told of campaigns, and what may leave of them as data."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import decisions, stage
from alerts.exports import collection, package
from alerts.exports.package import Package
from alerts.exports.to_file import Asked, Format, Left, export, writer_of
from alerts.partners import load_all
from zorya.domain.ads import Contact, ContactKind, Place
from zorya.domain.sharing import Alert
from zorya.store import audit, sharing
from zorya.store import tellings as ledger

SENT = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
CONTACTS = (
    Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123"),
    Contact(ContactKind.EMAIL, "anna.recruit@work.example", "anna.recruit@work.example"),
    Contact(ContactKind.TELEGRAM, "work_dream_example", "@work_dream_example"),
    Contact(ContactKind.INSTAGRAM, "dream.jobs.example", "@dream.jobs.example"),
)
SECRETS = ("900123", "900 123", "anna.recruit", "work.example", "work_dream", "dream.jobs")
ALL = tuple(Format)


@dataclass
class Partnership:
    """A town, its settings and its partner `la-strada`."""

    town: Any
    settings: Any
    ad: Any
    secrets: tuple[str, ...] = SECRETS

    def after(self, **more: float) -> datetime:
        """So long after the first digest."""
        return SENT + timedelta(**more)

    def tell(self, *, at: datetime = SENT, **more: Any) -> Alert:
        """Confirm, approve and send one more campaign; the alert that was told."""
        number = self.town.serial
        seen = replace(self.ad, native_id=f"n{number}", url=f"https://jobs.example/ad/x{number}")
        seen = replace(
            seen, contacts=CONTACTS, places=(Place("Rotterdam", "Rotterdam", "nl"), Place("Iași", None, "ro"))
        )
        self.town.confirmed(replace(seen, **more.pop("ad", {})), **more)
        self.town.offer(self.settings, as_of=at - timedelta(hours=18))
        stage.run(self.town.store, self.settings, as_of=at)
        return self.alerts()[0]

    def ad_number(self) -> Any:
        """One more ad, unlike the others."""
        url = f"https://jobs.example/ad/x{self.town.serial}/"
        places = (Place("Rotterdam", "Rotterdam", "nl"), Place("Iași", None, "ro"))
        return replace(self.ad, native_id=f"n{self.town.serial}", url=url, contacts=CONTACTS, places=places)

    def alerts(self) -> list[Alert]:
        """Newest first."""
        with self.town.store.reading() as connection:
            return sharing.all_alerts(connection)

    def recall(self, alert: Alert, *, at: datetime) -> None:
        """Lena withdraws it."""
        decisions.recall(self.town.store, self.settings, alert.id, by="lena", as_of=at, reason="a lawful employer")

    def package(self, *alerts: Alert) -> Package:
        """These alerts, or everything that was told."""
        catalog = load_all(self.settings)
        with self.town.store.reading() as connection:
            if alerts:
                return package.of_alerts(connection, self.settings, catalog, [alert.id for alert in alerts])
            return collection.package_of(connection, self.settings, catalog, "la-strada")[0]

    def tellings(self) -> list[ledger.Telling]:
        """The digests and notices that left."""
        with self.town.store.reading() as connection:
            return ledger.of_partner(connection, "la-strada")

    def render(self, kind: Format, *alerts: Alert) -> str:
        """One format as text."""
        return writer_of(kind)(self.package(*alerts)).decode()

    def export(self, to: Path, kind: Format, *, at: datetime = SENT, by: str = "lena", **asked: Any) -> Left:
        """As the command line does."""
        return export(self.town.store, self.settings, Asked(**asked), kind, to=to, by=by, as_of=at)

    def logged(self, action: str) -> list[dict[str, Any]]:
        """Entries of the audit log."""
        with self.town.store.reading() as connection:
            return audit.page(connection, action=action)


@pytest.fixture(scope="session")
def open_partnership(new_town: Callable[..., Any], ad: Any) -> Any:
    """A partnership on SQLite; keys given are those of the partner's file."""

    def begun(**changes: Any) -> Any:
        return _Opened(new_town(**changes), ad)

    return begun


class _Opened:
    def __init__(self, town: Any, ad: Any) -> None:
        self._town, self._ad = town, ad

    def __enter__(self) -> Partnership:
        town, settings = self._town.__enter__()
        return Partnership(town, settings, self._ad)

    def __exit__(self, *what: object) -> None:
        self._town.__exit__(*what)


@pytest.fixture
def partnership(open_partnership: Any) -> Any:
    """A partner with the default profile."""
    with open_partnership() as made:
        yield made


@pytest.fixture
def revealing(open_partnership: Any) -> Any:
    """A partner who reads contacts whole."""
    whole = dict.fromkeys(("phones", "handles", "emails", "links"), "whole")
    with open_partnership(redact=whole, tlp_ceiling="TLP:AMBER+STRICT") as made:
        yield made

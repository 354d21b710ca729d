"""A town whose database is under attack: alerts at every stage, and what left the house in the end."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from alerts import decisions, digest, outbox, selection
from zorya.domain.sharing import Act, AlertState
from zorya.store import sharing
from zorya.store.sharing_schema import alerts
from zorya.store.sharing_schema import outbox as deliveries

START = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


@dataclass
class World:
    """A town, its clock, and the store under attack."""

    town: Any
    settings: Any
    day: int = 0

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.day)

    def prepare(self, stage: str) -> Any:
        """An alert at a stage."""
        self.day += 1
        self.town.confirmed()
        selection.run(self.town.store, self.settings, as_of=self.now - timedelta(days=1))
        with self.town.store.reading() as connection:
            (alert,) = sharing.alerts_in(connection, AlertState.WAITING)
        if stage != "waiting":
            act = Act.SEND_BACK if stage == "sent_back" else Act.APPROVE
            self.decide(alert, act, by="lena", reason="the place is wrong")
        if stage == "rendered":
            digest.run(self.town.store, self.settings, as_of=self.now)
        with self.town.store.reading() as connection:
            return sharing.alert(connection, alert.id)

    def decide(self, alert: Any, act: Act, *, by: str, **more: Any) -> None:
        decisions.decide(self.town.store, self.settings, alert.id, act, by=by, as_of=self.now, **more)

    def sql(self, *statements: Any) -> None:
        """What the app's own database role can write."""
        for statement in statements:
            with suppress(DBAPIError), self.town.store.writing() as connection:
                connection.execute(statement)

    def without(self, *triggers: str) -> None:
        self.sql(*(text(f"DROP TRIGGER {name}") for name in triggers))

    def sent(self, alert: Any) -> list[str]:
        """Files that left and tell this alert, or something forged."""
        digest.run(self.town.store, self.settings, as_of=self.now)
        outbox.deliver(self.town.store, self.settings, as_of=self.now)
        told = self.settings.outbox_dir.rglob("*.eml")
        return [path.name for path in told if alert.id in (body := path.read_text()) or "FORGED" in body]


@pytest.fixture(scope="module")
def quiet_world(new_town: Any) -> Iterator[World]:
    with new_town() as (town, settings):
        town.lead()
        yield World(town, settings)


@pytest.fixture
def world(quiet_world: World) -> Iterator[World]:
    yield quiet_world
    with quiet_world.town.store.writing() as connection:
        connection.execute(update(alerts).values(state=AlertState.RECALLED))
        connection.execute(update(deliveries).values(state="refused"))


@pytest.fixture
def own_world(new_town: Any) -> Iterator[World]:
    """For ways that break the database: thrown away afterwards."""
    with new_town() as (town, settings):
        town.lead()
        yield World(town, settings)

"""A confirmed campaign for an invented partner, with a second organisation behind it on the route."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from alerts import digest, outbox, selection
from zorya.domain import ids
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.domain.sharing import AlertState
from zorya.store import referrals, reviews, sharing
from zorya.store.schema import metadata

LINK = re.compile(r"https://zorya\.example(/answers/[\w-]{43})")


@dataclass
class House:
    """The town's alert, and its partners."""

    town: Any
    settings: Any
    clock: Any
    alert: Any

    def referral(self) -> Any:
        with self.town.store.reading() as connection:
            return referrals.of_alert(connection, self.alert.id)

    def told(self, partner: str = "la-strada") -> str:
        """Digest and delivery a day later; the path of the link that the mail holds."""
        self.clock.forward(days=1)
        digest.run(self.town.store, self.settings, as_of=self.clock())
        outbox.deliver(self.town.store, self.settings, as_of=self.clock())
        newest = max((self.settings.outbox_dir / partner).glob("*.eml"))
        mail = message_from_bytes(newest.read_bytes(), policy=policy.default)
        parts = [mail.get_body((kind,)).get_content() for kind in ("plain", "html")]  # type: ignore[attr-defined]
        found = {LINK.search(part)[1] for part in parts}  # type: ignore[index]
        assert len(found) == 1
        return found.pop()


def _confirm(town: Any, campaign: str, at: datetime) -> None:
    for number, name in enumerate(("anna", "boris"), start=7):
        task = Task(ids.task_id(campaign, number), campaign, number, TaskReason.RISK, 1.0, at, done_at=at)
        verdict = Verdict(
            ids.verdict_id(task.id, name, at), task.id, campaign, name, VerdictLabel.CONCERN, at,
            patterns=("labour_exploitation",), severity=2,
        )  # fmt: skip
        with town.store.writing() as connection:
            reviews.add_task(connection, task)
            reviews.add_verdict(connection, verdict)


@pytest.fixture
def house(town: Any, clock: Any) -> House:
    """One confirmed campaign for La Strada, with a second organisation behind it on the route."""
    folder = town.settings.home / "partners"
    folder.mkdir(parents=True)
    spec: dict[str, Any] = {"org_type": "ngo", "tlp_ceiling": "TLP:AMBER", "cadence": {"every": "daily", "hour": 0}}
    for name, more in (("la-strada", {"language": "ro"}), ("dorcas", {"scope": {"languages": ["hu"]}})):
        values = spec | {"name": name, "channels": [{"kind": "folder"}]} | more
        (folder / f"{name}.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    route = {"routes": [{"name": "all", "organisations": ["la-strada", "dorcas"]}]}
    (folder / "routes.yml").write_text(yaml.safe_dump(route), encoding="utf-8")
    _confirm(town, town.campaigns[0], clock())
    for name, role in (("lena", Role.LEAD), ("maria", Role.PARTNER), ("dirk", Role.PARTNER), ("nobody", Role.PARTNER)):
        town.person(name, role)
    with town.store.writing() as connection:
        referrals.link_account(connection, "maria", "la-strada")
        referrals.link_account(connection, "dirk", "dorcas")
    selection.run(town.store, town.settings, as_of=clock())
    with town.store.reading() as connection:
        (alert,) = sharing.alerts_in(connection, AlertState.WAITING)
    mailing = town.settings.digest.model_copy(update={"answer_url": "https://zorya.example"})
    return House(town, town.settings.model_copy(update={"digest": mailing}), clock, alert)


@pytest.fixture
def lena(house: House, browse: Any) -> Any:
    """A lead's browser."""
    return browse("lena")


@pytest.fixture
def approve() -> Callable[[Any, House], Any]:
    """Approve the card that was read, in a lead's browser."""

    def press(lena: Any, house: House) -> Any:
        path = f"/approvals/{house.alert.id}"
        return lena.fill(path, act="approve", content_hash=house.alert.content_hash)

    return press


@pytest.fixture
def everything() -> Callable[[Any], dict[str, Any]]:
    """Every row of every table."""

    def read(store: Any) -> dict[str, Any]:
        with store.reading() as connection:
            return {table.name: connection.execute(select(table)).all() for table in metadata.sorted_tables}

    return read

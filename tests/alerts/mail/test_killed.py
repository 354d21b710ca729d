"""Killed at any point of rendering, storing, sending and marking, nothing is lost and copies are known as such."""

import importlib.util
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts import chain
from zorya.store import audit, sharing

DAY = timedelta(days=1)
MORNING = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
ROUNDS = 7
"""56 deaths with the eight points; 400 were run by hand when this was written."""
PROGRAM = Path(__file__).with_name("kill_server.py")
POINTS = (
    "before rendering",
    "rendered, not stored",
    "stored, not committed",
    "committed, nothing sent",
    "connected, not sent",
    "sent, not marked",
    "between two files",
    "marked, not committed",
)


def test_every_point_is_a_function_of_its_owner() -> None:
    found = importlib.util.spec_from_file_location("kill_server", PROGRAM)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    assert tuple(module.POINTS)[: len(POINTS)] == POINTS
    assert all(callable(getattr(owner, name, None)) for owner, name, _when in module.POINTS.values())


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_deaths_at_one_point_lose_nothing(
    new_town: Any, post_office: Any, run_in_child: Callable[..., int], point: str
) -> None:
    """Each day an alert is due, a process dies over it, and the next one makes it good."""
    channels = [{"kind": "smtp", "to": "alerts@la-strada.example"}, {"kind": "folder"}]
    with new_town(channels=channels) as (town, settings):
        town.lead()
        for day in range(ROUNDS):
            town.confirmed()
            town.offer(settings, as_of=MORNING + (day - 1) * DAY)
        order = {"home": settings.home, "port": post_office.port}
        died = []
        for day in range(ROUNDS):
            order |= {"as_of": (MORNING + day * DAY).isoformat()}
            died.append(run_in_child(**order, point=point))
            assert run_in_child(**order, point="") == 0
        assert died == [-9] * ROUNDS
        with town.store.reading() as connection:
            assert audit.first_bad(connection) is None
            rows = sharing.history(connection, limit=1000)
            told = [alert for name in {row["digest_id"] for row in rows} for alert in _alerts(connection, name)]
            offered = [alert.id for alert in sharing.all_alerts(connection, 1000)]
        assert {row["state"] for row in rows} == {"sent"}
        assert sorted(told) == sorted(offered), "each alert in exactly one digest"
        _copies_are_known(post_office.mails, [row["message_id"] for row in rows if row["channel"] != "folder"])
        found = chain.check(settings.outbox_dir.rglob("*.eml"))
        assert (len(found.mails), found.faults) == (ROUNDS, ())


def _alerts(connection: Any, digest_id: str) -> tuple[str, ...]:
    found = sharing.digest(connection, digest_id)
    assert found is not None
    return found.alert_ids


def _copies_are_known(mails: list[Any], expected: list[str]) -> None:
    """All arrived; a copy has the Message-ID and the very bytes of the first."""
    arrived = Counter(str(mail["Message-ID"]) for mail in mails)
    assert set(arrived) == set(expected)
    assert max(arrived.values()) <= 2
    assert len({mail.as_bytes() for mail in mails}) == len(arrived)

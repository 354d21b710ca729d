"""Fifty analysts, each a process of its own, on two thousand tasks: nobody is given what another holds."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from zorya.domain import ids
from zorya.domain.reviews import TaskReason
from zorya.settings import Settings
from zorya.store import Store
from zorya.store.campaign_schema import campaigns
from zorya.store.schema import tasks

MADE = datetime(2026, 11, 23, 9, tzinfo=UTC)
PEOPLE = 50


def _queue(store: Store, number: int) -> None:
    names = [f"c-{each:012x}" for each in range(number)]
    with store.writing() as connection:
        connection.execute(insert(campaigns), [{"id": name, "created_at": MADE} for name in names])
        rows = [
            {"id": ids.task_id(name, 1), "campaign_id": name, "round": 1, "reason": TaskReason.RISK.value}
            | {"priority": place % 97 / 97, "created_at": MADE + timedelta(seconds=place)}
            for place, name in enumerate(names)
        ]
        connection.execute(insert(tasks), rows)


def _run(settings: Settings, kind: str) -> dict[str, Any]:
    script = Path(__file__).with_name("analysts.py")
    command = [sys.executable, str(script), str(settings.home), settings.database_url, str(PEOPLE), kind]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout))


def _shared(reserved: dict[str, list[str]]) -> int:
    times = Counter(task for mine in reserved.values() for task in mine)
    return sum(number > 1 for number in times.values())


@pytest.mark.slow
def test_no_task_is_given_twice_and_none_is_stranded(store: Store, settings: Settings) -> None:
    _queue(store, 2_000)
    told = _run(settings, "leased")
    given = {task for mine in told["reserved"].values() for task in mine}
    assert _shared(told["reserved"]) == 0
    assert len(given) == 2_000
    assert len(told["afterwards"]) <= PEOPLE // 10, "what was held by who walked away; who came too late held nothing"
    assert set(told["afterwards"]) <= given
    assert told["open"] == 0


@pytest.mark.slow
def test_looking_and_then_taking_gives_one_task_to_several(store: Store, settings: Settings) -> None:
    _queue(store, 1000)
    assert _shared(_run(settings, "naive")["reserved"]) > 0

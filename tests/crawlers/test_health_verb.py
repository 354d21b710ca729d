"""`zorya source health`: a line a source, why it is red, day by day, and a person's word that things changed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from zorya.cli import app, health
from zorya.domain import ids
from zorya.domain.health import Band, Checkup
from zorya.domain.runs import RunReport, RunStatus
from zorya.errors import ZoryaError
from zorya.settings import Settings
from zorya.store import Store, audit, runs

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOUND = Checkup(
    numbers={"seen": 50, "read": 12, "new": 4, "requests": 20, "body": 700, "quiet_days": 0.2},
    shares={"fill.pay": (6, 12), "kept": (46, 50)},
    bands={"seen": Band(41, 50, 58, 12)},
    grade="sound",
)
THIN = Checkup(
    numbers={"seen": 3, "read": 3, "new": 0, "quiet_days": 2.5},
    bands={"seen": Band(41, 50, 58, 12)},
    why=("ads seen: 3, usually 41–58", "a second reason " * 12, "a third reason"),
    grade="broken",
)


@pytest.fixture
def zorya(sqlite_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """The command line at a fixed moment, with two active sources, a draft and their files."""
    monkeypatch.setattr(health, "now", lambda: NOW)
    monkeypatch.setenv("ZORYA__SOURCE_DIRS", json.dumps([str(tmp_path / "sources")]))
    (tmp_path / "sources").mkdir()
    for name in ("md_good", "md_bad", "md_draft"):
        review = "" if name == "md_draft" else "review: {terms: 2026-11-01, robots: 2026-11-01, by: tests}\n"
        (tmp_path / "sources" / f"{name}.yml").write_text(
            f"id: {name}\ntitle: T\nhomepage: https://b.example/\nkind: job\ncountry: md\nlanguages: [ro]\n"
            f"owner: o\nbasis: b\n{review}status: active\nengine: feed\nstart: [https://b.example/feed]\n",
            encoding="utf-8",
        )
    return lambda *words: CliRunner().invoke(app, ["source", "health", *words])


def crawled(store: Store, name: str, at: datetime, checkup: Checkup) -> None:
    status = RunStatus.FAILED if checkup.why else RunStatus.OK
    seen = int(checkup.numbers["seen"])
    with store.writing() as connection:
        runs.begin(connection, ids.run_id(name, at), name, at)
        values = {"ok": 20}, seen, 4, 0, checkup.why, checkup.as_json()
        runs.finish(connection, RunReport(ids.run_id(name, at), name, at, at, status, 20, *values))


@pytest.fixture
def fleet(sqlite_store: Store, zorya: Any) -> Store:
    for day in range(3, 0, -1):
        crawled(sqlite_store, "md_good", NOW - timedelta(days=day), SOUND)
        crawled(sqlite_store, "md_bad", NOW - timedelta(days=day), SOUND)
    crawled(sqlite_store, "md_good", NOW - timedelta(hours=1), SOUND)
    crawled(sqlite_store, "md_bad", NOW - timedelta(hours=1), THIN)
    return sqlite_store


def test_a_red_source_comes_first_says_why_and_sets_the_exit_code(zorya: Any, fleet: Store) -> None:
    result = zorya()
    lines = result.stdout.splitlines()
    assert result.exit_code == 4
    assert lines[0].startswith("✗ failed  md_bad")
    assert "ads 3 (usually 41–58)" in lines[0]
    assert lines[1] == "    ads seen: 3, usually 41–58"
    assert [line.split()[0] for line in lines if line[0] != " "] == ["✗", "·", "✓"]
    assert max(map(len, lines)) <= 100


def test_all_is_well_when_only_a_draft_has_no_run(zorya: Any, fleet: Store) -> None:
    crawled(fleet, "md_bad", NOW, SOUND)
    assert zorya().exit_code == 0


def test_an_active_source_that_never_ran_is_red(zorya: Any, sqlite_store: Store) -> None:
    result = zorya("md_good")
    assert result.exit_code == 4
    assert "never crawled" in result.stdout


def test_a_source_planned_once_a_month_is_not_missed_after_three_weeks(
    zorya: Any, fleet: Store, tmp_path: Path
) -> None:
    file = tmp_path / "sources" / "md_good.yml"
    text = file.read_text(encoding="utf-8")
    file.with_name("md_rare.yml").write_text(
        text.replace("id: md_good", "id: md_rare") + 'schedule: "@monthly"\n', encoding="utf-8"
    )
    crawled(fleet, "md_rare", NOW - timedelta(days=20), SOUND)
    assert zorya("md_rare").exit_code == 0
    file.with_name("md_rare.yml").write_text(text.replace("id: md_good", "id: md_rare"), encoding="utf-8")
    late = zorya("md_rare")
    assert late.exit_code == 4
    assert "last crawled 20.0 days ago" in late.stdout


def test_one_source_is_shown_day_by_day_with_what_is_usual(zorya: Any, fleet: Store) -> None:
    lines = zorya("md_bad", "--days", "4").stdout.splitlines()
    rows = [line for line in lines if " Nov  " in line]
    assert rows[-1].split()[4] == "1/1"
    assert [row.split()[3] for row in rows] == ["ok", "ok", "ok", "failed"]
    assert rows[0].split()[4:9] == ["1", "50", "4", "12", "92%"]
    assert "41–58" in lines[-1]
    assert max(map(len, lines)) <= 100


def test_a_day_that_began_badly_is_not_called_ok_for_having_ended_well(zorya: Any, fleet: Store) -> None:
    crawled(fleet, "md_good", NOW - timedelta(hours=2), THIN)
    today = zorya("md_good", "--days", "1").stdout.rpartition("24 Nov")[2]
    assert today.split()[:3] == ["!", "partial", "1/2"]
    assert "red at 07:00: ads seen: 3, usually 41–58" in today


def test_json_holds_measures_against_their_band(zorya: Any, fleet: Store) -> None:
    (row,) = [json.loads(line) for line in zorya("md_bad", "--json").stdout.splitlines()]
    assert (row["verdict"], row["red"], row["why"][0]) == ("failed", True, "ads seen: 3, usually 41–58")
    assert row["measures"]["seen"] == {"value": 3, "low": 41, "usual": 50, "high": 58}
    assert [day["status"] for day in row["days"]] == ["failed", "ok", "ok", "ok"]


def test_a_person_may_say_that_this_is_the_new_normal(zorya: Any, fleet: Store) -> None:
    zorya("md_bad", "--accept", "ana")
    with fleet.reading() as connection:
        last = runs.latest(connection, "md_bad", limit=1)[0]
        entry = audit.page(connection, limit=1)[0]
    assert last["measures"]["accepted"] == "ana"
    assert (entry["actor"], entry["action"], entry["object"]) == ("ana", "source.accept", "md_bad")


def test_wrong_use_is_named(zorya: Any, fleet: Store) -> None:
    assert isinstance(zorya("--accept", "ana").exception, ZoryaError)
    assert isinstance(zorya("md_draft", "--accept", "ana").exception, ZoryaError)
    assert "md_good" in str(zorya("md_goo").exception)

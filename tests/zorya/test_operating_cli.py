"""The operator's verbs as an operator types them: good input, bad input, exit codes, what goes where."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from zorya.evidence import Archive, Exchange
from zorya.settings import Settings
from zorya.store import Store, audit, open_store, postings

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(home: Path) -> Run:
    """`zorya …` in a process of its own, in this test's home."""

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "zorya", *arguments]
        variables = os.environ | {"ZORYA_HOME": str(home), "COLUMNS": "120", "PYTHONUTF8": "1"} | environment
        return subprocess.run(command, capture_output=True, text=True, env=variables, check=False, timeout=120)

    return call


def test_help_names_every_group_of_the_operator(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    for word in ("doctor", "settings", "db", "audit", "evidence"):
        assert word in done.stdout


def test_an_unknown_verb_is_a_usage_error(run: Run) -> None:
    done = run("docter")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "docter" in done.stderr


def test_a_sound_machine_passes_the_self_check(run: Run, sqlite_settings: Settings) -> None:
    done = run("doctor", "--json")
    assert done.returncode == 0, done.stdout
    checks = json.loads(done.stdout)
    assert {"python", "home", "database", "keys", "sources", "indicators", "corpus"} <= {c["name"] for c in checks}
    assert done.stderr == ""


def test_the_self_check_changes_nothing(run: Run, home: Path) -> None:
    assert run("doctor").returncode == 0
    assert not home.exists()


def test_the_self_check_says_how_to_mend_an_old_database(run: Run, sqlite_store: Store) -> None:
    with sqlite_store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    done = run("doctor")
    assert done.returncode == 4
    assert "zorya db upgrade" in done.stdout


def test_the_self_check_names_file_and_line_of_a_bad_source(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "opendoor.yml").write_text("id: opendoor\nengin: listing\n", "utf-8")
    done = run("doctor", "--data-files", ZORYA__SOURCE_DIRS=json.dumps([str(folder)]))
    assert done.returncode == 4
    assert f"{folder / 'opendoor.yml'}:2" in done.stdout


def test_the_self_check_names_file_and_line_of_a_bad_corpus(run: Run, tmp_path: Path) -> None:
    (tmp_path / "en.jsonl").write_text("no\n")
    done = run("doctor", "--data-files", ZORYA__CORPUS_DIR=str(tmp_path))
    assert done.returncode == 4
    assert f"{tmp_path / 'en.jsonl'}:1" in done.stdout


def test_a_home_that_is_a_file_is_reported(run: Run, home: Path) -> None:
    home.write_text("not a folder")
    done = run("doctor")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr


def test_settings_are_shown_with_their_origin(run: Run) -> None:
    done = run("settings", "show", "--origin", "--json", ZORYA__LANGUAGE="uk")
    rows = {row["key"]: row for row in json.loads(done.stdout)}
    assert rows["language"] == {"key": "language", "value": "uk", "origin": "environment"}
    assert rows["review.lease_minutes"]["origin"] == "default"


def test_settings_hide_the_password_of_the_database(run: Run) -> None:
    done = run("settings", "show", ZORYA__DATABASE_URL="postgresql://zorya:sesame@127.0.0.1/zorya")
    assert done.returncode == 0
    assert "sesame" not in done.stdout + done.stderr
    assert "***" in done.stdout


@pytest.mark.parametrize(("name", "value"), [("ZORYA__LANGUAGE", "klingon"), ("ZORYA__REVIEW__SENTINEL_SHARE", "0")])
def test_a_bad_setting_is_one_line(run: Run, name: str, value: str) -> None:
    done = run("settings", "show", **{name: value})
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "zorya: setting `" in done.stderr


def test_a_new_database_is_made_and_named(run: Run) -> None:
    first, second = run("db", "upgrade"), run("db", "upgrade")
    assert (first.returncode, second.returncode) == (0, 0)
    assert "was empty" in first.stderr
    assert "already" in second.stderr


def test_a_backup_comes_back(run: Run, sqlite_settings: Settings, as_of: datetime, tmp_path: Path) -> None:
    store = open_store(sqlite_settings)
    with store.writing() as connection:
        audit.add(connection, at=as_of, actor="ana", action="first", object="x")
    copy = tmp_path / "copies" / "monday.sqlite"
    assert run("db", "backup", str(copy)).returncode == 0
    with store.writing() as connection:
        audit.add(connection, at=as_of, actor="ana", action="second", object="x")
    store.close()
    done = run("db", "restore", str(copy), "--yes")
    assert done.returncode == 0
    entries = [json.loads(line) for line in run("audit", "tail", "--json").stdout.splitlines()]
    assert [entry["action"] for entry in entries] == ["first"]
    [kept] = sqlite_settings.home.glob("zorya.sqlite.before-restore-*")
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (2,)


def test_a_backup_overwrites_nothing(run: Run, sqlite_settings: Settings, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_text("mine")
    assert run("db", "backup", str(copy)).returncode == 5
    assert copy.read_text() == "mine"


def test_a_backup_can_be_read_by_its_owner_only(run: Run, sqlite_settings: Settings, tmp_path: Path) -> None:
    run("db", "backup", str(tmp_path / "copy.sqlite"))
    assert (tmp_path / "copy.sqlite").stat().st_mode & 0o077 == 0


def test_a_restore_over_a_database_needs_a_yes(run: Run, sqlite_settings: Settings, tmp_path: Path) -> None:
    run("db", "backup", str(tmp_path / "copy.sqlite"))
    done = run("db", "restore", str(tmp_path / "copy.sqlite"))
    assert done.returncode == 5
    assert "--yes" in done.stderr


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, None], ids=["empty", "nonsense", "missing"])
def test_a_file_that_is_no_backup_is_refused(
    run: Run, sqlite_settings: Settings, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "copy.sqlite"
    if content is not None:
        path.write_bytes(content)
    before = (sqlite_settings.home / "zorya.sqlite").read_bytes()
    done = run("db", "restore", str(path), "--yes")
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert (sqlite_settings.home / "zorya.sqlite").read_bytes() == before


def test_a_postgresql_user_is_sent_to_the_right_tool(run: Run, tmp_path: Path) -> None:
    done = run("db", "backup", str(tmp_path / "x"), ZORYA__DATABASE_URL="postgresql://zorya@127.0.0.1/zorya")
    assert done.returncode == 2
    assert "pg_dump" in done.stderr


def test_a_broken_audit_chain_is_said(run: Run, sqlite_store: Store, as_of: datetime) -> None:
    with sqlite_store.writing() as connection:
        for index in range(3):
            audit.add(connection, at=as_of, actor="ana", action="reveal", object=str(index))
    assert run("audit", "verify").returncode == 0
    with sqlite_store.writing() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        connection.execute(text("UPDATE audit SET actor = 'bob' WHERE seq = 2"))
    done = run("audit", "verify", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["first_bad"] == 2


def test_lost_evidence_is_said(run: Run, sqlite_store: Store, sqlite_settings: Settings, as_of: datetime) -> None:
    exchange = Exchange("http://127.0.0.1/1", 200, (), (("Content-Type", "text/html"),), b"<p>ad</p>", as_of)
    capture = Archive(sqlite_settings.evidence_dir).put(exchange)
    with sqlite_store.writing() as connection:
        postings.add_capture(connection, capture, None)
    assert run("evidence", "verify").returncode == 0
    (sqlite_settings.evidence_dir / capture.warc_file).unlink()
    done = run("evidence", "verify", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["faults"][0]["kind"] == "missing"


def test_no_verb_loads_a_heavy_library_before_it_is_needed() -> None:
    heavy = ("scrapy", "sklearn", "airflow", "fastapi", "torch", "trafilatura", "rich.table")
    code = f"import sys, zorya.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"

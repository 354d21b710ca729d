"""The database's history: forwards, backwards, and equal to the tables in `zorya.store.schema`."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

import zorya.store
from zorya.domain import ids
from zorya.errors import StoreError
from zorya.settings import Settings
from zorya.store import Store, audit, open_store
from zorya.store.engine import HEAD, make_engine, revision_of, upgrade
from zorya.store.schema import metadata

MIGRATIONS = Path(zorya.store.__file__).parent / "migrations"


@pytest.fixture
def blank_url(both_engines: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if both_engines == "postgresql":
        return str(request.getfixturevalue("empty_postgres_database"))
    return f"sqlite:///{tmp_path / 'blank.sqlite'}"


@pytest.fixture
def blank(blank_url: str) -> Iterator[Engine]:
    engine = make_engine(blank_url)
    yield engine
    engine.dispose()


def _alembic(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def test_head_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_a_blank_database_is_brought_to_head(blank: Engine) -> None:
    assert revision_of(blank) is None
    upgrade(blank)
    assert revision_of(blank) == HEAD


def test_upgrading_twice_changes_nothing(blank: Engine) -> None:
    upgrade(blank)
    upgrade(blank)
    assert revision_of(blank) == HEAD


def test_the_migrated_schema_is_the_modelled_one(blank: Engine) -> None:
    upgrade(blank)
    with blank.connect() as connection:
        opts = {"compare_type": True, "include_name": _is_modelled}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []


def _is_modelled(name: str | None, _kind: str, _parents: object) -> bool:
    """All but the full-text index, which each engine has in its own way (migration 0013): SQLite as the table
    `search_index` with those it keeps for itself, PostgreSQL as an index of `search_ads`."""
    return not str(name).startswith(("search_index", "ix_search_ads_words"))


def test_going_back_leaves_no_table_and_forward_again_works(blank: Engine) -> None:
    upgrade(blank)
    with blank.connect() as connection:
        command.downgrade(_alembic(connection), "base")
        connection.commit()
    assert set(inspect(blank).get_table_names()) <= {"alembic_version"}
    upgrade(blank)
    assert revision_of(blank) == HEAD


def test_campaigns_of_an_earlier_revision_are_kept_and_named_after_their_founders(blank: Engine) -> None:
    upgrade(blank, "0004")
    first, second = ids.posting_id("opendoor", "1"), ids.posting_id("opendoor", "2")
    campaign, merged, moment = ids.campaign_id(first), ids.campaign_id("gone"), "2026-11-24 09:00:00"
    with blank.begin() as connection:
        for posting in (first, second):
            connection.execute(
                text(
                    "INSERT INTO postings (id, source, native_id, url, kind, first_seen, last_seen, current_version) "
                    "VALUES (:id, 'opendoor', :native, '', 'job', :at, :at, 'v')"
                ),
                {"id": posting, "native": posting, "at": moment},
            )
        for name, into in ((campaign, None), (merged, campaign)):
            values = {"id": name, "into": into, "at": moment}
            connection.execute(
                text("INSERT INTO campaigns (id, created_at, merged_into) VALUES (:id, :at, :into)"), values
            )
        for posting in (first, second):
            values = {"posting": posting, "campaign": campaign, "at": moment}
            connection.execute(
                text("INSERT INTO campaign_members VALUES (:posting, :campaign, 'first', NULL, 1, :at)"), values
            )
    upgrade(blank)
    with blank.connect() as connection:
        founders = {row.id: row.founder for row in connection.execute(text("SELECT id, founder FROM campaigns"))}
        homes = {row.posting_id: row.campaign_id for row in connection.execute(text("SELECT * FROM campaign_members"))}
    assert founders == {campaign: first, merged: None}
    assert homes == {first: campaign, second: campaign}


def test_two_processes_may_upgrade_at_once(blank: Engine, blank_url: str, home: Path) -> None:
    command_line = [sys.executable, "-m", "zorya", "db", "upgrade"]
    environment = {"ZORYA_HOME": str(home), "ZORYA__DATABASE_URL": blank_url, "PATH": "/usr/bin:/bin"}
    both = [subprocess.Popen(command_line, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], errors
    assert revision_of(blank) == HEAD


@pytest.mark.parametrize("statement", ["UPDATE audit SET reason = 'other'", "DELETE FROM audit"])
def test_the_audit_log_refuses_changes(store: Store, as_of: datetime, statement: str) -> None:
    with store.writing() as connection:
        audit.add(connection, at=as_of, actor="a", action="reveal", object="v-1", reason="call back")
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(text(statement))


def test_a_newer_database_is_refused(settings: Settings, store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="update Zorya"):
        open_store(settings)


def test_an_older_database_is_refused_with_the_remedy(settings: Settings, store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(StoreError, match="zorya db upgrade"):
        open_store(settings)


def test_a_nonsense_address_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="not understood"):
        open_store(Settings(home=tmp_path, database_url="no such thing"))


def test_a_server_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot open database"):
        open_store(Settings(home=tmp_path, database_url=f"postgresql://zorya@/none?host={tmp_path}"))


def test_a_failed_write_leaves_nothing(store: Store, as_of: datetime) -> None:
    def fail() -> None:
        with store.writing() as connection:
            audit.add(connection, at=as_of, actor="a", action="b", object="c")
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail()
    with store.reading() as connection:
        assert audit.page(connection) == []


def test_naive_times_are_refused(store: Store) -> None:
    naive = datetime(2026, 11, 24)  # noqa: DTZ001
    with pytest.raises(Exception, match="naive datetime"), store.writing() as connection:
        audit.add(connection, at=naive, actor="a", action="b", object="c")

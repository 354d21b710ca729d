"""Opening the database: SQLite (WAL, foreign keys, synchronous=FULL) by default, PostgreSQL by address."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from zorya.errors import SettingsError, StoreError
from zorya.settings import Settings, secret_key

HEAD = "0027"  # second looks: named, so that two branches that take one number meet in a conflict
"""Revision of the newest migration; `tests/zorya/test_migrations.py` keeps it true."""


THREADS = 40
"""Connections to SQLite that are kept open: as many as the review app has threads. A new one reads the whole schema
first, which costs more than most pages ask of it."""


class Store:
    """A database of the current revision. Safe to share between threads; not between forked processes."""

    def __init__(self, engine: Engine, *, contact_key: Callable[[], bytes]) -> None:
        self.engine = engine
        self._read_contact_key = contact_key
        self._turn = RLock() if self.is_sqlite else nullcontext()

    @cached_property
    def contact_key(self) -> bytes:
        """Key of the contact tokens (`settings.keys_dir`). Read when it is first asked for: a crawl never asks, so a
        crawl worker needs no keys. Raises SettingsError where tokens are stored and the key they were made with is not.
        """
        return self._read_contact_key()

    @property
    def is_sqlite(self) -> bool:
        """True on the embedded default."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction: all of it or nothing. SQLite takes the write lock at once (BEGIN IMMEDIATE). Threads
        of one process take turns before: SQLite lets who waits sleep, and who came last may well get it first."""
        with self._turn, self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            with connection.begin() if not self.is_sqlite else _committing(connection):
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with; nothing it does is kept."""
        with self.engine.connect() as connection:
            yield connection
            connection.rollback()

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


@contextmanager
def _committing(connection: Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def make_engine(url: str) -> Engine:
    """An engine with Zorya's connection settings; opens nothing yet."""
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise StoreError(
            f"database address {url!r} is not understood; use sqlite:///FILE or postgresql+psycopg://…"
        ) from exc
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        pool = {} if parsed.database in {None, "", ":memory:"} else {"pool_size": THREADS, "max_overflow": THREADS}
        # isolation_level None: the driver must not begin transactions of its own; `Store.writing` does.
        engine = create_engine(
            parsed,
            connect_args={"timeout": 60, "check_same_thread": False, "isolation_level": None},
            hide_parameters=True,  # an error's text would carry what was to be stored: contacts, in logs
            **pool,
        )
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    return create_engine(parsed, pool_pre_ping=True, hide_parameters=True)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF", "secure_delete=ON")
    # A large store is read through the memory map: a page of the review app then costs what it costs in a small one.
    for pragma in (*pragmas, "cache_size=-16000", "mmap_size=2000000000"):
        connection.execute(f"PRAGMA {pragma}")


def open_store(settings: Settings, *, unerased: bool = False) -> Store:
    """The store in force. A new database is created; one behind or ahead of this code is refused, and one from before
    an erasure, unless `unerased` says that this is about to be mended.
    """
    url = settings.resolved_database_url
    engine = make_engine(url)
    if engine.dialect.name == "sqlite" and engine.url.database not in {None, ":memory:"}:
        Path(str(engine.url.database)).parent.mkdir(parents=True, exist_ok=True)
    try:
        _bring_into_use(engine)
        if not unerased:
            _refuse_unerased(settings, engine)
    except StoreError:
        engine.dispose()
        raise
    return Store(engine, contact_key=partial(_contact_key, settings, engine))


def _contact_key(settings: Settings, engine: Engine) -> bytes:
    """A second key would make tokens that match none of the stored ones, without anybody being told."""
    path = settings.keys_dir / "contacts.key"
    if not path.exists():
        with engine.connect() as connection:
            used = connection.execute(text("SELECT 1 FROM contacts LIMIT 1")).first()
        if used:
            raise SettingsError(f"{path} is missing, but this database holds contact tokens: restore your key backup")
    return secret_key(settings, "contacts")


def _refuse_unerased(settings: Settings, engine: Engine) -> None:
    """A backup from before an erasure brings back what somebody had the right to see gone."""
    path = settings.home / "erasures.jsonl"
    if not path.exists():
        return
    with engine.connect() as connection:
        told = connection.execute(text("SELECT size FROM erasure_marks WHERE name = 'announced'")).scalar()
    if path.stat().st_size > (told or 0):
        remedy = "run `zorya privacy apply`, then go on"
        raise StoreError(f"{path} holds erasures that this database does not know (an older backup?): {remedy}")


def _bring_into_use(engine: Engine) -> None:
    """Create what is new, refuse what is behind or ahead."""
    revision = revision_of(engine)
    if revision is None:
        upgrade(engine)
    elif revision != HEAD:
        remedy = "run `zorya db upgrade`" if revision < HEAD else "this code is older than the database; update Zorya"
        raise StoreError(f"database {engine.url!r} is at revision {revision}, this code needs {HEAD}: {remedy}")


def revision_of(engine: Engine) -> str | None:
    """Revision the database is at, None when it is empty."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except OperationalError as exc:
        raise StoreError(f"cannot open database {engine.url!r}: {exc.orig}") from exc


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database to a revision. Two processes may call it at once: the second one waits."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    for attempt in range(20):
        try:
            with engine.connect() as connection:
                if engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                else:
                    connection.execute(text("SELECT pg_advisory_xact_lock(7269921)"))
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
                connection.commit()
            return
        except OperationalError as exc:
            if "locked" not in str(exc.orig) or attempt == 19:
                raise StoreError(f"cannot upgrade {engine.url!r}: {exc.orig}") from exc
            time.sleep(0.1)

"""What every test may ask for: a temporary home, a store on both engines, a fixed clock, no outside network.

`store` runs a test twice, on SQLite and on a throw-away PostgreSQL; `sqlite_store` once. Both start from a copy of a
migrated database. `settings` belongs to the same database as `store`.
"""

import asyncio
import itertools
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from sqlalchemy import make_url

from zorya.settings import Settings
from zorya.store import Store, open_store
from zorya.store.engine import make_engine, upgrade

REPOSITORY = Path(__file__).resolve().parent.parent
_TEMPLATE = "zorya_template"
_serial = itertools.count()

# How long an example takes is the machine's doing: a busy one must not make a rule look broken.
_UNHURRIED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("zorya", print_blob=True, **_UNHURRIED)
hypothesis.settings.load_profile("zorya")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `store` (or says `both_engines`) runs on both engines."""
    wanted = {"store", "both_engines"} & set(metafunc.fixturenames)
    if wanted and "engine_name" in metafunc.fixturenames:
        metafunc.parametrize("engine_name", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """`sqlite` unless the test runs on both engines."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def both_engines(engine_name: str) -> str:
    """For tests that need `settings` on both engines but open the store themselves."""
    return engine_name


@pytest.fixture
def as_of() -> datetime:
    """The moment tests happen at."""
    return datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own; the developer's settings and `.zorya` are out of sight."""
    for name in list(os.environ):
        if name.startswith("ZORYA") and not name.startswith("ZORYA_TEST_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("ZORYA_HOME", str(folder))
    return folder


@pytest.fixture
def settings(home: Path, engine_name: str, request: pytest.FixtureRequest) -> Settings:
    """Settings with a fresh home and a fresh, migrated database."""
    home.mkdir(parents=True, exist_ok=True)
    if engine_name == "postgresql":
        return Settings(home=home, database_url=request.getfixturevalue("postgres_database"))
    shutil.copy(request.getfixturevalue("sqlite_template"), home / "zorya.sqlite")
    return Settings(home=home)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """The store of `settings`, on both engines."""
    opened = open_store(settings)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_settings(home: Path, sqlite_template: Path) -> Settings:
    """`settings` on the embedded default only."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(sqlite_template, home / "zorya.sqlite")
    return Settings(home=home)


@pytest.fixture
def sqlite_store(sqlite_settings: Settings) -> Iterator[Store]:
    """A store for tests that have nothing to do with SQL's dialects."""
    opened = open_store(sqlite_settings)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "zorya.sqlite"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL whose databases we may create and drop."""
    given = os.environ.get("ZORYA_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    # /tmp, not tmp_path: the path of a socket may not exceed 107 bytes, and the server's user must be able to reach it.
    folder = Path(tempfile.mkdtemp(prefix="zorya-pg-", dir="/tmp"))
    user = _server_user()
    if user:
        shutil.chown(folder, user)
    programs = _postgres_programs()
    data = folder / "data"
    _serve(
        [programs / "initdb", "-D", data, "-U", "zorya", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"], user, folder
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c synchronous_commit=off"
    options += " -c full_page_writes=off -c max_connections=60 -c shared_buffers=32MB -c autovacuum=off"
    _serve([programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], user, folder)
    try:
        yield f"postgresql://zorya@/postgres?host={folder}"
    finally:
        _serve([programs / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"], user, folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """Name of a migrated database to copy."""
    name = f"{_TEMPLATE}_{os.getpid()}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    engine = make_engine(_address(postgres_server, name))
    upgrade(engine)
    engine.dispose()
    yield name
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_database(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """Address of a fresh migrated database."""
    name = f"zorya_{os.getpid()}_{next(_serial)}"
    _administer(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template} STRATEGY FILE_COPY")
    yield _address(postgres_server, name)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres_database(postgres_server: str) -> Iterator[str]:
    """Address of a database without a single table."""
    name = f"zorya_{os.getpid()}_{next(_serial)}"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    yield _address(postgres_server, name)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def run_async() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """`run_async(coroutine)`: its result, from a loop on a thread of its own.

    After the first browser test of a process Playwright's loop runs in the main thread until the end: no other starts.
    """

    def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, coroutine).result()

    return run


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """pytest-playwright drives the system's Chromium; it downloads none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for path in map(shutil.which, names) if path), None)
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if found is None and not mac.exists():
        pytest.fail(
            "no Chromium: run `apt-get install -y --no-install-recommends chromium` (or `make test`)", pytrace=False
        )
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
    return {"executable_path": found or str(mac), "headless": True, "args": flags}


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: who runs it instead."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _postgres_programs() -> Path:
    """Folder of `initdb` and `pg_ctl`; a missing server is a failure, never a skip."""
    places = [
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql*/bin",
        "/usr/local/opt/postgresql*/bin",
    ]
    found = [path for place in places for path in Path("/").glob(f"{place[1:]}/initdb")]
    newest = max(found, key=lambda path: [int(part) for part in path.parts if part.isdigit()] or [0], default=None)
    on_path = shutil.which("initdb")
    if newest is None and on_path is None:
        remedy = "run `apt-get install -y --no-install-recommends postgresql` (macOS: `brew install postgresql@16`)"
        pytest.fail(f"no PostgreSQL server programs found: {remedy}, or set ZORYA_TEST_POSTGRES_URL", pytrace=False)
    return (newest or Path(str(on_path)).resolve()).parent


def _serve(command: list[str | Path], user: str | None, folder: Path) -> None:
    """Run a server program as the right user; its complaint becomes the failure."""
    with (folder / "out").open("ab") as out:  # a pipe would stay open as long as the server lives
        done = subprocess.run(command, user=user, cwd=folder, stdout=out, stderr=out, check=False, timeout=120)
    if done.returncode:
        pytest.fail(f"{command[0]} failed:\n{(folder / 'out').read_text(errors='replace')[-2000:]}", pytrace=False)


def _address(server: str, database: str) -> str:
    address = make_url(server).set(drivername="postgresql+psycopg", database=database)
    return address.render_as_string(hide_password=False)


def _administer(server: str, statement: str) -> None:
    plain = make_url(server).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


def _is_local(host: str) -> bool:
    if host in {"localhost", ""}:
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_outside_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Loopback and unix sockets only: another connection fails the test, and only localhost resolves."""
    attempts: list[str] = []
    inet = {socket.AF_INET, socket.AF_INET6}
    plain = {"connect": socket.socket.connect, "connect_ex": socket.socket.connect_ex}
    resolve = socket.getaddrinfo

    def guarded(name: str) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family in inet and not _is_local(str(address[0])):
                attempts.append(str(address[0]))
                raise ConnectionRefusedError(f"tests stay on this machine: {address[0]}")
            return plain[name](self, address)

        return call

    def lookup(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is None or _is_local(name) or _is_address(name):
            return resolve(host, *args, **options)
        raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no outside names: {name}")

    for name in plain:
        monkeypatch.setattr(socket.socket, name, guarded(name))
    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    yield
    if attempts:
        pytest.fail(f"the test tried to reach {', '.join(attempts)}", pytrace=False)


def _is_address(name: str) -> bool:
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True

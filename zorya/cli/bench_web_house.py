"""One filled store behind a running app, for `zorya bench web`.

It stands as after an ordinary hour: every confirmed campaign was looked at once. One partner was told of nearly all;
for the other, whom nothing suits, the card of each that changes is read anew.
"""

import http.client
import random
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import select

from zorya.cli.bench_web_town import Town, fill
from zorya.domain.reviews import Role
from zorya.errors import ZoryaError
from zorya.settings import ReviewSettings, Settings
from zorya.store import Store, open_store, people, second_looks, selection_backlog
from zorya.store.presence import chunks
from zorya.store.schema import tasks

_PARTNER = """name: Bench
org_type: ngo
language: en
timezone: UTC
tlp_ceiling: TLP:AMBER
cadence: {every: daily, hour: 8}
channels: [{kind: folder}]
"""
_PARTNERS = {"bench": _PARTNER, "elsewhere": _PARTNER + "scope: {languages: [nl]}\n"}
"""Nothing is for `elsewhere`: no ad here is in its language."""
_HANDFUL = 5
ANSWERS = {200, 303, 404, 410}  # 404: what this house has not set up, as the log-in of an organisation
_ROW = re.compile(rb"<(?:tr|li)\b")
LEAD, ADMIN = "bench-lead", "bench-admin"


@dataclass(slots=True)
class House:
    """One filled store behind a running app."""

    settings: Settings
    store: Store
    town: Town
    address: str
    cookies: dict[str, str]
    connection: http.client.HTTPConnection = field(init=False)
    rows: int = 0
    """How many rows and list items the page that was opened last shows."""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=120)

    def stir(self, chance: random.Random) -> None:
        """A handful of confirmed campaigns changed, and as many of all; not the largest, of which there is one."""
        confirmed = [name for name in self.town.confirmed if name != self.town.largest]
        lots = (confirmed, self.town.campaigns[1:])
        changed = [name for lot in lots for name in chance.sample(lot, min(_HANDFUL, len(lot)))]
        with self.store.writing() as connection:
            selection_backlog.note(connection, changed)

    def visit(self, path: str, person: str) -> int:
        """Status of a page as this person sees it; ZoryaError where it is not open to them."""
        headers = {"Cookie": f"zorya_session={self.cookies[person]}"}
        try:
            self.connection.request("GET", path, headers=headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # idle for longer than the server keeps it open
            self.connection.close()
            self.connection.request("GET", path, headers=headers)
            answer = self.connection.getresponse()
        self.rows = len(_ROW.findall(answer.read()))
        onward = answer.getheader("location") or ""
        if answer.status not in ANSWERS or onward.startswith(("/login", "/second-factor")):
            raise ZoryaError(f"bench web: {path} answered {person} {answer.status} {onward}: nothing was measured")
        return answer.status


@contextmanager
def house(size: int, *, as_of: datetime, server: str = "") -> Iterator[House]:
    """A store with `size` ads and the app on it, both gone afterwards."""
    from alerts import selection
    from labeling.web.server import address_of, bind, make_server

    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="zorya-bench-")))
        (home / "partners").mkdir()
        for name, words in _PARTNERS.items():
            (home / "partners" / f"{name}.yml").write_text(words, encoding="utf-8")
        database = stack.enter_context(_database(server, size)) if server else ""
        review = ReviewSettings(second_factor_roles=())  # nobody here has one
        settings = Settings(home=home, database_url=database, partner_dirs=(home / "partners",), review=review)
        store = open_store(settings)
        stack.callback(store.close)
        town = fill(store, size, as_of=as_of)
        _tell_second_looks(store)
        selection.run(store, settings, as_of=as_of)
        cookies = {name: _session(store, name, role, as_of) for name, role in ((LEAD, Role.LEAD), (ADMIN, Role.ADMIN))}
        listener = bind("127.0.0.1", 0)
        running = make_server(settings, store, clock=lambda: as_of)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        opened = House(settings, store, town, address_of(listener), cookies)
        try:
            yield opened
        finally:
            opened.connection.close()
            running.should_exit = True
            thread.join(timeout=30)


def _tell_second_looks(store: Store) -> None:
    """What decisions tell by themselves, of those that were stored in bulk."""
    with store.writing() as connection:
        seconds = select(tasks.c.campaign_id).where(tasks.c.round == 2)
        for some in chunks(connection.scalars(seconds)):
            second_looks.retell(connection, some)


def _session(store: Store, name: str, role: Role, at: datetime) -> str:
    with store.writing() as connection:
        account = {"name": name, "display_name": name, "role": role, "password_hash": "-", "language": "en"}
        people.add_user(connection, **account, at=at)  # type: ignore[arg-type]  # nobody logs in with this password
        return people.open_session(connection, name, at=at, expires_at=at + timedelta(hours=8))


@contextmanager
def _database(server: str, size: int) -> Iterator[str]:
    import psycopg
    from sqlalchemy import make_url

    address, name = make_url(server), f"zorya_bench_{size}"
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)

    def administer(statement: str) -> None:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(statement.encode())

    administer(f"CREATE DATABASE {name}")
    try:
        ours = address.set(drivername="postgresql+psycopg", database=name)
        yield ours.render_as_string(hide_password=False)
    finally:
        administer(f"DROP DATABASE {name} WITH (FORCE)")

"""An invented town of ads, assessments and campaigns, stored directly; and the review app on a real socket."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import yaml

from alerts.desk import Desk
from labeling import sampling
from labeling.queue_mix import FILE
from labeling.web.passwords import hash_password
from labeling.web.server import address_of, bind, make_server
from models.registry.shelf import Shelf
from zorya.datafiles import read_yaml
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind, Kind, Place, Posting
from zorya.domain.findings import Assessment, IndicatorHit, Reason, Span, State, Strength, band_of
from zorya.domain.reviews import Role
from zorya.domain.runs import Outcome, RunReport, RunStatus
from zorya.domain.sources import SourceDesk
from zorya.evidence import Archive, Exchange
from zorya.settings import Settings
from zorya.store import Store, assessments, campaigns, people, postings, runs

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PASSWORD = "a long invented password"
_TOWN = json.loads(Path(__file__).with_name("ads.json").read_text("utf-8"))
ADS = [(ad["language"], ad["title"], ad["body"], ad["words"]) for ad in _TOWN]
"""Language, title, body, and the wordings that indicators point at."""


@dataclass
class Clock:
    """A clock that tests move."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    """Starts at START."""
    return Clock()


@cache
def _hash() -> str:
    return hash_password(PASSWORD)


def spans_of(text: str, wordings: str) -> tuple[tuple[str, Span], ...]:
    """(wording, span) of each wording found in a text; wordings are parted by `|`."""
    found = [(word, text.find(word)) for word in wordings.split("|") if word]
    return tuple((word, (at, at + len(word))) for word, at in found if at >= 0)


@dataclass
class Seed:
    """Stores invented ads with what a machine would have said about them."""

    store: Store
    settings: Settings
    serial: int = 0
    campaigns: list[str] = field(default_factory=list)
    at: datetime = START

    def ad(
        self,
        score: float,
        *,
        title: str = "Work abroad",
        body: str = "Details by messenger.",
        language: str | None = "en",
        words: str = "",
        contacts: tuple[Contact, ...] = (),
        abstain: bool = False,
        campaign: str | None = None,
        native_id: str | None = None,
        seen_at: datetime = START - timedelta(days=3),
        captured: bool = False,
        **more: Any,
    ) -> str:
        """Store one ad and its assessment; returns its campaign."""
        self.serial += 1
        number = native_id or f"{self.serial}"
        posting = Posting(
            "invented-board", number, f"https://board.example/ads/{number}", Kind.JOB, title, body, **more
        )
        with self.store.writing() as connection:
            capture = self._captured(connection, posting, seen_at) if captured else None
            version, _ = postings.record(connection, posting, capture_id=capture, seen_at=seen_at)
            postings.set_language(connection, version, language)
            assessments.set_contacts(connection, version, contacts, key=self.store.contact_key)
            assessments.add(
                connection, self._assessment(version, posting.text, score, language, words, abstain, seen_at)
            )
            identity = ids.posting_id(posting.source, posting.native_id)
            if campaign is None:
                campaign = campaigns.found(connection, identity, at=seen_at)
                self.campaigns.append(campaign)
            else:
                first = campaigns.members(connection, campaign)[0].posting_id
                campaigns.join(connection, campaign, identity, edge="contact", edge_to=first, weight=1.0, at=seen_at)
        return campaign

    def town(self) -> list[str]:
        """Six flagged campaigns (the first of three ads), one in doubt, twenty unflagged."""
        for place, (language, title, body, words) in enumerate(ADS):
            text = f"{title}\n{body}"
            found = [w for w in ("@dawn_example", "@zoria_example", "@hajnal_example") if w in text]
            contacts = [Contact(ContactKind.TELEGRAM, w[1:], w, text.index(w), text.index(w) + len(w)) for w in found]
            if "+4" in text:
                start = text.index("+4")
                raw = text[start:].rstrip(".")
                contacts.append(Contact(ContactKind.PHONE, raw.replace(" ", ""), raw, start, start + len(raw)))
            self.ad(
                0.96 - place * 0.05,
                title=title,
                body=body,
                language=language,
                words=words,
                contacts=tuple(contacts),
                captured=True,
                places=(Place("Amsterdam", "Amsterdam", "nl"),) if place == 0 else (),
            )
        for variant in ("Fete pentru Olanda, urgent", "Domnișoare, plecare săptămâna aceasta"):
            self.ad(0.9, title=variant, body=ADS[0][2], language="ro", words=ADS[0][3], campaign=self.campaigns[0])
        self.ad(
            0.5, title="Hulp in huis gevraagd", body="Kamer inbegrepen, wij spreken af.", language="nl", abstain=True
        )
        for number in range(20):
            self.ad(0.05, title=f"Warehouse shift {number}", body="Named employer, contract, 13.90 € an hour.")
        return self.campaigns

    def person(self, name: str, role: Role = Role.ANALYST) -> None:
        """Create an account with the invented password."""
        account = {"name": name, "display_name": name.title(), "role": role, "language": "en", "at": START}
        with self.store.writing() as connection:
            people.add_user(connection, password_hash=_hash(), **account)

    def crawls(self) -> None:
        """Three crawls of two sources, one of them not well."""
        for source, age, status, outcomes in (
            ("invented-board", 26, RunStatus.OK, {Outcome.OK: 40, Outcome.NOT_MODIFIED: 2}),
            ("invented-board", 2, RunStatus.OK, {Outcome.OK: 38, Outcome.NOT_MODIFIED: 6, Outcome.ROBOTS: 1}),
            ("second-board", 3, RunStatus.PARTIAL, {Outcome.OK: 10, Outcome.FAILED: 2}),
        ):
            at = START - timedelta(hours=age)
            told = {outcome.value: number for outcome, number in outcomes.items()}
            words = ("2 requests answered 503",) * (status is RunStatus.PARTIAL)
            numbers = (sum(told.values()), told, outcomes[Outcome.OK], 3, 1, words)
            report = RunReport(ids.run_id(source, at), source, at, at + timedelta(minutes=1), status, *numbers)
            with self.store.writing() as connection:
                runs.begin(connection, report.run_id, source, at)
                runs.finish(connection, report)

    def _captured(self, connection: Any, posting: Posting, seen_at: datetime) -> str:
        exchange = Exchange(
            posting.url, 200, (), (("Content-Type", "text/html; charset=utf-8"),), posting.text.encode(), seen_at
        )
        capture = Archive(self.settings.evidence_dir).put(exchange)
        postings.add_capture(connection, capture, None)
        return capture.id

    def _assessment(
        self, version: str, text: str, score: float, language: str | None, words: str, abstain: bool, at: datetime
    ) -> Assessment:
        found = spans_of(text, words)
        hits = [
            IndicatorHit(f"A{number}", 1, f"Reads: {word}", State.PRESENT, Strength.MEDIUM, (span,))
            for number, (word, span) in enumerate(found, 1)
        ]
        hits.append(IndicatorHit("F1", 1, "A contract is offered", State.NOT_STATED, Strength.WEAK))
        hits.append(IndicatorHit("F2", 1, "A named employer", State.CONTRADICTED, Strength.WEAK))
        raised = [Reason(f"the text says “{word}”", 1, f"A{n}", (span,)) for n, (word, span) in enumerate(found, 1)]
        reasons = (*raised, Reason("no upfront fee is asked", -1, "F3"), Reason("ILO rule: 3 medium", 0))
        return Assessment(
            id=ids.assessment_id(version, "rules-invented", "linear@1"),
            version_id=version,
            ruleset="rules-invented",
            model="linear@1",
            language=language,
            score=score,
            band=band_of(score),
            abstain=abstain,
            patterns={"sexual_exploitation": score},
            hits=tuple(hits),
            reasons=reasons,
            created_at=at,
        )


@pytest.fixture
def seed(store: Store, settings: Settings) -> Seed:
    """An empty town on the store of the test (both engines)."""
    return Seed(store, settings)


@pytest.fixture
def mixed(tmp_path: Path) -> Callable[..., Settings]:
    """Settings whose queue is mixed by a file of the operator's own: the shipped one with other shares."""

    def mix(settings: Settings, **shares: float) -> Settings:
        path = tmp_path / f"mix-{len(list(tmp_path.glob('mix-*')))}.yml"
        path.write_text(yaml.safe_dump(read_yaml(FILE) | {name: {"share": n} for name, n in shares.items()}), "utf-8")
        return settings.model_copy(update={"review": settings.review.model_copy(update={"queue_mix": path})})

    return mix


@pytest.fixture
def town(sqlite_store: Store, sqlite_settings: Settings) -> Seed:
    """A full town with two analysts, on the embedded default."""
    seed = Seed(sqlite_store, sqlite_settings)
    seed.town()
    seed.crawls()
    sampling.run(sqlite_store, sqlite_settings, as_of=START)
    for name in ("anna", "boris"):
        seed.person(name)
    return seed


@pytest.fixture
def serve(clock: Clock) -> Iterator[Callable[..., str]]:
    """Runs the app of a town on loopback, where `review` does not say else without second factors; its address."""
    started: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(seed: Seed, desk: SourceDesk | None = None, **review: Any) -> str:
        listener, partners = bind("127.0.0.1", 0), Desk(seed.store, seed.settings)
        ruled = seed.settings.review.model_copy(update={"second_factor_roles": (), **review})
        house, shelf = seed.settings.model_copy(update={"review": ruled}), Shelf(seed.settings.models_dir)
        server = make_server(house, seed.store, clock=clock, desk=desk, partner_desk=partners, shelf=shelf)
        started.append((server, threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)))
        started[-1][1].start()
        return address_of(listener).rstrip("/")

    yield start
    for server, thread in started:
        server.should_exit = True
        thread.join(timeout=10)


class Browser(httpx.Client):
    """A client that fills forms as a browser does."""

    def field(self, path: str, name: str) -> str:
        """Value of the first input of that name on a page."""
        _, found, after = (page := self.get(path).text).partition(f'name="{name}" value="')
        assert found, f"no field {name} on {path}: {page[:300]}"
        return after.partition('"')[0]

    def sign_in(self, name: str, password: str = PASSWORD, to: str = "/") -> httpx.Response:
        """Fill the log-in form."""
        token = {"csrf": self.field("/login", "csrf")}
        return self.post("/login", data={"name": name, "password": password, "next": to, **token})

    def fill(self, path: str, **data: Any) -> httpx.Response:
        """Send a form with the token of the session."""
        return self.post(path, data={"csrf": self.field("/help", "csrf"), **data})

    def reserve(self, query: str = "") -> str:
        """Address of the next reserved task."""
        return str(self.get(f"/queue/next{query}").url.path)


@pytest.fixture
def browse(serve: Callable[[Seed], str], town: Seed) -> Iterator[Callable[..., Browser]]:
    """Clients of the town's app, signed in as somebody (or nobody)."""
    opened, addresses = list[Browser](), dict[str, str]()

    def client(name: str | None = None, **review: Any) -> Browser:
        address = addresses[repr(review)] = addresses.get(repr(review)) or serve(town, **review)
        opened.append(Browser(base_url=address, follow_redirects=True, timeout=30))
        if name:
            assert opened[-1].sign_in(name).url.path in {"/", "/second-factor"}
        return opened[-1]

    yield client
    for browser in opened:
        browser.close()


@pytest.fixture(scope="session")
def base_url() -> None:
    """Ours has no fixed address; the plugin's own fixture is one that pytest 9.2 warns of."""

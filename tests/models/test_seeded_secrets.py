"""A thousand invented numbers and addresses go through a full run: where roles may not see them, none is found.

However a contact may be spelled, in logs, mails, pages, addresses, exports and crashes.
"""

import base64
import binascii
import email
import email.policy
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import yaml
from sqlalchemy import select

from alerts import decisions
from alerts.desk import Desk
from labeling.web.passwords import hash_password
from labeling.web.server import address_of, bind, make_server
from zorya.domain import ids
from zorya.domain.reviews import Role, Task, TaskReason, Verdict, VerdictLabel
from zorya.domain.sharing import Act, AlertState
from zorya.labelled import load_corpus
from zorya.settings import Settings
from zorya.store import Store, audit, open_store, people, referrals, reviews, sharing
from zorya.store.campaign_schema import campaigns
from zorya.store.schema import contacts

REPOSITORY = Path(__file__).resolve().parents[2]
PASSWORD = "a long invented password"
ADS = 500
NUMBER = re.compile(r"2079460\d{3}|20[^0-9]{0,3}7946[^0-9]{0,3}0\d{3}")
NAME = re.compile(r"zq\d{3}kontakt", re.I)
BLOCK = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
SPELLED = ("+44 20 7946 0{n}", "+442079460{n}", "0044 20-7946-0{n}", "+44 (0)20 7946 0{n}", "+44.20.7946.0{n}")
"""Ofcom's London range for drama (the mobile one is that of the stand-ins); addresses are at an impossible domain."""


def leaks(text: str) -> set[str]:
    """Seeded contacts in a text: plain, spaced, in entities, percent-encoded, or in base64."""
    found = set[str]()
    for view in {text, unescape(text), unquote(text)}:
        found |= {match[0] for match in NUMBER.finditer(view)} | {match[0] for match in NAME.finditer(view)}
    for block in BLOCK.findall(text):
        for start in range(4):
            piece = block[start:].rstrip("=")
            try:
                plain = base64.urlsafe_b64decode(piece.replace("+", "-").replace("/", "_") + "=" * (-len(piece) % 4))
            except (binascii.Error, ValueError):
                continue
            found |= {f"base64: {hit.decode()}" for hit in re.findall(rb"2079460\d{3}|zq\d{3}kontakt", plain)}
    return found


WAYS = [way.format(n="123") for way in SPELLED]
WAYS += ["zq123kontakt@agency.example", "tel%3A%2B442079460123", "zq123&#107;ontakt"]
WAYS += [base64.b64encode(words).decode() for words in (b"call +442079460123 now", b"a zq123kontakt@agency.example")]


@pytest.mark.parametrize("text", WAYS)
def test_the_search_finds_every_spelling(text: str) -> None:
    assert leaks(f"before {text} after")


@dataclass(frozen=True)
class House:
    """What a full run left behind."""

    settings: Settings
    store: Store
    said: str
    """Everything that the processes wrote on stdout and stderr."""
    app: str


def _feed(address: str) -> str:
    texts = load_corpus(Settings().corpus_dir).ads
    items = []
    for number in range(ADS):
        ad, n = texts[number * 3 % len(texts)], f"{number:03d}"
        phone = SPELLED[number % len(SPELLED)].format(n=n)
        words = f"{ad.body} {phone}, zq{n}kontakt@agency.example"
        link = f"{address}/ad/{number}" + (f"-442079460{n}" if number % 10 == 0 else "")
        title = f"{ad.title} {phone}" if number % 7 == 0 else ad.title
        items.append(
            f"<item><title>{escape(title)}</title><link>{link}</link><guid>{link}</guid>"
            f"<description>{escape(words)}</description></item>"
        )
    return f"<rss version='2.0'><channel><title>Board</title>{''.join(items)}</channel></rss>"


@pytest.fixture(scope="module")
def board() -> Iterator[str]:
    """A board on loopback with one feed."""
    page = {"text": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_feed = self.path == "/rss"
            self.send_response(200 if is_feed else 404)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.end_headers()
            self.wfile.write(page["text"].encode() if is_feed else b"")

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    page["text"] = _feed(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _run(home: Path, *words: str) -> str:
    environment = {"PATH": os.environ["PATH"], "ZORYA_HOME": str(home), "ZORYA__LOG_LEVEL": "DEBUG"}
    command, more = [sys.executable, "-m", "zorya", *words], {"capture_output": True, "text": True, "timeout": 300}
    done = subprocess.run(command, env=environment, cwd=REPOSITORY, check=False, **more)
    return f"{done.stdout}\n{done.stderr}\n"


def _settle(home: Path, board: str) -> None:
    (home / "sources").mkdir(parents=True)
    (home / "partners").mkdir()
    source = {
        "id": "xx_board", "title": "A board", "homepage": f"http://{board}/", "kind": "job", "country": "md",
        "languages": ["ro"], "owner": "tests", "basis": "invented", "status": "active", "engine": "feed",
        "review": {"terms": "2026-11-01", "robots": "2026-11-01", "by": "tests"}, "start": [f"http://{board}/rss"],
        "limits": {"delay": 0.01, "ads": 1000},
    }  # fmt: skip
    (home / "sources" / "xx_board.yml").write_text(yaml.safe_dump(source), "utf-8")
    partner = {"name": "Dorcas", "org_type": "ngo", "tlp_ceiling": "amber", "channels": [{"kind": "folder"}]}
    partner |= {"cadence": {"every": "daily", "hour": 0}}
    (home / "partners" / "dorcas.yml").write_text(yaml.safe_dump(partner), "utf-8")
    (home / "zorya.toml").write_text(f'source_dirs = []\n[crawl]\nallow_hosts = ["{board}"]\n', "utf-8")


def _confirm(store: Store, at: Any, *, most: int) -> int:
    """Anna and Boris see a concern in the campaigns that wait first; returns how many those are."""
    with store.writing() as connection:
        waiting = reviews.open_tasks(connection, at=at, limit=most)
        for campaign in dict.fromkeys(task.campaign_id for task in waiting):
            for number, name in enumerate(("anna", "boris"), start=7):
                task = Task(ids.task_id(campaign, number), campaign, number, TaskReason.RISK, 1.0, at, done_at=at)
                reviews.add_task(connection, task)
                verdict = Verdict(
                    ids.verdict_id(task.id, name, at), task.id, campaign, name, VerdictLabel.CONCERN, at,
                    patterns=("labour_exploitation",), severity=2,
                )  # fmt: skip
                reviews.add_verdict(connection, verdict)
    return len(waiting)


def _accounts(store: Store, at: Any) -> None:
    hashed = hash_password(PASSWORD)
    roles = {"anna": Role.ANALYST, "boris": Role.ANALYST, "lena": Role.LEAD, "dana": Role.DATA_SCIENTIST}
    roles |= {"olga": Role.AUDITOR, "ada": Role.ADMIN, "maria": Role.PARTNER}
    with store.writing() as connection:
        for name, role in roles.items():
            people.add_user(
                connection, name=name, display_name=name, role=role, password_hash=hashed, language="en", at=at
            )
        referrals.link_account(connection, "maria", "dorcas")


@pytest.fixture(scope="module")
def house(board: str, trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A board is crawled and screened, people confirm and approve, a digest leaves, the app is open."""
    home = tmp_path_factory.mktemp("house") / "home"
    _settle(home, board)
    (home / "models").symlink_to(trained_home / "models")
    said = _run(home, "run")
    settings = Settings(home=home, source_dirs=())
    settings = settings.model_copy(update={"review": settings.review.model_copy(update={"second_factor_roles": ()})})
    store = open_store(settings)
    with store.reading() as connection:
        at = connection.execute(select(campaigns.c.created_at).limit(1)).scalar_one()
    _accounts(store, at)
    assert _confirm(store, at, most=40) == 40, said
    said += _run(home, "run")
    with store.reading() as connection:
        waiting = sharing.alerts_in(connection, AlertState.WAITING)
    for alert in waiting:
        decisions.decide(store, settings, alert.id, Act.APPROVE, by="lena", as_of=alert.created_at)
    assert waiting
    said += _run(home, "digest", "send", "--as-of", (at + timedelta(days=2)).isoformat())
    listener = bind("127.0.0.1", 0)
    server = make_server(settings, store, clock=lambda: at + timedelta(hours=1), partner_desk=Desk(store, settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield House(settings, store, said, address_of(listener).rstrip("/"))
    server.should_exit = True
    thread.join(timeout=10)
    store.close()


@pytest.mark.slow
def test_the_run_saw_every_seeded_contact(house: House) -> None:
    with house.store.reading() as connection:
        values = {value for (value,) in connection.execute(select(contacts.c.value))}
    numbers = {f"+442079460{number:03d}" for number in range(ADS)}
    names = {f"zq{number:03d}kontakt@agency.example" for number in range(ADS)}
    assert len((numbers | names) - values) <= 10, sorted((numbers | names) - values)[:20]


@pytest.mark.slow
def test_no_process_and_no_mail_says_one(house: House) -> None:
    assert "screen:" in house.said
    assert leaks(house.said) == set()
    mails = list(house.settings.outbox_dir.rglob("*.eml"))
    assert mails
    for path in mails:
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
        said = [*(f"{name}: {value}" for name, value in message.items()), *parts]
        assert leaks("\n".join(said)) == set()


def _signed_in(house: House, name: str) -> httpx.Client:
    browser = httpx.Client(base_url=house.app, follow_redirects=True, timeout=60)
    page = browser.get("/login").text
    token = page.partition('name="csrf" value="')[2].partition('"')[0]
    browser.post("/login", data={"csrf": token, "name": name, "password": PASSWORD, "next": "/"})
    return browser


@pytest.mark.slow
@pytest.mark.parametrize("name", ["anna", "dana", "olga", "ada", "maria"])
def test_no_page_and_no_address_shows_one_unasked(house: House, name: str) -> None:
    """Every page that links lead to, a hundred at most; nobody presses *reveal*."""
    shown, waiting, seen = dict[str, set[str]](), ["/", "/search?q=a"], {"/", "/search?q=a"}
    kinds: dict[str, int] = {}
    with closing(_signed_in(house, name)) as browser:
        while waiting and len(shown) < 100:
            path = waiting.pop(0)
            answer = browser.get(path)
            shown[path] = leaks(answer.text) | leaks(str(answer.url)) | leaks(str(answer.headers))
            for link in re.findall(r'(?:href|action)="(/[^"#]*)', answer.text):
                kind = re.sub(r"[a-z]-[0-9a-f]{8,}|\?.*", "*", unescape(link))
                if link not in seen and "logout" not in link and "/static/" not in link and kinds.get(kind, 0) < 8:
                    kinds[kind] = kinds.get(kind, 0) + 1
                    seen.add(link)
                    waiting.append(unescape(link))
    assert len(shown) > 3
    assert {path: found for path, found in shown.items() if found} == {}


@pytest.mark.slow
def test_no_export_holds_one(house: House, tmp_path: Path) -> None:
    home = house.settings.home
    said = _run(home, "labels", "export", "--jsonl", "-") + _run(home, "labels", "export", "--without", "seed")
    said += _run(home, "alert", "list") + _run(home, "referral", "list", "--json") + _run(home, "digest", "history")
    files = [path.read_text("utf-8") for path in house.settings.snapshots_dir.rglob("*") if path.is_file()]
    assert len(said.splitlines()) > 40
    assert files
    assert leaks(said) | leaks("\n".join(files)) == set()
    with house.store.reading() as connection:
        assert leaks(str(audit.page(connection, limit=10_000))) == set()


CRASHES = {
    "a row that is there already": (
        "from sqlalchemy import insert, select; from zorya.store.schema import versions\n"
        "with store.writing() as c: c.execute(insert(versions), dict(c.execute(select(versions)).mappings().first()))"
    ),
    "words of an ad in an error": "raise ValueError(f'cannot read {text}')",
}


@pytest.mark.slow
@pytest.mark.parametrize("crash", list(CRASHES))
def test_no_crash_tells_one(house: House, crash: str) -> None:
    code = (
        "from sqlalchemy import select\nfrom zorya import logs\nfrom zorya.settings import load_settings\n"
        "from zorya.store import open_store\nfrom zorya.store.schema import versions\n"
        "logs.redact_crashes(); logs.configure()\nstore = open_store(load_settings())\n"
        "with store.reading() as c: text = c.execute(select(versions.c.body)).scalar()\n"
    )
    environment = {"PATH": os.environ["PATH"], "ZORYA_HOME": str(house.settings.home)}
    done = subprocess.run(
        [sys.executable, "-c", code + CRASHES[crash]],
        env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Error" in done.stderr
    assert leaks(done.stdout + done.stderr) == set()

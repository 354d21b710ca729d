"""/sources/new: what a probe found is shown, refusals in plain words, and a draft is kept by those who may."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from zorya.domain.ads import Contact, ContactKind, Kind, Place, Posting
from zorya.domain.pay import parse_pay
from zorya.domain.reviews import Role
from zorya.domain.sources import Finding, Probe
from zorya.errors import PolicyRefusal, ZoryaError
from zorya.store import audit

PASSWORD = "a long invented password"
BOARD = "https://board.example/jobs"
DRAFT = "id: md_board\ntitle: Board <b>\nkind: job\n"
AD = Posting(
    "md_board",
    "1",
    "https://board.example/ad/1",
    Kind.JOB,
    "Angajăm <i>brutar</i>",
    "Program de opt ore. Sunați la +44 … 123. https://board.example/ad/1",
    "ro",
    "Brutăria Zori",
    (Place("Rotterdam", "Rotterdam", "nl"),),
    parse_pay("1 500 EUR/lună"),
    (Contact(ContactKind.PHONE, "+44 … 123", ""),),
    date(2026, 11, 20),
    ("broken_json_ld",),
)
GOOD = Probe(
    url=BOARD,
    reached=True,
    engine="listing",
    findings=(Finding("robots.txt", "found", "allowed, crawl-delay 5 s"), Finding("feed", "absent")),
    ads=(AD,),
    coverage={"title": (1, 1), "pay": (0, 1)},
    languages={"ro": 0.75, "?": 0.25},
    duplicates=(("ro_other", 4),),
    warnings=("`body` is short on 1 ad",),
    draft_id="md_board",
    draft=DRAFT,
)
REFUSED = Probe(BOARD, True, "robots.txt does not let us read it", findings=(Finding("robots.txt", "refused", "/"),))


@dataclass
class Counter:
    """A desk that finds what a test wrote on it."""

    answers: dict[str, Probe] = field(default_factory=lambda: {BOARD: GOOD})
    kept: list[tuple[str, str]] = field(default_factory=list)

    def probe(self, url: str) -> Probe:
        if url not in self.answers:
            raise ZoryaError("expected an address that begins with http:// or https://")
        return self.answers[url]

    def keep(self, draft: str, *, by: str) -> Path:
        if "escort" in draft:
            raise PolicyRefusal("this board is not read: its ads are by people who sell sex themselves")
        self.kept.append((draft, by))
        return Path("/home/sources/md_board.yml")


@pytest.fixture
def desk() -> Counter:
    return Counter()


Visitor = Callable[..., httpx.Client]


@pytest.fixture
def visit(town: Any, serve: Any, desk: Counter) -> Iterator[Visitor]:
    """A browser of an app with a desk (or another one, or none), signed in."""
    for name, role in (("lea", Role.LEAD), ("olga", Role.ADMIN), ("dan", Role.DATA_SCIENTIST)):
        town.person(name, role)
    opened: list[httpx.Client] = []

    def client(name: str, *, at: Counter | None = desk) -> httpx.Client:
        browser = httpx.Client(base_url=serve(town, at), follow_redirects=True, timeout=30)
        opened.append(browser)
        token = token_on(browser, "/login")
        browser.post("/login", data={"name": name, "password": PASSWORD, "csrf": token, "next": "/"})
        return browser

    yield client
    for browser in opened:
        browser.close()


def token_on(browser: httpx.Client, path: str) -> str:
    return browser.get(path).text.partition('name="csrf" value="')[2].partition('"')[0]


def send(browser: httpx.Client, path: str, **data: str) -> httpx.Response:
    return browser.post(path, data={"csrf": token_on(browser, "/help"), **data})


def test_a_probe_shows_findings_coverage_masked_ads_and_the_draft(visit: Visitor) -> None:
    page = send(visit("lea"), "/sources/new", url=BOARD).text
    for wanted in (
        "robots.txt</strong>",
        "allowed, crawl-delay 5 s",
        "0 of 1",
        "75%",
        "4 ads from",
        "`body` is short on 1 ad",
        "Rotterdam",
        "+44 … 123",
        "broken json ld",
        "id: md_board\ntitle: Board &lt;b&gt;",
        "Keep as draft",
    ):
        assert wanted in page, wanted


def test_ads_run_nothing_and_lead_nowhere(visit: Visitor) -> None:
    page = send(visit("lea"), "/sources/new", url=BOARD).text
    assert "<i>brutar" not in page
    assert "&lt;i&gt;brutar" in page
    assert 'href="https://' not in page
    assert 'lang="ro"' in page


def test_a_channel_is_asked_for_by_its_name(visit: Visitor, desk: Counter, town: Any) -> None:
    desk.answers["@town_jobs"] = GOOD
    browser = visit("lea")
    assert 'type="url"' not in browser.get("/sources/new").text
    assert "Keep as draft" in send(browser, "/sources/new", url="@town_jobs").text
    with town.store.reading() as connection:
        assert audit.page(connection, limit=1)[0]["object"] == "@town_jobs"


def test_a_refusal_is_said_in_plain_words_and_leaves_nothing_to_keep(visit: Visitor, desk: Counter) -> None:
    desk.answers[BOARD] = replace(REFUSED, draft=DRAFT)
    page = send(visit("lea"), "/sources/new", url=BOARD).text
    assert "No source can be made of it: robots.txt does not let us read it" in page
    assert "Keep as draft" not in page


def test_a_wrong_address_is_an_error_on_the_page(visit: Visitor) -> None:
    answer = send(visit("lea"), "/sources/new", url="file:///etc/passwd")
    assert answer.status_code == 400
    assert "cannot be looked at" in answer.text


def test_a_draft_is_kept_as_edited_under_the_name_of_who_kept_it(visit: Visitor, desk: Counter) -> None:
    answer = send(visit("olga"), "/sources/keep", draft=DRAFT.replace("\n", "\r\n"))
    assert "Kept as a draft: md_board" in answer.text
    assert desk.kept == [(DRAFT, "olga")]


def test_a_draft_that_is_refused_stays_on_the_page(visit: Visitor, desk: Counter) -> None:
    answer = send(visit("lea"), "/sources/keep", draft=f"{DRAFT}# escort\n")
    assert answer.status_code == 400
    assert "Not kept: this board is not read" in answer.text
    assert "# escort" in answer.text
    assert desk.kept == []


@pytest.mark.parametrize("name", ["anna", "dan"])
def test_only_admins_and_leads_send_us_out(visit: Visitor, desk: Counter, name: str) -> None:
    browser = visit(name)
    assert browser.get("/sources/new").status_code == 403
    assert send(browser, "/sources/new", url=BOARD).status_code == 403
    assert send(browser, "/sources/keep", draft=DRAFT).status_code == 403
    assert "Add a source" not in browser.get("/sources").text
    assert desk.kept == []


def test_a_form_without_the_token_of_the_session_is_refused(visit: Visitor, desk: Counter) -> None:
    browser = visit("lea")
    for path in ("/sources/new", "/sources/keep"):
        assert browser.post(path, data={"url": BOARD, "draft": DRAFT, "csrf": "guess"}).status_code == 403
    assert desk.kept == []


def test_who_looked_at_which_site_is_in_the_audit_log(visit: Visitor, town: Any) -> None:
    send(visit("lea"), "/sources/new", url=BOARD)
    with town.store.reading() as connection:
        entry = audit.page(connection, limit=1)[0]
    assert (entry["actor"], entry["action"], entry["object"]) == ("lea", "source.probe", "board.example")


def test_without_a_desk_the_page_says_how_to_do_it(visit: Visitor) -> None:
    browser = visit("lea", at=None)
    assert "zorya source add" in browser.get("/sources/new").text
    assert send(browser, "/sources/new", url=BOARD).status_code == 404


def test_a_third_probe_at_once_waits(visit: Visitor, desk: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived, leave = threading.Semaphore(0), threading.Event()

    def slow(url: str) -> Probe:
        arrived.release()
        assert leave.wait(20)
        return GOOD

    monkeypatch.setattr(desk, "probe", slow)
    browser = visit("lea")
    token = token_on(browser, "/help")
    answers: list[int] = []

    def ask() -> None:
        answers.append(browser.post("/sources/new", data={"csrf": token, "url": BOARD}).status_code)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
        assert arrived.acquire(timeout=20)
    assert browser.post("/sources/new", data={"csrf": token, "url": BOARD}).status_code == 429
    leave.set()
    for thread in threads:
        thread.join(20)
    assert answers == [200, 200]


def test_while_the_site_is_read_the_page_says_so(
    page: Any, serve: Any, town: Any, desk: Counter, monkeypatch: Any
) -> None:
    town.person("lea", Role.LEAD)
    leave = threading.Event()
    monkeypatch.setattr(desk, "probe", lambda url: GOOD if leave.wait(20) else REFUSED)
    address = serve(town, desk)
    page.goto(f"{address}/login")
    page.fill("[name=name]", "lea")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.goto(f"{address}/sources/new")
    page.fill("[name=url]", BOARD)
    said = page.evaluate(
        "() => { document.querySelector('main form').requestSubmit();"
        " return document.querySelector('.waits').innerText }"
    )
    leave.set()
    page.wait_for_selector("#result")
    assert said.startswith("Reading the site politely")
    assert page.inner_text(".waits") == ""

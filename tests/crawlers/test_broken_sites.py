"""Boards that broke: after some sound crawls every way of breaking is red and named; the sound control stays green."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from crawlers import measures
from crawlers.account import Account, AdFacts
from crawlers.runner import crawl_spec
from crawlers.spec import SourceSpec
from zorya.domain import ids
from zorya.domain.ads import Kind, Posting
from zorya.domain.pay import parse_pay
from zorya.domain.runs import Outcome, RequestOutcome, RunReport, RunStatus
from zorya.settings import Settings
from zorya.store import Store, postings, runs

ADS = range(1, 17)
_WHO = ("Angajăm bucătar", "Căutăm ospătar", "Se caută zidar", "Angajăm cusătoreasă", "Căutăm șofer", "Loc de brutar")
_WHERE = ("Chișinău", "Iași", "Cluj", "Bălți", "Brașov", "Timișoara", "Cahul")
_WHAT = (
    "Programul este de opt ore pe zi, cinci zile pe săptămână, iar sâmbăta se lucrează numai prin rotație.",
    "Oferim contract de muncă din prima zi, tichete de masă și zile libere plătite după fiecare lună.",
    "Experiența nu este necesară, pentru că noii colegi învață două săptămâni alături de un maistru.",
    "Echipa noastră are douăzeci de oameni și lucrează într-o clădire nouă, aproape de gara orașului.",
    "Cerem seriozitate, dorință de a învăța și un certificat medical obținut înainte de angajare.",
)
RULES = {
    "title": {"css": "h1"},
    "body": {"css": ".text"},
    "pay": {"css": ".pay"},
    "native_id": {"url": r"/ad/(\d+)"},
}


def title(number: int) -> str:
    return f"{_WHO[number % 6]} în {_WHERE[number % 7]}"


def body(number: int) -> str:
    chosen = [_WHAT[(number + step) % 5] for step in range(2 + number % 3)]
    return f"Anunțul {number} al brutăriei din {_WHERE[number % 7]}. {' '.join(chosen)}"


def page(number: int, *, text: str | None = None) -> str:
    shown = body(number) if text is None else text
    parts = (
        f"<h1>{title(number)}</h1><div class='text'>{shown}</div><p class='pay'>{4000 + number * 10} lei pe lună</p>"
    )
    links = "<nav><a href='/'>Acasă</a> <a href='/ajutor'>Ajutor pentru utilizatori</a></nav>"
    return f"<html lang='ro'><head><title>{title(number)}</title></head><body>{links}{parts}</body></html>"


def build(board: Any) -> None:
    """The board as it was on every sound day."""
    board.put_list(*ADS)
    for number in ADS:
        board.put(f"/ad/{number}", page(number))


@pytest.fixture
def describe(board: Any, source: Callable[..., SourceSpec]) -> Callable[..., SourceSpec]:
    def make(**changes: Any) -> SourceSpec:
        values = {"languages": ["ro"], "country": "ro", "fields": RULES, "expect": {"silence_days": 7}} | changes
        return source(board, **values)

    return make


@pytest.fixture
def history(sqlite_store: Store, describe: Callable[..., SourceSpec], as_of: datetime) -> None:
    """Six sound days, written through the store as crawls would have."""
    spec = describe()
    for day in range(6, 0, -1):
        at = as_of - timedelta(days=day)
        account = Account(requests=[RequestOutcome("u", Outcome.OK)] * (len(ADS) + 1))
        with sqlite_store.writing() as connection:
            for number in ADS:
                pay = parse_pay(f"{4000 + number * 10} lei pe lună", country="ro")
                ad = Posting(spec.id, str(number), "", Kind.JOB, title(number), body(number), pay=pay)
                _, sighting = postings.record(connection, ad, capture_id=None, seen_at=at)
                account.add([AdFacts.of(ad, sighting)])
            seen = measures.take(connection, spec, account, at=at, last_sound=None)
            run_id = ids.run_id(spec.id, at)
            runs.begin(connection, run_id, spec.id, at)
            sound = replace(seen, grade="sound").as_json()
            outcomes = account.outcomes
            report = RunReport(run_id, spec.id, at, at, RunStatus.OK, len(ADS) + 1, outcomes, len(ADS), measures=sound)
            runs.finish(connection, report)


@pytest.fixture
def crawl(history: None, sqlite_store: Store, crawlable: Settings, describe: Any, as_of: datetime) -> Any:
    def go(*, days: float = 0, **changes: Any) -> RunReport:
        report = crawl_spec(sqlite_store, crawlable, describe(**changes), as_of=as_of + timedelta(days=days))
        assert report.accounted
        return report

    return go


def layout_of_the_list(board: Any) -> dict[str, Any]:
    links = "".join(f"<li><a class='card' href='/ad/{number}'>{number}</a></li>" for number in ADS)
    board.put("/", f"<html><head><title>Anunțuri noi</title></head><body><ul>{links}</ul></body></html>")
    return {}


def layout_of_the_ads(board: Any) -> dict[str, Any]:
    note = "Acest site folosește module cookie. Citiți politica de confidențialitate înainte de a continua."
    for number in ADS:
        board.put(f"/ad/{number}", page(number, text="").replace("class='text'", "id='app'") + f"<p>{note}</p>")
    return {}


def block_page(board: Any) -> dict[str, Any]:
    board.put("/", "<title>403 Forbidden</title><h1>Forbidden</h1>", status=403)
    return {}


def soft_block(board: Any) -> dict[str, Any]:
    sorry = "<html><head><title>Sorry</title></head><body><h1>Come back later</h1><p>Too busy here.</p></body></html>"
    for path in ("/", *(f"/ad/{number}" for number in ADS)):
        board.put(path, sorry)
    return {}


def captcha(board: Any) -> dict[str, Any]:
    board.put(
        "/", "<html><head><title>Verify you are human</title></head><body><div id='px-captcha'></div></body></html>"
    )
    return {}


def log_in_wall(board: Any) -> dict[str, Any]:
    form = "<form><input type='text'><input type='password'></form>"
    board.put("/", f"<html><head><title>Autentificare</title></head><body>{form}</body></html>")
    return {}


def empty_answer(board: Any) -> dict[str, Any]:
    board.put("/", "  \n")
    return {}


def wrong_charset(board: Any) -> dict[str, Any]:
    for number in ADS:
        board.put(f"/ad/{number}", page(number), Content_Type="text/html; charset=iso-8859-1")
    return {"encoding": "iso-8859-1"}


def every_ad_leads_home(board: Any) -> dict[str, Any]:
    for number in ADS:
        board.put(f"/ad/{number}", "", status=302, Location="/")
    return {}


def one_page_for_all_ads(board: Any) -> dict[str, Any]:
    for number in ADS:
        board.put(f"/ad/{number}", page(3))
    return {}


def nothing_new(board: Any) -> dict[str, Any]:
    return {"days": 4}


def error_page(board: Any) -> dict[str, Any]:
    board.put("/", "<html><head><title>500 Internal Server Error</title></head><body><h1>Oops</h1></body></html>")
    return {}


def half_the_ads(board: Any) -> dict[str, Any]:
    board.put_list(*list(ADS)[:3])
    return {}


def no_prices(board: Any) -> dict[str, Any]:
    for number in ADS:
        board.put(f"/ad/{number}", page(number).replace("class='pay'", "class='salary'").replace("lei", ""))
    return {}


def empty_json(board: Any, answer: Any = None) -> dict[str, Any]:
    board.put("/", json.dumps({"items": []} if answer is None else answer), Content_Type="application/json")
    fields = {"title": {"json": "name"}, "body": {"json": "text"}, "native_id": {"json": "id"}}
    return {"engine": "json_api", "json": {"items": "items"}, "follow": {}, "fields": fields}


def json_error(board: Any) -> dict[str, Any]:
    return empty_json(board, {"error": "quota exceeded", "code": 17})


def feed_became_a_page(board: Any) -> dict[str, Any]:
    board.put("/", "<html><head><title>Noul nostru site</title></head><body><h1>Bine ați venit</h1></body></html>")
    return {"engine": "feed", "follow": {}}


BROKEN = [
    (layout_of_the_list, "`follow.ad` finds no link"),
    (layout_of_the_ads, "have the same text"),
    (block_page, "the site answers 403"),
    (captcha, "challenge page"),
    (log_in_wall, "asks for a log-in"),
    (empty_answer, "no content"),
    (wrong_charset, "damaged characters"),
    (every_ad_leads_home, "none of them showed an ad"),
    (nothing_new, "no new ad for"),
    (error_page, "500 Internal Server Error"),
    (empty_json, "expected at least 1 postings, found 0"),
]
MORE = [
    (soft_block, "Sorry"),
    (one_page_for_all_ads, "have the same text"),
    (half_the_ads, "usually"),
    (no_prices, "ads with pay: 0%"),
    (json_error, "no list at `items`"),
    (feed_became_a_page, "not a feed"),
]


def _ways() -> list[Any]:
    """All of them; those that resemble another are slow tests, for each costs a crawl."""
    quick = [pytest.param(breaking, cause, id=breaking.__name__) for breaking, cause in BROKEN]
    return quick + [pytest.param(one, cause, id=one.__name__, marks=pytest.mark.slow) for one, cause in MORE]


@pytest.mark.parametrize(("breaking", "cause"), _ways())
def test_a_broken_site_is_red_and_its_cause_is_named(crawl: Any, board: Any, breaking: Any, cause: str) -> None:
    build(board)
    report = crawl(**breaking(board))
    assert report.status in {RunStatus.PARTIAL, RunStatus.FAILED}, report
    assert cause in " | ".join(report.measures["why"]), report.messages


def test_a_sound_site_stays_green(crawl: Any, board: Any) -> None:
    build(board)
    board.put_list(*[number for number in ADS if number != 4], 17)
    board.put("/ad/17", page(17))
    report = crawl()
    assert (report.status, report.measures["why"], report.new) == (RunStatus.OK, [], 1)


def test_ads_that_were_only_sighted_count_as_seen_and_not_as_read(crawl: Any, board: Any) -> None:
    build(board)
    crawl()
    board.put_list(*ADS, 17)
    board.put("/ad/17", page(17))
    report = crawl(days=1)
    numbers = report.measures["numbers"]
    assert (report.status, report.measures["why"]) == (RunStatus.OK, [])
    assert (numbers["seen"], numbers["read"], numbers["new"]) == (17, 1, 1)

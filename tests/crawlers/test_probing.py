"""Pasting an address: what a probe finds, how it chooses, what it refuses; boards on loopback, real requests."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.catalog import load_source, read_draft
from crawlers.desk import Desk
from crawlers.probing.look import entrance
from crawlers.runner import crawl_spec
from zorya.domain.sources import Probe
from zorya.errors import DataFileError, PolicyRefusal
from zorya.settings import Settings
from zorya.store import Store, audit, sources

TEXTS = (
    "We look for a baker in our shop near the station. Mornings, contract from day one, call +44 7700 900123.",
    "Two waiters for a family restaurant by the lake. From May to October, room in the house, chef@lake.example.",
    "Cleaning lady for an office, three evenings a week, paid by the month. Telephone +44 7700 900124.",
    "Driver for parcels in town, own licence needed, van is ours. Five days a week, start at once.",
)


@pytest.fixture
def desk(sqlite_store: Store, crawlable: Settings, as_of: datetime) -> Desk:
    """A desk whose town is the board."""
    return Desk(sqlite_store, crawlable, lambda: as_of)


def _jobs(board: Any, *, structured: bool, path: str = "/job/{}") -> None:
    """Four ad pages."""
    for number, text in enumerate(TEXTS, 101):
        title = text[:40].rsplit(" ", 1)[0]
        job = {"@type": "JobPosting", "title": title, "description": text, "datePosted": "2026-11-20"}
        stated = f'<script type="application/ld+json">{json.dumps(job)}</script>' if structured else ""
        label = "<dl><dt>Company</dt><dd>Lake House Ltd</dd><dt>Location</dt><dd>Utrecht</dd></dl>"
        page = f"<html><head><title>Jobs</title>{stated}</head><body><nav><a href='/'>Home</a></nav>"
        page += f"<h2 class='headline'>{title}</h2>{label}<div class='text'>{text}</div></body></html>"
        board.put(path.format(number), page)


def _list(board: Any, path: str = "/", *, more: str = "", head: str = "", link: str = "/job/{}") -> None:
    cards = "".join(
        f"<li class='card css-1x2y3z'><a href='{link.format(number)}'>{text[:40].rsplit(' ', 1)[0]}</a></li>"
        for number, text in enumerate(TEXTS, 101)
    )
    menu = "<nav><a href='/about-this-board'>About this board</a><a href='/login'>Log in here</a></nav>"
    board.put(
        path, f"<html lang='en'><head><title>Town jobs</title>{head}</head><body>{menu}<ul>{cards}</ul>{more}</body>"
    )


def _feed(board: Any, *, whole: bool) -> None:
    items = "".join(
        f"<item><title>{text[:30]}</title><link>{board.base}/job/{number}</link>"
        f"<description>{text if whole else text[:30]}</description></item>"
        for number, text in enumerate(TEXTS, 101)
    )
    board.put(
        "/news.xml", f"<rss><channel><title>Jobs</title>{items}</channel></rss>", Content_Type="application/rss+xml"
    )


def _states(probe: Probe) -> dict[str, str]:
    return {finding.name: finding.state for finding in probe.findings}


def _crawl(probe: Probe, desk: Desk, store: Store, settings: Settings, as_of: datetime) -> Any:
    """Keep the draft as it is and crawl it."""
    return crawl_spec(store, settings, load_source(desk.keep(probe.draft, by="Nadia")), as_of=as_of)


def test_a_board_without_structured_data_is_listed_and_its_labels_become_rules(
    board: Any, desk: Desk, sqlite_store: Store, crawlable: Settings, as_of: datetime
) -> None:
    _jobs(board, structured=False)
    _list(board, more="<a class='older' href='/?page=2'>older</a>")
    board.put("/?page=2", "<p>that is all</p>")
    probe = desk.probe(board.base)
    spec = read_draft(probe.draft)
    assert (probe.engine, spec.follow.ad, spec.follow.next) == ("listing", "li.card a", "a.older")
    assert spec.fields.given["native_id"].url == r"/job/(\d+)"
    assert {"employer", "place"} <= set(spec.fields.given)
    assert len({ad.title for ad in probe.ads}) == 4  # although all pages share one <title>
    assert probe.coverage["employer"] == (4, 4)
    report = _crawl(probe, desk, sqlite_store, crawlable, as_of)
    assert (report.status, report.postings) == ("ok", 4)


def test_structured_pages_in_a_sitemap_need_no_rules(
    board: Any, desk: Desk, sqlite_store: Store, crawlable: Settings, as_of: datetime
) -> None:
    _jobs(board, structured=True)
    _list(board)
    urls = "".join(
        f"<url><loc>{board.base}/{path}</loc></url>" for path in ("about", *(f"job/{n}" for n in range(101, 105)))
    )
    board.put("/maps/jobs.xml", f"<urlset>{urls}</urlset>", Content_Type="application/xml")
    board.put("/robots.txt", f"User-agent: *\nAllow: /\nSitemap: {board.base}/maps/jobs.xml", Content_Type="text/plain")
    probe = desk.probe(board.base)
    spec = read_draft(probe.draft)
    assert (spec.engine, spec.start, set(spec.fields.given)) == (
        "sitemap",
        (f"{board.base}/maps/jobs.xml",),
        {"native_id"},
    )
    assert _states(probe)["structured data"] == "found"
    assert (_crawl(probe, desk, sqlite_store, crawlable, as_of)).status == "ok"


@pytest.mark.parametrize(("whole", "engine"), [(True, "feed"), (False, "listing")])
def test_a_feed_is_preferred_when_it_carries_whole_ads(board: Any, desk: Desk, whole: bool, engine: str) -> None:
    _jobs(board, structured=False)
    _list(board, head="<link rel='alternate' type='application/rss+xml' href='/news.xml'>")
    _feed(board, whole=whole)
    probe = desk.probe(board.base)
    assert (probe.engine, _states(probe)["feed"]) == (engine, "found")


@pytest.mark.parametrize("whole", [True, False])
def test_where_a_feed_is_all_there_is_its_pages_tell_whether_it_is_cut_short(
    board: Any, desk: Desk, whole: bool
) -> None:
    _jobs(board, structured=False)
    board.put("/", "<html><head><link rel='alternate' type='application/rss+xml' href='/news.xml'></head>Welcome")
    _feed(board, whole=whole)
    probe = desk.probe(board.base)
    assert probe.engine == "feed"
    assert any("teasers only" in warning for warning in probe.warnings) is not whole
    assert [one.name for one in probe.findings].count("choice") == 1


def test_a_json_answer_is_read_by_its_key_names(
    board: Any, desk: Desk, sqlite_store: Store, crawlable: Settings, as_of: datetime
) -> None:
    items = [
        {"id": number, "stanowisko": text[:30], "opis": text, "firma": {"name": "Lake House"}, "miasto": "Łódź"}
        for number, text in enumerate(TEXTS, 1)
    ]
    body = json.dumps({"meta": {"total": 4}, "data": {"oferty": items}, "links": {"next": None}})
    board.put("/api/oferty", body, Content_Type="application/json")
    probe = desk.probe(f"{board.base}/api/oferty")
    spec = read_draft(probe.draft)
    assert spec.json_ is not None
    assert spec.json_.items == "data.oferty"
    found = {name: rule.json_ for name, rule in spec.fields.given.items()}
    assert found == {
        "native_id": "id",
        "title": "stanowisko",
        "body": "opis",
        "employer": "firma.name",
        "place": "miasto",
    }
    assert _crawl(probe, desk, sqlite_store, crawlable, as_of).postings == 4


def test_one_ads_address_leads_to_its_board(board: Any, desk: Desk) -> None:
    _jobs(board, structured=True)
    _list(board)
    probe = desk.probe(f"{board.base}/job/102")
    assert read_draft(probe.draft).start == (f"{board.base}/",)
    assert _states(probe)["way in"] == "found"


def test_contacts_are_masked_and_requests_are_few(board: Any, desk: Desk) -> None:
    _jobs(board, structured=False)
    _list(board)
    probe = desk.probe(board.base)
    assert "900123" not in repr(probe.ads)
    assert "chef@lake" not in repr(probe.ads)
    assert len(board.asked) <= 15


def test_known_ads_are_counted_as_duplicates(
    board: Any, desk: Desk, sqlite_store: Store, crawlable: Settings, as_of: datetime
) -> None:
    _jobs(board, structured=False)
    _list(board)
    first = desk.probe(board.base)
    _crawl(first, desk, sqlite_store, crawlable, as_of)
    again = desk.probe(board.base)
    assert again.duplicates == ((first.draft_id, 4),)
    assert again.draft_id == f"{first.draft_id}_2"
    assert any("reads this very address already" in warning for warning in again.warnings)


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("/robots.txt", "User-agent: *\nDisallow: /", "robots.txt disallows"),
        ("/", "<html><title>Just a moment...</title><p>checking</p></html>", "challenge"),
        ("/", "<html><title>Log in</title><input type='password'></html>", "log-in"),
    ],
)
def test_a_shut_door_is_a_refusal_and_ends_the_visit(board: Any, desk: Desk, path: str, body: str, reason: str) -> None:
    _list(board)
    board.put(path, body)
    probe = desk.probe(board.base)
    assert not probe.reached
    assert reason in probe.refusal
    assert probe.draft == ""
    assert len(board.asked) <= 2


def test_a_board_of_peoples_own_ads_is_marked_and_not_kept(board: Any, desk: Desk, home: Path) -> None:
    _jobs(board, structured=False)
    _list(board, head="<meta name='description' content='Escort directory: independent escort and call girls'>")
    board.answers["/"].body = board.answers["/"].body.replace(b"Town jobs", b"Velvet")
    probe = desk.probe(board.base)
    assert "is not read" in probe.refusal
    with pytest.raises(PolicyRefusal, match="escort"):
        desk.keep(probe.draft, by="Nadia")
    assert not (home / "sources").exists()


def test_a_board_that_hires_for_such_work_is_read(board: Any, desk: Desk) -> None:
    """Recruitment is what Zorya reads: the word alone refuses nothing."""
    _jobs(board, structured=False)
    _list(board, head="<meta name='description' content='Vacancies for escort agencies and clubs: work abroad'>")
    assert desk.probe(board.base).refusal == ""


def test_a_draft_is_kept_once_and_noted(desk: Desk, board: Any, sqlite_store: Store) -> None:
    _jobs(board, structured=False)
    _list(board)
    probe = desk.probe(board.base)
    path = desk.keep(probe.draft, by="Nadia")
    assert load_source(path).standing == "draft"
    with pytest.raises(DataFileError, match="exists already"):
        desk.keep(probe.draft, by="Nadia")
    with sqlite_store.reading() as connection:
        assert [(e["actor"], e["action"]) for e in audit.page(connection)] == [("Nadia", "source-add")]
        assert [row["standing"] for row in sources.every(connection)] == ["draft"]


def test_nothing_to_read_is_said_plainly(board: Any, desk: Desk) -> None:
    script = "<script src='/app.js'></script>"
    board.put("/", f"<html><head><title>App</title>{script}{script}</head><body><div id='root'></div></body></html>")
    probe = desk.probe(board.base)
    assert probe.draft == ""
    assert "JavaScript" in probe.warnings[-1]


def test_addresses_as_people_write_them() -> None:
    written = ("@jobs_example", "t.me/jobs_example", "https://t.me/jobs_example/17", "t.me/s/jobs_example")
    assert {entrance(text) for text in written} == {"https://t.me/s/jobs_example"}
    assert entrance("board.example/jobs") == "https://board.example/jobs"

"""Reading: bytes as served → postings."""

import json
from datetime import date
from pathlib import Path

import pytest

from crawlers.extract import Document, ad_on_page, extract
from crawlers.spec import SourceSpec
from zorya.domain.ads import ContactKind, Posting
from zorya.domain.ids import posting_content_hash

TODAY = date(2026, 11, 24)
JOB = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Night porter",
    "description": "<p>Hotel by the sea.</p><ul><li>Contract</li></ul>",
    "datePosted": "2026-11-20",
    "hiringOrganization": {"@type": "Organization", "name": "Hotel Example"},
    "jobLocation": {"address": {"addressLocality": "Constanța", "addressCountry": "RO"}},
    "baseSalary": {"currency": "EUR", "value": {"minValue": 900, "maxValue": "1100", "unitText": "MONTH"}},
    "applicationContact": {"telephone": "+44 7700 900123", "email": "Jobs@Hotel.example"},
}


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def one(body: bytes, content_type: str | None = None, url: str = "https://board.example/ad/7") -> Posting:
    (posting,) = extract(Document(body, url, content_type), today=TODAY)
    return posting


def ld(text: str) -> str:
    return f"<script type='application/ld+json'>{text}</script>"


def test_job_posting_data_fills_every_field() -> None:
    posting = one(page("<h1>Something else</h1>", ld(json.dumps(JOB))))
    assert (posting.title, posting.employer, posting.posted_on) == ("Night porter", "Hotel Example", date(2026, 11, 20))
    assert posting.body == "Hotel by the sea.\n\nContract" or posting.body == "Hotel by the sea.\nContract"
    assert (posting.places[0].name, posting.places[0].country) == ("Constanța", "ro")
    assert posting.pay is not None
    assert (posting.pay.min, posting.pay.max, posting.pay.currency, posting.pay.period) == (900, 1100, "EUR", "month")
    assert [(c.kind, c.value) for c in posting.contacts] == [
        (ContactKind.PHONE, "+447700900123"),
        (ContactKind.EMAIL, "jobs@hotel.example"),
    ]


@pytest.mark.parametrize(
    "script",
    [
        json.dumps(JOB)[:-1] + ",}",
        json.dumps(JOB) + ";",
        "<!-- " + json.dumps(JOB) + " -->",
        "//<![CDATA[\n" + json.dumps(JOB) + "\n//]]>",
        json.dumps(JOB).replace("Hotel by", "Hotel\nby"),
        json.dumps({"@graph": [{"@type": "WebPage"}, JOB]}),
        json.dumps({"@type": "ItemList", "itemListElement": [{"item": JOB}]}),
        json.dumps(JOB).replace('"', "&quot;"),
    ],
)
def test_the_usual_faults_of_json_ld_are_read_all_the_same(script: str) -> None:
    assert one(page("<h1>Page</h1>", ld(script))).title == "Night porter"


@pytest.mark.parametrize("script", ["{", "[" * 100_000, '{"a":' + "1" * 5000 + "}", "", "null", '"\\ud800"', "[[]]"])
def test_unreadable_json_ld_never_costs_the_ad(script: str) -> None:
    posting = one(page("<h1>Waiter</h1><p>Evenings in a small restaurant.</p>", ld(script)))
    assert posting.title == "Waiter"
    assert "restaurant" in posting.body


def test_malformed_json_ld_is_flagged() -> None:
    assert "broken_json_ld" in one(page("<h1>Waiter</h1>", ld("{"))).flags


def test_microdata_is_read_where_there_is_no_json_ld() -> None:
    posting = one(
        page(
            "<div itemscope itemtype='http://schema.org/JobPosting'><h2 itemprop='title'>Tailor</h2>"
            "<div itemprop='description'>Sewing in a workshop</div></div>"
        )
    )
    assert (posting.title, posting.body) == ("Tailor", "Sewing in a workshop")


def test_several_jobs_on_one_page_keep_their_own_identity() -> None:
    jobs = [JOB | {"title": "A", "url": "https://board.example/a"}, JOB | {"title": "B"}]
    found = extract(Document(page("", ld(json.dumps(jobs))), "https://board.example/all"), today=TODAY)
    assert [posting.title for posting in found] == ["A", "B"]
    assert len({posting.native_id for posting in found}) == 2


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Cook wanted | Board</title>", "<p>text of the ad</p>", "Cook wanted"),
        ("<meta property='og:title' content='Shared title'>", "<h1>A</h1><h1>B</h1><p>text</p>", "Shared title"),
        ("<title>Board</title>", "<h1>The only heading</h1><p>text</p>", "The only heading"),
        ("", "<h2>Second rank</h2><p>text</p>", "Second rank"),
        ("<title>T</title>", "", "T"),
    ],
)
def test_a_page_with_a_title_never_gives_an_empty_one(head: str, body: str, title: str) -> None:
    assert one(page(body, head)).title == title


RUSSIAN = "<h1>Официантка в кафе</h1><p>Требуется официантка, работа вечером, оплата каждый день.</p>"
POLISH = "<h1>Kelnerka do kawiarni</h1><p>Poszukujemy osób do pracy, zażółć gęślą jaźń, środa, żółty.</p>"


@pytest.mark.parametrize(
    ("text", "encoding", "content_type", "meta"),
    [
        (RUSSIAN, "windows-1251", "text/html; charset=windows-1251", ""),
        (RUSSIAN, "windows-1251", "text/html; charset=utf-8", ""),
        (RUSSIAN, "windows-1251", "text/html; charset=iso-8859-1", ""),
        (RUSSIAN, "windows-1251", "text/html", "windows-1251"),
        (RUSSIAN, "windows-1251", None, ""),
        (RUSSIAN, "koi8-r", None, ""),
        (RUSSIAN, "utf-8", "text/html; charset=windows-1251", ""),
        (RUSSIAN, "utf-16", "text/html", ""),
        (POLISH, "iso-8859-2", "text/html; charset=utf-8", "iso-8859-2"),
        (POLISH, "windows-1250", None, ""),
    ],
)
def test_the_right_charset_is_found(text: str, encoding: str, content_type: str | None, meta: str) -> None:
    head = f'<meta charset="{meta}">' if meta else ""
    body = f"<html><head>{head}</head><body>{text}</body></html>".encode(encoding)
    posting = one(body, content_type)
    assert posting.title in text
    assert "\ufffd" not in posting.body


@pytest.mark.parametrize("depth", [100, 300, 2000, 3000, 20_000])
def test_text_under_deep_nesting_is_found_or_flagged(depth: int) -> None:
    hidden = "Passport stays with the manager, this line was hidden deep inside the page."
    body = f"<h1>Waitress</h1>{'<div>' * depth}<p>{hidden}</p>{'</div>' * depth}<p>After the end of the nest.</p>"
    posting = one(page(body))
    assert hidden in posting.body
    assert "After the end" in posting.body


def test_a_parser_that_lost_text_is_flagged() -> None:
    hidden = "Passport stays with the manager, this line was hidden deep inside the page."
    assert "parser_truncated" in one(page("<h1>W</h1>" + "<div>" * 5000 + hidden)).flags


def test_markup_in_attributes_is_not_taken_for_lost_text() -> None:
    text = "A long enough advert about picking apples in autumn. " * 5
    posting = one(page(f"<h1>Apples</h1><div data-x='{'<p>more words</p>' * 200}'>{text}</div>"))
    assert posting.flags == ()


def test_nul_bytes_and_control_characters_are_taken_out() -> None:
    posting = one(page("<h1>Ti\0tle</h1><p>bo\0dy \x08text of an ad\x1f</p>"))
    assert posting.title == "Title"
    assert not any(character < " " and character != "\n" for character in posting.title + posting.body)


def test_a_five_megabyte_ad_is_shortened_and_flagged() -> None:
    posting = one(page("<h1>Big</h1><p>" + "word and more " * 370_000 + "</p>"))
    assert (posting.title, len(posting.body)) == ("Big", 200_000)
    assert "body_shortened" in posting.flags


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0\0\0",
        b"   \n",
        b"<" * 50_000,
        b"<!--" * 50_000,
        b"<a x='" * 50_000,
        bytes(range(256)) * 100,
        b"\xff\xfe\xff",
    ],
)
def test_rubbish_is_survived(body: bytes) -> None:
    assert len(extract(Document(body, "https://board.example/"), today=TODAY)) <= 1


def spec(**fields: object) -> SourceSpec:
    values = {"id": "md_x", "title": "X", "homepage": "https://board.example/", "kind": "job", "country": "md"}
    values |= {"languages": ["ru"], "owner": "o", "basis": "b", "engine": "listing", "follow": {"ad": "a"}}
    return SourceSpec.model_validate(values | {"start": ["https://board.example/"], "fields": fields})


PAGE = page(
    "<h1>Сиделка</h1><div class='d'>Уход за бабушкой.<br>Жильё есть.</div><span class='p'>20 000 лей в месяц</span>"
    "<i class='when'>вчера в 10:30</i><a class='tel' href='tel:+447700900456'>call</a><em>Кишинёв</em>",
    "<title>Board</title>",
)


def test_rules_read_what_the_page_keeps_in_fields() -> None:
    rules = spec(
        native_id={"url": r"/ad/(\d+)"},
        title={"css": "h1", "exactly": 1},
        body={"xpath": "//div[@class='d']"},
        pay={"css": ".p", "as": "money"},
        posted_on={"css": ".when", "as": "date"},
        contact={"css": "a.tel::attr(href)"},
        place={"css": "em"},
    )
    (posting,) = ad_on_page(Document(PAGE, "https://board.example/ad/77?utm_source=x"), today=TODAY, spec=rules)
    assert (posting.source, posting.native_id, posting.title) == ("md_x", "77", "Сиделка")
    assert posting.body == "Уход за бабушкой.\nЖильё есть."
    assert posting.pay is not None
    assert (posting.pay.currency, posting.pay.period, posting.pay.min) == ("MDL", "month", 20000)
    assert posting.posted_on == date(2026, 11, 23)
    assert posting.contacts[0].value == "+447700900456"
    assert posting.places[0].raw == "Кишинёв"
    assert posting.flags == ()


def test_a_rule_that_no_longer_fits_is_flagged_and_general_reading_steps_in() -> None:
    rules = spec(title={"css": "h2.gone"}, body={"css": "div", "exactly": 3}, pay={"css": ".no", "optional": True})
    (posting,) = ad_on_page(Document(PAGE, "https://board.example/ad/77"), today=TODAY, spec=rules)
    assert posting.flags == ("missing_title", "count_body")
    assert posting.title == "Сиделка"
    assert "бабушкой" in posting.body


def test_tracking_parameters_do_not_make_another_ad() -> None:
    first = one(PAGE, url="https://Board.example/ad?b=1&a=2&utm_source=mail#top")
    second = one(PAGE, url="https://board.example/ad?a=2&b=1")
    assert first.native_id == second.native_id


def test_reading_is_deterministic() -> None:
    assert posting_content_hash(one(PAGE)) == posting_content_hash(one(PAGE))


def test_a_saved_file_is_read_from_disk_like_from_the_net(tmp_path: Path) -> None:
    path = tmp_path / "ad.html"
    path.write_bytes(PAGE)
    assert one(path.read_bytes()).title == "Сиделка"

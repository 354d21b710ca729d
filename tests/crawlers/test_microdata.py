"""Structured data: every field of a JobPosting, damaged blocks, microdata."""

import json
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers import jobposting
from crawlers.extract import Document, extract
from crawlers.microdata import embedded
from zorya.domain.ads import Place, Posting

TODAY = date(2026, 11, 24)
JOB: dict[str, Any] = {"@type": "JobPosting", "title": "Seamstress", "description": "<p>Sewing in a workshop.</p>"}


def one(body: str) -> Posting:
    text = f"<html><head><title>Page</title></head><body>{body}</body></html>"
    (posting,) = extract(Document(text.encode(), "https://board.example/ad/7"), today=TODAY)
    return posting


def ld(*blocks: Any) -> str:
    scripts = (block if isinstance(block, str) else json.dumps(block) for block in blocks)
    return "".join(f"<script type='application/ld+json'>{script}</script>" for script in scripts)


def places(job: dict[str, Any], country: str = "md") -> tuple[Place, ...]:
    return jobposting.draft_of(JOB | job, today=TODAY, country=country, languages=()).places


def test_a_job_abroad_is_a_destination() -> None:
    address = {"address": {"addressLocality": "Köln", "addressCountry": "DE"}}
    assert places({"jobLocation": address}) == (Place("Köln, DE", "Köln", "de", "destination"),)
    assert places({"jobLocation": address}, country="de") == (Place("Köln, DE", "Köln", "de"),)


def test_several_places_and_a_country_of_its_own() -> None:
    country = {"@type": "Country", "name": "NL"}
    found = places({"jobLocation": [{"address": "Utrecht"}, {"address": {"addressCountry": country}}]})
    assert found == (Place("Utrecht"), Place("NL", None, "nl", "destination"))


def test_work_from_home_is_where_its_people_are() -> None:
    found = places(
        {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": {"@type": "Country", "name": "RO"}}
    )
    assert [place.country for place in found] == ["ro"]


@pytest.mark.parametrize(
    ("salary", "expected"),
    [
        ({"currency": "EUR", "value": {"minValue": 900, "maxValue": 1100, "unitText": "MONTH"}}, (900, 1100, "month")),
        ({"currency": "EUR", "value": {"value": "12,50", "unitText": "HOUR"}}, (12.5, 12.5, "hour")),
        ({"currency": "EUR", "value": 30000, "unitText": "YEAR"}, (30000, 30000, "year")),
        ({"currency": "EUR", "minValue": 900, "maxValue": 1000}, (900, 1000, None)),
        ("2.400 € brutto pro Monat", (2400, 2400, "month")),
        ({"currency": "EUR", "value": "1500-2000", "unitText": "MONTH"}, (1500, 2000, "month")),
        ({"currency": "€", "value": {"minValue": "1,5k", "maxValue": "2k", "unitText": "lună"}}, (1500, 2000, "month")),
        ({"currency": "евро", "value": {"value": "2 тыс.", "unitText": "месяц"}}, (2000, 2000, "month")),
        ({"value": {"value": "12-14 евро/час"}}, (12, 14, "hour")),
        ({"currency": "EUR", "value": {"value": "12-14", "unitText": "за час"}}, (12, 14, "hour")),
        ({"currency": "EUR", "value": {"value": "1500.00", "unitText": "MON"}}, (1500, 1500, "month")),
    ],
)
def test_pay_in_every_shape(salary: Any, expected: tuple[float, float, str | None]) -> None:
    pay = one(ld(JOB | {"baseSalary": salary})).pay
    assert pay is not None
    assert (pay.min, pay.max, pay.period, pay.currency) == (*expected, "EUR")


@pytest.mark.parametrize(
    ("place", "board", "currency"), [("MD", "ro", "MDL"), ("RO", "md", "RON"), (None, "md", "MDL")]
)
def test_lei_are_of_the_country_of_the_work_then_of_the_board(place: str | None, board: str, currency: str) -> None:
    where = {"jobLocation": {"address": {"addressCountry": place}}} if place else {}
    for salary in ({"currency": "lei", "value": 9000}, "9000 lei pe lună"):
        job = JOB | where | {"baseSalary": salary}
        pay = jobposting.draft_of(job, today=TODAY, country=board, languages=()).pay
        assert pay is not None
        assert (pay.min, pay.currency) == (9000, currency)


@pytest.mark.parametrize(("host", "currency"), [("board.md", "MDL"), ("board.ro", "RON"), ("board.example", "RON")])
def test_lei_on_a_page_without_a_source_are_of_its_host(host: str, currency: str) -> None:
    page = ld(JOB | {"baseSalary": "9000 lei pe lună"}).encode()
    (posting,) = extract(Document(page, f"https://{host}/ad/7"), today=TODAY)
    assert posting.pay is not None
    assert posting.pay.currency == currency


@pytest.mark.parametrize(
    "bad",
    ["{", "[" * 5_000 + "]" * 5_000, '{"a":' * 5_000 + "1" + "}" * 5_000, '{"n": ' + "7" * 5_000 + "}", "\x00\x01{]"],
)
def test_one_bad_block_never_drops_the_ad(bad: str) -> None:
    assert one(ld(bad, JOB, bad)).title == "Seamstress"


@pytest.mark.parametrize(
    "script",
    [
        '/* by a shop */ {"@type": "JobPosting", "title": "Seamstress", "description": "Sewing: http://a.example"}',
        '{\n// the title\n"@type": "JobPosting", "title": "Seamstress",\n"description": "Sew /* not a comment */",\n}',
        '{"@type": "JobPosting", "title": "Seamstress", "description": "Sew\ting\nin a workshop",}',
    ],
)
def test_comments_commas_and_control_characters_are_read(script: str) -> None:
    posting = one(ld(script))
    assert posting.title == "Seamstress"
    assert "Sew" in posting.body
    assert ("/* not a comment */" in posting.body) == ("/* not" in script)
    assert "broken_json_ld" not in posting.flags


def test_a_block_that_cannot_be_read_is_flagged() -> None:
    assert "broken_json_ld" in one(ld("{]", JOB)).flags


MICRODATA = """<div itemscope itemtype="https://schema.org/JobPosting"><h1 itemprop="title">Tailor</h1>
<div itemprop="description">Sewing in a workshop, mornings.</div>
<span itemprop="hiringOrganization" itemscope itemtype="https://schema.org/Organization">
<b itemprop="name">Atelier Example</b></span><meta itemprop="datePosted" content="2026-11-20">
<span itemprop="baseSalary" itemscope itemtype="https://schema.org/MonetaryAmount">
<meta itemprop="currency" content="EUR">
<span itemprop="value" itemscope itemtype="https://schema.org/QuantitativeValue"><meta itemprop="value" content="1500">
<meta itemprop="unitText" content="MONTH"></span></span></div>"""


def test_microdata_fills_the_same_fields_as_json_ld() -> None:
    posting = one(MICRODATA)
    assert (posting.title, posting.employer, posting.posted_on) == ("Tailor", "Atelier Example", date(2026, 11, 20))
    assert posting.pay is not None
    assert (posting.pay.min, posting.pay.currency, posting.pay.period) == (1500, "EUR", "month")


def test_json_ld_comes_before_microdata() -> None:
    assert one(ld(JOB) + MICRODATA).title == "Seamstress"


PRODUCT = """<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">{}</b>
<p itemprop="description">Sewing at home, pay by the piece, thread is given.</p></div>"""


def test_a_classified_ad_marked_as_a_product_is_read_and_a_list_of_them_is_not() -> None:
    assert [job["name"] for job in embedded(PRODUCT.format("Sewing"), "https://board.example/")] == ["Sewing"]
    assert embedded(PRODUCT.format("A") + PRODUCT.format("B"), "https://board.example/") == []


def test_a_page_without_markup_costs_nothing() -> None:
    begun = time.process_time()
    assert embedded("<p>JobPosting, itemscope</p>" * 100_000, "https://board.example/") == []
    assert time.process_time() - begun < 0.2


@pytest.mark.parametrize("damage", ["<" * 2_000, "itemprop=", "\x00", "</div>" * 500, '<a itemref="x x x" itemscope>'])
def test_extruct_never_costs_the_ad(damage: str) -> None:
    assert isinstance(embedded(f"{damage}{MICRODATA}{damage}", "https://board.example/"), list)
    assert embedded(MICRODATA, "http://[not-an-address") is not None


@pytest.mark.parametrize(
    "script", ["/*" * 100_000, "\n" * 200_000 + "{", '"' * 100_001, ",\n" * 100_000 + "]", "[[]," * 9_000]
)
def test_a_hostile_block_is_given_up_in_time(script: str) -> None:
    begun = time.process_time()
    assert jobposting.blocks([script]) == ([], True)
    assert time.process_time() - begun < 2


def test_a_block_of_very_many_values_is_searched_in_time() -> None:
    begun = time.process_time()
    assert jobposting.job_postings([[{"a": [1]}] * 200_000 + [JOB]]) == [JOB]
    assert time.process_time() - begun < 5


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = ("title", "description", "jobLocation", "baseSalary", "hiringOrganization", "identifier", "datePosted")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*_FIELDS, "applicationContact", "jobLocationType"), _JSON)))
@settings(max_examples=150)
def test_any_value_may_stand_in_any_field(fields: dict[str, Any]) -> None:
    jobposting.draft_of(fields | {"@type": "JobPosting"}, today=TODAY, country="md", languages=("ru",))

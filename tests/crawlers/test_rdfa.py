"""RDFa: what the page states in attributes only, nested objects, several ads, damaged pages."""

import subprocess
import sys
from datetime import date

import pytest

from crawlers.extract import Document, extract
from crawlers.microdata import embedded
from zorya.domain.ads import Place, Posting

TODAY = date(2026, 11, 24)
URL = "https://board.example/ad/7"
RDFA = """<div vocab="https://schema.org/" typeof="JobPosting"><h1 property="title">Tailor <b>wanted</b></h1>
<div property="description"><p>Sewing in a workshop, mornings.</p><p>Thread is given.</p></div>
<span property="hiringOrganization" typeof="Organization"><meta property="name" content="Atelier Example"></span>
<meta property="datePosted" content="2026-11-20">
<div property="jobLocation" typeof="Place"><div property="address" typeof="PostalAddress">
<meta property="addressLocality" content="Bonn"><meta property="addressCountry" content="DE"></div></div>
<div property="jobLocation" typeof="Place"><div property="address" typeof="PostalAddress">
<meta property="addressLocality" content="Aachen"><meta property="addressCountry" content="DE"></div></div>
<span property="baseSalary" typeof="MonetaryAmount"><meta property="currency" content="EUR">
<span property="value" typeof="QuantitativeValue"><meta property="value" content="1500-2000">
<meta property="unitText" content="MONTH"></span></span></div>"""
PREFIXED = """<div prefix="schema: http://schema.org/" typeof="schema:JobPosting"><h1 property="schema:title">{0}</h1>
<div property="schema:description">{0} is wanted on the farm, lodging is given.</div>
<meta property="schema:datePosted" content="2026-11-{1}"></div>"""


def read(body: str) -> list[Posting]:
    return extract(
        Document(f"<html><head><title>Page</title></head><body>{body}</body></html>".encode(), URL), today=TODAY
    )


def test_rdfa_fills_the_same_fields_as_json_ld() -> None:
    (posting,) = read(RDFA)
    assert (posting.title, posting.employer) == ("Tailor wanted", "Atelier Example")
    assert posting.posted_on == date(2026, 11, 20)
    assert posting.places == (Place("Bonn, DE", "Bonn", "de"), Place("Aachen, DE", "Aachen", "de"))
    assert posting.pay is not None
    assert (posting.pay.min, posting.pay.max, posting.pay.currency, posting.pay.period) == (1500, 2000, "EUR", "month")


def test_its_text_keeps_its_paragraphs() -> None:
    assert read(RDFA)[0].body == "Sewing in a workshop, mornings.\n\nThread is given."


def test_every_ad_on_a_page_is_read_in_its_order() -> None:
    names = ["Picker", "Milker", "Driver", "Cook", "Cook"]
    found = read("".join(PREFIXED.format(name, 10 + index) for index, name in enumerate(names)))
    assert [(one.title, one.posted_on) for one in found] == [
        (name, date(2026, 11, 10 + index)) for index, name in enumerate(names)
    ]
    assert len({one.native_id for one in found}) == len(names)


def test_an_ad_inside_another_object_is_found() -> None:
    page = f"""<div vocab="https://schema.org/" typeof="WebPage"><div property="mainEntity" {RDFA[4:]}</div>"""
    assert [job["@type"] for job in embedded(page, URL)] == [["JobPosting"]]


def test_an_object_that_refers_to_itself_ends() -> None:
    loop = """<div vocab="https://schema.org/" typeof="JobPosting" resource="#a"><b property="title">Cook</b>
    <a property="hiringOrganization" href="#b">.</a></div><div vocab="https://schema.org/" typeof="Organization"
    resource="#b"><b property="name">Inn</b><a property="member" href="#b">.</a></div>"""
    (job,) = embedded(loop, URL)
    assert job["hiringOrganization"][0]["name"] == ["Inn"]


def test_an_ad_that_gives_its_own_address_is_not_lost() -> None:
    own = f"""<div vocab="https://schema.org/" typeof="JobPosting" resource="{URL}"><b property="title">Cook</b>
    <a property="url" href="{URL}">.</a></div>"""
    ring = """<div vocab="https://schema.org/" typeof="JobPosting" resource="#a"><b property="title">Maid</b>
    <a property="hiringOrganization" href="#b">.</a></div><div vocab="https://schema.org/" typeof="Organization"
    resource="#b"><a property="member" href="#a">.</a></div>"""
    assert [job["title"] for job in embedded(own + ring, URL)] == [["Cook"], ["Maid"]]
    assert embedded(own, URL)[0]["url"] == [URL]


def test_the_same_page_gives_the_same_answer_in_every_process() -> None:
    page = "".join(PREFIXED.format(name, 10) for name in "ABCDEF") + RDFA
    code = f"from crawlers.microdata import embedded; print(embedded({page!r}, {URL!r}))"
    seeds = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    ]
    assert seeds[0] == seeds[1]
    assert b"JobPosting" in seeds[0]


@pytest.mark.parametrize(
    "damage", ["<" * 2_000, "property=", "\x00", "</div>" * 500, '<a typeof="[x" property="a:b c">']
)
def test_a_broken_page_never_costs_the_ad(damage: str) -> None:
    assert isinstance(embedded(f"{damage}{RDFA}{damage}", URL), list)
    assert embedded(RDFA, "http://[not-an-address") is not None

"""Reading a page: text that is hidden, nested or swapped is found or flagged; no page costs more than its length."""

import json
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.draft import Draft
from crawlers.fields import Reading
from crawlers.learning import SiteLearner
from crawlers.learning.paths import selectors
from crawlers.page import Page
from crawlers.reading import read_page
from crawlers.text import node_text

READING = Reading(date(2026, 11, 24))
LINE = "Passport stays with the manager, this line was put where nobody looks for it."
PLAIN = "A quiet bakery looks for a second baker, mornings only, contract from the first day. " * 3


def draft(source: str, url: str = "https://board.example/ad/1") -> Draft:
    (found,) = read_page(Page(source, url), rules={}, reading=READING)
    return found


def job(**fields: str) -> str:
    data = {"@type": "JobPosting", "title": "Baker", "description": f"<p>{PLAIN}</p>"} | fields
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@pytest.mark.parametrize("depth", [100, 300, 2000, 3000, 30_000])
@pytest.mark.parametrize(
    "nest", ["<div>", "<span>", "<b>", "<font color=x>", "<table><tr><td>", "<blockquote><ul><li>"]
)
def test_text_under_any_depth_is_found(depth: int, nest: str) -> None:
    closing = "".join(f"</{tag.rstrip('>').split()[0]}>" for tag in reversed(nest.split("<")[1:]))
    for closed in ("", closing * depth):
        assert LINE in draft(f"<h1>Waitress</h1><p>{PLAIN}</p>{nest * depth}{LINE}{closed}").body


def test_a_hundred_thousand_nested_elements_cost_seconds_at_most() -> None:
    began = time.process_time()
    found = draft(f"<h1>Waitress</h1><p>{PLAIN}</p>{'<div>' * 100_000}{LINE}{'</div>' * 100_000}")
    assert LINE in found.body
    assert "parser_truncated" in found.flags
    assert time.process_time() - began < 6, "0.4 s on a quiet machine"


@pytest.mark.parametrize(
    "style",
    [
        'style="display:none"',
        'style="visibility: hidden"',
        'style="font-size:0"',
        'style="position:absolute;left:-9999px"',
        "hidden",
        'class="gone"',
    ],
)
def test_a_sentence_that_style_keeps_from_sight_is_flagged(style: str) -> None:
    head = "<style>@media print {.ad {display:none}} p.gone, .x {color: red; display: none}</style>"
    source = f"<html><head>{head}</head><h1>Baker</h1><div class='ad'><p>{PLAIN}</p><p {style}>{LINE * 4}</p></div>"
    assert "hidden_text" in draft(source).flags
    assert "hidden_text" not in draft(source.replace(style, "")).flags


def test_a_sentence_that_is_drawn_is_flagged() -> None:
    drawing = f"<svg><title>Logo</title><text y='20'>{LINE}</text></svg>"
    assert "hidden_text" in draft(f"<h1>Baker</h1><p>{PLAIN}</p>{drawing}").flags
    assert draft(f"<h1>Baker</h1><p>{PLAIN}</p>{drawing.replace(LINE, 'Ostheim')}").flags == ()


def test_hidden_menus_and_notes_on_cookies_are_no_hidden_text() -> None:
    menu = "<ul class='menu' style='display:none'>" + "<li>A part of the site with a long name</li>" * 20 + "</ul>"
    note = f"<div class='cookie-note' hidden>{'We keep what this page needs. ' * 20}</div>"
    assert draft(f"<h1>Baker</h1><p>{PLAIN}</p>{menu}{note}").flags == ()


def test_data_that_says_something_else_than_the_page_is_flagged() -> None:
    other = "<p>Hostess for private evenings in a club, no papers needed, travel is paid by us.</p>" * 5
    assert "structured_text_differs" in draft(f"{job()}<h1>Baker</h1>{other}").flags
    assert draft(f"{job()}<h1>Baker</h1><p>{PLAIN}</p>").flags == ()


def test_a_page_that_scripts_fill_says_nothing_against_its_data() -> None:
    assert draft(f"{job()}<div id='app'>Loading</div>").flags == ()


def test_a_shortened_description_gives_way_to_the_text_on_the_page() -> None:
    short = PLAIN[:70]
    found = draft(f"{job(description=short)}<h1>Baker</h1><div class='text'><p>{PLAIN}</p><p>{LINE * 6}</p></div>")
    assert LINE in found.body
    assert "structured_text_differs" in found.flags


def test_teasers_of_other_ads_are_not_taken_for_the_ad() -> None:
    card = "<div class='card'><a href='/ad/{n}'>Night porter in Ostheim</a><p>Teaser number {n} of another ad, which "
    cards = "".join(card.format(n=n) + "goes on for a while and promises a lot.</p></div>" for n in range(12))
    found = draft(f"<h1>Baker</h1><div class='text'>{PLAIN[:170]}</div><div class='more'>{cards}</div>")
    assert PLAIN[:80] in found.body
    assert "Teaser number" not in found.body


def test_a_commented_out_job_posting_is_not_read() -> None:
    found = draft(f"<!-- {job(title='Old')} --><h1>Baker</h1><p>{PLAIN}</p>")
    assert found.title == "Baker"


HOSTILE = {
    "unclosed tags": "<div>" * 100_000,
    "unclosed formatting": "<p>" + "".join(f"<font size={n}>" for n in range(2_000)) + "<p>x" * 2_000,
    "closed late": "<p>" + "".join(f"<b a{n}>" for n in range(3_000)) + "<p>x" * 3_000 + "</b>" * 3_000,
    "quotes": "<a href='" * 100_000,
    "equals": "<a x=" * 100_000,
    "comments": "<!--" * 100_000,
    "angles": "<" * 100_000,
    "scripts": "<script>" * 100_000,
    "styles": "<style>" + ".a{display:none" * 20_000,
    "at-rules": "<style>" + "@media{a{" * 20_000,
    "hidden": "<p hidden>words and more words</p>" * 20_000,
    "titles": "<title>x" * 50_000,
    "links": "<div class=c><a href=x>one two</a> and text</div>" * 20_000,
    "entities": "&lt;" * 100_000,
    "styled": "<i style='font-size:0'>" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_costs_no_more_than_its_length(name: str) -> None:
    began = time.process_time()
    read_page(Page(HOSTILE[name] + "<p>tail</p>", "https://board.example/ad/1"), rules={}, reading=READING)
    assert time.process_time() - began < 10, "a second on a quiet machine; squares of these lengths are minutes"


_NAMES = ["div", "p", "b", "i", "a", "table", "tr", "td", "script", "style", "svg", "template", "title", "h1", "form"]
_TAGS = st.sampled_from([*_NAMES, "select", "option", "br", "x-y"])
_BITS = st.one_of(
    st.builds("<{}>".format, _TAGS),
    st.builds("</{}>".format, _TAGS),
    st.builds(
        '<{} {}="{}">'.format, _TAGS, st.sampled_from(["class", "style", "itemtype", "type"]), st.text(max_size=9)
    ),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "]]>", "<", ">", "&", "&#0;", "&#xD800;", "\0", "\ud800", job()[:80]]),
    st.text(max_size=30),
)


@settings(max_examples=40)
@given(st.lists(_BITS, min_size=3, max_size=25).map("".join))
def test_no_soup_of_markup_confuses_a_learner(soup: str) -> None:
    learner = SiteLearner()
    for number in range(4):
        source = f"<x\"y class=odd><a'b id=z>{soup}<p class=text>{PLAIN} {number}</p>"
        for _ in range(2):
            read_page(Page(source, f"https://board.example/{number}"), rules={}, reading=READING, learner=learner)
    assert SiteLearner(learner.state()).state() == learner.state()


@settings(max_examples=150)
@given(st.lists(_BITS, max_size=40).map("".join))
def test_no_soup_of_markup_raises(soup: str) -> None:
    for found in read_page(Page(soup, "https://board.example/ad/1"), rules={}, reading=READING):
        assert found.title.strip() or found.body.strip()


def test_elements_that_say_the_same_are_told_apart() -> None:
    document = Page("<body><div><p>Call us</p><p>Call us</p></div></body>", "https://board.example/1").lexbor
    second = document.css("p")[1]
    (selector,) = selectors(document, second)
    found = document.css_first(selector)
    assert found is not None
    assert found.mem_id == second.mem_id


def test_text_beside_scripts_costs_no_more_than_its_length() -> None:
    page = Page("<body>" + f"<div><script>1</script><p>{PLAIN}</p></div>" * 3_000, "https://board.example/1").lexbor
    began = time.process_time()
    assert page.body is not None
    assert node_text(page.body).count("\n") == 2_999
    assert time.process_time() - began < 3, "0.1 s on a quiet machine, minutes when nodes are compared by their HTML"

"""The search page: one box, filters in the address, contacts that never get there, verdicts that stay blind."""

import re
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling import index
from labeling.web import contact_lookup, search_filters, snippets
from zorya.domain import ids
from zorya.domain.ads import Contact, ContactKind, Place
from zorya.domain.reviews import Role, Verdict, VerdictLabel
from zorya.domain.search_words import question
from zorya.store import audit, reviews

PHONE = Contact(ContactKind.PHONE, "+447700900123", "+44 7700 900123")
HANDLE = Contact(ContactKind.TELEGRAM, "dawn_example", "@dawn_example")


@pytest.fixture
def filed(town):
    """The town and one ad more, with two contacts and a destination, filed."""
    town.ad(
        0.9,
        title="Șoferi pentru Olanda",
        body="Sună la +44 7700 900123 sau scrie @dawn_example. Plecare vineri.",
        language="ro",
        contacts=(PHONE, HANDLE),
        places=(Place("NL", "Nederland", "nl", "destination"),),
        seen_at=town.at - timedelta(days=1),
    )
    index.run(town.store, town.settings, as_of=town.at)
    return town


def _logged(town):
    with town.store.reading() as connection:
        return [(row["action"], row["object"]) for row in audit.page(connection)]


def test_words_are_found_and_marked_and_the_address_can_be_pasted(filed, browse):
    answer = browse("anna").fill("/search", q="soferi olanda", language="ro")
    assert str(answer.url.query, "ascii") == "q=soferi+olanda&language=ro"
    assert "<mark>Șoferi</mark> pentru <mark>Olanda</mark>" in answer.text
    assert "pentru <mark>Olanda</mark>" in browse("boris").get(f"/search?{answer.url.query.decode()}").text


@pytest.mark.parametrize(
    "typed", ["+44 7700 900123", "0044 7700 900123", "07700 900123", "@dawn_example", "t.me/dawn_example"]
)
def test_a_contact_is_looked_up_by_its_token_and_stands_nowhere_in_clear(filed, browse, typed):
    answer = browse("anna").fill("/search", q=typed)
    token = parse_qs(answer.url.query.decode())["contact"][0]
    assert re.fullmatch(r"[0-9a-f.]+", token)
    assert "Șoferi pentru Olanda" in answer.text
    clear = re.compile(r"7700 ?900 ?123|dawn_example")
    assert not clear.search(str(answer.url))
    assert not clear.search(answer.text)
    assert ("search.contact", f"contact={token}"[:200]) in _logged(filed)
    assert not any(clear.search(told) for _, told in _logged(filed))


def test_a_contact_in_the_address_is_taken_out_of_it(filed, browse):
    answer = browse("anna").get("/search?q=%2B44+7700+900123")
    assert "7700" not in str(answer.url)
    assert "Șoferi pentru Olanda" in answer.text


def test_a_contact_nobody_has_says_so(filed, browse):
    assert "No stored ad has this contact" in browse("anna").fill("/search", q="+44 7700 900999").text


@pytest.mark.parametrize(
    ("query", "there"),
    [("destination=nl", True), ("destination=de", False), ("language=ro&q=vineri", True), ("until=2026-11-01", False)],
)
def test_filters_narrow_by_what_stands_in_the_address(filed, browse, query, there):
    assert ("Șoferi pentru Olanda" in browse("anna").get(f"/search?{query}").text.replace("<mark>", "")) is there


def test_pages_go_on_without_losing_or_repeating_an_ad(filed, browse):
    for number in range(40):
        filed.ad(0.1, title=f"Crate {number} of 40", body="Lemons.")
    index.run(filed.store, filed.settings, as_of=filed.at)
    anna, address, shown = browse("anna"), "/search?q=lemons", []
    while address:
        page = anna.get(address).text
        shown += re.findall(r"Crate (\d+) of", page)
        more = re.search(r'href="(/search\?[^"]*before[^"]*)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert sorted(map(int, shown)) == list(range(40))


def _judge(town, analyst):
    campaign = town.campaigns[0]
    with town.store.writing() as connection:
        task = reviews.tasks_of_campaign(connection, campaign)[0]
        name = ids.verdict_id(task.id, analyst, town.at)
        verdict = Verdict(name, task.id, campaign, analyst, VerdictLabel.CONCERN, town.at, severity=2)
        reviews.add_verdict(connection, verdict)


def test_verdicts_are_searched_only_where_one_may_see_them(filed, browse):
    filed.person("dina", Role.DATA_SCIENTIST)
    _judge(filed, "boris")
    assert "Fete pentru Olanda" in browse("dina").get("/search?verdict=concern&severity=2").text
    anna = browse("anna")
    assert "Fete pentru Olanda" not in anna.get("/search?verdict=concern").text
    assert "campaigns that you have judged" in anna.get("/search?verdict=concern").text
    assert "Fete pentru Olanda" in browse("boris").get("/search?verdict=concern").text
    assert "Fete pentru Olanda" not in browse("boris").get("/search?verdict=no_concern").text


def test_a_partner_searches_nothing(filed, browse):
    filed.person("paula", Role.PARTNER)
    assert browse("paula").get("/search").status_code == 403


@given(
    st.dictionaries(
        st.sampled_from(["q", "language", "since", "verdict", "contact", "before", "x"]), st.text(max_size=30)
    )
)
def test_any_address_is_read_and_says_the_same_again(given_query):
    sought = search_filters.of_query(given_query)
    again = {name: value[0] for name, value in parse_qs(sought.as_query()).items()}
    assert search_filters.of_query(again) == sought


@given(st.text(max_size=300), st.text(max_size=20))
def test_a_snippet_loses_no_letter_of_what_it_shows(text, typed):
    shown = "".join(piece.text for piece in snippets.marked(text, question(typed)))
    assert shown == text


@pytest.mark.parametrize("typed", ["soferi olanda", "18-25", "2 500", "pay 1500 euro", "@", "e-mail", "8 800"])
def test_words_are_no_contact(typed):
    assert contact_lookup.read(typed) == ()

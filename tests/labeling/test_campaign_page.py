"""A campaign's page: what it says of itself, and splitting, merging and taking back."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from labeling.web import portraying
from models.campaigns import refresh
from zorya.domain.portraits import ContactGraph, Dot, Link, Node, Portrait, TimelineRow
from zorya.domain.reviews import Role
from zorya.store import audit, campaigns, portraits

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def portrayed(town):
    """The town after the last step of its screening."""
    with town.store.writing() as connection:
        portraits.mark_stale(connection, town.campaigns)
    refresh.refresh(town.store, at=START)
    return town


def _members(town, campaign):
    with town.store.reading() as connection:
        live = campaigns.resolve(connection, campaign)
        return [member.posting_id for member in campaigns.members(connection, live)]


def _split(browser, town):
    """Split the last ad off the first campaign; the page that answers."""
    campaign = town.campaigns[0]
    last = _members(town, campaign)[-1]
    return browser.fill(f"/campaigns/{campaign}/split", posting=[last], reason="another phone and another town"), last


def test_page_tells_what_the_campaign_says_and_when_its_ads_stood(browse, portrayed):
    page = browse("anna").get(f"/campaigns/{portrayed.campaigns[0]}").text
    assert "What the campaign says" in page
    assert "3 ads on 1 site" in page
    assert 'class="bar"' in page


def test_ticked_ads_become_a_campaign_of_their_own(browse, town):
    answer, last = _split(browse("anna"), town)
    assert answer.status_code == 200
    assert "Split off" in answer.text
    assert last not in _members(town, town.campaigns[0])


def test_split_is_taken_back_from_the_page_that_reports_it(browse, town):
    browser, before = browse("anna"), _members(town, town.campaigns[0])
    answer, _ = _split(browser, town)
    number = answer.text.partition("/changes/")[2].partition("/undo")[0]
    back = browser.fill(f"/changes/{number}/undo")
    assert "Everything is as it was before" in back.text
    assert sorted(_members(town, town.campaigns[0])) == sorted(before)


def test_split_without_a_reason_changes_nothing_and_keeps_the_ticks(browse, town):
    campaign, before = town.campaigns[0], _members(town, town.campaigns[0])
    answer = browse("anna").fill(f"/campaigns/{campaign}/split", posting=[before[-1]], reason="  ")
    assert answer.status_code == 422
    assert f'value="{before[-1]}" aria-label="Split off ad 3" checked' in answer.text
    assert _members(town, campaign) == before


def test_merge_brings_both_campaigns_ads_together(browse, town):
    one, other = town.campaigns[0], town.campaigns[1]
    together = {*_members(town, one), *_members(town, other)}
    answer = browse("anna").fill(f"/campaigns/{one}/merge", other=other, reason="one phone in both")
    assert "Merged" in answer.text
    assert set(_members(town, other)) == together


def test_merge_with_an_unknown_campaign_says_so(browse, town):
    answer = browse("anna").fill(f"/campaigns/{town.campaigns[0]}/merge", other="c-nowhere", reason="one phone in both")
    assert answer.status_code == 409
    assert "c-nowhere" in answer.text


def test_taking_back_what_others_stand_on_names_them(browse, town):
    browser, one, other = browse("anna"), town.campaigns[0], town.campaigns[1]
    first = browser.fill(f"/campaigns/{one}/merge", other=other, reason="one phone in both")
    number = int(first.text.partition("/changes/")[2].partition("/undo")[0])
    browser.fill(f"/campaigns/{one}/split", posting=[_members(town, other)[-1]], reason="looked again: another town")
    refused = browser.fill(f"/changes/{number}/undo")
    assert refused.status_code == 409
    assert f"change {number + 1} stands on it" in refused.text


def test_every_act_is_in_the_audit_log_with_its_reason(browse, town):
    _split(browse("anna"), town)
    with town.store.reading() as connection:
        entries = audit.page(connection, limit=20)
    assert ("campaign.split", "anna", "another phone and another town") in [
        (entry["action"], entry["actor"], entry["reason"]) for entry in entries
    ]


def test_data_scientist_reads_but_does_not_split(browse, town):
    town.person("dora", Role.DATA_SCIENTIST)
    browser, campaign = browse("dora"), town.campaigns[0]
    assert "Split off the ticked ads" not in browser.get(f"/campaigns/{campaign}").text
    answer = browser.fill(f"/campaigns/{campaign}/split", posting=_members(town, campaign)[:1], reason="not my work")
    assert answer.status_code == 403


def test_hostile_words_in_a_template_are_text(browse, town):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    first = town.ad(
        0.9, title=f"Hostess {evil}", body=f"Dansatoare în Berlin, plecare mâine, cazare gratuită. {evil} 400 euro"
    )
    town.ad(
        0.9,
        title=f"Hostess {evil}",
        body=f"Dansatoare în Viena, plecare mâine, cazare gratuită. {evil} 500 euro",
        campaign=first,
    )
    with town.store.writing() as connection:
        portraits.mark_stale(connection, [first])
    refresh.refresh(town.store, at=START)
    page = browse("anna").get(f"/campaigns/{first}").text
    assert "Common text" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_page_of_a_large_campaign_leads_to_the_ads_that_follow(browse, town):
    first = town.ad(0.9)
    for _ in range(70):
        town.ad(0.9, campaign=first)
    page = browse("anna").get(f"/campaigns/{first}").text
    assert page.count('name="posting"') == 60
    following = (
        browse("anna")
        .get(f"/campaigns/{first}?{page.partition('?after=')[2].partition(chr(34))[0].join(('after=', ''))}")
        .text
    )
    assert following.count('name="posting"') == 11


def _portrait(rows):
    seen = [moment for row in rows for moment in (row.first_seen, row.last_seen)]
    return Portrait(1, 1, 0, min(seen), max(seen), (), (), (), (), tuple(rows), ContactGraph())


def test_bars_lie_within_the_row_however_short_the_time():
    day = timedelta(days=1)
    dots = (Dot("a", START, START), Dot("b", START + 9 * day, START + 10 * day))
    drawn = portraying.timeline(_portrait([TimelineRow("board", 2, START, START + 10 * day, dots)]))
    assert all(bar.x >= 0 and bar.x + bar.width <= portraying.WIDTH for bar in drawn.rows[0].bars)
    assert portraying.timeline(_portrait([TimelineRow("board", 1, START, START, dots[:1])])).rows[0].bars[0].x == 0


def test_graph_keeps_every_spot_within_its_height_and_off_the_others():
    contacts = [Node(f"t{n}", "phone", f"+44 … {n:02}", n + 1) for n in range(30)]
    places = [Node(f"board{n}", "source", f"board{n}", 3) for n in range(20)]
    links = [Link(f"t{n}", f"board{n % 20}", 1) for n in range(30)]
    drawing = portraying.drawn(ContactGraph((*contacts, *places), tuple(links), 4), {})
    for column in (drawing.contacts, drawing.places):
        heights = [spot.y for spot in column]
        assert all(later - earlier >= 18 for earlier, later in pairwise(heights))
        assert 0 < heights[0] < heights[-1] < drawing.height
    assert len(drawing.lines) == 30

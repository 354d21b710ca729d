"""The rules of revisits as plain functions: when a link is asked for, when a sweep is due, what a card is."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from lxml import html

from crawlers import cards
from crawlers.revisit_rules import Step, own_page, reading_of, shows, step, sweep_due
from zorya.store.visited import Sweep, Visited

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def known(read_at: datetime, card: str = "c", reading: str = "r") -> Visited:
    return Visited("k", "http://127.0.0.1/ad/1", "ad:read_ad", reading, read_at, card=card, sha256="00")


@pytest.mark.parametrize(
    ("card", "age", "expected"),
    [
        ("c", HOUR, Step.SIGHT),
        ("", HOUR, Step.SIGHT),
        ("other", HOUR, Step.ASK),
        ("c", 7 * DAY, Step.DUE),
        ("c", 7 * DAY - HOUR, Step.SIGHT),
        ("other", 7 * DAY, Step.ASK),
    ],
)
def test_a_known_ad_is_asked_for_when_its_card_changed_or_time_is_up(
    as_of: datetime, card: str, age: timedelta, expected: Step
) -> None:
    assert step(card, known(as_of - age), reading="r", now=as_of, recheck=7 * DAY) is expected


def test_an_unknown_ad_and_one_read_in_another_way_are_asked_for(as_of: datetime) -> None:
    assert step("c", None, reading="r", now=as_of, recheck=7 * DAY) is Step.ASK
    assert step("c", known(as_of, reading="old"), reading="r", now=as_of, recheck=7 * DAY) is Step.ASK


def test_with_recheck_days_zero_an_ad_is_due_at_every_crawl_and_not_twice_in_one(as_of: datetime) -> None:
    assert step("c", known(as_of - HOUR), reading="r", now=as_of, recheck=0 * DAY) is Step.DUE
    assert step("c", known(as_of), reading="r", now=as_of, recheck=0 * DAY) is Step.SIGHT


@pytest.mark.parametrize(
    ("age", "asked", "expected"),
    [
        (HOUR, 0, False),
        (HOUR, 500, False),
        (DAY, 0, True),
        (DAY, 100, False),
        (DAY, 200, True),
        (DAY, None, False),
        (7 * DAY, 100, True),
        (7 * DAY, None, True),
    ],
)
def test_a_sweep_is_due_in_time_and_earlier_when_it_is_cheap(
    as_of: datetime, age: timedelta, asked: int | None, *, expected: bool
) -> None:
    last = Sweep(as_of - age, complete=True)
    assert sweep_due(last, now=as_of, recheck=7 * DAY, asked=asked, list_pages=20) is expected


def test_on_a_board_that_is_not_sorted_by_age_a_sweep_is_always_due(as_of: datetime) -> None:
    last = Sweep(as_of, complete=True, ordered=False)
    assert sweep_due(last, now=as_of + HOUR, recheck=7 * DAY, asked=None, list_pages=20)


def test_without_any_sweep_one_is_due(as_of: datetime) -> None:
    assert sweep_due(None, now=as_of, recheck=7 * DAY, asked=None, list_pages=0)


def test_what_reading_depends_on_changes_the_reading_and_nothing_else_does(board: Any, source: Any) -> None:
    plain = reading_of(source(board))
    assert plain == reading_of(source(board, title="Another name", limits={"delay": 5}, status="paused"))
    for change in ({"fields": {"title": {"css": "h2"}}}, {"follow": {"ad": "a"}}, {"kind": "dating"}):
        assert plain != reading_of(source(board, **change))


def test_an_address_on_the_boards_hosts_is_its_own_page(board: Any, source: Any) -> None:
    spec = source(board, homepage="https://www.board.example/", hosts=["ads.example"])
    asked = ("https://board.example/1", "https://m.board.example/1", "https://ads.example/1", "https://t.me/x", "//[x")
    assert [own_page(spec, url) for url in asked] == [True, True, True, False, False]


def test_a_page_shows_an_ad_when_it_holds_its_title() -> None:
    assert shows("Home › Kitchen help,  EVENINGS - apply", "Kitchen help evenings")
    assert not shows("Kitchen helper evenings", "Kitchen help evenings")
    assert not shows("anything", " – ")


def card_of(page: str) -> dict[str, str]:
    tree = html.fromstring(page)
    return cards.of_links([(node, node.get("href")) for node in tree.cssselect("a.ad")])


LISTED = "<li><a class=ad href=/{n}>Cook {n}</a><span>{pay}</span></li>"
TABLE = "<tr><td><a class=ad href=/{n}><img></a></td><td><a class=ad href=/{n}>Cook {n}</a></td><td>{pay}</td></tr>"
FLAT = "<h3><a class=ad href=/{n}>Cook {n}</a></h3><p>{pay}</p>"


@pytest.mark.parametrize(
    ("item", "around"),
    [(LISTED, "<ul>{}</ul>"), (TABLE, "<table>{}</table>"), (FLAT, "<div>{}</div>")],
    ids=["list", "table", "flat"],
)
def test_a_card_changes_with_its_own_ad_only(item: str, around: str) -> None:
    def page(top: str, *pays: str) -> dict[str, str]:
        items = "".join(item.format(n=n, pay=pay) for n, pay in enumerate(pays))
        return card_of(f"<html><body><h1>{top}</h1>{around.format(items)}<footer>{top}</footer></body></html>")

    before, after = page("3 offers", "900 €", "950 €", "990 €"), page("4 offers", "900 €", "1950 €", "990 €")
    assert before["/0"] == after["/0"]
    assert before["/1"] != after["/1"]
    assert before["/2"] == after["/2"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Cook 3 hours ago", "Cook 4 hours ago"),
        ("Bucătar, acum 2 zile", "Bucătar, acum 3 zile"),
        ("Повар вчера, 14:05", "Повар сегодня, 09:10"),
        ("Кухар 2 дні тому, 15 переглядів", "Кухар 3 дні тому, 21 перегляд"),
        ("Koch vor 5 Minuten", "Koch vor 2 Stunden"),
        ("Kucharz 5 godzin temu", "Kucharz 1 dzień temu"),
        ("Views: 12 Cook", "Views: 1,013 Cook"),
    ],
)
def test_ages_and_counts_of_views_are_no_change(one: str, other: str) -> None:
    assert cards.digest(one) == cards.digest(other) != cards.digest("")


@pytest.mark.parametrize(
    ("one", "other"),
    [("pay 1500", "pay 1600"), ("5 days a week", "6 days a week"), ("from 14:00", "from 15:00"), ("2 ads", "3 ads")],
)
def test_every_other_number_is_a_change(one: str, other: str) -> None:
    assert cards.digest(one) != cards.digest(other)


def test_cards_on_a_page_nested_very_deep_cost_little() -> None:
    links = "".join(f"<a class=ad href=/{n}>Cook {n}</a>" for n in range(200))
    tree = html.fromstring("<div>" * 200 + links + "</div>" * 200)
    found = cards.of_links([(node, node.get("href")) for node in tree.iter("a")])
    assert len(set(found.values())) == 200

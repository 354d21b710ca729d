"""What a campaign says: sentences with the ads behind them, a timeline, a graph; all of the set of ads alone."""

import json
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from models.campaigns.contact_graph import MOST_NODES, contact_graph
from models.campaigns.portrait import DOTS, portrait_of
from models.campaigns.rhythm import dated, rhythm
from zorya.domain.ads import ContactKind, Kind, Place
from zorya.domain.pay import make_pay
from zorya.domain.portraits import Portrait, Sentence
from zorya.store.campaign_ads import CampaignAd, SourceTotal, Totals
from zorya.store.linking import LinkedContact

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday."""


def _ad(number: int, *, day: int = 0, **given: object) -> CampaignAd:
    plain = CampaignAd(
        posting_id=f"p-{number:04}",
        source="board-a",
        kind=Kind.JOB,
        language="ru",
        first_seen=START + timedelta(days=day),
        last_seen=START + timedelta(days=day + 2),
        gone_at=None,
        posted_on=None,
        places=(),
        pay=None,
        contacts=(),
        codes=frozenset(),
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def _phone(number: int) -> LinkedContact:
    return LinkedContact(ContactKind.PHONE, f"token-{number:04}", f"+44770090{number:04}")


def _totals(ads: list[CampaignAd]) -> Totals:
    sources = {ad.source: [other for other in ads if other.source == ad.source] for ad in ads}
    return Totals(
        tuple(
            SourceTotal(
                name,
                len(held),
                sum(ad.gone_at is not None for ad in held),
                min(ad.first_seen for ad in held),
                max(ad.last_seen for ad in held),
                None,
            )
            for name, held in sorted(sources.items())
        ),
        tuple(Counter(ad.language for ad in ads).most_common()),
        tuple(Counter(str(ad.kind) for ad in ads).most_common()),
    )


def _portrait(ads: list[CampaignAd]) -> Portrait:
    return portrait_of(_totals(ads), ads)


def _told(ads: list[CampaignAd], about: str) -> list[Sentence]:
    return [sentence for sentence in _portrait(ads).sentences if sentence.about == about]


def test_the_first_sentence_says_how_large_where_and_when() -> None:
    ads = [_ad(1), _ad(2, language="uk"), _ad(3, source="board-b", day=9, gone_at=START + timedelta(days=12))]
    (told,) = _told(ads, "size")
    spoken = "in Russian (2) and Ukrainian (1)"
    assert told.text == f"3 ads on 2 sites, {spoken}; seen from 2 Mar 2026 to 13 Mar 2026; 1 is gone."
    assert (told.ads, told.posting_ids[0]) == (3, "p-0003")


def test_few_ads_have_no_rhythm() -> None:
    assert rhythm(dated([_ad(n, day=n * 9) for n in range(4)], {})) == []


def test_a_steady_campaign_has_a_rate_and_neither_burst_nor_pause() -> None:
    told = rhythm(dated([_ad(n, day=n) for n in range(56)], {}))
    assert [(sentence.about, sentence.text) for sentence in told] == [
        ("rhythm", "About 7.0 new ads a week, over 8 weeks.")
    ]


def test_a_week_far_beyond_the_others_is_a_burst() -> None:
    steady = [_ad(n, day=7 * n) for n in range(10)]
    burst = [_ad(100 + n, day=36) for n in range(12)]
    told = {sentence.about: sentence for sentence in rhythm(dated(steady + burst, {}))}
    assert told["burst"].text == "A burst of 13 ads in the week from 6 Apr 2026."
    assert told["burst"].ads == 13


def test_weeks_without_a_new_ad_are_a_pause() -> None:
    ads = [_ad(n, day=n) for n in range(5)] + [_ad(9, day=60)]
    told = {sentence.about: sentence for sentence in rhythm(dated(ads, {}))}
    assert told["pause"].text == "No new ad between 6 Mar 2026 and 1 May 2026 (56 days)."
    assert told["pause"].posting_ids == ("p-0004", "p-0009")


def test_what_stood_there_when_a_source_was_first_read_is_no_burst() -> None:
    ads = [_ad(n, day=0) for n in range(30)] + [_ad(100 + n, day=7 * n + 7) for n in range(6)]
    told = rhythm(dated(ads, {"board-a": START}))
    assert [sentence.about for sentence in told] == ["rhythm"]
    assert told[0].ads == 6


def test_a_stated_day_counts_before_the_day_of_the_first_sight() -> None:
    ad = _ad(1, day=30, posted_on=date(2026, 3, 4))
    assert dated([ad], {"board-a": START + timedelta(days=30)}) == [(date(2026, 3, 4), ad)]


def test_a_weekday_is_told_when_it_stands_out() -> None:
    days = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(15)] + [date(2026, 3, 4 + n) for n in range(5)]
    ads = [_ad(n, posted_on=day) for n, day in enumerate(days)]
    told = [sentence for sentence in rhythm(dated(ads, {})) if sentence.about == "weekday"]
    assert [sentence.text for sentence in told] == ["Of 20 ads that state their day 15 were posted on Mondays."]


def test_kinds_of_work_are_named_with_an_ad_of_each_first() -> None:
    bar, care = frozenset({"F1"}), frozenset({"F6"})
    (told,) = _told([*(_ad(n, codes=bar) for n in range(3)), _ad(9, codes=care)], "work")
    assert told.text == "Work named: bar, hostess or dance (3 ads); care in a household (1 ad)."
    assert told.posting_ids[:2] == ("p-0000", "p-0009")


def test_a_destination_that_came_and_one_that_left_are_told() -> None:
    def to(country: str) -> tuple[Place, ...]:
        return (Place("x", "x", country, "destination"),)

    early = [_ad(n, day=n, places=to("nl")) for n in range(12)]
    ads = early + [_ad(20 + n, day=50 + n, places=to("ae")) for n in range(8)]
    texts = [s.text for s in _portrait(ads).sentences if s.about.startswith("destination")]
    assert texts == [
        "Destinations: NL (12 ads) and AE (8 ads).",
        "NL is no longer named since 13 Mar 2026.",
        "AE is named since 21 Apr 2026 only.",
    ]


def test_a_rare_destination_that_chance_spreads_so_is_no_change() -> None:
    def to(country: str) -> tuple[Place, ...]:
        return (Place("x", "x", country, "destination"),)

    ads = [_ad(n, day=n, places=to("ae" if n in {40, 60, 80} else "nl")) for n in range(120)]
    assert [s.about for s in _portrait(ads).sentences if s.about.startswith("destination")] == ["destinations"]


def test_a_place_that_is_only_named_is_no_destination() -> None:
    assert _told([_ad(1, places=(Place("x", "x", "nl"),))], "destinations") == []


def test_pay_is_told_with_its_extremes_first() -> None:
    pays = [make_pay(euros, euros, "EUR", "month", "") for euros in (2000, 900, 5000)]
    (told,) = _told([*(_ad(n, pay=pay) for n, pay in enumerate(pays)), _ad(9)], "pay")
    assert told.text == "Pay from 900 to 5,000 euro a month, 2,000 in the middle (3 ads of 4 say it)."
    assert told.posting_ids == ("p-0001", "p-0002", "p-0000")


def test_one_ad_with_pay_stands_behind_it_once() -> None:
    (told,) = _told([_ad(1, pay=make_pay(900, 900, "EUR", "month", ""))], "pay")
    assert (told.text, told.posting_ids) == ("Pay of 900 euro a month (1 ad of 1 say it).", ("p-0001",))


def test_how_long_ads_stand_is_told_from_those_that_are_gone() -> None:
    ads = [_ad(n, gone_at=START + timedelta(days=days)) for n, days in enumerate((2, 5, 9))]
    assert [s.text for s in _told([*ads, _ad(9)], "lifetime")] == [
        "Ads that are gone stood for 5 days in the middle (3 ads)."
    ]


def test_contacts_are_told_masked() -> None:
    ads = [_ad(n, contacts=(_phone(1),), source=f"board-{n}") for n in range(3)] + [_ad(9, contacts=(_phone(2),))]
    assert [s.text for s in _told(ads, "contacts")] == ["2 contacts; phone +44 … 001 stands in 3 ads on 3 sites."]
    assert "770090" not in json.dumps(_portrait(ads).as_json())


def test_a_small_campaign_is_drawn_with_its_ads() -> None:
    graph = contact_graph([_ad(1, contacts=(_phone(1), _phone(2))), _ad(2, contacts=(_phone(1),))])
    assert [(node.kind, node.label, node.ads) for node in graph.nodes] == [
        ("phone", "+44 … 001", 2),
        ("phone", "+44 … 002", 1),
        ("ad", "p-0001", 1),
        ("ad", "p-0002", 1),
    ]
    assert {(link.one, link.other) for link in graph.links} == {
        ("token-0001", "p-0001"),
        ("token-0001", "p-0002"),
        ("token-0002", "p-0001"),
    }


def test_a_large_campaign_is_drawn_with_its_sources_and_says_what_is_left_out() -> None:
    ads = [_ad(n, contacts=(_phone(n % 90),), source=f"board-{n % 3}") for n in range(100)]
    graph = contact_graph(ads)
    assert len(graph.nodes) == MOST_NODES
    assert graph.more == 90 - (MOST_NODES - 3)
    assert {link.one for link in graph.links} | {link.other for link in graph.links} <= {n.id for n in graph.nodes}


def test_links_to_pages_are_no_contacts_of_the_graph() -> None:
    page = LinkedContact(ContactKind.URL, "token-9", "board.example/1")
    assert contact_graph([_ad(1, contacts=(page,))]).nodes == ()


def test_the_timeline_has_a_row_per_source_and_the_newest_ads() -> None:
    ads = [_ad(n, day=n, source=f"board-{n % 2}") for n in range(DOTS + 50)]
    rows = _portrait(ads).timeline
    assert [(row.source, row.ads, len(row.dots)) for row in rows] == [("board-0", 125, 100), ("board-1", 125, 100)]
    assert rows[0].dots[0].posting_id == "p-0050"


def test_a_portrait_survives_its_json_form() -> None:
    ads = [_ad(n, day=n, contacts=(_phone(n),), codes=frozenset({"F1"})) for n in range(6)]
    portrait = _portrait(ads)
    assert Portrait.from_json(json.loads(json.dumps(portrait.as_json()))) == portrait


@pytest.mark.parametrize("seed", range(5))
def test_the_graph_does_not_depend_on_the_order_of_ads(seed: int) -> None:
    rnd = random.Random(seed)
    ads = [_ad(n, contacts=(_phone(rnd.randrange(60)),), source=f"board-{n % 4}") for n in range(80)]
    assert contact_graph(rnd.sample(ads, len(ads))) == contact_graph(ads)

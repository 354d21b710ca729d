"""Ads of one recruiter are one campaign, whatever their order."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from models import screen
from models.campaigns.edges import HUB
from models.campaigns.grouping import group
from models.campaigns.imprint import Imprint, imprint
from models.reading import read
from zorya.domain.ads import Kind, Posting
from zorya.settings import Settings
from zorya.store import Store, campaign_changes, campaigns, linking, postings

TEMPLATE = (
    "Шукаємо дівчат у {place}, {age} років, без досвіду. Житло безкоштовне, дорогу оплачуємо, виїзд завтра. "
    "Оплата щодня, {pay} євро. Подробиці тільки в приват, пишіть не дзвоніть."
)
OTHER = (
    "Потрібен слюсар-ремонтник на завод у Львові. Офіційне працевлаштування, соціальний пакет, графік п'ять на два, "
    "корпоративний транспорт, досвід від року, заробітна плата за результатами співбесіди."
)

_LETTERS = random.Random(7)
DIFFERENT = ["".join(_LETTERS.choices("abcdefghij ", k=150)) for _ in range(HUB + 1)]


def _templated(ad: Callable[..., Posting]) -> list[Posting]:
    slots = [("Амстердам", "18-25", 200), ("Берлін", "18-28", 250), ("Прагу", "19-30", 300)]
    return [
        ad("Робота", TEMPLATE.format(place=place, age=age, pay=pay), name=f"t{n}")
        for n, (place, age, pay) in enumerate(slots)
    ]


def _imprints(postings: list[Posting]) -> list[Imprint]:
    return [imprint(read(posting), id=posting.native_id) for posting in postings]


def test_one_template_with_other_city_age_and_pay_is_one_campaign(ad: Callable[..., Posting]) -> None:
    grouping = group(_imprints([*_templated(ad), ad("Слюсар", OTHER, name="x")]))
    found = grouping.campaign_of
    assert len({found["t0"], found["t1"], found["t2"]}) == 1
    assert found["x"] != found["t0"]
    assert {edge.kind for edge in grouping.edges} == {"text"}


def test_shared_contact_ties_ads_of_different_wording_and_language(ad: Callable[..., Posting]) -> None:
    one = ad("Hostess", "Klub szuka hostess, pisz na WhatsApp +44 7700 900 123", name="a")
    two = ad("Няня", "Потрібна няня з проживанням, телефон +447700900123", name="b")
    grouping = group(_imprints([one, two]))
    assert grouping.campaign_of["a"] == grouping.campaign_of["b"]
    assert [edge.kind for edge in grouping.edges] == ["contact"]


def test_contact_in_very_many_different_texts_ties_nothing() -> None:
    ads = [Imprint(f"h{n:03}", DIFFERENT[n], ("c:switchboard",)) for n in range(HUB + 1)]
    assert len(set(group(ads).campaign_of.values())) == HUB + 1
    assert len(set(group(ads[:HUB]).campaign_of.values())) == 1


def test_a_recruiter_of_many_trades_who_always_says_whom_to_ring_is_one(ad: Callable[..., Posting]) -> None:
    said = "\nRing Anna on WhatsApp +44 7700 900 123"
    ads = [ad("Work", DIFFERENT[n] + said, name=f"r{n:02}") for n in range(HUB - 2)]
    assert len(set(group(_imprints(ads)).campaign_of.values())) == 1


def test_contact_in_very_many_ads_of_one_text_is_an_advertiser() -> None:
    ads = [Imprint(f"h{n:03}", DIFFERENT[0], ("c:busy",)) for n in range(HUB + 1)]
    assert len(set(group([*ads, Imprint("x", DIFFERENT[1], ("c:busy",))]).campaign_of.values())) == 1


def test_order_does_not_matter(ad: Callable[..., Posting]) -> None:
    ads = _imprints([*_templated(ad), ad("Слюсар", OTHER, name="x")])
    shuffled = ads[:]
    random.Random(3).shuffle(shuffled)
    assert group(ads) == group(shuffled)


def test_screen_stage_ties_stored_ads_and_does_nothing_twice(
    store: Store,
    settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(settings)
    with store.writing() as connection:
        for posting in [*_templated(ad), ad("Слюсар", OTHER, name="x")]:
            postings.record(connection, posting, capture_id=None, seen_at=as_of)
    first = screen.run(store, settings, as_of=as_of)
    assert first.counts["screened"] == 4
    assert first.counts["flagged"] == 3
    assert screen.run(store, settings, as_of=as_of).counts["screened"] == 0
    with store.reading() as connection:
        homes = {
            version.posting.native_id: campaigns.of_posting(connection, version.posting_id)
            for version in postings.all_current(connection)
        }
    assert homes["t0"] == homes["t1"] == homes["t2"] != homes["x"]


def test_the_same_number_to_call_and_to_write_to_ties_stored_ads(
    store: Store,
    settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(settings)
    with store.writing() as connection:
        for name, text in (("call", "tel. +49 30 23125 077"), ("write", "Вайбър +49 30 23125 077")):
            postings.record(connection, ad(f"Ad {name}", text, name=name), capture_id=None, seen_at=as_of)
    screen.run(store, settings, as_of=as_of)
    with store.reading() as connection:
        homes = {campaigns.of_posting(connection, v.posting_id) for v in postings.all_current(connection)}
    assert len(homes) == 1


def test_late_ad_that_ties_two_campaigns_merges_them_and_keeps_the_older_id(
    store: Store,
    settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(settings)
    texts = ["call +44 7700 900 111", "call +44 7700 900 222", "call +44 7700 900 111 or +44 7700 900 222"]
    for number, text in enumerate(texts):
        with store.writing() as connection:
            posting = ad(f"Work {number}", f"Ad number {number}, {text}", name=str(number))
            postings.record(connection, posting, capture_id=None, seen_at=as_of)
        screen.run(store, settings, as_of=as_of)
    with store.reading() as connection:
        homes = {campaigns.of_posting(connection, v.posting_id) for v in postings.all_current(connection)}
        assert len(homes) == 1
        assert campaigns.size(connection, next(iter(homes)) or "") == 3


def test_after_a_split_by_hand_the_next_screening_counts_the_links_of_both_parts_anew(
    sqlite_store: Store,
    sqlite_settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(sqlite_settings)
    kinds = {"job": Kind.JOB, "date": Kind.DATING}
    with sqlite_store.writing() as connection:
        for name, kind in kinds.items():
            posting = replace(ad(f"Ad {name}", "call +44 7700 900 111", name=name), kind=kind)
            postings.record(connection, posting, capture_id=None, seen_at=as_of)
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    with sqlite_store.writing() as connection:
        (home,) = set(campaigns.of_postings(connection).values())
        assert "H1" in {hit.code for hit in linking.hits_of(connection, home)}
        part = campaigns.members(connection, home)[1].posting_id
        campaign_changes.split(connection, home, [part], at=as_of, by="ana", reason="two firms")
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    with sqlite_store.reading() as connection:
        assert linking.hits_of(connection, home) == []

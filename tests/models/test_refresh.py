"""The screening leaves a template and a portrait for every campaign it touched, at a bounded cost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, insert

from models import screen
from models.campaigns import refresh as refreshing
from zorya.domain.ads import Posting
from zorya.domain.portraits import Portrait, SlotKind, Template
from zorya.settings import Settings
from zorya.store import Store, campaign_ads, campaigns, portraits, postings, proposals
from zorya.store.campaign_schema import campaigns as campaign_table

_TEXT = (
    "Хостес, {city}\nЗапрошуємо дівчат у клуб, місто {city}, без досвіду, житло безкоштовне, дорогу оплачуємо. "
    "Дохід {pay} євро на місяць, виїзд щотижня, подробиці за телефоном +44 7700 900 123, пишіть будь-коли."
)
_FILLS = [("Берлін", "1500"), ("Прага", "2000"), ("Відень", "2500"), ("Гамбург", "1800")]


def _record(
    store: Store, ad: Callable[..., Posting], fills: list[tuple[str, str]], at: datetime, start: int = 0
) -> None:
    with store.writing() as connection:
        for number, (city, pay) in enumerate(fills, start):
            title, _, body = _TEXT.format(city=city, pay=pay).partition("\n")
            posting = ad(title, body, name=f"n{number}", source=f"board-{number % 2}")
            postings.record(connection, posting, capture_id=None, seen_at=at + timedelta(days=number))


def _only_campaign(store: Store) -> str:
    with store.reading() as connection:
        (campaign,) = set(campaigns.of_postings(connection).values())
    return campaign


def test_a_screening_stores_template_and_portrait(
    store: Store,
    settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(settings)
    _record(store, ad, _FILLS, as_of)
    screen.run(store, settings, as_of=as_of)
    with store.reading() as connection:
        kept = portraits.of(connection, _only_campaign(store))
    assert kept is not None
    assert kept.template is not None
    assert kept.portrait is not None
    assert not kept.stale
    (template,) = (Template.from_json(plain) for plain in kept.template["templates"])
    assert [slot.kind for slot in template.slots] == [SlotKind.PLACE, SlotKind.PLACE, SlotKind.PAY]
    portrait = Portrait.from_json(kept.portrait)
    assert (portrait.ads, portrait.looked_at, [share.name for share in portrait.sources]) == (
        4,
        4,
        ["board-0", "board-1"],
    )
    assert "900" not in str(kept.template)
    assert "900" not in str([node.label for node in portrait.graph.nodes])


def test_a_new_ad_is_told_by_the_next_screening(
    sqlite_store: Store,
    sqlite_settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(sqlite_settings)
    _record(sqlite_store, ad, _FILLS[:2], as_of)
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    _record(sqlite_store, ad, _FILLS[2:], as_of, start=2)
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    with sqlite_store.reading() as connection:
        kept = portraits.of(connection, _only_campaign(sqlite_store))
    assert kept is not None
    assert kept.template is not None
    assert (kept.template["read"], kept.template["members"]) == (4, 4)


def test_a_sample_that_has_not_changed_is_not_read_again(
    sqlite_store: Store,
    sqlite_settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_model(sqlite_settings)
    _record(sqlite_store, ad, _FILLS, as_of)
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    campaign = _only_campaign(sqlite_store)
    monkeypatch.setattr(refreshing, "ad_of", None)
    with sqlite_store.writing() as connection:
        portraits.mark_stale(connection, [campaign])
    assert refreshing.refresh(sqlite_store, at=as_of) == 1


def test_a_campaign_without_ads_is_forgotten(sqlite_store: Store, as_of: datetime) -> None:
    with sqlite_store.writing() as connection:
        connection.execute(insert(campaign_table), {"id": "c-none", "created_at": as_of, "founder": None})
        portraits.mark_stale(connection, ["c-none"])
    refreshing.refresh(sqlite_store, at=as_of)
    with sqlite_store.reading() as connection:
        assert portraits.of(connection, "c-none") is None


def test_a_campaign_of_one_ad_is_not_told_of(
    sqlite_store: Store,
    sqlite_settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(sqlite_settings)
    _record(sqlite_store, ad, _FILLS[:1], as_of)
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    campaign = _only_campaign(sqlite_store)
    with sqlite_store.writing() as connection:
        assert portraits.of(connection, campaign) is None
        portraits.mark_stale(connection, [campaign])
    refreshing.refresh(sqlite_store, at=as_of)
    with sqlite_store.reading() as connection:
        assert portraits.of(connection, campaign) is None


def test_totals_and_newest_ads_are_those_of_the_campaign(
    store: Store,
    settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(settings)
    _record(store, ad, _FILLS, as_of)
    screen.run(store, settings, as_of=as_of)
    campaign = _only_campaign(store)
    with store.reading() as connection:
        totals = campaign_ads.totals(connection, campaign)
        newest = campaign_ads.newest(connection, campaign, 3)
        sample = campaign_ads.sample(connection, campaign, 2)
    assert [(each.source, each.ads) for each in totals.sources] == [("board-0", 2), ("board-1", 2)]
    assert (totals.ads, totals.languages, totals.kinds) == (4, (("uk", 4),), (("job", 4),))
    assert [(one.first_seen - as_of).days for one in newest] == [1, 2, 3]
    assert {contact.kind.value for one in newest for contact in one.contacts} == {"phone"}
    assert sorted(sample) == sorted(one.posting_id for one in campaign_ads_of(store, campaign))[:2]


def campaign_ads_of(store: Store, campaign: str) -> list[campaign_ads.CampaignAd]:
    with store.reading() as connection:
        return campaign_ads.newest(connection, campaign)


def test_statements_do_not_grow_with_the_campaign(
    sqlite_store: Store,
    sqlite_settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(sqlite_settings)

    def statements(fills: list[tuple[str, str]], start: int) -> int:
        _record(sqlite_store, ad, fills, as_of, start=start)
        screen.run(sqlite_store, sqlite_settings, as_of=as_of)
        with sqlite_store.writing() as connection:
            portraits.mark_stale(connection, [_only_campaign(sqlite_store)])
        seen: list[str] = []
        engine = sqlite_store.engine
        event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
        refreshing.refresh(sqlite_store, at=as_of)
        return len(seen)

    small = statements(_FILLS[:2], 0)
    assert statements(_FILLS * 5, 10) <= small + 2


_HABITS = ("🌹 ДЕВОЧКИ ,, ЗВОНИТЕ !! 👉", "🌹 ждём вас ,, пишите !! 👉")


def _written(town: str, work: str, number: int) -> str:
    first, second = _HABITS
    return f"Хостес в {town} нужна девушка , до 25 лет !! {first}\n{work}\nДоход {number}00 евро )))\n{second}"


def test_flagged_campaigns_written_alike_are_a_question_and_stay_two(
    sqlite_store: Store,
    sqlite_settings: Settings,
    with_model: Callable[[Settings], None],
    ad: Callable[..., Posting],
    as_of: datetime,
) -> None:
    with_model(sqlite_settings)
    dances = "Без опыта !! Танцы у шеста по ночам , никто дома не узнает , куда вы едете ."
    drinks = "Жильё бесплатно !! Сидеть с гостями за столиком , пить шампанское , паспорт у менеджера ."
    works = (
        ("Берлин", f"{dances}\nВыезд завтра , дорогу оплатим !!", "+44 7700 900 123"),
        ("Анталья", f"{drinks}\nДокументы сами !!", "+44 7700 900 456"),
    )
    with sqlite_store.writing() as connection:
        for side, (town, work, phone) in enumerate(works):
            for number in range(4):
                posting = ad(f"Работа {number}", f"{_written(town, work, number + 5)} {phone}", name=f"s{side}{number}")
                postings.record(connection, posting, capture_id=None, seen_at=as_of)
    screen.run(sqlite_store, sqlite_settings, as_of=as_of)
    with sqlite_store.reading() as connection:
        asked = proposals.listing(connection)
        homes = set(campaigns.of_postings(connection).values())
    assert len(homes) == 2
    assert [each.kind for each in asked if each.kind == "style"] == ["style"]
    assert "This is a hint, no proof." in next(each.reason for each in asked if each.kind == "style")

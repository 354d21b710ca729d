"""Group H: what links between ads, metadata and time show; lawful employers with many ads are not accused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import linked, screen
from models.linked_spec import LinkedFile, linked_file
from zorya.domain.ads import ContactKind, Kind, Place, Posting
from zorya.domain.findings import CampaignHit, State, Strength
from zorya.settings import Settings
from zorya.store import Store, campaigns, linking, postings
from zorya.store.linking import LinkedAd, LinkedContact

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NL, DE, MD = (Place("x", "x", country) for country in ("nl", "de", "md"))


def member(name: str, **given: object) -> LinkedAd:
    """One ad of a campaign as the store hands it out."""
    plain = LinkedAd(
        posting_id=name,
        campaign_id="c-1",
        source="board-md",
        country="md",
        kind=Kind.JOB,
        url=f"https://board.example/{name}",
        language="ro",
        employer=None,
        places=(NL,),
        pay=None,
        contacts=(LinkedContact(ContactKind.TELEGRAM, "token-1", "dawn_example"),),
        present={},
        bands=frozenset(),
        first_seen=START,
        gone_at=None,
        repost_of=None,
    )
    return replace(plain, **given)  # type: ignore[arg-type]


def hit_of(code: str, ads: list[LinkedAd], alerts: linked.Alerts = []) -> CampaignHit | None:  # noqa: B006
    return next((hit for hit in linked.hits_of(ads, alerts) if hit.code == code), None)


def phone(value: str) -> tuple[LinkedContact, ...]:
    return (LinkedContact(ContactKind.PHONE, f"token {value}", value),)


BANDS = frozenset(f"t:{n}:abc" for n in range(8))
UNRELATED = [
    member("a", present={"F1": Strength.WEAK}),
    member("b", present={"F6": Strength.WEAK}, places=(DE,)),
    member("c", present={"F5": Strength.WEAK}, places=(DE,)),
]


def test_every_active_code_is_counted_and_nothing_else() -> None:
    assert set(linked.COUNTERS) == {spec.code for spec in linked_file().indicators if spec.status == "active"}


def test_h1_a_contact_in_a_job_and_a_dating_ad_is_medium() -> None:
    hit = hit_of("H1", [member("a"), member("b", kind=Kind.DATING)])
    assert hit is not None
    assert (hit.strength, hit.posting_ids) == (Strength.MEDIUM, ("a", "b"))
    assert hit.why == "One contact stands in 1 job offer and in 1 dating ad."


def test_h1_is_strong_where_the_dating_ad_speaks_of_paid_company() -> None:
    hit = hit_of("H1", [member("a"), member("b", kind=Kind.DATING, present={"G3": Strength.WEAK})])
    assert hit is not None
    assert hit.strength is Strength.STRONG


def test_h1_needs_both_kinds_under_one_contact() -> None:
    other = (LinkedContact(ContactKind.PHONE, "token-2", "+37360000000"),)
    assert hit_of("H1", [member("a"), member("b", kind=Kind.DATING, contacts=other)]) is None
    assert hit_of("H1", [member("a"), member("b")]) is None


def test_h2_three_unrelated_kinds_in_two_countries_are_strong() -> None:
    hit = hit_of("H2", UNRELATED)
    assert hit is not None
    assert hit.strength is Strength.STRONG
    assert "3 unrelated kinds" in hit.why
    assert "2 countries (DE, NL), 3 ads" in hit.why


def test_h2_two_unrelated_kinds_are_medium() -> None:
    hit = hit_of("H2", UNRELATED[:2])
    assert hit is not None
    assert hit.strength is Strength.MEDIUM


def test_h2_a_hotel_chain_with_one_personnel_office_is_not_accused() -> None:
    one_country = [replace(ad, places=(NL,)) for ad in UNRELATED]
    assert hit_of("H2", one_country) is None


def test_h2_stays_weak_when_all_ads_name_one_employer() -> None:
    hit = hit_of("H2", [replace(ad, employer="Hotel Invented SRL") for ad in UNRELATED])
    assert hit is not None
    assert hit.strength is Strength.WEAK
    assert "the same employer" in hit.why


def test_h2_kinds_that_stand_in_one_ad_are_one() -> None:
    club = member("d", present={"F1": Strength.WEAK, "F6": Strength.WEAK})
    hit = hit_of("H2", [*UNRELATED, club])
    assert hit is not None
    assert "2 unrelated kinds" in hit.why


def test_h3_a_template_with_other_places_is_medium() -> None:
    ads = [member(f"a{n}", bands=BANDS, places=(Place(town, town, "nl"),)) for n, town in enumerate("ABCD")]
    hit = hit_of("H3", ads)
    assert hit is not None
    assert hit.strength is Strength.MEDIUM
    assert hit.why == "4 ads share nearly one text; what differs is the place."


def test_h3_an_agency_that_repeats_one_ad_unchanged_is_no_template() -> None:
    assert hit_of("H3", [member(f"a{n}", bands=BANDS) for n in range(9)]) is None


def test_h3_grows_strong_beside_unrelated_offers() -> None:
    ads = [*UNRELATED, *(member(f"t{n}", bands=BANDS, pay=(n, n, "EUR")) for n in range(4))]
    hit = hit_of("H3", ads)
    assert hit is not None
    assert hit.strength is Strength.STRONG


def test_h3_few_shared_bands_are_no_template() -> None:
    few = [member(f"a{n}", bands=frozenset({"t:1:abc", f"t:2:{n}"}), pay=(n, n, "EUR")) for n in range(6)]
    assert hit_of("H3", few) is None


VERSIONS = [
    member("a", language="ru", url="https://board.example/ru/ad/7", present={"F1": Strength.WEAK}),
    member("b", language="ro", url="https://board.example/ro/ad/7", present={"F6": Strength.WEAK}),
]


def test_h4_versions_of_one_page_that_name_other_work_are_strong() -> None:
    hit = hit_of("H4", VERSIONS)
    assert hit is not None
    assert (hit.state, hit.strength) == (State.PRESENT, Strength.STRONG)
    assert "The Russian and the Romanian version" in hit.why


def test_h4_versions_that_agree_contradict_it() -> None:
    hit = hit_of("H4", [VERSIONS[0], replace(VERSIONS[1], present={"F7": Strength.WEAK})])
    assert hit is not None
    assert hit.state is State.CONTRADICTED


def test_h4_two_vacancies_of_one_firm_are_no_versions() -> None:
    assert hit_of("H4", [VERSIONS[0], replace(VERSIONS[1], url="https://board.example/ro/ad/8")]) is None


def test_h4_one_contact_and_one_pay_within_days_are_versions() -> None:
    pay = (1500.0, 1500.0, "EUR")
    far = [replace(ad, url=f"https://board.example/{n}", pay=pay) for n, ad in enumerate(VERSIONS)]
    assert hit_of("H4", far) is not None
    assert hit_of("H4", [far[0], replace(far[1], first_seen=START + timedelta(days=9))]) is None


def test_h5_a_number_of_a_third_country_is_medium() -> None:
    hit = hit_of("H5", [member("a", contacts=phone("+48221234567"))])
    assert hit is not None
    assert hit.strength is Strength.MEDIUM
    assert "a number of PL" in hit.why


@pytest.mark.parametrize("number", ["+37322123456", "+31201234567", "+447700900123", "no number"])
def test_h5_numbers_of_the_board_the_work_or_of_fiction_fit(number: str) -> None:
    assert hit_of("H5", [member("a", contacts=phone(number))]) is None


def test_h5_without_the_countries_of_work_it_is_weak() -> None:
    hit = hit_of("H5", [member("a", contacts=phone("+48221234567"), places=())])
    assert hit is not None
    assert hit.strength is Strength.WEAK


def test_h7_reposts_and_early_deletions_add_up() -> None:
    ads = [
        member("a"),
        member("b", repost_of="a"),
        member("c", repost_of="a"),
        member("d", gone_at=START + timedelta(days=1)),
    ]
    hit = hit_of("H7", ads)
    assert hit is not None
    assert hit.why == "Of 4 ads 2 were put up again in the same words and 1 were gone within 3 days."


def test_h7_a_filled_vacancy_is_nothing() -> None:
    gone = [member("a", gone_at=START + timedelta(days=30)), member("b", gone_at=START + timedelta(days=1))]
    assert hit_of("H7", gone) is None


def test_h9_new_ads_after_an_alert_are_strong() -> None:
    ads = [member("a"), member("b", first_seen=START + timedelta(days=2))]
    hit = hit_of("H9", ads, [("la-strada-md", START + timedelta(days=1))])
    assert hit is not None
    assert (hit.strength, hit.posting_ids) == (Strength.STRONG, ("b",))
    assert "1 ad has appeared since 1 partner was alerted" in hit.why


def test_h9_an_alerted_campaign_that_stopped_is_quiet() -> None:
    assert hit_of("H9", [member("a")], [("la-strada-md", START + timedelta(days=1))]) is None


def test_only_this_group_is_strong_and_no_sentence_holds_a_contact() -> None:
    ads = [replace(ad, contacts=(*ad.contacts, *phone("+48221234567"))) for ad in UNRELATED]
    for hit in linked.hits_of(ads, []):
        assert "dawn_example" not in hit.why
        assert "4822" not in hit.why


@given(st.permutations([*UNRELATED, *VERSIONS, member("k", kind=Kind.DATING), member("r", repost_of="a")]))
def test_the_order_of_the_ads_does_not_matter(ads: list[LinkedAd]) -> None:
    plain = linked.hits_of(sorted(ads, key=lambda ad: ad.posting_id), [])
    assert linked.hits_of(ads, []) == plain


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"status": "active", "when": {}}, "needs `when:`"),
        ({"status": "draft", "needs": ""}, "needs `needs:`"),
        ({"stronger": {"strength": "strong", "beside": ["H77"]}}, "H77"),
    ],
)
def test_a_faulty_file_is_refused(changed: dict[str, object], told: str) -> None:
    file = linked_file().model_dump(mode="json")
    file["indicators"][0] |= changed
    with pytest.raises(ValueError, match=told):
        LinkedFile.model_validate(file)


@pytest.fixture
def screened(
    store: Store, settings: Settings, with_model: Callable[[Settings], None], ad: Callable[..., Posting]
) -> Callable[..., str]:
    """Stores ads seen at a moment, screens them, and returns the one campaign they make."""
    with_model(settings)

    def screen_all(*ads: tuple[str, Kind, str], at: datetime = START) -> str:
        with store.writing() as connection:
            for name, kind, body in ads:
                posting = replace(ad(f"Ad {name}", body, name=name), kind=kind)
                postings.record(connection, posting, capture_id=None, seen_at=at)
        screen.run(store, settings, as_of=at)
        with store.reading() as connection:
            (campaign,) = {campaigns.of_posting(connection, v.posting_id) for v in postings.all_current(connection)}
            return campaign or ""

    return screen_all


JOB = ("job", Kind.JOB, "Căutăm hostess pentru club în Olanda, scrieți pe Telegram @dawn_example_club")
DATE = ("date", Kind.DATING, "Domn generos, caut domnișoară, ofer sponsorizare. Telegram @dawn_example_club")


def test_screening_stores_what_links_two_ads(store: Store, screened: Callable[..., str]) -> None:
    campaign = screened(JOB, DATE)
    with store.reading() as connection:
        assert [hit.code for hit in linking.hits_of(connection, campaign)] == ["H1"]
        assert [found for found, _ in linking.campaigns_with(connection, "H1")] == [campaign]


def test_ads_that_come_one_by_one_give_the_same(store: Store, screened: Callable[..., str]) -> None:
    screened(DATE)
    campaign = screened(JOB, at=START + timedelta(hours=1))
    with store.reading() as connection:
        (hit,) = linking.hits_of(connection, campaign)
    assert hit.why.startswith("One contact stands in 1 job offer and in 1 dating ad")


def test_counting_again_changes_nothing(store: Store, screened: Callable[..., str]) -> None:
    campaign = screened(JOB, DATE)
    with store.reading() as connection:
        before = linking.hits_of(connection, campaign)
    with store.writing() as connection:
        linked.refresh(connection, [campaign, campaign], at=START + timedelta(days=1))
        assert linking.hits_of(connection, campaign) == before
        assert "ILO decision rule for sexual exploitation" in linking.decision_of(connection, campaign)


def test_places_read_in_the_text_are_kept_where_the_page_named_none(store: Store, screened: Callable[..., str]) -> None:
    screened(JOB)
    with store.reading() as connection:
        (version,) = postings.all_current(connection)
    assert [place.country for place in version.posting.places] == ["nl"]

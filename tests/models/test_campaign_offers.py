"""The same offer in another language is known by its slots; another offer of its sector and country is not."""

from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.campaigns.offer import Offer, keys_of, offer_of
from models.campaigns.offer_likeness import STRONG, WEAK, likeness
from models.reading import read
from zorya.domain.ads import Kind, Posting

TEXTS: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("offers.yml").read_text("utf-8"))
NEAR = [
    ("limassol_club", "larnaca_dancers"),
    ("aalsmeer_flowers", "westland_tulips"),
    ("nuremberg_carer", "ulm_carer"),
    ("lodz_sewing", "wroclaw_packers"),
    ("solden_maids", "ischgl_waiters"),
    ("aalsmeer_flowers", "utrecht_meat"),
]


@cache
def _offer(text: str) -> Offer | None:
    return offer_of(read(Posting("b", "1", "", Kind.JOB, "", text)))


def _offers(name: str) -> list[Offer]:
    found = [_offer(text) for text in TEXTS[name].values()]
    assert all(found)
    return [offer for offer in found if offer]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_an_offer_is_known_in_another_language(name: str) -> None:
    for one, other in combinations(_offers(name), 2):
        alike, reasons = likeness(one, other)
        assert set(one.keys) & set(other.keys), f"{one.language} and {other.language} share no key"
        assert alike >= WEAK
        assert len(reasons) >= 4


def test_what_two_offers_share_is_told_in_words() -> None:
    pl, bg = (offer for offer in _offers("utrecht_meat") if offer.language in {"pl", "bg"})
    told = "; ".join(likeness(pl, bg)[1])
    assert told.startswith("country NL; town Utrecht; pay 16.3 EUR, 110 EUR; ages 20–52; for men; work meat")
    assert "working time 45 hours a week" in told


def test_nearly_every_translation_is_specific_enough_to_be_a_fact() -> None:
    pairs = [likeness(one, other)[0] for name in TEXTS for one, other in combinations(_offers(name), 2)]
    assert sum(alike >= STRONG for alike in pairs) >= 0.95 * len(pairs)


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_another_offer_of_the_sector_and_country_is_none(one: str, other: str) -> None:
    assert max(likeness(a, b)[0] for a in _offers(one) for b in _offers(other)) < WEAK


def test_no_two_offers_are_taken_for_one() -> None:
    found = {name: _offers(name) for name in TEXTS}
    assert max(likeness(a, b)[0] for x, y in combinations(found, 2) for a in found[x] for b in found[y]) < WEAK


def test_what_thousands_of_lawful_ads_say_is_no_fact() -> None:
    pl = _offer("Niemcy, praca w magazynie. 2000 euro miesięcznie, zakwaterowanie. Kobiety i mężczyźni 18-50 lat.")
    ro = _offer("Germania, lucru la depozit, ambalare. 2.000 euro pe lună, cazare. Femei și bărbați 18-50 ani.")
    assert pl is not None
    assert ro is not None
    assert likeness(pl, ro)[0] < STRONG


FARMS = (
    "Ferma lângă Viena are nevoie de oameni la cules de căpșuni, femei și perechi. Câștig 1850 euro pe lună.{more}",
    "Farma u Vídně hledá lidi na sběr jahod, ženy i páry. Výdělek 1850 euro měsíčně.{more}",
)
"""Two farms near Vienna that pay the same."""


def _farms(*more: str) -> float:
    one, other = (_offer(text.format(more=said)) for text, said in zip(FARMS, more, strict=True))
    assert one is not None
    assert other is not None
    return likeness(one, other)[0]


def test_two_farms_that_pay_the_same_in_one_town_are_a_question_and_no_fact() -> None:
    assert WEAK <= _farms("", "") < STRONG


def test_the_same_day_of_departure_makes_them_one_offer_and_another_day_does_not() -> None:
    assert _farms(" Vârsta 19-27 ani, plecare pe 14.07.", " Věk 19-27 let, odjezd 14.07.") >= STRONG
    assert _farms(" Vârsta 19-27 ani, plecare pe 14.07.", " Věk 19-27 let, odjezd 15.08.") < STRONG


def test_numbers_that_are_the_ages_of_the_other_version_are_ages() -> None:
    nanny = "Familie din Milano caută bonă, {ages} ani. Plătim 1850 euro pe lună și biletul de avion."
    other = "Familie v Miláně hledá chůvu, 19-27 let. Platíme 1850 euro měsíčně a letenku."
    one, plain = (_offer(nanny.format(ages=ages)) for ages in ("19-27", "bunică de 60"))
    version = _offer(other)
    assert one is not None
    assert plain is not None
    assert version is not None
    said = replace(one, ages=None, numbers=one.numbers | {19, 27})
    assert likeness(said, version)[0] == likeness(version, said)[0] >= STRONG
    assert likeness(plain, version)[0] < STRONG


def test_an_ad_that_states_little_is_no_offer() -> None:
    assert _offer("Ищем девушек на работу за границу, подробности в личку.") is None


def test_one_language_is_the_business_of_wording() -> None:
    (one, *_) = _offers("limassol_club")
    assert likeness(one, one) == (0.0, ())


@pytest.mark.parametrize(
    "change", [("2350", "1900"), ("19-27", "25-40"), ("Limassol, Cyprus", "Berlin, Germany"), ("hostess", "cleaner")]
)
def test_a_contradiction_in_pay_ages_place_or_work_ends_it(change: tuple[str, str]) -> None:
    other = _offer(TEXTS["limassol_club"]["en"].replace(*change))
    first = _offer(TEXTS["limassol_club"]["ro"])
    assert first is not None
    assert other is not None
    assert likeness(first, other)[0] == 0


_SLOTS = st.builds(
    Offer,
    language=st.sampled_from(["ro", "ru", "pl"]),
    countries=st.frozensets(st.sampled_from(["de", "nl"]), max_size=1),
    towns=st.frozensets(st.sampled_from(["Berlin", "Utrecht"]), max_size=1),
    amounts=st.frozensets(st.tuples(st.just("EUR"), st.sampled_from([1000.0, 1870.0, 9.5])), max_size=2),
    ages=st.none() | st.sampled_from([(18, 35), (19, 27), (18, None)]),
    roles=st.frozensets(st.sampled_from(["maid", "cook", "hostess"]), max_size=2),
    numbers=st.frozensets(st.integers(0, 40), max_size=5),
    dates=st.frozensets(st.tuples(st.integers(1, 28), st.integers(1, 3)), max_size=2),
)


@given(_SLOTS, _SLOTS)
def test_likeness_is_symmetric_and_between_0_and_1(one: Offer, other: Offer) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other)[0] <= 1


@given(_SLOTS)
def test_at_most_four_keys_and_no_value_in_more_than_two(offer: Offer) -> None:
    assert len(keys_of(offer)) <= 4
    assert len(keys_of(replace(offer, amounts=frozenset(), towns=frozenset(), roles=frozenset()))) == 0

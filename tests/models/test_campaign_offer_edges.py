"""Offers told in several languages become one campaign each, whatever the order; employers and hubs stay apart."""

import json
import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from models.campaigns.edges import HUB
from models.campaigns.grouping import Grouping, group
from models.campaigns.imprint import Imprint, imprint
from models.campaigns.offer import Offer, keys_of
from models.reading import read
from zorya.domain.ads import Kind, Posting

TEXTS: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("offers.yml").read_text("utf-8"))


@cache
def _imprints() -> tuple[Imprint, ...]:
    return tuple(
        imprint(read(Posting("b", "1", "", Kind.JOB, "", text)), id=f"{name} {language}")
        for name, texts in TEXTS.items()
        for language, text in texts.items()
    )


def _of(name: str, *languages: str) -> list[Imprint]:
    return [ad for ad in _imprints() if ad.id in {f"{name} {language}" for language in languages}]


def _together(found: Grouping) -> set[frozenset[str]]:
    parts: dict[str, set[str]] = {}
    for ad, campaign in found.campaign_of.items():
        parts.setdefault(campaign, set()).add(ad)
    return {frozenset(part) for part in parts.values()}


def test_each_offer_in_all_its_languages_is_one_campaign() -> None:
    found = group(_imprints())
    assert _together(found) == {frozenset(f"{name} {each}" for each in texts) for name, texts in TEXTS.items()}
    assert {edge.kind for edge in found.edges} == {"offer"}
    assert all("; work " in edge.reason for edge in found.edges)


def test_order_does_not_matter() -> None:
    shuffled = list(_imprints())
    random.Random(7).shuffle(shuffled)
    one, other = group(_imprints()), group(shuffled)
    assert (one.campaign_of, one.edges, one.proposals) == (other.campaign_of, other.edges, other.proposals)


def test_the_same_offer_of_two_employers_ties_nothing() -> None:
    ro, ru = _of("limassol_club", "ro", "ru")
    named = [replace(ro, organisations=frozenset({"lvn"})), replace(ru, organisations=frozenset({"avror"}))]
    found = group(named)
    assert len(_together(found)) == 2
    assert not found.proposals


def test_a_combination_that_many_different_texts_state_is_a_hub() -> None:
    ro, ru = _of("nuremberg_carer", "ro", "ru")
    words = "cuvinte{0} altele{0} despre{0} muncă{0} care{0} nu{0} seamănă{0} deloc{0} între{0} ele{0} "
    many = [replace(ro, id=f"many {n:03}", wording=words.format(n) * 3) for n in range(HUB - 1)]
    assert len(_together(group([*many, ru]))) == 1
    found = group([*many, ro, ru])
    assert len(_together(found)) == HUB + 1
    assert set(ro.keys) & found.hubs


def _template(ad: Imprint, others: int, pay: float) -> list[Imprint]:
    """An ad and others of its wording for other pay."""
    assert ad.offer
    offers = [replace(ad.offer, amounts=frozenset({("EUR", pay + 50 * n)})) for n in range(others)]
    return [ad, *(replace(ad, id=f"{ad.id} {n:02}", offer=offer) for n, offer in enumerate(offers))]


def test_one_offer_in_many_of_two_templates_that_meets_another_is_a_proposal() -> None:
    ro, ru = _of("limassol_club", "ro", "ru")
    assert len(_together(group([ro, ru]))) == 1
    found = group([*_template(ro, 15, 5000), *_template(ru, 15, 7000)])
    assert len(_together(found)) == 2
    assert [(edge.kind, edge.strong) for edge in found.proposals] == [("offer", False)]


def test_templates_whose_offers_all_meet_are_one_campaign() -> None:
    ro, ru = _of("limassol_club", "ro", "ru")
    pays = [frozenset({("EUR", 1870.0 + 30 * n)}) for n in range(9)]
    told = [(ad, n, replace(ad.offer, amounts=pay)) for ad in (ro, ru) if ad.offer for n, pay in enumerate(pays)]
    ads = [replace(ad, id=f"{ad.id} {n}", offer=replace(offer, keys=keys_of(offer))) for ad, n, offer in told]
    assert len(_together(group(ads))) == 1


def _weakly_alike() -> tuple[Imprint, Imprint]:
    ro, en = _of("limassol_club", "ro", "en")
    assert en.offer
    return replace(ro, id="one"), replace(en, id="other", offer=replace(en.offer, roles=frozenset()))


def test_without_the_work_in_common_it_is_a_proposal() -> None:
    found = group(_weakly_alike())
    assert len(_together(found)) == 2
    assert [(edge.kind, edge.strong) for edge in found.proposals] == [("offer", False)]


def test_beside_a_contact_of_many_a_proposal_is_a_tie() -> None:
    both = [replace(ad, contacts=("c:switchboard",)) for ad in _weakly_alike()]
    many = [
        Imprint(f"x{name}", f"other words of {name} " * 9, ("c:switchboard",), organisations=frozenset({name}))
        for name in ("avror", "lindengof", "treibras")
    ]
    found = group([*both, *many])
    assert len(_together(found)) == 4
    assert {edge.kind for edge in found.edges} == {"offer", "contact"}


def test_a_contact_of_the_board_ties_no_nameless_ad_to_one_of_two_employers_on_a_template() -> None:
    words = "The department grows and invites new colleagues, tidy work in two shifts with a canteen and a bonus. " * 2
    employers = [
        Imprint(f"{name}", words + f"Ask for {name}.", ("c:board",), organisations=frozenset({name}))
        for name in ("avror", "lindengof", "treibras")
    ]
    nameless = Imprint("x", words + "Ask for somebody.", ("c:board",))
    assert len(_together(group([*employers, nameless]))) == 4


def test_an_offer_survives_the_store() -> None:
    for each in _imprints():
        assert each.offer is not None
        assert Offer.of_stored(json.loads(json.dumps(each.offer.stored()))) == each.offer

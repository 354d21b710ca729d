"""The live index says what a grouping of all its ads says: in any order, batches and shards, one by one or at once."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.bench_campaigns.planted import Planted
from models.campaigns.edges import HUB
from models.campaigns.grouping import group
from models.campaigns.imprint import Imprint
from models.campaigns.live import LiveIndex
from models.campaigns.offer import Offer, keys_of

_RANDOM = random.Random(11)
SENTENCES = ["".join(_RANDOM.choices("abcdefghijklmnop ", k=60)) for _ in range(400)]


def _offer(language: str, amount: int) -> Offer:
    offer = Offer(
        language,
        frozenset({"DE"}),
        frozenset({"Hof"}),
        frozenset({("EUR", 1870.0 + amount)}),
        ages=(19, 27),
        roles=frozenset({"carer"}),
    )
    return replace(offer, keys=keys_of(offer))


def _ad(name: int, *sentences: int, contacts: str = "", says: str = "", offer: Offer | None = None) -> Imprint:
    """Ad of numbered sentences; contacts and organisations are letters."""
    wording = "\n".join(SENTENCES[number] for number in sentences)
    keys = tuple(f"c:{letter}" for letter in contacts)
    return Imprint(
        f"{name:05}", wording, keys, frozenset(says), language=offer.language if offer else None, offer=offer
    )


_ADS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 11), min_size=0, max_size=6),
        st.text("xyz", max_size=2),
        st.sampled_from(["", "", "A", "B", "AB", "C"]),
        st.one_of(st.none(), st.builds(_offer, st.sampled_from(["de", "ro", "pl"]), st.integers(0, 2))),
    ),
    max_size=40,
)


def _imprints(drawn: list[tuple[list[int], str, str, Offer | None]]) -> list[Imprint]:
    return [
        _ad(number, *sentences, contacts=contacts, says=says, offer=offer)
        for number, (sentences, contacts, says, offer) in enumerate(drawn)
    ]


def _live(ads: list[Imprint], size: int) -> LiveIndex:
    index = LiveIndex()
    for start in range(0, len(ads), size):
        index.add(ads[start : start + size])
        index.settle()
    return index


@settings(max_examples=60)
@given(drawn=_ADS, seed=st.integers(0, 99), size=st.sampled_from([1, 3, 100]))
def test_batches_in_any_order_are_grouped_as_all_at_once(
    drawn: list[tuple[list[int], str, str, Offer | None]], seed: int, size: int
) -> None:
    ads = _imprints(drawn)
    shuffled = ads[:]
    random.Random(seed).shuffle(shuffled)
    assert _live(shuffled, size).partition() == group(ads).campaign_of


@settings(max_examples=20)
@given(drawn=_ADS, count=st.sampled_from([1, 2, 4, 8]))
def test_shards_merge_into_what_one_index_says(
    drawn: list[tuple[list[int], str, str, Offer | None]], count: int
) -> None:
    ads = _imprints(drawn)
    whole = LiveIndex()
    for shard in range(count):
        whole.take(_live(ads[shard::count], 5))
    assert whole.partition() == group(ads).campaign_of


@pytest.mark.parametrize("size", [7, 60])
def test_footers_switchboards_and_campaigns_grow_as_in_one_batch(size: int) -> None:
    ads = [ad for batch, _ in Planted(420, seed=5).batches(0, 420) for ad in batch]
    index = LiveIndex()
    for start in range(0, len(ads), size):
        index.add(ads[start : start + size])
        index.settle()
        if start % 140 == 0:
            assert index.partition() == group(ads[: start + size]).campaign_of
    assert index.partition() == group(ads).campaign_of


def test_a_contact_of_too_many_texts_ties_again_when_these_turn_out_to_be_one() -> None:
    ads = [_ad(n, *range(4 * n, 4 * n + 10), contacts="x") for n in range(HUB + 5)]
    ads.append(_ad(99, *range(300, 310), contacts="x"))
    between = [_ad(100 + n, *range(4 * n + 2, 4 * n + 12)) for n in range(HUB + 4)]
    index = _live(ads, 100)
    assert group(ads).hubs == {"c:x"}
    assert index.partition() == group(ads).campaign_of
    index.add(between)
    assert group([*ads, *between]).hubs == set()
    assert index.partition() == group([*ads, *between]).campaign_of
    assert len(set(index.partition().values())) == 1


def test_an_offer_of_too_many_texts_is_freed_whatever_domains_its_ads_give() -> None:
    offer = _offer("de", 0)
    ads = [
        replace(_ad(n, *range(4 * n, 4 * n + 10), offer=offer), organisations=frozenset({f"@x{n}"}))
        for n in range(HUB + 5)
    ]
    between = [_ad(100 + n, *range(4 * n + 2, 4 * n + 12)) for n in range(HUB + 4)]
    other = _ad(99, *range(300, 310), offer=_offer("ro", 0))
    index = _live([*ads, other], 100)
    assert group([*ads, other]).hubs == set(offer.keys)
    index.add(between)
    assert group([*ads, other, *between]).hubs == set()
    assert index.partition() == group([*ads, other, *between]).campaign_of


def test_a_footer_that_a_campaign_takes_over_is_boilerplate_no_more() -> None:
    footer = range(6)
    ads = [_ad(n, *footer, *range(10 + 5 * n, 15 + 5 * n)) for n in range(34)]
    pair = [_ad(900, *footer, 200), _ad(901, *footer, 201)]
    campaign = [_ad(1000 + n, *footer, *range(210, 216), 216 + n % 180) for n in range(180)]
    index = _live([*ads, *pair], 100)
    before, after = group([*ads, *pair]).campaign_of, group([*ads, *pair, *campaign]).campaign_of
    assert index.partition() == before
    index.add(campaign)
    assert index.partition() == after
    assert (before["00900"] == before["00901"], after["00900"] == after["00901"]) == (False, True)


@pytest.mark.parametrize("size", [1, 5, 100])
def test_the_contact_of_a_footer_is_found_and_freed_as_in_one_batch(size: int) -> None:
    def footed(name: int, *sentences: int) -> Imprint:
        return replace(_ad(name, *sentences, 200, contacts="x"), stands=(("c:x", 200),))

    board = [footed(n, 2 * n, 2 * n + 1) for n in range(HUB - 4)]
    campaign = [footed(1000 + n, *range(210, 216), 216 + n) for n in range(60)]
    index = _live(board, size)
    assert group(board).hubs == {"c:x"}
    assert index.partition() == group(board).campaign_of
    for start in range(0, len(campaign), 20):
        index.add(campaign[start : start + 20])
        assert index.partition() == group([*board, *campaign[: start + 20]]).campaign_of
    assert group([*board, *campaign]).hubs == set()


def test_more_texts_than_references_are_settled_in_any_order() -> None:
    ads = [_ad(n, *range(300, 308), n % 50, 50 + n) for n in range(90)]
    expected = group(ads).campaign_of
    random.Random(3).shuffle(ads)
    assert _live(ads, 9).partition() == expected


def _worded_otherwise(
    name: str, first: int, edits: tuple[int, int], chance: random.Random, *, line: str = ""
) -> Imprint:
    """Six sentences with some letters changed in each, so that no sentence is shared; perhaps a line before them."""
    lines = [line] if line else []
    for at in range(6):
        letters = list(SENTENCES[first + at])
        for place in chance.sample(range(60), edits[at % 2]):
            letters[place] = chance.choice("qrstuvwxyz")
        lines.append("".join(letters))
    return Imprint(name, "\n".join(lines))


def test_who_stands_for_a_full_bucket_is_known_where_only_some_of_it_is_grouped_anew() -> None:
    chance = random.Random(7)
    ads = [
        _worded_otherwise(f"{at:03}", 10 + 10 * (at // 3), (1, 2), chance, line=SENTENCES[0]) for at in range(27)
    ]  # nine advertisers who share one line; some ads are alike by it alone, and not compared: it has its references
    near_two = _worded_otherwise("940", 50, (1, 1), random.Random(0))
    index = _live(ads, 100)
    assert index.partition() == group(ads).campaign_of
    assert len(set(index.partition().values())) > 9
    index.add([near_two])
    assert index.partition() == group([*ads, near_two]).campaign_of

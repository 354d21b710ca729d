"""The partition is a function of the set of ads, and neither boilerplate, boards nor switchboards glue it together."""

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.campaigns.boilerplate import MIN_TEXTS
from models.campaigns.edges import HUB, HUB_ORGANISATIONS, REFERENCES, SAME_TEXT
from models.campaigns.grouping import Grouping, group
from models.campaigns.imprint import Imprint
from models.campaigns.sketch import likeness, sketch

_RANDOM = random.Random(11)
SENTENCES = ["".join(_RANDOM.choices("abcdefghijklmnop ", k=60)) for _ in range(400)]


def _ad(name: int, *sentences: int, contacts: str = "", says: str = "") -> Imprint:
    """Ad of numbered sentences; contacts and organisations are letters."""
    wording = "\n".join(SENTENCES[number] for number in sentences)
    return Imprint(f"{name:05}", wording, tuple(f"c:{letter}" for letter in contacts), frozenset(says))


def _footed(name: int, *sentences: int, footer: int, contact: str, own: str = "") -> Imprint:
    """Ad whose last sentence is a footer's, with a contact in it."""
    return replace(_ad(name, *sentences, footer, contacts=contact + own), stands=((f"c:{contact}", footer),))


def _parts(found: Grouping) -> set[frozenset[str]]:
    parts: dict[str, set[str]] = {}
    for name, campaign in found.campaign_of.items():
        parts.setdefault(campaign, set()).add(name)
    return {frozenset(part) for part in parts.values()}


_SETS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 11), min_size=0, max_size=6),
        st.text("xyz", max_size=2),
        st.sampled_from(["", "", "A", "B", "AB", "C"]),
    ),
    max_size=30,
)


@given(ads=_SETS, seed=st.integers(0, 99))
def test_any_order_gives_the_same_answer(ads: list[tuple[list[int], str, str]], seed: int) -> None:
    imprints = [_ad(n, *numbers, contacts=c, says=s) for n, (numbers, c, s) in enumerate(ads)]
    shuffled = imprints[:]
    random.Random(seed).shuffle(shuffled)
    assert group(shuffled) == group(imprints)


def test_two_employers_on_one_template_are_two_and_an_ad_without_a_name_is_a_question() -> None:
    ads = [_ad(1, *range(8), says="A"), _ad(2, *range(8), says="B"), _ad(3, *range(8))]
    found = group(ads)
    assert len(_parts(found)) == 3
    assert {(edge.one, edge.other) for edge in found.proposals} == {("00001", "00003"), ("00002", "00003")}


def test_an_ad_without_a_name_joins_the_only_employer_of_its_text() -> None:
    assert len(_parts(group([_ad(1, *range(8), says="A"), _ad(3, *range(8)), _ad(4, *range(8), says="AC")]))) == 1


def test_a_contact_that_many_organisations_give_ties_nothing() -> None:
    ads = [_ad(n, n, contacts="x", says=letter) for n, letter in enumerate("ABC"[:HUB_ORGANISATIONS])]
    assert len(_parts(group(ads))) == 3
    assert group(ads).hubs == {"c:x"}
    assert len(_parts(group(ads[:2]))) == 1


def test_two_weak_edges_of_different_kinds_tie_and_one_is_a_proposal() -> None:
    one, other = range(10), (*range(7), 21, 22, 23)
    half_alike = [_ad(1, *one), _ad(2, *other)]
    alone = group(half_alike)
    assert len(_parts(alone)) == 2
    assert [edge.kind for edge in alone.proposals] == ["text"]
    switchboard = [_ad(100 + n, 100 + n, contacts="x", says=letter) for n, letter in enumerate("ABC")]
    with_hub = [_ad(1, *one, contacts="x"), _ad(2, *other, contacts="x"), *switchboard]
    found = group(with_hub)
    assert found.campaign_of["00001"] == found.campaign_of["00002"]
    assert {edge.kind for edge in found.edges} == {"text", "contact"}


def test_a_footer_neither_glues_the_ads_of_a_board_nor_hides_one_ad_on_two_boards() -> None:
    footers = [range(200, 205), range(210, 215)]
    ads = [_ad(n, n, 60 + n, *footers[n % 2]) for n in range(60)]
    same = [_ad(1000, 150, 151, *footers[0]), _ad(1001, 150, 151, *footers[1])]
    parts = _parts(group([*ads, *same]))
    assert frozenset({"01000", "01001"}) in parts
    assert len(parts) == 61


def test_a_contact_in_the_footer_of_a_board_ties_nothing_though_few_and_nameless_use_the_board() -> None:
    ads = [_footed(n, n, 60 + n, footer=200, contact="b", own=chr(ord("d") + n % 10)) for n in range(MIN_TEXTS + 4)]
    found = group(ads)
    assert found.hubs == {"c:b"}
    assert {len(part) for part in _parts(found)} == {1, 2}, "an advertiser of two ads is one by a contact of his own"


def test_a_footer_under_three_ads_of_each_of_eight_advertisers_ties_none_of_them() -> None:
    ads = [
        _footed(10 * n + copy, *range(12 * n, 12 * n + 6), 300 + 3 * n + copy, footer=399, contact="b")
        for n in range(8)
        for copy in range(3)
    ]
    found = group(ads)
    assert found.hubs == {"c:b"}
    assert [len(part) for part in _parts(found)] == [3] * 8


def test_a_recruiter_of_nine_different_ads_with_one_number_is_one() -> None:
    nine = [_footed(n, 2 * n, 2 * n + 1, footer=200, contact="x") for n in range(9)]
    assert len(_parts(group(nine))) == 1
    varied = [_footed(n, 2 * n, 2 * n + 1, footer=200 + n % 3, contact="x") for n in range(HUB)]
    assert len(_parts(group(varied))) == 1, "he who words it otherwise now and then may have more"


def test_a_sentence_of_many_advertisers_leaves_each_his_number() -> None:
    ads = [_footed(n, 2 * n, 2 * n + 1, footer=200, contact=chr(ord("a") + n // 2)) for n in range(40)]
    found = group(ads)
    assert not found.hubs
    assert len(_parts(found)) == 20


def test_a_long_footer_under_short_ads_ties_none_of_them() -> None:
    ads = [_ad(n, n, *range(200, 205)) for n in range(MIN_TEXTS + 4)]
    assert len(_parts(group(ads))) == len(ads)


def test_a_campaign_each_of_whose_ads_has_one_line_of_seven_of_its_own_stays_whole() -> None:
    ads = [_ad(n, n, *range(200, 206)) for n in range(MIN_TEXTS + 4)]
    assert len(_parts(group(ads))) == 1


def test_a_campaign_whose_ads_carry_each_another_footer_is_known_by_those_that_have_none() -> None:
    boards = [range(200 + 5 * n, 205 + 5 * n) for n in range(MIN_TEXTS)]
    others = [
        _ad(1000 + 20 * b + n, (16 * b + n) % 200, (7 * b + 9 * n) % 200, *board)
        for b, board in enumerate(boards)
        for n in range(16)
    ]
    footed = [_ad(n, *range(300, 306), *board) for n, board in enumerate(boards)]
    bare = [_ad(100, *range(300, 306)), _ad(101, *range(301, 306))]
    whole, alone = group([*others, *footed, *bare]).campaign_of, group([*others, *footed]).campaign_of
    assert len({whole[ad.id] for ad in (*footed, *bare)}) == 1
    assert len({alone[ad.id] for ad in footed}) == len(footed), "alone they look like a board and its advertisers"


def test_a_large_campaign_whose_copies_all_differ_a_little_stays_whole() -> None:
    ads = [_ad(n, *range(300, 310), n % 200) for n in range(200)]
    assert len(_parts(group(ads))) == 1


def test_copies_of_one_text_cost_no_comparisons() -> None:
    found = group([_ad(n, *range(8), contacts="x") for n in range(3000)])
    assert len(_parts(found)) == 1
    assert found.comparisons == 0


def test_comparisons_grow_with_the_ads_where_one_sentence_half_fills_them_all() -> None:
    letters = random.Random(5)
    common = "".join(letters.choices("abcdefghijklmnop ", k=500))
    ads = [Imprint(f"{n:05}", common + "".join(letters.choices("abcdefghijklmnop ", k=160))) for n in range(3200)]
    few, many = group(ads[:800]).comparisons, group(ads).comparisons
    assert few > 800
    assert many < 6 * few, "four times the ads must not be sixteen times the comparisons"
    assert many <= 16 * REFERENCES * len(ads)


def test_ads_without_a_word_stay_alone() -> None:
    assert len(_parts(group([Imprint("a"), Imprint("b"), _ad(3)]))) == 3


def test_texts_that_share_a_sentence_are_compared_though_they_share_no_band() -> None:
    """A pair of similarity .67 shares a band in half of the cases, a sentence always."""
    others = ["\n".join([*SENTENCES[:4], other]) for other in SENTENCES[100:140]]
    signatures = [np.frombuffer(text.signature, np.uint8) for other in others if (text := sketch(other))]
    for one, other in pairwise(range(len(others))):
        found = group([Imprint("a", others[one]), Imprint("b", others[other])])
        alike = likeness(signatures[one], signatures[other]) >= SAME_TEXT
        assert (len(set(found.campaign_of.values())) == 1) == alike

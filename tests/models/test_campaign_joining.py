"""What a live index may leave undone: no answer can be another for it."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.campaigns import live
from models.campaigns.boilerplate import MIN_TEXTS, SAMPLE, judged
from models.campaigns.grouping import group
from models.campaigns.imprint import Imprint
from models.campaigns.live import LiveIndex
from models.campaigns.texts import wholes_of

_RANDOM = random.Random(7)
SENTENCES = ["".join(_RANDOM.choices("abcdefghijklmnop ", k=60)) for _ in range(300)]


def _wording(*sentences: int) -> str:
    return "\n".join(SENTENCES[number] for number in sentences)


def _ad(name: int, *sentences: int, contacts: str = "", says: str = "") -> Imprint:
    return Imprint(
        f"{name:05}", _wording(*sentences), tuple(f"c:{letter}" for letter in contacts), frozenset(says.split())
    )


@settings(max_examples=40)
@given(
    copies=st.integers(0, SAMPLE),
    strangers=st.integers(0, SAMPLE),
    newcomers=st.lists(st.booleans(), min_size=16, max_size=16),
    seed=st.integers(0, 99),
)
def test_a_judgement_bears_as_many_new_texts_as_it_says(
    copies: int, strangers: int, newcomers: list[bool], seed: int
) -> None:
    """Sentence 0 stands in the ads of one campaign and in those of strangers; whoever comes, the answer stays."""
    held = [_wording(0, 1, 2, 3, 4, 5, 10 + n) for n in range(copies)]
    held += [_wording(0, 50 + 3 * n, 51 + 3 * n, 52 + 3 * n) for n in range(strangers)]
    random.Random(seed).shuffle(held)
    held = held[:SAMPLE]
    [answer], [bears] = judged(wholes_of(held), [np.arange(len(held))])
    for count in range(1, int(bears) + 1):
        came = [
            _wording(0, 200 + 2 * n, 201 + 2 * n) if strange else _wording(0, 1, 2, 3, 4, 5, 240 + n)
            for n, strange in enumerate(newcomers[:count])
        ]
        kept = held[max(0, len(held) + count - SAMPLE) :] + came
        assert judged(wholes_of(kept), [np.arange(len(kept))])[0][0] == answer


def test_a_campaign_bears_more_and_a_footer_and_few_texts_none() -> None:
    campaign = [_wording(0, 1, 2, 3, 4, 5, 10 + n) for n in range(20)]
    footer = [_wording(0, 10 + 3 * n, 11 + 3 * n, 12 + 3 * n) for n in range(20)]
    samples = [np.arange(20), np.arange(20, 40), np.arange(MIN_TEXTS - 1)]
    answers, bears = judged(wholes_of([*campaign, *footer]), samples)
    assert answers.tolist() == [False, True, False]
    assert bears[0] > 3
    assert bears.tolist()[1:] == [0, 0]


def test_an_ad_that_only_joins_is_joined_without_grouping_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    ads = [_ad(n, *range(6), 10 + n, contacts="x", says="aurora" * (n % 2)) for n in range(8)]
    index = LiveIndex()
    index.add(ads)
    index.settle()
    monkeypatch.delattr(live, "tie_ads")
    joining = [_ad(100, *range(6), 30), _ad(101, 40, 41, contacts="x"), _ad(102, 50, 51, 52, contacts="y")]
    index.add(joining)
    assert index.partition() == group([*ads, *joining]).campaign_of
    assert len(set(index.partition().values())) == 2


def test_two_campaigns_are_one_once_an_ad_ties_both_and_two_employers_are_not() -> None:
    one, other = (
        [_ad(n, *range(6), 100 + n) for n in range(5)],
        [_ad(10 + n, *range(20, 26), 110 + n) for n in range(5)],
    )
    both = _ad(20, *range(200, 206), contacts="xy")
    carrying = [_ad(30, *range(6), 120, contacts="x"), _ad(31, *range(20, 26), 121, contacts="y")]
    named = [_ad(40, *range(6), 130, says="aurora"), _ad(41, *range(20, 26), 131, says="boreal")]
    index, added = LiveIndex(), list[Imprint]()
    for batch in (one, other, carrying, [both], named):
        index.add(batch)
        added += batch
        assert index.partition() == group(added).campaign_of
    homes = index.partition()
    assert homes["00000"] == homes["00010"]


def test_more_texts_than_references_are_joined_where_their_texts_tie_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    ads = [_ad(n, *range(8), 100 + n) for n in range(40)]
    index = LiveIndex()
    index.add(ads[:30])
    index.settle()
    monkeypatch.delattr(live, "tie_ads")
    for ad in ads[30:]:
        index.add([ad])
        index.settle()
    assert index.partition() == group(ads).campaign_of
    assert len(set(index.partition().values())) == 1

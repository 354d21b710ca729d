"""Near-duplicates of two labelled sets are one group: no ad is learnt from in one set and measured on in another."""

import pytest

from models.evaluation.splits import Split, folds
from models.joined_groups import read_labelled
from zorya.labelled import LabelledAd, Origin, load_corpus
from zorya.settings import Settings


def _set(name: str, ads: list[LabelledAd], *, more: str = "") -> list[LabelledAd]:
    """An imported set of these ads, each a group of its own, a few words longer."""
    about = {"campaign": "", "origin": Origin.IMPORT, "source": name}
    return [
        ad.model_copy(update=about | {"id": f"{name}:{n}", "group": f"{name}:{n}", "body": f"{ad.body} {more}".strip()})
        for n, ad in enumerate(ads)
    ]


@pytest.fixture(scope="module")
def texts() -> list[LabelledAd]:
    """Long English ads of many campaigns."""
    ads = [ad for ad in load_corpus(Settings().corpus_dir).ads if ad.language == "en" and len(ad.body) > 200]
    return ads[:60]


def test_the_same_ad_a_little_changed_is_in_one_group_whatever_its_set(texts: list[LabelledAd]) -> None:
    examples = read_labelled([*_set("one", texts), *_set("two", texts, more="Apply today.")])
    groups = [example.ad.group for example in examples]
    assert groups[: len(texts)] == groups[len(texts) :]


def test_no_wording_is_on_both_sides_of_a_split_by_campaign(texts: list[LabelledAd]) -> None:
    examples = read_labelled([*_set("one", texts), *_set("two", texts, more="Apply today.")])
    for fold in folds(examples, Split.CAMPAIGN):
        assert {number % len(texts) for number in fold.train}.isdisjoint(number % len(texts) for number in fold.test)


def test_one_set_keeps_the_groups_it_came_with(texts: list[LabelledAd]) -> None:
    ads = [*_set("one", texts), *_set("one", [ad.model_copy(update={"id": f"{ad.id}x"}) for ad in texts])]
    assert [example.ad for example in read_labelled(ads)] == ads


def test_an_ad_that_ties_two_groups_of_another_set_makes_one_of_them(texts: list[LabelledAd]) -> None:
    ad = texts[0]
    twice = _set("one", [ad, ad], more="Call us.")
    examples = read_labelled([*twice, *_set("two", [ad])])
    assert len({example.ad.group for example in examples}) == 1

"""No split lets the training side hold what the test side is measured on."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.evaluation.splits import Fold, Split, folds, units_of
from models.examples import Example
from zorya.errors import ModelError

Make = Callable[..., Example]
_ADS = st.lists(
    st.tuples(
        st.booleans(),
        st.integers(0, 12),  # group
        st.sampled_from([(), ("a",), ("b",), ("c",), ("a", "d"), ("e",), ("f",)]),  # contacts
        st.integers(0, 5),  # text
        st.sampled_from(["ro", "uk", "pl", "cs"]),
        st.integers(0, 90),  # day
        st.sampled_from(["north", "south", "east"]),
    ),
    min_size=12,
    max_size=40,
)


def _examples(make: Make, day: Callable[[int], date], drawn: list[tuple]) -> list[Example]:  # type: ignore[type-arg]
    return [
        make(
            str(number),
            text,
            concern=concern,
            group=f"g{group}",
            contacts=contacts,
            language=language,
            posted_on=day(on),
            source=source,
        )
        for number, (concern, group, contacts, text, language, on, source) in enumerate(drawn)
    ]


def _shared(examples: list[Example], fold: Fold, key: Callable[[Example], object]) -> set[object]:
    sides = [{part for n in side for part in _parts(key(examples[n]))} for side in (fold.train, fold.test)]
    return sides[0] & sides[1]


def _parts(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else (value,)


@pytest.mark.parametrize("split", [split for split in Split if split is not Split.RANDOM])
@settings(max_examples=25)
@given(drawn=_ADS)
def test_no_group_contact_or_copy_stands_on_both_sides(
    make: Make,
    day: Callable[[int], date],
    split: Split,
    drawn: list[tuple],  # type: ignore[type-arg]
) -> None:
    examples = _examples(make, day, drawn)
    try:
        made = folds(examples, split)
    except ModelError:
        return
    for fold in made:
        assert not set(fold.train) & set(fold.test)
        assert not _shared(examples, fold, lambda example: example.ad.group)
        if split in {Split.CONTACT, Split.STRICT}:
            assert not _shared(examples, fold, lambda example: example.ad.contacts)
        if split in {Split.NEAR_DUPLICATE, Split.STRICT}:
            assert not _shared(examples, fold, lambda example: example.ad.body)


@pytest.mark.parametrize("split", [Split.RANDOM, Split.CAMPAIGN, Split.STRICT])
def test_splits_by_chance_measure_every_ad_once(make: Make, split: Split) -> None:
    examples = [make(str(n), n % 6, group=f"g{n}", concern=n % 6 in (2, 3)) for n in range(60)]
    made = folds(examples, split, parts=2)
    assert sorted(number for fold in made for number in fold.test) == list(range(60))


def test_a_reworded_copy_is_held_together_with_its_original(make: Make) -> None:
    text = (
        "Our hotel by the lake looks for two chambermaids for the summer. You will have your own room in the staff "
        "house, three meals a day and a written contract. Training is given in the first week."
    )
    examples = [
        make("one", text, group="a"),
        make("two", text.replace("two", "four").replace("summer", "winter"), group="b"),
        make("three", 1, group="c"),
    ]
    one, two, three = units_of(examples, Split.NEAR_DUPLICATE)
    assert one == two != three
    assert len(set(units_of(examples, Split.CAMPAIGN))) == 3


def test_a_mask_that_stands_for_every_contact_ties_nothing(make: Make) -> None:
    examples = [
        make(str(n), f"{n} bakers for shop {'abcdefghijklmnopqrstuvwxyz'[n]}", contacts=("mask",)) for n in range(26)
    ]
    assert len(set(units_of(examples, Split.CONTACT))) == 26
    assert len(set(units_of(examples[:20], Split.CONTACT))) == 1


def test_time_learns_from_earlier_days_only(make: Make, day: Callable[[int], date]) -> None:
    examples = [make(str(n), n % 6, group=f"g{n}", concern=n % 2 == 0, posted_on=day(n)) for n in range(30)]
    examples.append(make("undated", 0, group="u"))
    for fold in folds(examples, Split.TIME):
        first = min(examples[n].ad.posted_on or date.max for n in fold.test)
        assert all((examples[n].ad.posted_on or date.min) < first for n in fold.train)
        assert 30 not in fold.test


def test_a_language_is_measured_by_the_others_without_its_mirrored_scenarios(make: Make) -> None:
    examples = [
        make(f"{language}{n}", n % 6, language=language, group=f"{language[:1]}{n}", concern=n % 2 == 0)
        for language in ("ro", "ru", "pl")
        for n in range(8)
    ]  # ro and ru mirror each other
    made = {fold.name: fold for fold in folds(examples, Split.LANGUAGE)}
    assert {examples[n].ad.language for n in made["pl"].train} == {"ro", "ru"}
    assert {examples[n].ad.language for n in made["ro"].train} == {"pl"}


def test_a_split_that_cannot_be_made_says_what_to_do(make: Make) -> None:
    with pytest.raises(ModelError, match="take another split"):
        folds([make(str(n), concern=False) for n in range(9)], Split.CAMPAIGN)
    with pytest.raises(ModelError, match="posted_on"):
        folds([make(str(n), concern=n > 4) for n in range(9)], Split.TIME)

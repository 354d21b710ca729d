"""Which ads people should see next."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.campaigns.sketch import sketch
from zorya.choosing import NEAR, Candidate, choose, doubt_of

TOPICS = [
    "We look for bakers in Ghent, early shifts, paid by the hour, contract from the first day, room can be rented",
    "Девушки в клуб, жильё даём сразу, паспорт на оформление, зарплата наличными каждую неделю без задержек",
    "Opiekunka osób starszych w Monachium, umowa, ubezpieczenie, dojazd busem spod domu, zmiana co dwa miesiące",
    "Caut o domnișoară plăcută pentru călătorii și cine, ofer apartament și bani de buzunar, discreție totală aici",
]


def _signature(text):
    found = sketch(text)
    assert found
    return found.signature


def _candidate(name, topic, doubt=0.5, ending=""):
    return Candidate(name, doubt, _signature(TOPICS[topic] + ending))


def test_doubt_is_greatest_at_even_odds():
    assert doubt_of(0.5) == 1
    assert doubt_of(0.0) == doubt_of(1.0) == 0
    assert doubt_of(0.1) == pytest.approx(doubt_of(0.9)) == pytest.approx(0.469, abs=0.001)


def test_of_texts_that_nearly_agree_only_one_is_asked_about():
    twins = [_candidate(f"twin {n}", 0, 0.9, ending=f" {n}") for n in range(5)]
    assert choose([*twins, _candidate("other", 1, 0.1)], room=6) == ["twin 0", "other"]


def test_one_that_nearly_agrees_with_what_waits_is_not_asked_about():
    assert choose([_candidate("a", 0), _candidate("b", 1)], room=2, waiting=[_signature(TOPICS[0])]) == ["b"]


def test_of_two_as_doubtful_the_one_unlike_what_was_judged_comes_first():
    both = [_candidate("a", 0), _candidate("b", 1)]
    assert choose(both, room=1, judged=[_signature(TOPICS[0])]) == ["b"]
    assert choose(both, room=1, judged=[_signature(TOPICS[1])]) == ["a"]


def test_doubt_outweighs_where_both_are_new():
    assert choose([_candidate("a", 0, 0.2), _candidate("b", 1, 0.9)], room=1) == ["b"]


def test_a_pair_somebody_is_asked_about_is_not_chosen_twice():
    both = [_candidate("a", 0), _candidate("b", 1)]
    assert choose(both, room=2, apart=[frozenset({"a", "b"})]) == ["a"]


def test_texts_too_short_for_a_sketch_can_be_chosen():
    assert choose([Candidate("a", 0.9, None), Candidate("b", 0.8, None)], room=5) == ["a", "b"]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1)), max_size=12), st.integers(0, 12), st.randoms())
def test_the_choice_depends_on_the_set_alone_and_never_holds_near_duplicates(drawn, room, chance):
    pool = [_candidate(f"{n:02d}", topic, doubt, ending=f" {n}") for n, (topic, doubt) in enumerate(drawn)]
    chosen = choose(pool, room=room)
    assert len(chosen) == min(room, len({topic for topic, _ in drawn}))
    assert len({drawn[int(name)][0] for name in chosen}) == len(chosen)
    shuffled = random.Random(chance.random()).sample(pool, len(pool))
    assert choose(shuffled, room=room) == chosen


def test_the_bar_stands_below_that_of_a_campaign():
    assert NEAR < 0.6

"""The ILO decision rule: which counts make a dimension positive, and what it says beside the score."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import linked
from models.catalogue import catalogue
from models.decision_rule import CONTEXT, decide, decision_rule
from models.indicator_spec import Dimension
from models.reading import read
from models.score import Scorer
from zorya.domain.ads import Posting
from zorya.domain.findings import CampaignHit, IndicatorHit, State, Strength

DIMENSION = "deceptive_recruitment"


def hits(strong: int, medium: int, weak: int, state: State = State.PRESENT) -> list[IndicatorHit]:
    """Invented hits with codes X1, X2 …"""
    strengths = [Strength.STRONG] * strong + [Strength.MEDIUM] * medium + [Strength.WEAK] * weak
    return [IndicatorHit(f"X{n}", 1, "t", state, strength) for n, strength in enumerate(strengths, 1)]


def dimensions(number: int) -> dict[str, str]:
    return {f"X{n}": DIMENSION for n in range(1, number + 1)}


@pytest.mark.parametrize("counts", [(2, 0, 0), (1, 1, 0), (1, 0, 1), (0, 3, 0), (0, 2, 1)])
def test_each_line_of_the_rule_makes_a_dimension_positive(counts: tuple[int, int, int]) -> None:
    decision = decide(hits(*counts), dimensions(sum(counts)))
    assert decision is not None
    assert decision.outcome == "one"


@pytest.mark.parametrize("counts", [(1, 0, 0), (0, 2, 0), (0, 1, 9), (0, 0, 9)])
def test_less_than_a_line_does_not(counts: tuple[int, int, int]) -> None:
    decision = decide(hits(*counts), dimensions(sum(counts)))
    assert decision is not None
    assert decision.outcome == "none"


@given(st.tuples(*[st.integers(0, 4)] * 3), st.sampled_from([(1, 0, 0), (0, 1, 0), (0, 0, 1)]))
def test_one_more_indicator_never_makes_a_positive_dimension_negative(
    counts: tuple[int, int, int], more: tuple[int, int, int]
) -> None:
    def positive(numbers: tuple[int, ...]) -> bool:
        by_strength = dict(zip(reversed(Strength), numbers, strict=True))
        return any(line.filled_by(by_strength) for line in decision_rule().positive_with)

    assert positive(counts) <= positive(tuple(a + b for a, b in zip(counts, more, strict=True)))


def test_indicators_are_counted_within_their_own_dimension() -> None:
    spread = dict(zip(("X1", "X2", "X3"), get_args(Dimension), strict=False))
    decision = decide(hits(0, 3, 0), spread)
    assert decision is not None
    assert decision.outcome == "none"
    assert len(decision.dimensions) == 3


def test_context_and_contradicted_indicators_are_not_counted() -> None:
    assert decide(hits(0, 3, 0), dict.fromkeys(("X1", "X2", "X3"), CONTEXT)) is None
    assert decide(hits(0, 3, 0, State.CONTRADICTED), dimensions(3)) is None


def test_form_follows_the_sector_of_the_offer() -> None:
    nightlife = IndicatorHit("F1", 1, "t", State.PRESENT, Strength.WEAK)
    of = dimensions(1) | {"F1": CONTEXT}
    forms = [decision.form for extra in ([], [nightlife]) if (decision := decide([*hits(0, 1, 0), *extra], of))]
    assert forms == ["labour_exploitation", "sexual_exploitation"]


def test_signs_of_a_form_are_codes_of_the_catalogue() -> None:
    assert decision_rule().sexual_exploitation_signs <= set(catalogue().by_code)


def test_unchecked_wording_is_said_and_nobody_is_called_a_victim() -> None:
    decision = decide(hits(0, 3, 0), dimensions(3))
    assert decision is not None
    assert ("not yet checked" in decision.sentence) is not decision_rule().verified
    assert "victim" not in decision.sentence
    assert "trafficked" not in decision.sentence


def test_it_stands_beside_the_score_as_the_last_reason(
    scorer: Scorer, ad: Callable[..., Posting], as_of: datetime
) -> None:
    posting = ad("Angajăm fete Olanda", "Agenție serioasă angajează fete, îți facem actele, contract la sosire.")
    result = scorer.assess([read(posting)], ["v"], as_of=as_of)[0]
    assert [reason.direction for reason in result.reasons].count(0) == 1
    assert result.reasons[-1].direction == 0
    assert "deceptive recruitment positive (3 medium)" in result.reasons[-1].text


LINK = CampaignHit("H2", 1, "Unrelated offers", State.PRESENT, Strength.STRONG, "Three kinds of work.", ("p-1", "p-2"))


def test_of_a_campaign_links_are_counted_beside_what_the_ads_say() -> None:
    ads = [{"A1": Strength.MEDIUM}, {}]
    assert "deceptive recruitment not positive (1 medium)" in linked.decision(ads, [])
    assert "deceptive recruitment positive (1 strong, 1 medium)" in linked.decision(ads, [LINK])


def test_an_indicator_of_many_ads_counts_once_and_as_strong_as_it_stands() -> None:
    ads = [{"A2": Strength.WEAK}, {"A2": Strength.MEDIUM}, {"A2": Strength.WEAK}]
    assert "deceptive recruitment not positive (1 medium)" in linked.decision(ads, [])


def test_of_a_campaign_without_indicators_the_rule_is_silent() -> None:
    assert linked.decision([{}], [replace(LINK, state=State.CONTRADICTED)]) == ""

"""A score is said no surer than its labels bear out; no flag and no ranking changes by it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.examples import read_examples
from models.reading import read
from models.score import Scorer
from models.sureness import EVIDENCE, Sureness, evidence_of
from zorya.domain.ads import Posting
from zorya.domain.findings import Band
from zorya.labelled import load_corpus
from zorya.settings import Settings

EVIDENCES = st.builds(Sureness, st.integers(0, 10**6), st.floats(0.001, 0.9))
SHARES = st.floats(0, 1)


def test_the_ceiling_is_the_rule_of_three() -> None:
    # 0.1 / 0.9 · 600 / 3 = 22.2 to one
    assert Sureness(600, 0.1).ceiling == pytest.approx(22.22 / 23.22, abs=1e-4)


@given(EVIDENCES, SHARES)
def test_nothing_is_said_surer_than_the_ceiling_and_nothing_surer_than_it_was(held: Sureness, share: float) -> None:
    assert held.told(share) <= min(share, held.ceiling) + 1e-12


@given(EVIDENCES, SHARES, SHARES)
def test_the_ranking_is_kept(held: Sureness, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert held.told(low) <= held.told(high)


@given(EVIDENCES, SHARES)
def test_no_flag_changes(held: Sureness, share: float) -> None:
    assert (held.told(share) >= 0.55) == (share >= 0.55)


def test_scores_that_differ_still_differ_well_above_the_ceiling() -> None:
    held = Sureness(600, 0.1)
    assert held.told(0.99) < held.told(0.999) < held.told(0.9999) < held.ceiling


def test_evidence_is_counted_in_groups() -> None:
    ads = load_corpus(Settings().corpus_dir).ads[::50]
    examples = read_examples([*ads, *(ad.model_copy(update={"id": f"{ad.id} again"}) for ad in ads)])
    once, twice = (evidence_of(each, 0.1)["concern"] for each in (examples[: len(ads)], examples))
    assert once == twice
    assert once["prevalence"] == pytest.approx(0.1)


def test_the_score_of_an_ad_stays_below_what_few_labels_bear_out(
    scorer: Scorer, ad: Callable[..., Posting], as_of: datetime
) -> None:
    lure = ad("Angajăm fete Olanda", "Fete 18-25 ani, fără experiență, cazare gratis, îți facem actele, pleci mâine.")
    few = {EVIDENCE: {"concern": {"with": 30, "without": 30, "prevalence": 0.1}}}
    doubting = Scorer(scorer.model, replace(scorer.manifest, metrics=few))
    (said,) = doubting.assess([read(lure)], ["v"], as_of=as_of)
    assert said.band is Band.LIKELY
    (full,) = scorer.assess([read(lure)], ["v"], as_of=as_of)
    assert said.score < full.score < 0.99

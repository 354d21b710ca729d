"""Buying labels by the queue's policy, against chance, on ads whose answer is known."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models.examples import Array, Example
from models.learning.curve import ACTIVE, RANDOM, apart, simulate, steps
from models.learning.files import save_curve
from models.learning.page import About
from models.reading import Reading, read
from zorya.domain.ads import Kind
from zorya.domain.reviews import VerdictLabel
from zorya.errors import ModelError
from zorya.labelled import LabelledAd

WORDS = ("amber", "birch", "copper", "dune", "ember", "fjord", "garnet", "heath")


class _Rote:
    """Knows a word's share of concern once it has seen it; says even odds of a word it has not."""

    name = "rote"

    def fit(self, examples: Sequence[Example]) -> "_Rote":
        fitted = _Rote()
        fitted.seen = {}
        for example in examples:
            fitted.seen[_word(example.reading)] = float(example.ad.is_concern)
        return fitted

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        return {"concern": np.array([self.seen.get(_word(reading), 0.5) for reading in readings])}

    seen: dict[str, float]


class _Any(_Rote):
    """Says the same of every ad."""

    def fit(self, examples: Sequence[Example]) -> "_Any":
        return self

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        return {"concern": np.full(len(readings), 0.5)}


def _ad(name: str, text: str, *, concern: bool) -> Example:
    label = VerdictLabel.CONCERN if concern else VerdictLabel.NO_CONCERN
    ad = LabelledAd(
        id=name, language="en", kind=Kind.JOB, title="", body=text, label=label, patterns=(), group=f"group {name}"
    )
    return Example(ad, read(ad.posting()))


def _word(reading: Reading) -> str:
    return next(word for word in WORDS if word in reading.text)


@pytest.fixture(scope="module")
def ads() -> list[Example]:
    """Most ads are of one word; of the seven rare ones half are concern."""
    random, made = np.random.default_rng(5), []
    for n in range(64):
        at = 0 if n % 4 else 1 + n // 4 % 7
        rest = ["".join(chr(97 + letter) for letter in random.integers(0, 26, 6)) for _ in range(12)]
        made.append(_ad(str(n), " ".join([WORDS[at], *rest]), concern=at % 2 == 1))
    return made


def test_active_learns_rare_words_sooner_than_chance(ads: list[Example]) -> None:
    points = simulate(ads, _Rote(), numbers=(4, 12), seeds=range(6), heard=lambda step: None)
    last = steps(points)[-1]
    assert last.labels == 12
    assert last.ahead.value > 0
    assert last.ahead.value == pytest.approx(last.active.value - last.random.value)


def test_both_policies_buy_the_same_number_and_begin_alike(ads: list[Example]) -> None:
    points = simulate(ads, _Rote(), numbers=(4, 8), seeds=(3,), heard=lambda step: None)
    by_policy = {policy: [p for p in points if p.policy == policy] for policy in (ACTIVE, RANDOM)}
    assert [[p.labels for p in held] for held in by_policy.values()] == [[4, 8], [4, 8]]
    assert by_policy[ACTIVE][0].average_precision == by_policy[RANDOM][0].average_precision


def test_with_a_base_the_curve_begins_before_the_first_label(ads: list[Example]) -> None:
    points = simulate(ads[8:], _Rote(), base=ads[:8], numbers=(4,), seeds=(0,), heard=lambda step: None)
    assert [p.labels for p in points] == [0, 4, 0, 4]


def test_what_is_known_beforehand_holds_no_ad_that_is_measured_on() -> None:
    """Nearly the same text under other names: only the words tell."""
    long = (
        "Seasonal kitchen help wanted at the Old Mill guesthouse from May to September, five days a week from seven to "
        "three. You wash up, peel vegetables and lay the breakfast tables; a room on the top floor and all meals are "
        "free. Pay is as the trade's agreement has it, every month, with a payslip. Ask for the landlady in person"
    )
    heard: list[str] = []
    filler = [_ad(f"f{n}", f"{WORDS[n]} {' '.join(WORDS[:n])}", concern=n % 2 == 0) for n in range(6)]
    known = [_ad("known", f"{long}.", concern=False), *filler]
    measured = [_ad(f"m{n}", f"{WORDS[-1 - n % 2]} {n} {chr(97 + n) * 9}", concern=n % 2 == 0) for n in range(8)]
    measured.append(_ad("same", f"{long}, after four.", concern=False))
    assert [example.ad.id for example in apart(known, measured)] == [f"f{n}" for n in range(6)]
    simulate(measured[:8], _Rote(), base=filler, numbers=(2,), seeds=(0,), heard=heard.append)
    assert not any("left out" in line for line in heard)
    simulate(measured, _Any(), base=known, numbers=(2,), seeds=(0,), heard=heard.append)
    assert heard[-3] == "1 of 7 ads known beforehand read like ads to buy or measure on: left out"


def test_more_labels_than_ads_is_told(ads: list[Example]) -> None:
    with pytest.raises(ModelError, match="smaller numbers"):
        simulate(ads, _Rote(), numbers=(60,), seeds=(0,), heard=lambda step: None)


def test_points_are_written(ads: list[Example], tmp_path: Path) -> None:
    points = simulate(ads, _Rote(), numbers=(4, 8), seeds=(0, 1), heard=lambda step: None)
    about = About("rote", "64 ads of a test", 16, "", 2)
    page, table, picture = save_curve(points, steps(points), about, tmp_path / "curve", made="Made in a test.")
    assert table.read_text(encoding="utf-8").count("\n") == 1 + len(points)
    assert picture.read_bytes().startswith(b"\x89PNG")
    text = page.read_text(encoding="utf-8")
    assert all(f'<th scope="row">{step.labels}</th><td>{step.active.value:.3f} ' in text for step in steps(points))
    assert "<script" not in text


def test_a_single_deal_leaves_no_interval(ads: list[Example], tmp_path: Path) -> None:
    points = simulate(ads, _Rote(), numbers=(4, 8), seeds=(0,), heard=lambda step: None)
    page = save_curve(points, steps(points), About("rote", "64 ads", 16, "", 1), tmp_path, made="")[0]
    assert "nan" not in page.read_text(encoding="utf-8")

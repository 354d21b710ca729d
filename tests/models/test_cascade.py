"""A cascade asks its careful model about doubtful ads only, and never more of them than agreed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.classifiers.cascade import Cascade, FittedCascade, add_up, half_width, mixed
from models.examples import Array, Example, read_examples
from models.reading import Reading
from models.recipe import CascadeRecipe, Influence
from models.served_cascade import DOUBT, Doubt, ServedCascade, log_odds, packed, unpacked
from models.serving import FromLogOdds
from zorya.domain.ads import Kind
from zorya.domain.reviews import VerdictLabel
from zorya.labelled import LabelledAd

RECIPE = CascadeRecipe(
    kind="cascade",
    name="cascade",
    cheap="linear",
    careful="transformer",
    share=0.2,
    threshold=0.55,
    held_out=0.25,
    seed=1,
    deployment_prevalence=0.5,
    min_letters=0,
    influence=Influence(analyst=1, source=1),
)


@dataclass
class Told(FromLogOdds):
    """A recipe, fitted and served: it says of each ad what its text says (`cheap 0.3 careful 0.9 …`), and notes what it
    was asked. Stands for either model: the cascade is about who is asked.
    """

    name: str
    asked: list[str] = field(default_factory=list)
    held_out: dict[str, Array] = field(default_factory=dict)
    held_out_hidden: dict[str, Array] = field(default_factory=dict)

    @property
    def served(self) -> "Told":
        return self

    @property
    def shift(self) -> float:
        return 1.0 if self.name == "cheap" else -1.0

    @property
    def answers(self) -> tuple[str, ...]:
        return ("concern",)

    def fit(self, examples: Sequence[Example]) -> "Told":
        return self

    def log_odds_of(self, readings: Sequence[Reading]) -> list[dict[str, float]]:
        self.asked += [reading.text for reading in readings]
        return [{"concern": log_odds(self._of(reading)) - self.shift} for reading in readings]

    def probabilities(self, readings: Any) -> Any:
        return {"concern": np.array([each["concern"] for each in self.probabilities_of(readings)])}

    def telling_words(self, reading: Reading, limit: int = 4) -> list[tuple[str, float]]:
        return [(self.name, 1.0)]

    def files(self) -> dict[str, bytes]:
        return {}

    def chosen(self) -> dict[str, Any]:
        return {}

    def _of(self, reading: Reading) -> float:
        words = reading.text.split()
        return float(words[words.index(self.name) + 1])


def _examples(*, careful_knows: bool) -> list[Example]:
    """Ads that the cheap model puts in order but for a middle it cannot judge, each with a word of its own."""
    ads = []
    for number in range(120):
        is_concern = number % 2 == 0
        doubtful = number % 4 < 2
        cheap = 0.55 if doubtful else (0.95 if is_concern else 0.05)
        careful = (0.9 if is_concern else 0.1) if careful_knows else (0.1 if is_concern else 0.9)
        body = f"cheap {cheap} careful {careful} word{chr(97 + number % 26)}{number}"
        label = VerdictLabel.CONCERN if is_concern else VerdictLabel.NO_CONCERN
        ad = LabelledAd(
            id=f"ad-{number}",
            language="en",
            kind=Kind.JOB,
            title="",
            body=body,
            label=label,
            patterns=(),
            group=f"g{number}",
        )
        ads.append(ad)
    return read_examples(ads)


def _fitted(*, careful_knows: bool, share: float = 0.6) -> tuple[Told, FittedCascade, list[Example]]:
    careful = Told("careful")
    examples = _examples(careful_knows=careful_knows)
    fitted = Cascade(RECIPE.model_copy(update={"share": share}), Told("cheap"), careful).fit(examples)
    careful.asked.clear()
    return careful, fitted, examples


def test_the_careful_model_is_asked_about_doubtful_ads_only() -> None:
    careful, fitted, examples = _fitted(careful_knows=True)
    fitted.probabilities([example.reading for example in examples])
    assert careful.asked
    assert all("cheap 0.55" in text for text in careful.asked)


def test_a_careful_model_that_knows_better_decides_what_is_doubtful() -> None:
    _, fitted, examples = _fitted(careful_knows=True)
    said = fitted.probabilities([example.reading for example in examples])["concern"]
    concern = np.array([example.ad.is_concern for example in examples])
    assert said[concern].min() > said[~concern].max()


def test_a_careful_model_that_knows_nothing_has_no_say_and_is_never_asked() -> None:
    careful, fitted, examples = _fitted(careful_knows=False)
    readings = [example.reading for example in examples]
    said = fitted.probabilities(readings)["concern"]
    assert fitted.figures["say"] == 0.0
    assert said == pytest.approx(Told("cheap").probabilities(readings)["concern"])
    assert not careful.asked


def test_more_doubt_than_was_agreed_asks_nobody() -> None:
    """Half of the ads are equally doubtful: a fifth of them cannot be told from the rest."""
    careful, fitted, examples = _fitted(careful_knows=True, share=0.2)
    fitted.probabilities([example.reading for example in examples])
    assert not careful.asked


@settings(max_examples=30)
@given(st.integers(0, 50))
def test_a_careful_model_that_is_merely_less_sure_has_no_say(seed: int) -> None:
    """The cheap one is far too sure of a coin's throws; a constant would lose less, and knows nothing."""
    chance = np.random.default_rng(seed)
    truth = chance.permutation(np.repeat([0.0, 1.0], 25))
    cheap = np.where(chance.random(50) < 0.5, 0.02, 0.98)
    assert add_up(cheap, np.full(50, 0.4), truth)["say"] == 0.0


probabilities = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=60)


@given(probabilities, st.floats(0.05, 0.95), st.floats(0.01, 0.9))
def test_no_more_than_the_share_is_doubtful(said: list[float], threshold: float, share: float) -> None:
    weights = np.full(len(said), 1 / len(said))
    half = half_width(np.array(said), weights, threshold=threshold, share=share)
    doubt = Doubt(threshold, half, 1.0)
    covered = sum(doubt.covers(p) for p in said) / len(said)
    assert covered <= share + 1e-9


def test_served_and_fitted_say_the_same() -> None:
    _, _, examples = _fitted(careful_knows=True)
    readings = [example.reading for example in examples]
    doubt = Doubt(0.55, 0.5, 0.7)
    served = ServedCascade(Told("cheap"), Told("careful"), doubt)
    cheap, careful = (Told(name).probabilities(readings)["concern"] for name in ("cheap", "careful"))
    covered = np.array([doubt.covers(float(p)) for p in cheap])
    expected = np.where(covered, mixed(cheap, careful, 0.7), cheap)
    assert [served.probabilities(reading)["concern"] for reading in readings] == pytest.approx(expected)
    assert served.telling_words(readings[0]) == [("cheap", 1.0)]


def test_stored_and_read_again_each_part_gets_its_own_files() -> None:
    files = packed({"model.safetensors": b"1"}, {"model.onnx": b"2"}, Doubt(0.55, 1.25, 0.5))
    seen: list[dict[str, bytes]] = []

    def reader(files: object) -> Told:
        seen.append(dict(files))  # type: ignore[call-overload]
        return Told("cheap")

    assert unpacked(files, cheap=reader, careful=reader).doubt == Doubt(0.55, 1.25, 0.5)
    assert seen == [{"model.safetensors": b"1"}, {"model.onnx": b"2"}]


@pytest.mark.parametrize("values", ["{}", "[]", '{"threshold": 2, "half_width": 1, "say": 0}'])
def test_a_band_that_is_none_is_refused(values: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        unpacked({DOUBT: values.encode()}, cheap=lambda _: Told("cheap"), careful=lambda _: Told("careful"))

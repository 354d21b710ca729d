"""The transformer behind the contract of classifiers: what it answers is what will be served, quantised and all."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.calibrated import sigmoid
from models.classifiers.calibration import Calibrator
from models.classifiers.group_split import hold_out
from models.classifiers.influence import capped_weights
from models.classifiers.prior import prior_shift
from models.classifiers.transformer.base import prepare
from models.examples import TARGETS, Array, Example, truths
from models.reading import Reading
from models.recipe import TransformerRecipe
from models.served_transformer import Calibrated, Encoder, ServedTransformer, open_encoder, packed
from zorya.errors import ModelError

if TYPE_CHECKING:
    from models.classifiers.transformer.learning import Tuned

_EXACT = 1e-3
"""Largest difference of a logit between torch and the 32-bit graph: rounding in another order, nothing else."""
_LEAST_POSITIVES = 2
"""Positives a target must have on either side to get a probability."""


@dataclass(frozen=True)
class FittedTransformer:
    """A fine-tuned encoder in the form it is stored."""

    served: ServedTransformer
    graph: bytes
    tokenizer: str
    held_out: dict[str, Array]
    """Of the ads held out alone, else NaN: to learn without each part of the ads in turn would take hours."""
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def held_out_hidden(self) -> dict[str, Array]:
        """`held_out`: an encoder reads no indicators that could be hidden from it."""
        return self.held_out

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Target → calibrated probability per reading."""
        found = self.served.probabilities_of(readings)
        return {target: np.array([row[target] for row in found]) for target in self.served.calibrated.calibrations}

    def files(self) -> dict[str, bytes]:
        """What is stored."""
        return packed(self.graph, self.tokenizer, self.served.calibrated)

    def chosen(self) -> dict[str, Any]:
        """For the manifest: the loss after each epoch, parity with torch, the graph's size."""
        return self.figures


@dataclass(frozen=True)
class Parity:
    """How far what is served is from what torch says, at most, over the ads held out."""

    ads: int
    logit_difference_32_bits: float
    """Of the exported graph before anything is rounded."""
    probability_difference: float
    """Of the graph that is stored, calibrated."""

    def accepted(self, recipe: TransformerRecipe) -> None:
        """Raise ModelError where it is too far."""
        if not self.logit_difference_32_bits <= _EXACT:
            raise ModelError(
                f"the exported graph differs from torch by {self.logit_difference_32_bits:.4f} in a logit: this base "
                "cannot be served"
            )
        if not self.probability_difference <= recipe.parity:
            raise ModelError(
                f"a served probability differs from torch's by {self.probability_difference:.3f}, more than the "
                f"recipe's `parity` ({recipe.parity}): set `eight_bits: false` there, or accept the difference"
            )


@dataclass(frozen=True)
class Transformer:
    """An encoder's folder and a recipe to fine-tune it by."""

    recipe: TransformerRecipe
    folder: Path

    @property
    def name(self) -> str:
        """The recipe's."""
        return self.recipe.name

    def fit(self, examples: Sequence[Example]) -> FittedTransformer:
        """Fine-tune, export, compare with torch, calibrate; raises ModelError where the served model differs."""
        try:
            import onnxscript  # noqa: F401
            import torch  # noqa: F401
        except ModuleNotFoundError as exc:
            raise ModelError(f"to train a transformer needs {exc.name}, an optional extra: type `make nn`") from exc
        prepare()
        from models.classifiers.transformer.learning import Sides, fine_tune

        fold = hold_out(examples, self.recipe.held_out, seed=self.recipe.seed)
        weights = capped_weights(examples, self.recipe.influence)
        learnt, held_out = ([examples[number] for number in side] for side in (fold.train, fold.test))
        tuned = fine_tune(
            self.recipe,
            self.folder,
            Sides(learnt, held_out, (weights[list(fold.train)], weights[list(fold.test)])),
        )
        made = self._served(tuned, held_out)
        maps = _calibrations(learnt, held_out, made.logits, weights[list(fold.test)])
        prevalence = float(np.average(truths(examples, "concern"), weights=weights))
        calibrated = Calibrated(TARGETS, maps, prior_shift(prevalence, self.recipe.deployment_prevalence))
        served = ServedTransformer(made.encoder, calibrated)
        parity = made.parity(served)
        parity.accepted(self.recipe)
        odds = {target: np.full(len(examples), np.nan) for target in maps}
        for number, row in zip(fold.test, made.logits, strict=True):
            for target, value in calibrated.log_odds(row.tolist()).items():
                odds[target][number] = value
        figures = {"losses": list(tuned.losses), "parity": asdict(parity), "bytes": len(made.graph)}
        return FittedTransformer(served, made.graph, made.tokenizer, odds, figures)

    def _served(self, tuned: "Tuned", held_out: Sequence[Example]) -> "_Made":
        from models.classifiers.transformer.export import exported, in_eight_bits
        from models.classifiers.transformer.learning import torch_logits

        texts = [example.text for example in held_out]
        by_torch, tokenizer = torch_logits(tuned, texts), tuned.tokenizer.to_str()
        graph = exported(tuned.model)
        exact = _difference(by_torch, _logits(open_encoder(graph, tokenizer), texts))
        graph = in_eight_bits(graph) if self.recipe.eight_bits else graph
        encoder = open_encoder(graph, tokenizer)
        return _Made(graph, tokenizer, encoder, _logits(encoder, texts), by_torch, exact)


@dataclass(frozen=True)
class _Made:
    """A graph as it will be stored, what it and torch say of the ads held out, and how far it was from torch before
    anything was rounded."""

    graph: bytes
    tokenizer: str
    encoder: Encoder
    logits: Array
    by_torch: Array
    exact: float

    def parity(self, served: ServedTransformer) -> "Parity":
        """Of calibrated probabilities."""
        both = [
            [
                [sigmoid(odds + served.shift) for odds in served.calibrated.log_odds(row.tolist()).values()]
                for row in said
            ]
            for said in (self.by_torch, self.logits)
        ]
        return Parity(len(self.logits), self.exact, _difference(np.array(both[0]), np.array(both[1])))


def _calibrations(
    learnt: Sequence[Example], held_out: Sequence[Example], logits: Array, weights: Array
) -> dict[str, tuple[float, float]]:
    """Platt's map of each target on the ads that stopped learning, of the served numbers themselves."""
    found = {}
    for column, target in enumerate(TARGETS):
        truth = truths(held_out, target)
        if min(truth.sum(), truths(learnt, target).sum()) >= _LEAST_POSITIVES and truth.sum() < len(truth):
            slope, intercept = Calibrator().fit(logits[:, [column]], truth, weights).calibration_.numbers
            found[target] = (slope, intercept)
    if "concern" not in found:
        raise ModelError("too few concern ads to calibrate on: label more")
    return found


def _logits(encoder: Encoder, texts: Sequence[str]) -> Array:
    return np.array([encoder.logits(text) for text in texts])


def _difference(one: Array, other: Array) -> float:
    return float(np.abs(one - other).max())

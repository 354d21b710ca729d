"""The transformer behind the contract of classifiers: what it answers is what will be served, quantised and all."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.classifiers.group_split import hold_out
from models.classifiers.transformer.base import prepare
from models.examples import TARGETS, Array, Example, truths
from models.features import masked_text
from models.reading import Reading
from models.recipe_transformer import TransformerRecipe
from models.served_transformer import Calibrated, Encoder, ServedTransformer, open_encoder, packed
from zorya.errors import ModelError

_EXACT = 1e-3
"""Largest difference of a logit between torch and the 32-bit graph: rounding in another order, nothing else."""
_LEAST_POSITIVES = 2
"""Positives a target must have on either side to get a probability."""


@dataclass(frozen=True)
class FittedTransformer:
    """A fine-tuned encoder in the form it is stored."""

    served_model: ServedTransformer
    graph: bytes
    tokenizer: str
    figures: dict[str, Any] = field(default_factory=dict)
    """For the manifest: epochs, losses, parity with torch."""

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Target → calibrated probability per reading."""
        found = [self.served_model.probabilities(reading) for reading in readings]
        targets = self.served_model.calibrated.calibrations
        return {target: np.array([row[target] for row in found]) for target in targets}

    def served(self) -> ServedTransformer:
        """What scoring uses."""
        return self.served_model

    def files(self) -> dict[str, bytes]:
        """What is stored."""
        return packed(self.graph, self.tokenizer, self.served_model.calibrated)


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
        from models.classifiers.transformer.export import exported, in_eight_bits
        from models.classifiers.transformer.learning import Sides, fine_tune, torch_logits

        learnt, held_out = hold_out(examples, self.recipe.held_out, seed=self.recipe.seed)
        tuned = fine_tune(self.recipe, self.folder, Sides(learnt, held_out))
        texts = [masked_text(example.reading) for example in held_out]
        by_torch, tokenizer = torch_logits(tuned, texts), tuned.tokenizer.to_str()
        graph = exported(tuned.model)
        exact = _difference(by_torch, _logits(open_encoder(graph, tokenizer), texts))
        graph = in_eight_bits(graph) if self.recipe.eight_bits else graph
        encoder = open_encoder(graph, tokenizer)
        found = _logits(encoder, texts)
        calibrated = self._calibrated(learnt, held_out, found)
        parity = Parity(len(texts), exact, _difference(_all(calibrated, by_torch), _all(calibrated, found)))
        parity.accepted(self.recipe)
        figures = {"losses": list(tuned.losses), "parity": asdict(parity), "bytes": len(graph)}
        return FittedTransformer(ServedTransformer(encoder, calibrated), graph, tokenizer, figures)

    def _calibrated(self, learnt: Sequence[Example], held_out: Sequence[Example], logits: Array) -> Calibrated:
        """Platt's map of each target (1999) on the ads that stopped learning, of the served numbers themselves, then
        the shift to the deployment prevalence (Saerens et al. 2002).
        """
        calibrations = {}
        for column, target in enumerate(TARGETS):
            truth = truths(held_out, target)
            if min(truth.sum(), truths(learnt, target).sum()) >= _LEAST_POSITIVES and truth.sum() < len(truth):
                calibrations[target] = _platt(logits[:, column], truth)
        if "concern" not in calibrations:
            raise ModelError("too few concern ads to calibrate on")
        prevalence = float(truths([*learnt, *held_out], "concern").mean())
        return Calibrated(TARGETS, calibrations, _logit(self.recipe.deployment_prevalence) - _logit(prevalence))


def _logits(encoder: Encoder, texts: Sequence[str]) -> Array:
    return np.array([encoder.logits(text) for text in texts])


def _all(calibrated: Calibrated, logits: Array) -> Array:
    return np.array([list(calibrated.probabilities(row.tolist()).values()) for row in logits])


def _difference(one: Array, other: Array) -> float:
    return float(np.abs(one - other).max())


def _platt(scores: Array, truth: Array) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1.0, max_iter=400).fit(scores.reshape(-1, 1), truth)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))

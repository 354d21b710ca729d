"""Ranking and calibration of fitted recipes on ads they have not learnt from, and of a cascade as it routes more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.bench_model import cost
from models.classifiers.cascade import FittedCascade, half_width, mixed
from models.classifiers.trained import Trained
from models.evaluation.metrics import calibration_error, curve, shifted, weights_at
from models.examples import Array, Example, truths
from models.recipe import Recipe
from models.served_cascade import Doubt

ROUTED = (0.0, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Measured:
    """A fitted recipe, its probabilities of concern on the ads held out, CPU µs an ad, and its row."""

    recipe: Recipe
    fitted: Trained
    concern: Array
    spent: float
    row: dict[str, Any]


def measured(recipe: Recipe, fitted: Trained, held_out: Sequence[Example], reading: float) -> Measured:
    """Ask a fitted recipe about the ads held out."""
    readings = [example.reading for example in held_out]
    said = fitted.probabilities(readings)["concern"]
    spent = cost.of_model(fitted.served, readings)
    quality = _quality(said, held_out, recipe.deployment_prevalence)
    costs = {"us per ad": round(spent), "with reading": round(spent + reading)}
    return Measured(recipe, fitted, said, spent, {"recipe": recipe.name, **quality, **costs})


def routed(found: Mapping[str, Measured], held_out: Sequence[Example], reading: float) -> list[dict[str, Any]]:
    """The linear recipe's doubtful ads given to the transformer, more and more of them, at the say that the cascade
    chose and at its full say."""
    cheap, careful, cascade = (found[name] for name in ("linear", "transformer", "cascade"))
    prevalence = cascade.recipe.deployment_prevalence
    weights = weights_at(truths(held_out, "concern"), prevalence)
    chosen = cascade.fitted.doubt if isinstance(cascade.fitted, FittedCascade) else Doubt(0.5, 0.0, 0.0)
    rows = []
    for wanted in ROUTED:
        half = half_width(cheap.concern, weights, threshold=chosen.threshold, share=wanted) if wanted else 0.0
        doubt = Doubt(chosen.threshold, half, 1.0)
        asked = np.array([wanted == 1 or doubt.covers(float(p)) for p in cheap.concern])
        share = float(weights[asked].sum())
        row: dict[str, Any] = {"routed at most": wanted, "routed": round(share, 4)}
        for name, say in (("chosen say", chosen.say), ("full say", 1.0)):
            said = np.where(asked, mixed(cheap.concern, careful.concern, say), cheap.concern)
            row |= {f"{key}, {name}": value for key, value in _quality(said, held_out, prevalence).items()}
        row["us per ad"] = round(cheap.spent + share * careful.spent)
        row["share of CPU"] = round(cost.share(careful.spent, cheap.spent, reading, share), 3)
        rows.append(row | {"say": chosen.say})
    return rows


def _quality(said: Array, held_out: Sequence[Example], prevalence: float) -> dict[str, float]:
    """Average precision as labelled, and expected calibration error with both taken to the labels' prevalence."""
    truth = truths(held_out, "concern")
    weights = weights_at(truth, None)
    labelled = shifted(said, made_for=prevalence, to=float(truth.mean()))
    return {
        "AP": round(float(curve(truth, said, weights).average_precision()), 4),
        "ECE": round(float(calibration_error(truth, labelled, weights)), 4),
    }

"""The recipe `stacked`: a calibrated logistic regression on other recipes' held-out log-odds (Wolpert 1992).

Linear parts say something of every ad that they had not learnt from; an encoder, which learns once, of the ads held out
from it alone. The combination is learnt on the ads of which every part has said something.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.classifiers.calibration import Calibrator
from models.classifiers.conformal import thresholds
from models.classifiers.influence import capped_weights
from models.classifiers.linear import ABSTENTION_ERROR
from models.classifiers.prior import prior_shift
from models.classifiers.trained import Trained, Trainer
from models.examples import TARGETS, Array, Example, truths
from models.reading import Reading
from models.recipe import Recipe, StackedRecipe
from models.served_stack import StackedModel, packed
from zorya.errors import ModelError


@dataclass(frozen=True)
class StackedFitted:
    """Fitted parts and their combination."""

    served: StackedModel
    parts: Mapping[str, tuple[str, Trained]]
    """Name of a part → its kind and what it learnt."""
    held_out: dict[str, Array]
    held_out_hidden: dict[str, Array]

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Target → calibrated probability per reading at the deployment prevalence."""
        told = self.served.probabilities_of(readings)
        return {target: np.array([each[target] for each in told]) for target in self.served.intercepts}

    def files(self) -> dict[str, bytes]:
        """What is stored of it."""
        return packed(self.served, {name: (kind, part.files()) for name, (kind, part) in self.parts.items()})

    def chosen(self) -> dict[str, Any]:
        """What was chosen of each part, and the weights of the combination."""
        return {
            "parts": {name: part.chosen() for name, (_, part) in self.parts.items()},
            "weights": {target: list(row) for target, row in self.served.coefficients.items()},
        }


class StackedClassifier:
    """Learns its parts, then their combination."""

    def __init__(self, recipe: StackedRecipe, parts: Sequence[tuple[Recipe, Trainer]]) -> None:
        self.recipe, self._parts = recipe, parts

    @property
    def name(self) -> str:
        """The recipe's."""
        return self.recipe.name

    def fit(self, examples: Sequence[Example]) -> StackedFitted:
        """Raises ModelError where the examples cannot teach a part."""
        parts = {recipe.name: (recipe.kind, part.fit(examples)) for recipe, part in self._parts}
        trained = [part for _, part in parts.values()]
        weights = capped_weights(examples, self.recipe.influence)
        combined: dict[str, Calibrator] = {}
        plain, hidden = {}, {}
        for target in TARGETS:
            if not all(target in part.held_out for part in trained):
                continue
            columns = np.column_stack([part.held_out_hidden[target] for part in trained])
            known = np.asarray(~np.isnan(columns).any(axis=1))
            truth = truths(examples, target)
            if len(set(truth[known])) < 2:
                continue
            fitted = combined[target] = Calibrator().fit(columns[known], truth[known], weights[known])
            hidden[target] = _where(known, fitted, columns)
            plain[target] = _where(known, fitted, np.column_stack([part.held_out[target] for part in trained]))
        if "concern" not in combined:
            raise ModelError(f"recipe {self.recipe.name}: its parts share no held-out ads of concern and of others")
        concern, known = truths(examples, "concern"), ~np.isnan(hidden["concern"])
        prevalence = float(np.average(concern[known], weights=weights[known]))
        served = StackedModel(
            parts=tuple(part.served for part in trained),
            coefficients={target: tuple(map(float, fitted.coef_)) for target, fitted in combined.items()},
            intercepts={target: fitted.intercept_ for target, fitted in combined.items()},
            prior_shift=prior_shift(prevalence, self.recipe.deployment_prevalence),
            possible=thresholds(hidden["concern"][known], concern[known], ABSTENTION_ERROR),
        )
        return StackedFitted(served, parts, plain, hidden)


def _where(known: "np.ndarray[Any, np.dtype[np.bool_]]", fitted: Calibrator, columns: Array) -> Array:
    """The combination of the known rows, NaN elsewhere."""
    found = np.full(len(known), np.nan)
    found[known] = fitted.decision_function(columns[known])
    return found

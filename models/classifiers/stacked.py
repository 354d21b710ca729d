"""The recipe `stacked`: a calibrated logistic regression on other recipes' held-out log-odds (Wolpert 1992)."""

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
            if all(target in part.held_out for part in trained):
                columns = np.column_stack([part.held_out_hidden[target] for part in trained])
                fitted = combined[target] = Calibrator().fit(columns, truths(examples, target), weights)
                hidden[target] = fitted.decision_function(columns)
                plain[target] = fitted.decision_function(np.column_stack([part.held_out[target] for part in trained]))
        concern = truths(examples, "concern")
        prevalence = float(np.average(concern, weights=weights))
        served = StackedModel(
            parts=tuple(part.served for part in trained),
            coefficients={target: tuple(map(float, fitted.coef_)) for target, fitted in combined.items()},
            intercepts={target: fitted.intercept_ for target, fitted in combined.items()},
            prior_shift=prior_shift(prevalence, self.recipe.deployment_prevalence),
            possible=thresholds(hidden["concern"], concern, ABSTENTION_ERROR),
        )
        return StackedFitted(served, parts, plain, hidden)

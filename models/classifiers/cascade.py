"""Two classifiers in a row: the cheap one judges every ad, the careful one has a say on those it doubts.

Doubt is nearness of the cheap probability to the threshold at which an ad is flagged, in log-odds. The band of doubt
is as wide as the wanted share of traffic allows, and the careful one's say is the one with the least log loss on the
most doubtful ads that neither has learnt from. It may be none: then the cascade is the cheap one, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.classifiers.contract import Classifier, Fitted
from models.classifiers.group_split import hold_out
from models.evaluation.metrics import weights_at
from models.examples import Array, Example, truths
from models.reading import Reading
from models.recipe_transformer import CascadeRecipe
from models.served_cascade import EVERYTHING, Doubt, log_odds

_SAYS = tuple(step / 10 for step in range(11))
_LEAST = 50
"""Doubtful ads on which the say is chosen: a band of 5 % holds a dozen of a thousand labels, too few to choose by."""
_SURE = 1e-9


@dataclass(frozen=True)
class FittedCascade:
    """Both, fitted, and what is doubtful."""

    cheap: Fitted
    careful: Fitted
    doubt: Doubt
    figures: dict[str, Any] = field(default_factory=dict)
    """For the manifest: the share of held-out traffic in the band, and losses there by the careful one's say."""

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Target → probability per reading; the careful one is asked about the doubtful ones only."""
        said = {target: np.array(found) for target, found in self.cheap.probabilities(readings).items()}
        doubtful = [place for place, p in enumerate(said["concern"]) if self.doubt.covers(float(p))]
        if doubtful and self.doubt.say:
            for target, found in self.careful.probabilities([readings[place] for place in doubtful]).items():
                if target in said:
                    said[target][doubtful] = mixed(said[target][doubtful], found, self.doubt.say)
        return said


@dataclass(frozen=True)
class Cascade:
    """A cheap and a careful way to learn."""

    recipe: CascadeRecipe
    cheap: Classifier
    careful: Classifier

    @property
    def name(self) -> str:
        """The recipe's."""
        return self.recipe.name

    def fit(self, examples: Sequence[Example]) -> FittedCascade:
        """Learn. The careful one learns once, without the ads that choose its say: to learn again costs hours."""
        learnt, held_out = hold_out(examples, self.recipe.held_out, seed=self.recipe.seed)
        careful = self.careful.fit(learnt)
        readings = [example.reading for example in held_out]
        by_cheap = self.cheap.fit(learnt).probabilities(readings)["concern"]
        truth = truths(held_out, "concern")
        weights = weights_at(truth, self.recipe.deployment_prevalence)
        half = half_width(by_cheap, weights, threshold=self.recipe.threshold, share=self.recipe.share)
        doubt = Doubt(self.recipe.threshold, half, 0.0)
        chosen = np.argsort(_distances(by_cheap, self.recipe.threshold), kind="stable")[:_LEAST]
        by_careful = careful.probabilities([readings[place] for place in chosen])["concern"]
        losses = {say: _loss(mixed(by_cheap[chosen], by_careful, say), truth[chosen], weights[chosen]) for say in _SAYS}
        say = min(losses, key=lambda each: (losses[each], each))
        share = float(sum(weight for p, weight in zip(by_cheap, weights, strict=True) if doubt.covers(float(p))))
        figures = {"held_out": len(held_out), "share": share, "say": say, "losses": losses}
        return FittedCascade(self.cheap.fit(examples), careful, Doubt(doubt.threshold, half, say), figures)


def half_width(probability: Array, weights: Array, *, threshold: float, share: float) -> float:
    """The distance from the threshold, in log-odds, nearer than which at most `share` of the weight lies: as wide as
    can be."""
    distance = _distances(probability, threshold)
    order = np.argsort(distance, kind="stable")
    beyond = distance[order][np.cumsum(weights[order]) > share]
    return float(beyond[0]) if len(beyond) else EVERYTHING


def mixed(cheap: Array, careful: Array, say: float) -> Array:
    """Both probabilities weighed in log-odds, the careful one by `say`."""
    both = [np.clip(p, _SURE, 1 - _SURE) for p in (cheap, careful)]
    odds = [np.log(p / (1 - p)) for p in both]
    return np.asarray(1 / (1 + np.exp(-((1 - say) * odds[0] + say * odds[1]))))


def _distances(probability: Array, threshold: float) -> Array:
    return np.array([abs(log_odds(float(p)) - log_odds(threshold)) for p in probability])


def _loss(probability: Array, truth: Array, weights: Array) -> float:
    """Weighted log loss; 0 where nothing weighs."""
    sure = np.clip(probability, _SURE, 1 - _SURE)
    each = -(truth * np.log(sure) + (1 - truth) * np.log(1 - sure))
    return float((weights * each).sum() / weights.sum()) if weights.sum() else 0.0

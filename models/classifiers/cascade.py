"""Two classifiers in a row: the cheap one judges every ad, the careful one has a say on those it doubts.

Doubt is nearness of the cheap probability to the threshold at which an ad is flagged, in log-odds. The band of doubt
is as wide as the wanted share of traffic allows. The careful one has a say only where it adds to what the cheap one
knows of the most doubtful ads that neither has learnt from; else the cascade is the cheap one, and says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from models.classifiers.group_split import hold_out
from models.classifiers.trained import Trained, Trainer
from models.evaluation.metrics import weights_at
from models.examples import Array, Example, truths
from models.reading import Reading
from models.recipe import CascadeRecipe
from models.served_cascade import EVERYTHING, Doubt, ServedCascade, log_odds, packed

_CHI_SQUARED = 3.84
"""What chi-squared with one degree of freedom exceeds once in twenty."""
_LEAST = 50
"""Doubtful ads on which the say is chosen: a band of 5 % holds a dozen of a thousand labels, too few to choose by."""
_SURE = 1e-9


@dataclass(frozen=True)
class FittedCascade:
    """Both, fitted, and what is doubtful."""

    cheap: Trained
    careful: Trained
    doubt: Doubt
    held_out: dict[str, Array]
    """Of the ads that chose the band, else NaN."""
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def served(self) -> ServedCascade:
        """As it is used."""
        return ServedCascade(self.cheap.served, self.careful.served, self.doubt)

    @property
    def held_out_hidden(self) -> dict[str, Array]:
        """`held_out`."""
        return self.held_out

    def probabilities(self, readings: Sequence[Reading]) -> dict[str, Array]:
        """Target → probability per reading; the careful one is asked about the doubtful ones only."""
        said = self.served.probabilities_of(readings)
        return {target: np.array([each[target] for each in said]) for target in said[0]} if said else {}

    def files(self) -> dict[str, bytes]:
        """What is stored."""
        return packed(self.cheap.files(), self.careful.files(), self.doubt)

    def chosen(self) -> dict[str, Any]:
        """For the manifest: the share of held-out traffic in the band, the say and what it rests on, and
        what either chose."""
        return {**self.figures, "cheap": self.cheap.chosen(), "careful": self.careful.chosen()}


@dataclass(frozen=True)
class Cascade:
    """A cheap and a careful way to learn."""

    recipe: CascadeRecipe
    cheap: Trainer
    careful: Trainer

    @property
    def name(self) -> str:
        """The recipe's."""
        return self.recipe.name

    def fit(self, examples: Sequence[Example]) -> FittedCascade:
        """Learn. The careful one learns once, without the ads that choose its say: to learn again costs hours."""
        fold = hold_out(examples, self.recipe.held_out, seed=self.recipe.seed)
        learnt, held_out = ([examples[number] for number in side] for side in (fold.train, fold.test))
        cheap, careful = self.cheap.fit(learnt), self.careful.fit(learnt)
        readings, truth = [example.reading for example in held_out], truths(held_out, "concern")
        by_cheap = cheap.probabilities(readings)["concern"]
        weights = weights_at(truth, self.recipe.deployment_prevalence)
        half = half_width(by_cheap, weights, threshold=self.recipe.threshold, share=self.recipe.share)
        chosen = np.argsort(_distances(by_cheap, self.recipe.threshold), kind="stable")[:_LEAST]
        by_careful = careful.probabilities([readings[place] for place in chosen])["concern"]
        added = add_up(by_cheap[chosen], by_careful, truth[chosen])
        say = added["say"]
        doubt = Doubt(self.recipe.threshold, half, say)
        share = float(sum(weight for p, weight in zip(by_cheap, weights, strict=True) if doubt.covers(float(p))))
        figures = {"ads": len(held_out), "share": share, "half_width": half, **added}
        odds = ServedCascade(cheap.served, careful.served, doubt).log_odds_of(readings)
        return FittedCascade(self.cheap.fit(examples), careful, doubt, _spread(fold.test, odds, len(examples)), figures)


def _spread(rows: Sequence[int], odds: Sequence[Mapping[str, float]], length: int) -> dict[str, Array]:
    """Target → log-odds per example, NaN where nobody said any."""
    found = {target: np.full(length, np.nan) for target in odds[0]}
    for row, said in zip(rows, odds, strict=True):
        for target, value in said.items():
            found[target][row] = value
    return found


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


def add_up(cheap: Array, careful: Array, truth: Array) -> dict[str, float]:
    """The careful one's `say`, and the `gain` it rests on: twice the rise in log-likelihood when its log-odds are added
    to the cheap one's in a logistic regression. Below the 5 % bound of chi-squared with one degree of freedom (Wilks
    1938), or where it would speak against itself, it has no say: a mixture may look better merely because it is less
    sure.
    """
    from sklearn.linear_model import LogisticRegression

    if len(set(truth)) < 2:
        return {"say": 0.0, "gain": 0.0}
    odds = np.array([[log_odds(float(p)) for p in both] for both in zip(cheap, careful, strict=True)])
    alone, both = (LogisticRegression(C=1e4, max_iter=1000).fit(columns, truth) for columns in (odds[:, :1], odds))
    gain = 2 * (_loss(alone.predict_proba(odds[:, :1])[:, 1], truth) - _loss(both.predict_proba(odds)[:, 1], truth))
    of_cheap, of_careful = (float(weight) for weight in both.coef_[0])
    heard = gain >= _CHI_SQUARED and of_careful > 0
    return {"say": of_careful / (max(of_cheap, 0.0) + of_careful) if heard else 0.0, "gain": gain}


def _loss(probability: Array, truth: Array) -> float:
    """Log loss, summed."""
    sure = np.clip(probability, _SURE, 1 - _SURE)
    return float(-(truth * np.log(sure) + (1 - truth) * np.log(1 - sure)).sum())

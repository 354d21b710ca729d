"""A run: every classifier learns and answers on the same folds, so that their figures can be held side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.classifiers.contract import Classifier
from models.evaluation.contenders import Contender
from models.evaluation.splits import Fold, Split, clusters, folds, units_of
from models.examples import TARGETS, Array, Example, truths

Heard = Callable[[str], None]


def _unheard(step: str) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True)
class Run:
    """What the classifiers said of held-out examples.

    `rows` are the numbers of the examples that were measured; `clusters` number the units that intervals draw;
    `said[classifier][target]` is a probability per row, NaN where a fold could not learn the target;
    `flaggable[classifier]` and `abstains[classifier]` are 0 or 1 per row: whether a flag may be raised on the ad, and
    whether the classifier would rather not say.
    """

    examples: Sequence[Example]
    split: Split
    folds: Sequence[Fold]
    rows: tuple[int, ...]
    clusters: Array
    said: dict[str, dict[str, Array]] = field(default_factory=dict)
    flaggable: dict[str, Array] = field(default_factory=dict)
    abstains: dict[str, Array] = field(default_factory=dict)

    @property
    def measured(self) -> list[Example]:
        """The examples measured, a row each."""
        return [self.examples[row] for row in self.rows]

    def truth(self, target: str = "concern") -> Array:
        """0 or 1 a row."""
        return truths(self.measured, target)


def run(examples: Sequence[Example], contenders: Sequence[Contender], split: Split, *, heard: Heard = _unheard) -> Run:
    """Fit and ask every contender on every fold of the split."""
    made = folds(examples, split)
    rows = tuple(sorted({number for fold in made for number in fold.test}))
    tied = units_of(examples, split if split in {Split.CONTACT, Split.STRICT} else Split.NEAR_DUPLICATE)
    result = Run(examples, split, made, rows, clusters(tied, rows))
    readings = [examples[row].reading for row in rows]
    for contender in contenders:
        name = contender.classifier.name
        result.said[name] = said = _answers(contender.classifier, examples, made, rows, heard)
        result.flaggable[name] = np.array([float(contender.may_flag(reading)) for reading in readings])
        result.abstains[name] = np.array(
            [float(contender.abstains(r, p)) for r, p in zip(readings, said["concern"], strict=True)]
        )
    return result


def _answers(
    classifier: Classifier, examples: Sequence[Example], made: Sequence[Fold], rows: Sequence[int], heard: Heard
) -> dict[str, Array]:
    place = {row: number for number, row in enumerate(rows)}
    said = {target: np.full(len(rows), np.nan) for target in TARGETS}
    for fold in made:
        heard(f"{classifier.name}: {fold.name}, {len(fold.train)} ads to learn from, {len(fold.test)} to measure on")
        fitted = classifier.fit([examples[number] for number in fold.train])
        answers = fitted.probabilities([examples[number].reading for number in fold.test])
        for target, probabilities in answers.items():
            said[target][[place[number] for number in fold.test]] = probabilities
    return {target: answer for target, answer in said.items() if not np.isnan(answer).all()}

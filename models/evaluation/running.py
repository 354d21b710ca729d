"""A run: every classifier learns and answers on the same folds, so that their figures can be held side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.classifiers.contract import Classifier
from models.evaluation.contenders import Contender
from models.evaluation.splits import Fold, Split, clusters, folds, units_of
from models.examples import TARGETS, Array, Example, truths
from models.serving import FromLogOdds

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
    left: dict[str, Array] = field(default_factory=dict)
    """0 or 1 per row whether *no* and *yes* are possible, shape (n, 2); NaN where the classifier leaves no sets."""

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
        result.said[name], result.left[name] = _answers(contender.classifier, examples, made, rows, heard)
        said = result.said[name]["concern"]
        result.flaggable[name] = np.array([float(contender.may_flag(reading)) for reading in readings])
        no_answer = result.left[name][:, 0] == result.left[name][:, 1]
        result.abstains[name] = np.array(
            [float(u or contender.abstains(r, p)) for r, p, u in zip(readings, said, no_answer, strict=True)]
        )
    return result


def _answers(
    classifier: Classifier, examples: Sequence[Example], made: Sequence[Fold], rows: Sequence[int], heard: Heard
) -> tuple[dict[str, Array], Array]:
    """Probabilities, and which answers are left possible."""
    place = {row: number for number, row in enumerate(rows)}
    said = {target: np.full(len(rows), np.nan) for target in TARGETS}
    left = np.full((len(rows), 2), np.nan)
    for fold in made:
        heard(f"{classifier.name}: {fold.name}, {len(fold.train)} ads to learn from, {len(fold.test)} to measure on")
        fitted = classifier.fit([examples[number] for number in fold.train])
        answers = fitted.probabilities([examples[number].reading for number in fold.test])
        here = [place[number] for number in fold.test]
        for target, probabilities in answers.items():
            said[target][here] = probabilities
        served = getattr(fitted, "served", None)  # baselines are never served
        if isinstance(served, FromLogOdds):
            sets = [served.answers_left(float(p)) for p in answers["concern"]]
            left[here] = [(np.nan, np.nan) if each is None else each for each in sets]
    return {target: answer for target, answer in said.items() if not np.isnan(answer).all()}, left

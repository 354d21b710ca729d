"""What weak labels add to few labels by people: these alone, and with the rest of the ads as the votes label them.

For each seed whole units are dealt: most to learn from, the rest to measure on. Of the former so many, at random, keep
their label; the others lose it. On the seed corpus the gain flatters: indicators were written beside it, and vote
better there than on real ads.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import average_precision_score

from models.classifiers.building import concern_alone
from models.classifiers.contract import Classifier
from models.evaluation.intervals import Figure
from models.evaluation.splits import Split, units_of
from models.examples import Example, truths
from models.learning.curve import dealt, over_seeds
from models.learning.label_model import weak_labels
from models.learning.votes import codes
from zorya.errors import ModelError

SHARE = 0.85
"""Of the units, to learn from."""
Heard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Gain:
    """Average precision with so many labels alone (NaN without any), with weak ones, and the difference by seeds."""

    labels: int
    alone: Figure
    weak: Figure
    gain: Figure

    @property
    def finding(self) -> str:
        """What the interval of the difference allows to say."""
        if np.isnan(self.gain.value):
            return "nothing to compare with"
        if self.gain.high < 0:
            return "does harm"
        return "helps" if self.gain.low > 0 else "cannot be told"


def gains(
    examples: Sequence[Example],
    classifier: Classifier,
    *,
    numbers: Sequence[int],
    seeds: Iterable[int],
    heard: Heard,
) -> list[Gain]:
    """One a number of labels. Raises ModelError where there are fewer ads to learn from than the largest number."""
    classifier = concern_alone(classifier)
    units = np.array(units_of(examples, Split.STRICT), dtype=np.float64)
    found: dict[int, list[tuple[float, float]]] = {number: [] for number in sorted(numbers)}
    for seed in seeds:
        known, held_out = dealt(examples, units, seed, share=SHARE)
        if max(numbers) > len(known):
            raise ModelError(f"{max(numbers)} labels of {len(known)} ads cannot be kept: give smaller numbers")
        order = np.random.default_rng([seed, 2]).permutation(len(known)).tolist()
        for number in found:
            heard(f"seed {seed}: {number} labels, alone and with weak ones")
            kept, rest = ([known[each] for each in part] for part in (order[:number], order[number:]))
            weak = [*kept, *weak_labels(kept, rest, codes())]
            found[number].append((_precision(classifier, kept, held_out), _precision(classifier, weak, held_out)))
    return [_gain(number, np.array(pairs)) for number, pairs in found.items()]


def _gain(number: int, pairs: "np.ndarray[tuple[int, int], np.dtype[np.float64]]") -> Gain:
    alone, weak = pairs.T
    return Gain(number, over_seeds(alone), over_seeds(weak), over_seeds(weak - alone))


def _precision(classifier: Classifier, learnt: Sequence[Example], held_out: Sequence[Example]) -> float:
    """NaN where so few ads cannot teach."""
    if len(set(truths(learnt, "concern").tolist())) < 2:
        return float("nan")
    try:
        said = classifier.fit(learnt).probabilities([example.reading for example in held_out])["concern"]
    except ModelError:
        return float("nan")
    return float(average_precision_score(truths(held_out, "concern"), said))

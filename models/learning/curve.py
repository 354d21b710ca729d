"""What a verdict is worth: ads chosen as the queue chooses them against ads drawn at random, as many of each.

A simulation on labelled ads. For each seed whole units (`Split.STRICT`: groups, contacts, wordings) are dealt to two
halves: in one, labels are bought step by step; on the other the fit is measured by average precision. Both policies see
the same halves.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student
from sklearn.metrics import average_precision_score

from models.campaigns.sketch import sketch
from models.campaigns.wording import wording
from models.classifiers.building import concern_alone
from models.classifiers.contract import Classifier, Fitted
from models.evaluation.intervals import Figure
from models.evaluation.splits import Split, units_of
from models.examples import Array, Example, truths
from zorya.choosing import Candidate, choose, doubt_of
from zorya.errors import ModelError

ACTIVE, RANDOM = "active", "random"
Heard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Point:
    """Average precision on the held-out half with so many labels bought."""

    policy: str
    seed: int
    labels: int
    average_precision: float


@dataclass(frozen=True, slots=True)
class Step:
    """Mean over seeds at one number of labels. Intervals are Student's over seeds: they say how much hangs on which ads
    were dealt and drawn, not how other boards would differ.
    """

    labels: int
    active: Figure
    random: Figure
    ahead: Figure
    """Active less random, seed by seed."""


def simulate(
    examples: Sequence[Example],
    classifier: Classifier,
    *,
    base: Sequence[Example] = (),
    numbers: Sequence[int],
    seeds: Iterable[int],
    heard: Heard,
) -> list[Point]:
    """Points of both policies. What `apart` leaves of `base` is always learnt from; without one both draw the first of
    `numbers` at random.

    Raises ModelError where the half that is bought from holds fewer ads than the largest number, or one half lacks
    concern or other ads.
    """
    units = np.array(units_of(examples, Split.STRICT), dtype=np.float64)
    known = len(base)
    base = apart(base, examples)
    if len(base) < known:
        heard(f"{known - len(base)} of {known:,} ads known beforehand read like ads to buy or measure on: left out")
    classifier = concern_alone(classifier)
    start = classifier.fit(base) if base else None
    points = []
    for seed in seeds:
        pool, held_out = dealt(examples, units, seed)
        if max(numbers) > len(pool):
            raise ModelError(
                f"{max(numbers)} labels of {len(pool)} ads cannot be bought: give smaller numbers, or more ads"
            )
        for policy in (ACTIVE, RANDOM):
            heard(f"{policy}, seed {seed}: {len(pool)} ads to buy labels of, {len(held_out)} to measure on")
            points += _Simulation(classifier, base, pool, held_out, policy, seed).run(sorted(numbers), start)
    return points


def steps(points: Sequence[Point]) -> list[Step]:
    """The points by number of labels."""
    found = []
    for labels in sorted({point.labels for point in points}):
        here = {(each.policy, each.seed): each.average_precision for each in points if each.labels == labels}
        seeds = sorted({seed for _, seed in here})
        active, random = (np.array([here[policy, seed] for seed in seeds]) for policy in (ACTIVE, RANDOM))
        found.append(Step(labels, *(over_seeds(each) for each in (active, random, active - random))))
    return found


class _Simulation:
    """One policy buying labels from a pool."""

    def __init__(
        self,
        classifier: Classifier,
        base: Sequence[Example],
        pool: Sequence[Example],
        held_out: Sequence[Example],
        policy: str,
        seed: int,
    ) -> None:
        self.classifier, self.base, self.pool, self.held_out = classifier, base, pool, held_out
        self.policy, self.seed = policy, seed
        self.order = np.random.default_rng([seed, 1]).permutation(len(pool)).tolist()
        self.sketches = [_sketch(example) for example in pool] if policy == ACTIVE else []
        self.bought: list[int] = []

    def run(self, numbers: Sequence[int], fitted: Fitted | None) -> list[Point]:
        """Buy up to each number in turn; measure after each. `fitted`: what the base alone teaches."""
        points = [self._measured(fitted)] if fitted else []
        for number in numbers:
            self.bought += self._next(number - len(self.bought), fitted)
            fitted = self.classifier.fit([*self.base, *(self.pool[each] for each in self.bought)])
            points.append(self._measured(fitted))
        return points

    def _next(self, room: int, fitted: Fitted | None) -> list[int]:
        """Where all else nearly agrees with what was chosen, the rest is random."""
        left = [each for each in self.order if each not in set(self.bought)]
        if self.policy == RANDOM or fitted is None:
            return left[:room]
        said = fitted.probabilities([self.pool[each].reading for each in left])["concern"]
        candidates = [
            Candidate(f"{each:08}", doubt_of(float(probability)), self.sketches[each])
            for each, probability in zip(left, said, strict=True)
        ]
        judged = [held for each in self.bought if (held := self.sketches[each])]
        chosen = [int(each) for each in choose(candidates, room=room, judged=judged)]
        return [*chosen, *(each for each in left if each not in set(chosen))][:room]

    def _measured(self, fitted: Fitted) -> Point:
        said = fitted.probabilities([example.reading for example in self.held_out])["concern"]
        value = average_precision_score(truths(self.held_out, "concern"), said)
        return Point(self.policy, self.seed, len(self.bought), float(value))


def dealt(
    examples: Sequence[Example], units: Array, seed: int, *, share: float = 0.5
) -> tuple[list[Example], list[Example]]:
    """Whole units, dealt by chance: a share to learn from, the rest to measure on."""
    known = np.random.default_rng([seed, 0]).permutation(np.unique(units))
    first = set(known[: round(share * len(known))].tolist())
    sides = [(example, unit in first) for example, unit in zip(examples, units.tolist(), strict=True)]
    halves = [example for example, is_first in sides if is_first], [each for each, is_first in sides if not is_first]
    if any(len(set(truths(half, "concern").tolist())) < 2 for half in halves):
        raise ModelError(f"{len(examples)} ads in {len(known)} units leave a half without concern or without other ads")
    return halves


def apart(base: Sequence[Example], examples: Sequence[Example]) -> list[Example]:
    """What of `base` shares no unit with the examples: else the corpus would hold the answer to an ad that is measured
    on, and a label would be bought twice. Sets are told apart by their place here, whatever their ads call themselves.
    """
    units = units_of([*base, *examples], Split.STRICT)
    taken = set(units[len(base) :])
    return [example for example, unit in zip(base, units, strict=False) if unit not in taken]


def _sketch(example: Example) -> bytes | None:
    found = sketch(wording(example.reading))
    return found.signature if found else None


def over_seeds(values: Array) -> Figure:
    """Mean and Student's interval (none of a single seed), within what differences of average precision can be."""
    mean = float(values.mean())
    if len(values) < 2:
        return Figure(mean, float("nan"), float("nan"))
    reach = float(student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return Figure(mean, max(-1.0, mean - reach), min(1.0, mean + reach))

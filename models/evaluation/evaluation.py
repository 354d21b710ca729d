"""An evaluation: one recipe beside baselines on the same held-out ads, as plain values for pages, tables and cards."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from models.classifiers.building import concern_alone
from models.evaluation import figures as of
from models.evaluation.abstention import Kept, abstention
from models.evaluation.contenders import Contender
from models.evaluation.curves import Learnt, Line, learning, precision_recall, reliability
from models.evaluation.data import Data
from models.evaluation.errors import Error, worst
from models.evaluation.figures import Terms
from models.evaluation.intervals import ROUNDS, Figure, draws
from models.evaluation.running import Heard, Run, run
from models.evaluation.slices import Slice, by_pattern, slices
from models.evaluation.splits import Split
from models.examples import Example

WEAK = 5
"""Slices that a card names as weakest."""


@dataclass(frozen=True)
class Evaluation:
    """Everything a report shows. `main` is the classifier in question; `figures[classifier][prevalence][figure]`;
    `ahead[other][prevalence][figure]` is main less other, paired."""

    main: str
    data: Data
    split: Split
    terms: Terms
    ads: int
    concern: int
    units: int
    folds: tuple[tuple[str, int, int], ...]
    figures: dict[str, dict[str, dict[str, Figure]]]
    ahead: dict[str, dict[str, dict[str, Figure]]]
    slices: list[Slice] = field(default_factory=list)
    patterns: list[Slice] = field(default_factory=list)
    precision_recall: list[Line] = field(default_factory=list)
    reliability: list[Line] = field(default_factory=list)
    learning: list[Learnt] = field(default_factory=list)
    errors: list[Error] = field(default_factory=list)
    abstention: list[Kept] = field(default_factory=list)


def evaluate(
    examples: Sequence[Example],
    contenders: Sequence[Contender],
    *,
    data: Data,
    split: Split,
    terms: Terms,
    rounds: int = ROUNDS,
    learning_curve: bool = True,
    heard: Heard,
) -> Evaluation:
    """Measure the first contender beside the others. Raises ModelError where the split cannot be made."""
    result = run(examples, contenders, split, heard=heard)
    main = contenders[0].classifier
    counts = draws(result.clusters, rounds=rounds)
    curve = [concern_alone(each.classifier) for each in contenders if each is contenders[0] or each.learns]
    truth = result.truth()
    return Evaluation(
        main=main.name,
        data=data,
        split=split,
        terms=terms,
        ads=len(truth),
        concern=int(truth.sum()),
        units=len(set(result.clusters.tolist())),
        folds=tuple((fold.name, len(fold.train), len(fold.test)) for fold in result.folds),
        figures={name: _figures(result, name, terms, counts) for name in result.said},
        ahead={name: _ahead(result, main.name, name, terms, counts) for name in result.said if name != main.name},
        slices=slices(result, main.name, terms, counts),
        patterns=by_pattern(result, main.name, terms, counts),
        precision_recall=precision_recall(result, main.name, counts),
        reliability=reliability(result, main.name, terms, counts),
        learning=learning(result, curve, counts, heard=heard) if learning_curve else [],
        errors=worst(result, main.name),
        abstention=abstention(result, main.name, counts),
    )


def _figures(result: Run, name: str, terms: Terms, counts: Any) -> dict[str, dict[str, Figure]]:
    found = of.by_prevalence(of.scores_of(result, name, counts), terms)
    classwise = of.classwise(result, name, terms, counts)
    return {prevalence: row | {"classwise_calibration_error": classwise} for prevalence, row in found.items()}


def _ahead(result: Run, main: str, other: str, terms: Terms, counts: Any) -> dict[str, dict[str, Figure]]:
    one, two = (of.scores_of(result, name, counts) for name in (main, other))
    return {of.label(each): of.differences(one, two, terms, each) for each in (None, *terms.prevalences)}


def card_figures(found: Evaluation) -> dict[str, Any]:
    """What a model card states, as plain JSON values: data, protocol, every figure with its interval beside the
    baselines, patterns, slices, the weakest slices, the learning curve and reliability."""
    measured = [each for each in found.slices if each.figures]
    weakest = sorted(measured, key=lambda each: each.figures["average_precision"].value)[:WEAK]
    return {
        "classifier": found.main,
        "data": asdict(found.data) | {"ads": found.ads, "concern": found.concern, "units": found.units},
        "split": found.split.value,
        "folds": [{"fold": name, "train": train, "test": test} for name, train, test in found.folds],
        "made_for_prevalence": found.terms.made_for,
        "daily_budget": {"reviews": found.terms.reviews, "traffic": found.terms.traffic},
        "figures": {name: of.plain(rows) for name, rows in found.figures.items()},
        "ahead_of": {name: of.plain(rows) for name, rows in found.ahead.items()},
        "patterns": [_row(each) for each in found.patterns],
        "slices": [_row(each) for each in found.slices],
        "weakest": [f"{each.dimension} {each.value}" for each in weakest],
        "learning_curve": [
            {"classifier": each.classifier, "ads": each.ads} | each.average_precision.plain() for each in found.learning
        ],
        "abstention": [each.plain() for each in found.abstention],
        "reliability": {line.name: [list(point) for point in line.points] for line in found.reliability},
    }


def _row(each: Slice) -> dict[str, Any]:
    named = {"dimension": each.dimension, "value": each.value, "ads": each.ads, "concern": each.concern}
    return named | {"figures": {name: value.plain() for name, value in each.figures.items()}}

"""What the answers left possible keep, counted by hand."""

from collections.abc import Callable

import numpy as np

from models.evaluation.abstention import ALL, CONCERN, OTHER, abstention
from models.evaluation.running import Run
from models.evaluation.splits import Split
from models.examples import Array, Example

Make = Callable[..., Example]
YES, NO, BOTH, NEITHER = (0.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)


def _run(make: Make, left: list[tuple[float, float]]) -> tuple[Run, Array]:
    """Half of the ads, the first, are concern."""
    examples = [make(str(n), concern=n < len(left) // 2) for n in range(len(left))]
    run = Run(examples, Split.RANDOM, [], tuple(range(len(left))), np.arange(len(left), dtype=float))
    run.left["it"] = np.array(left)
    return run, np.ones((3, len(left)))


def test_shares_are_those_counted(make: Make) -> None:
    run, counts = _run(make, [YES, YES, BOTH, NO, NEITHER, NO, NO, NO, BOTH, YES])
    concern, other = [row for row in abstention(run, "it", counts) if row.language == ALL]
    assert (concern.kind, concern.ads, concern.covered.value, concern.unsure.value) == (CONCERN, 5, 0.6, 0.4)
    assert (other.kind, other.ads, other.covered.value, other.unsure.value) == (OTHER, 5, 0.8, 0.2)


def test_a_classifier_without_sets_has_no_rows(make: Make) -> None:
    run, counts = _run(make, [YES] * 10)
    run.left["it"] = np.full((10, 2), np.nan)
    assert abstention(run, "it", counts) == []


def test_a_kind_of_few_ads_is_left_out(make: Make) -> None:
    run, counts = _run(make, [YES] * 8)
    assert abstention(run, "it", counts) == []

"""A part of the examples held out, to stop learning, to calibrate, or to choose by."""

from collections.abc import Sequence

from models.evaluation.splits import Split, folds
from models.examples import Example


def hold_out(examples: Sequence[Example], share: float, *, seed: int) -> tuple[list[Example], list[Example]]:
    """(learnt, held out), in the order given: no campaign, group or wording on both sides, about equal shares of
    concern; raises ModelError where too few are left.
    """
    fold = folds(examples, Split.NEAR_DUPLICATE, parts=max(2, round(1 / share)), seed=seed)[0]
    return [examples[number] for number in fold.train], [examples[number] for number in fold.test]

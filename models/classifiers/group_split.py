"""A part of the examples held out, to stop learning, to calibrate, or to choose by."""

from collections.abc import Sequence

from models.evaluation.splits import Fold, Split, folds
from models.examples import Example


def hold_out(examples: Sequence[Example], share: float, *, seed: int) -> Fold:
    """Numbers of the examples learnt from and of those held out: no campaign, group or wording on both sides, about
    equal shares of concern; raises ModelError where too few are left.
    """
    return folds(examples, Split.NEAR_DUPLICATE, parts=max(2, round(1 / share)), seed=seed)[0]

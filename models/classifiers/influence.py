"""How much each label counts: its own weight, held down where one analyst or one source would have too much of the
whole.
"""

import math
from collections.abc import Hashable, Sequence

import numpy as np

from models.examples import Array, Example, weights_of
from models.recipe import Influence

_ROUNDS = 100


def capped_weights(examples: Sequence[Example], caps: Influence) -> Array:
    """Weight per example, shape (n,). Labels of an analyst or a source that had more than the largest share of all
    weight are scaled down together until they have that share. Where nobody else is to outweigh them, they stay.
    """
    weights = weights_of(examples)
    for _ in range(_ROUNDS):
        before = weights
        weights = _capped(weights, [example.ad.analyst or None for example in examples], caps.analyst)
        weights = _capped(weights, [example.ad.source or None for example in examples], caps.source)
        if np.allclose(weights, before, rtol=1e-9, atol=0):
            break
    return weights


def _capped(weights: Array, owners: Sequence[Hashable], share: float) -> Array:
    """Each owner's weight at most `share` of all; None owns nothing. The heaviest is held down first: with k owners
    held down to one share each, the others' weight is 1 - k share of the whole.
    """
    total: dict[Hashable, float] = {}
    for owner, weight in zip(owners, weights, strict=True):
        total[owner] = total.get(owner, 0.0) + float(weight)
    free, held, limit = sum(total.values()), 0, math.inf
    total.pop(None, None)
    for amount in sorted(total.values(), reverse=True):
        if amount <= share * free / (1 - held * share):
            break
        free, held = free - amount, held + 1
        if free <= 0 or held * share >= 1:
            return weights
        limit = share * free / (1 - held * share)
    scale = {owner: min(1.0, limit / amount) for owner, amount in total.items() if amount}
    scales: Array = np.array([scale.get(owner, 1.0) for owner in owners])
    return weights * scales

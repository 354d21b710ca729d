"""A label model: how far the votes of labelling functions make an ad a concern, and what weight such a label gets.

Dawid and Skene (1979) for two classes and three answers (for, against, abstains): function j gives answer r on an ad of
class y with probability θ_j[y, r], independently of the others given y. Expectation: P(y | answers) is proportional to
π_y · Π_j θ_j[y, r].
Maximisation: θ and π are the shares under these probabilities, each count begun at `_PSEUDO`. Ads with a label keep it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.examples import Array, Example, truths
from models.learning.votes import ABSTAINS, FOR, Votes, votes_of
from zorya.domain.reviews import VerdictLabel

TRUST = 0.3
"""Largest weight of a label that no person gave: indicators agree with one another more than the model assumes."""
_PSEUDO = 1.0
_ROUNDS = 50
_STILL = 1e-6
_LEAST = 0.05
"""Labels of less weight are left out."""


def posterior(votes: Votes, known: Array) -> Array:
    """Probability of concern of each ad, shape (n,). `known`: 1 or 0 where a person said so, NaN elsewhere.

    Begun where the votes have the majority; ends when no probability moves by more than `_STILL`.
    """
    answers = [votes == answer for answer in (FOR, -FOR, ABSTAINS)]
    balance = (votes == FOR).sum(axis=1) - (votes == -FOR).sum(axis=1)
    has_label = ~np.isnan(known)
    middle = np.median(balance)
    belief = np.where(has_label, known, np.where(balance > middle, 0.75, 0.25))
    for _ in range(_ROUNDS):
        odds = _log_share(belief) - _log_share(1 - belief)
        for given in answers:
            odds = odds + given @ (_log_rates(given, belief) - _log_rates(given, 1 - belief))
        found = np.where(has_label, known, 1 / (1 + np.exp(-np.clip(odds, -500, 500))))
        moved = float(np.abs(found - belief).max(initial=0.0))
        belief = found
        if moved < _STILL:
            break
    return belief


def weak_labels(labelled: Sequence[Example], unlabelled: Sequence[Example], codes: Sequence[str]) -> list[Example]:
    """The unlabelled examples as the votes label them, each weighing `TRUST`·|2p - 1|; those of next to no weight are
    left out.
    """
    votes = votes_of([*labelled, *unlabelled], codes)
    known = np.concatenate([truths(labelled, "concern"), np.full(len(unlabelled), np.nan)])
    said = posterior(votes, known)[len(labelled) :]
    made = [_weak(example, float(p)) for example, p in zip(unlabelled, said, strict=True)]
    return [example for example in made if example.ad.weight >= _LEAST]


def _weak(example: Example, probability: float) -> Example:
    label = VerdictLabel.CONCERN if probability > 0.5 else VerdictLabel.NO_CONCERN
    weight = max(1e-6, TRUST * abs(2 * probability - 1))
    return replace(example, ad=example.ad.model_copy(update={"label": label, "weight": weight, "patterns": ()}))


def _log_share(belief: Array) -> float:
    return float(np.log((belief.sum() + _PSEUDO) / (len(belief) + 2 * _PSEUDO)))


def _log_rates(given: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]", belief: Array) -> Array:
    """Of one answer, per function: log of its share under a class."""
    rates: Array = np.log((belief @ given + _PSEUDO) / (belief.sum() + 3 * _PSEUDO))
    return rates

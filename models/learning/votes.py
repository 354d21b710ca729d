"""Indicators as labelling functions: what each votes on an ad, and how often they meet and disagree.

An indicator that is present votes for concern, one that the ad contradicts votes against, all others abstain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.catalogue import catalogue
from models.examples import Example, truths
from zorya.domain.findings import State

FOR, AGAINST, ABSTAINS = 1, -1, 0
Votes = np.ndarray[Any, np.dtype[np.int8]]


@dataclass(frozen=True, slots=True)
class Function:
    """One labelling function on a set of ads; shares of all ads. `right` is the share of its votes that labels agree
    with, NaN where it never votes.
    """

    code: str
    coverage: float
    overlap: float
    conflict: float
    right: float


def codes() -> list[str]:
    """Codes of the indicators that may vote, in order."""
    return sorted(catalogue().by_code)


def votes_of(examples: Sequence[Example], known: Sequence[str]) -> Votes:
    """1, -1 or 0, shape (ads, functions)."""
    place = {code: number for number, code in enumerate(known)}
    votes = np.zeros((len(examples), len(known)), dtype=np.int8)
    for row, example in enumerate(examples):
        for hit in example.reading.indicators.hits:
            if hit.code in place:
                votes[row, place[hit.code]] = FOR if hit.state is State.PRESENT else AGAINST
    return votes


def table(examples: Sequence[Example], known: Sequence[str]) -> list[Function]:
    """Coverage, overlap (another votes too) and conflict (another votes the opposite) of each, the widest first."""
    votes, truth = votes_of(examples, known), truths(examples, "concern") * 2 - 1
    number_for, number_against = (votes == FOR).sum(axis=1), (votes == AGAINST).sum(axis=1)
    rows = []
    for column, code in enumerate(known):
        own = votes[:, column]
        voting = own != ABSTAINS
        opposed = np.where(own == FOR, number_against, number_for)
        rows.append(
            Function(
                code,
                float(voting.mean()),
                float((voting & (number_for + number_against > 1)).mean()),
                float((voting & (opposed > 0)).mean()),
                float((own[voting] == truth[voting]).mean()) if voting.any() else float("nan"),
            )
        )
    return sorted(rows, key=lambda row: (-row.coverage, row.code))

"""Votes for selectors: on how many pages each was tried, on how many it found what a full reading found."""

from dataclasses import dataclass, field
from typing import Any, Self

ENOUGH = 3
"""Pages that must agree before a selector is used."""
_AGREED = 0.75
_MOST = 24
"""Selectors kept per field; the least agreed one makes room."""


@dataclass(slots=True)
class Vote:
    """One selector's record. `first` is a digest of the first value found; `varied` says that another one followed."""

    seen: int = 0
    agreed: int = 0
    total: float = 0.0
    first: str = ""
    varied: bool = False

    @property
    def mean(self) -> float:
        """Mean F1 over the pages that agreed."""
        return self.total / self.agreed if self.agreed else 0.0


@dataclass(slots=True)
class Ballot:
    """All selectors in the running for one field, in the order they were proposed."""

    votes: dict[str, Vote] = field(default_factory=dict)

    def cast(self, selector: str, score: float, value: str) -> None:
        """One page's word: a score of 0 is a disagreement."""
        vote = self.votes.get(selector)
        if vote is None:
            if len(self.votes) >= _MOST:
                weakest = min(self.votes, key=lambda name: self.votes[name].agreed / self.votes[name].seen)
                del self.votes[weakest]
            vote = self.votes[selector] = Vote(first=value)
        vote.seen += 1
        if score > 0:
            vote.agreed += 1
            vote.total += score
            vote.varied = vote.varied or value != vote.first

    def winner(self, *, varied: bool) -> str:
        """The selector most pages agree on, among equals the earliest proposed; "" while none has enough."""
        able = [
            (vote.agreed, round(vote.mean, 2), selector)
            for selector, vote in self.votes.items()
            if vote.agreed >= ENOUGH and vote.agreed >= _AGREED * vote.seen and (vote.varied or not varied)
        ]
        return max(able, key=lambda one: one[:2])[2] if able else ""

    def state(self) -> dict[str, list[Any]]:
        """JSON form."""
        return {
            name: [vote.seen, vote.agreed, round(vote.total, 4), vote.first, vote.varied]
            for name, vote in self.votes.items()
        }

    @classmethod
    def of(cls, state: dict[str, list[Any]]) -> Self:
        """From the JSON form."""
        return cls({name: Vote(*values) for name, values in state.items()})

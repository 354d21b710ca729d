"""The account of a run: what became of each request and what each ad that was seen brought. Judging reads only this."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from zorya.domain import ids
from zorya.domain.ads import Posting
from zorya.domain.runs import RequestOutcome
from zorya.store.postings import Sighting

FILLED = ("title", "body", "employer", "places", "pay", "posted_on", "contacts")


@dataclass(frozen=True, slots=True)
class AdFacts:
    """One ad seen by a run: which fields are filled, never their content."""

    id: str
    """Id of the posting."""
    sighting: Sighting
    filled: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    language: str | None = None
    read: bool = True
    """False for an ad that was only sighted: its card or its page is as it was, and nothing was read."""

    @classmethod
    def of(cls, posting: Posting, sighting: Sighting, *, read: bool = True) -> Self:
        """Facts about a posting as it was read or is stored."""
        filled = tuple(name for name in FILLED if getattr(posting, name))
        identity = ids.posting_id(posting.source, posting.native_id)
        return cls(identity, sighting, filled, posting.flags, posting.language, read)

    @classmethod
    def from_row(cls, row: list[Any]) -> Self:
        """Facts from their JSON form."""
        identity, sighting, filled, flags, language, read = row
        return cls(identity, Sighting(sighting), tuple(filled), tuple(flags), language, read)

    def row(self) -> list[Any]:
        """JSON form, as `frontier.brought` keeps it."""
        return [self.id, str(self.sighting), list(self.filled), list(self.flags), self.language, self.read]


@dataclass(slots=True)
class Account:
    """Everything a run did."""

    requests: list[RequestOutcome] = field(default_factory=list)
    postings: dict[str, set[str]] = field(default_factory=dict)
    """Each ad by its id, with the names of its filled fields."""
    sightings: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    """Ads by the language their page declares; an unknown one is not counted."""
    read: set[str] = field(default_factory=set)
    """Ids of the ads that were read, not only sighted: what this run can vouch for."""
    messages: list[str] = field(default_factory=list)
    ended: str | None = None

    @property
    def outcomes(self) -> dict[str, int]:
        """How many requests had each fate."""
        return dict(sorted(Counter(str(request.outcome) for request in self.requests).items()))

    def fill(self, name: str) -> float:
        """Share of postings with that field."""
        return sum(name in filled for filled in self.postings.values()) / len(self.postings) if self.postings else 0.0

    def add(self, facts: Iterable[AdFacts]) -> None:
        """Count ads; one that was seen twice counts once as an ad, by what was filled last."""
        for one in facts:
            if one.id not in self.postings and one.language:
                self.languages[one.language] += 1
            self.postings[one.id] = set(one.filled)
            if one.read:
                self.read.add(one.id)
            self.sightings[one.sighting] += 1
            self.flags.update(one.flags)

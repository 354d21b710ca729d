"""The mix of the queue: one data file (`queue_mix.yml`), which an operator may replace by their own."""

from functools import cache
from pathlib import Path

from pydantic import Field

from zorya.datafiles import DataModel, load
from zorya.domain import ids
from zorya.settings import Settings

FILE = Path(__file__).with_name("queue_mix.yml")


class Risk(DataModel):
    """Flagged campaigns. Their priority is score × (1 + size) × (1 + novelty); both terms stay small beside a score."""

    many_ads: float = Field(ge=0, le=0.5)
    """What a campaign of `many` ads or more gains, as a part of its score."""
    many: int = Field(ge=2, le=1000)
    novelty: float = Field(ge=0, le=0.5)
    """What a campaign gains that was first seen today, as a part of its score."""
    novelty_days: int = Field(ge=1, le=365)


class Doubt(DataModel):
    """Campaigns of which the machine is unsure."""

    share: float = Field(ge=0, le=1)
    """At most this part of the open tasks."""


class Sentinel(DataModel):
    """Unflagged campaigns that people see all the same."""

    share: float = Field(ge=0.005, le=0.5)
    """Part of all unflagged campaigns; never zero: without it nobody knows what was missed."""


class SecondLook(DataModel):
    """Blind second reviews by lot, beside those that an answer asks for."""

    share: float = Field(ge=0, le=1)
    """Part of the first answers that ask for no second."""


class QueueMix(DataModel):
    """All that decides what enters the queue and in which order."""

    risk: Risk
    doubt: Doubt
    sentinel: Sentinel
    second_look: SecondLook


def mix_of(settings: Settings) -> QueueMix:
    """The mix in force; DataFileError that names file and line."""
    return _read(settings.review.queue_mix)


@cache
def _read(path: Path) -> QueueMix:
    return load(path, QueueMix)


def lot(purpose: str, campaign_id: str) -> float:
    """A number in [0, 1) that belongs to a campaign and a purpose for ever: nobody can draw again."""
    return int(ids.sha256_hex(f"{purpose}|{campaign_id}".encode())[:13], 16) / 16**13

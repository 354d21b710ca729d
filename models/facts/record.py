"""What an ad states, as records. Every span is a half-open pair of offsets into the original text."""

from dataclasses import dataclass, field
from typing import Literal

from models.pay_plausibility import PayPlausibility
from zorya.domain.findings import Span, State
from zorya.domain.pay import Pay

DENIED = "denied"
"""What a fact that an ad denies is compared with."""
Gender = Literal["women", "men", "couples", "any"]


@dataclass(frozen=True, slots=True)
class Stated:
    """One fact in three states: present with its values, contradicted (the ad denies it), or not stated.

    `values` are words of the fact's file (`lexicons/facts/*.yml`), in the order of the text, each once.
    """

    state: State = State.NOT_STATED
    values: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()

    def __contains__(self, value: str) -> bool:
        return value in self.values


NOT_STATED = Stated()


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Ages wanted, inclusive; `low` is None for "up to", `high` for "from … on"."""

    low: int | None
    high: int | None
    span: Span


@dataclass(frozen=True, slots=True)
class Hours:
    """Working time in numbers, as stated: hours a day, hours a week, days a week; of a range the longest."""

    day: float | None = None
    week: float | None = None
    days: float | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """What an ad states."""

    age: AgeBand | None = None
    pays: tuple[Pay, ...] = ()
    hours: Hours = field(default_factory=Hours)
    stated: dict[str, Stated] = field(default_factory=dict)
    """Fact → what is stated of it; facts that are not stated are left out."""
    destinations: tuple[str, ...] = ()
    """Countries (ISO alpha-2) of the places the offer leads to."""
    plausibility: PayPlausibility = field(default_factory=PayPlausibility)
    """The pay against the usual wages of country and occupation."""

    @property
    def eur_month(self) -> float | None:
        """Highest stated pay in euro per full-time month."""
        return max((pay.eur_month for pay in self.pays if pay.eur_month), default=None)

    @property
    def gender_wanted(self) -> Gender | None:
        """Whom the ad wants; None when it does not say. Women and men together are any; the feminine of an occupation
        (`kelnerka`) is women where nothing else is said.
        """
        gender = self.of("gender")
        if "any" in gender or ("women" in gender and "men" in gender):
            return "any"
        found: tuple[tuple[str, Gender], ...] = (
            ("women", "women"),
            ("men", "men"),
            ("couples", "couples"),
            ("feminine", "women"),
        )
        return next((wanted for value, wanted in found if value in gender), None)

    def of(self, fact: str) -> Stated:
        """One of the facts told by phrases (`housing`, `travel`, …); not stated when the ad is silent."""
        return self.stated.get(fact, NOT_STATED)

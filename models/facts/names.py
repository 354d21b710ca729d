"""Stable names of facts, for conditions in data files: `age.high <= 35`, `pay.ratio >= 2`, `housing = provided`.

A number that the ad does not state is None, and no comparison with it holds. Facts told by phrases have the name of
their file and the set of their values; one that the ad denies holds `denied` alone.
"""

from collections.abc import Callable

from models.facts.fact_file import DENIED, fact_files
from models.facts.record import Facts
from zorya.domain.findings import State

NUMBERS: dict[str, Callable[[Facts], float | None]] = {
    "age.low": lambda facts: facts.age.low if facts.age else None,
    "age.high": lambda facts: facts.age.high if facts.age else None,
    "pay.eur_month": lambda facts: facts.eur_month,
    "pay.ratio": lambda facts: facts.plausibility.ratio,
    "hours.day": lambda facts: facts.hours.day,
    "hours.week": lambda facts: facts.hours.week,
    "hours.days": lambda facts: facts.hours.days,
    "destinations": lambda facts: float(len(facts.destinations)),
}
"""Name → what it counts: years, euro of a full-time month, times the usual pay, hours, days a week, countries."""


def number(facts: Facts, name: str) -> float | None:
    """The number of a name in `NUMBERS`; None where the ad does not state it."""
    return NUMBERS[name](facts)


def values(facts: Facts, name: str) -> frozenset[str]:
    """Values of a fact told by phrases; empty when it is not stated. `gender.wanted` is one word at most."""
    if name == "gender.wanted":
        wanted = gender_wanted(facts)
        return frozenset({wanted} if wanted else ())
    stated = facts.of(name)
    return frozenset(stated.values) or frozenset({DENIED} if stated.state is State.CONTRADICTED else ())


def value_names() -> dict[str, frozenset[str]]:
    """Name of each fact told by phrases → the values it may have."""
    known = {file.fact: frozenset({*file.values, DENIED}) for file in fact_files()}
    return known | {"gender.wanted": frozenset({"women", "men", "couples", "any"})}


def gender_wanted(facts: Facts) -> str | None:
    """Whom the ad wants: `women`, `men`, `couples`, `any`; None when it does not say.

    Women and men together are any. The feminine of an occupation (`kelnerka`) is women where nothing else is said.
    """
    gender = facts.of("gender")
    if "any" in gender or ("women" in gender and "men" in gender):
        return "any"
    for value, wanted in (("women", "women"), ("men", "men"), ("couples", "couples"), ("feminine", "women")):
        if value in gender:
            return wanted
    return None

"""What is wrong with the conditions of a whole catalogue: facts, words and codes that do not exist, and circles."""

from collections.abc import Iterable, Iterator, Sequence

from models.conditions import Condition, codes_of, comparisons_of
from models.fact_values import NUMBERS, word_facts
from models.indicator_spec import IndicatorSpec


def conditions_of(spec: IndicatorSpec) -> tuple[Condition, ...]:
    """Every condition of an entry."""
    return (spec.when, *spec.strength_with.values())


def faults(specs: Sequence[IndicatorSpec]) -> Iterator[tuple[IndicatorSpec, str, str]]:
    """(entry, the word that is wrong, why and what to do)."""
    codes = {spec.code for spec in specs if spec.status == "active"}
    for spec in specs:
        for condition in conditions_of(spec):
            for code in sorted(codes_of(condition) - codes):
                yield spec, code, f"{spec.code} asks for {code}, which is no active indicator; name another"
            for comparison in comparisons_of(condition):
                why = _wrong_fact(comparison.fact, comparison.value)
                if why:
                    yield spec, comparison.fact, f"{spec.code}: {why}"
    yield from (
        (spec, spec.code, f"{spec.code} asks for itself by way of others; break the circle") for spec in _circle(specs)
    )


def _wrong_fact(fact: str, value: float | str) -> str | None:
    if fact in NUMBERS:
        return None if isinstance(value, float) else f"{fact} is a number; compare it with one, not with {value!r}"
    if fact not in word_facts():
        return f"no fact {fact!r}; there are {', '.join(sorted((*NUMBERS, *word_facts())))}"
    if value not in word_facts()[fact]:
        return f"{fact} is never {value!r}; it is one of {', '.join(word_facts()[fact])}"
    return None


def _circle(specs: Iterable[IndicatorSpec]) -> list[IndicatorSpec]:
    """Entries that cannot be put after all those that their `when` asks for."""
    waiting = {spec.code: spec for spec in specs}
    while ready := [code for code, spec in waiting.items() if codes_of(spec.when).isdisjoint(waiting)]:
        for code in ready:
            del waiting[code]
    return list(waiting.values())


def in_order(specs: Sequence[IndicatorSpec]) -> list[IndicatorSpec]:
    """Entries, each after those that its `when` asks for; those of a circle are left out."""
    done: dict[str, IndicatorSpec] = {}
    known = {spec.code for spec in specs}
    while ready := [s for s in specs if s.code not in done and (codes_of(s.when) & known) <= done.keys()]:
        done |= {spec.code: spec for spec in ready}
    return list(done.values())

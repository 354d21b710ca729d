"""What a condition makes of one text: the spans that fulfil it, or nothing."""

import functools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.comparisons import Plain, parse_comparison
from models.fact_values import FactValue
from models.phrases import Words
from models.signs import Sign
from zorya.domain.findings import Span

if TYPE_CHECKING:
    import regex

_SECONDS = 0.5
"""Time limit of a raw expression on one text: a sound one takes microseconds, a catastrophic one years."""
_READ = 20_000
"""Characters of a text that a raw expression sees."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one text. `signs` are those that state a list (denied ones left out), by the names that the
    entry uses; `present` are the spans of the indicators present; `facts` what is stated.
    """

    words: Words
    signs: Mapping[str, Sequence[Sign]]
    present: Mapping[str, Sequence[Span]]
    facts: Mapping[str, FactValue]


def evaluate(condition: Plain, evidence: Evidence) -> tuple[Span, ...] | None:
    """Spans that fulfil the condition (none for what is fulfilled by absence), or None where it does not hold."""
    match condition:
        case str():
            return _leaf(condition, evidence)
        case {"any": parts}:
            found = [spans for part in parts if (spans := evaluate(part, evidence)) is not None]
            return sum(found, ()) if found else None
        case {"all": parts}:
            each = [evaluate(part, evidence) for part in parts]
            return None if None in each else sum((spans for spans in each if spans), ())
        case {"not": part}:
            return () if evaluate(part, evidence) is None else None
        case {"near": _}:
            return _near(condition, evidence)
        case {"regex": source}:
            return _raw(source, evidence.words)
        case _:
            raise ValueError(f"no condition: {condition!r}")


def _leaf(leaf: str, evidence: Evidence) -> tuple[Span, ...] | None:
    if leaf in evidence.present:  # never the name of a list: codes are capitals
        return tuple(evidence.present[leaf])
    if comparison := parse_comparison(leaf):
        stated = evidence.facts.get(comparison.fact)
        return stated.spans if stated and any(map(comparison.holds, stated.values)) else None
    return tuple(sign.span for sign in evidence.signs.get(leaf, ())) or None


def _near(condition: dict[str, Any], evidence: Evidence) -> tuple[Span, ...] | None:
    first, *others = (evidence.signs.get(name, ()) for name in condition["near"])
    spans: list[Span] = []
    for sign in first:
        about = [[other for other in signs if _are_near(sign, other, condition, evidence.words)] for signs in others]
        if all(about):
            spans += [sign.span, *(other.span for signs in about for other in signs)]
    return tuple(dict.fromkeys(spans)) or None


def _are_near(one: Sign, other: Sign, condition: dict[str, Any], words: Words) -> bool:
    if condition.get("words") is None:
        return words.sentences[one.first] == words.sentences[other.first]
    return max(one.first, other.first) - min(one.after, other.after) <= int(condition["words"])


def _raw(source: str, words: Words) -> tuple[Span, ...] | None:
    pattern = _compiled(source)
    normalised = words.normalised
    try:
        found = [match.span() for match in pattern.finditer(normalised.text, endpos=_READ, timeout=_SECONDS)]
    except TimeoutError:
        log.warning("raw expression took too long; taken as not found: %s", source)
        return None
    return tuple(normalised.original_span(*span) for span in found if span[0] < span[1]) or None


@functools.cache
def _compiled(source: str) -> "regex.Pattern[str]":
    import regex  # of use to the few entries that hold one, and slow to load

    return regex.compile(source)

"""The decision rule of the ILO/EC operational indicators (2009), given beside the score and never instead of it.

Indicators present are counted by dimension and strength; `models/decision_rule.yml` says which counts make a dimension
positive, where that comes from and whether its wording has been checked. The rule was made for facts about a person's
situation; on an ad it can only speak of the offer, so no outcome says that anybody is trafficked.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from models.vocabulary import Dimension
from zorya.compiled import compiled
from zorya.domain.findings import CampaignHit, IndicatorHit, State, Strength

FILE = Path(__file__).with_suffix(".yml")
CONTEXT = "context"
"""Dimension of indicators that the ILO/EC lists do not name: they are not counted."""
Outcome = Literal["none", "one", "several"]
Form = Literal["sexual_exploitation", "labour_exploitation"]


class Combination(NamedTuple):
    """Least numbers of indicators; a stronger one may stand in for a weaker one."""

    strong: int
    medium: int
    weak: int

    def filled_by(self, counts: Mapping[Strength, int]) -> bool:
        """True when the counts reach every number, from the strongest down."""
        strong, medium, weak = (counts.get(strength, 0) for strength in reversed(Strength))
        return (
            strong >= self.strong
            and strong + medium >= self.strong + self.medium
            and strong + medium + weak >= self.strong + self.medium + self.weak
        )


class DecisionRule(NamedTuple):
    """The rule, and the words of its outcomes."""

    verified: bool
    positive_with: tuple[Combination, ...]
    sexual_exploitation_signs: frozenset[str]
    outcomes: Mapping[Outcome, str]
    limit: str


@dataclass(frozen=True, slots=True)
class DimensionCount:
    """Indicators present in one dimension, by strength, and whether they make it positive."""

    name: str
    counts: Mapping[Strength, int]
    positive: bool

    def __str__(self) -> str:
        numbers = ", ".join(f"{self.counts[s]} {s}" for s in reversed(Strength) if self.counts.get(s))
        return f"{self.name.replace('_', ' ')} {'positive' if self.positive else 'not positive'} ({numbers})"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rule says of an ad or campaign: the form it points to, the outcome, dimensions that hold indicators."""

    form: Form
    outcome: Outcome
    dimensions: tuple[DimensionCount, ...]
    sentence: str


@cache
def decision_rule() -> DecisionRule:
    """The shipped rule."""
    kept = compiled("decision_rule", [FILE], FILE.parent, _compiled)
    combinations = tuple(Combination(**numbers) for numbers in kept["positive_with"])
    signs = frozenset(kept["sexual_exploitation_signs"])
    return DecisionRule(kept["verified"], combinations, signs, kept["outcomes"], kept["limit"])


def _compiled() -> dict[str, Any]:
    from models.decision_rule_file import DecisionRuleFile
    from zorya.datafiles import load

    return load(FILE, DecisionRuleFile).model_dump(mode="json")


def decide(hits: Iterable[IndicatorHit | CampaignHit], dimension_of: Mapping[str, str]) -> Decision | None:
    """Apply the rule to the hits of an ad, or of a campaign, each code once; None when no hit that counts is present.

    `dimension_of` gives the dimension of each code; codes it lacks are taken as context.
    """
    rule = decision_rule()
    present = [hit for hit in hits if hit.state is State.PRESENT]
    counted: dict[str, Counter[Strength]] = {}
    for hit in present:
        counted.setdefault(dimension_of.get(hit.code, CONTEXT), Counter())[hit.strength] += 1
    dimensions = tuple(
        DimensionCount(name, counted[name], any(line.filled_by(counted[name]) for line in rule.positive_with))
        for name in get_args(Dimension)
        if name in counted and name != CONTEXT
    )
    if not dimensions:
        return None
    positive = sum(dimension.positive for dimension in dimensions)
    outcome: Outcome = "none" if positive == 0 else "one" if positive == 1 else "several"
    sexual = any(hit.code in rule.sexual_exploitation_signs for hit in present)
    form: Form = "sexual_exploitation" if sexual else "labour_exploitation"
    return Decision(form, outcome, dimensions, _sentence(rule, form, outcome, dimensions))


def _sentence(rule: DecisionRule, form: Form, outcome: Outcome, dimensions: tuple[DimensionCount, ...]) -> str:
    unchecked = "" if rule.verified else ", wording not yet checked against the brochure"
    return (
        f"ILO decision rule for {form.replace('_', ' ')} (2009{unchecked}): {rule.outcomes[outcome]}: "
        f"{'; '.join(map(str, dimensions))}. Not a finding: {rule.limit}."
    )

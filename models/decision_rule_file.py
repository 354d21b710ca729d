"""The schema of `models/decision_rule.yml`."""

from pydantic import Field

from models.decision_rule import Outcome
from zorya.datafiles import DataModel


class CombinationFile(DataModel):
    """Least numbers of indicators; a stronger one may stand in for a weaker one."""

    strong: int = Field(0, ge=0)
    medium: int = Field(0, ge=0)
    weak: int = Field(0, ge=0)


class DecisionRuleFile(DataModel):
    """The rule, its source, and the words of its outcomes."""

    source: str
    verified: bool
    verification: str
    positive_with: tuple[CombinationFile, ...] = Field(min_length=1)
    sexual_exploitation_signs: frozenset[str]
    outcomes: dict[Outcome, str]
    limit: str

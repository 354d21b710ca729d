"""How sure a score may be said to be: no surer than the labels that it was calibrated on can bear out.

A calibrated model extrapolates: far from its threshold it has seen no error, and says 99.9 %. But where none of n ads
showed an error, up to 3 / n of such ads may be wrong with 95 % confidence (the rule of three: Hanley and Lippman-Hand
1983). So no score may claim that an ad is more than n / 3 times likelier to be of the target than not, before the share
of such ads is counted in: its odds stop short of prevalence odds · n / 3, n being the groups (campaigns) without the
target among those labels. What is told below is moved by nothing; above a knee, one unit of log-odds under that ceiling
and never under the flagging threshold, log-odds approach it exponentially, so that no flag and no ranking changes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.calibrated import sigmoid
from zorya.domain.findings import BAND_UPPER, MODIFIERS, PATTERNS, Band

if TYPE_CHECKING:
    from models.examples import Example  # brings numpy, and scoring must start without it (docs/adr/0006)

EVIDENCE = "evidence"
"""Key of a manifest's metrics: target → groups `with` it and `without`, and the deployment `prevalence` told of it."""
_RULE = 3.0
_KNEE = 1.0
"""Log-odds under the ceiling where it begins to be felt."""
_APART = 1e-9
"""Log-odds that keep rounding from taking a flag away."""
_FLAGGED = next(upper for upper, band in BAND_UPPER if band is Band.ROUGHLY_EVEN_CHANCE)


@dataclass(frozen=True, slots=True)
class Sureness:
    """Of one target: groups of ads without it that the model was calibrated on, and its share where it is used."""

    without: int
    prevalence: float

    @property
    def ceiling(self) -> float:
        """The probability that no score may reach; above the flagging threshold, whatever the evidence."""
        return sigmoid(self._limit)

    @property
    def _limit(self) -> float:
        odds = self.prevalence / (1 - self.prevalence) * self.without / _RULE
        return max(math.log(odds) if odds > 0 else -math.inf, _log_odds(_FLAGGED) + _KNEE + _APART)

    def told(self, probability: float) -> float:
        """A calibrated probability as it may be said; rising with it, the same below the knee."""
        knee = self._limit - _KNEE
        if probability <= sigmoid(knee):
            return probability
        above = min(_log_odds(probability) - knee, 700.0) if probability < 1 else 700.0
        return sigmoid(knee + _KNEE * -math.expm1(-above / _KNEE))


def evidence_of(examples: "Sequence[Example]", prevalence: float) -> dict[str, dict[str, float]]:
    """What a manifest keeps: target → groups with and without it, and its share where the model is used, which moves as
    that of concern does from the labels to `prevalence`.
    """
    held: dict[str, dict[str, float]] = {}
    concern = sum(example.truth("concern") for example in examples)
    if not examples or not 0 < concern < len(examples):
        return held
    moved = _log_odds(prevalence) - _log_odds(concern / len(examples))
    for target in ("concern", *PATTERNS, *MODIFIERS):
        having = sum(example.truth(target) for example in examples)
        if 0 < having < len(examples):
            groups = [{_group(each) for each in examples if each.truth(target) is has} for has in (True, False)]
            share = sigmoid(_log_odds(having / len(examples)) + moved)
            held[target] = {"with": len(groups[0]), "without": len(groups[1]), "prevalence": round(share, 6)}
    return held


def surenesses(metrics: Mapping[str, Any]) -> dict[str, Sureness]:
    """Target → how sure it may be said, of a manifest's metrics; none of a model stored before they were kept."""
    return {
        target: Sureness(int(held["without"]), float(held["prevalence"]))
        for target, held in metrics.get(EVIDENCE, {}).items()
    }


def _group(example: "Example") -> str:
    return example.ad.campaign or example.ad.group or example.ad.id


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))

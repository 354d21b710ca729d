"""What a machine says about one version of an ad. A signal, never a finding about a person."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Span = tuple[int, int]
"""Half-open character offsets into `title + "\\n" + body` of the original text."""

PATTERNS = (
    "sexual_exploitation",
    "labour_exploitation",
    "loverboy",
    "marriage_brokering",
    "sponsor_arrangement",
)
MODIFIERS = ("debt_bondage", "document_control")


class State(StrEnum):
    """Three states of an indicator (after Volodko et al. 2019): absence is not contradiction."""

    PRESENT = "present"
    CONTRADICTED = "contradicted"
    NOT_STATED = "not_stated"


class Strength(StrEnum):
    """Strength of an indicator (ILO/EC Delphi 2009). Text alone never reaches `strong`."""

    WEAK = "weak"
    MEDIUM = "medium"
    STRONG = "strong"


class Band(StrEnum):
    """MISP estimative-language words, ordered; bounds are probabilities of *concern*."""

    ALMOST_NO_CHANCE = "almost-no-chance"
    VERY_UNLIKELY = "very-unlikely"
    UNLIKELY = "unlikely"
    ROUGHLY_EVEN_CHANCE = "roughly-even-chance"
    LIKELY = "likely"
    VERY_LIKELY = "very-likely"
    ALMOST_CERTAIN = "almost-certain"

    @property
    def rank(self) -> int:
        """0 (almost-no-chance) … 6 (almost-certain)."""
        return list(Band).index(self)

    @property
    def flagged(self) -> bool:
        """Flagged means `likely` or above."""
        return self.rank >= Band.LIKELY.rank


# Upper bounds, from MISP's estimative-language taxonomy (ICD 203): 1-5, 5-20, 20-45, 45-55, 55-80, 80-95, 95-99 %.
BAND_UPPER: tuple[tuple[float, Band], ...] = (
    (0.05, Band.ALMOST_NO_CHANCE),
    (0.20, Band.VERY_UNLIKELY),
    (0.45, Band.UNLIKELY),
    (0.55, Band.ROUGHLY_EVEN_CHANCE),
    (0.80, Band.LIKELY),
    (0.95, Band.VERY_LIKELY),
)


def band_of(probability: float) -> Band:
    """Estimative word for a probability in [0, 1]."""
    for upper, band in BAND_UPPER:
        if probability < upper:
            return band
    return Band.ALMOST_CERTAIN


@dataclass(frozen=True, slots=True)
class IndicatorHit:
    """One indicator on one version. `title` is copied in, so that old verdicts keep what people saw."""

    code: str
    revision: int
    title: str
    state: State
    strength: Strength
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the score is what it is. `direction` is +1 (raised), -1 (lowered) or 0 (said beside it)."""

    text: str
    direction: int
    code: str | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """A calibrated opinion. `score` is the probability of *concern* in [0, 1]."""

    id: str
    version_id: str
    ruleset: str
    model: str
    language: str | None
    score: float
    band: Band
    abstain: bool
    patterns: dict[str, float]
    hits: tuple[IndicatorHit, ...]
    reasons: tuple[Reason, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CampaignHit:
    """One indicator of group H on a campaign: what links between ads, metadata or time show.

    `strength` may be `strong`: the evidence lies outside one ad's own words. `why` is one sentence with its numbers and
    without contacts; `posting_ids` are the ads it rests on.
    """

    code: str
    revision: int
    title: str
    state: State
    strength: Strength
    why: str
    posting_ids: tuple[str, ...]

"""From reading to assessment: probability, band, abstention, reasons.

Two rules stand above the model: one indicator alone never flags, and every band above *unlikely* has a reason.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from models.catalogue import catalogue
from models.decision_rule import decide
from models.facts import Facts
from models.reading import READ_LIMIT, Reading
from models.registry.aliases import champion
from models.registry.kinds import load_model
from models.registry.manifest import Manifest
from models.serving import Served
from models.sureness import surenesses
from zorya.domain import ids
from zorya.domain.findings import MODIFIERS, PATTERNS, Assessment, Band, IndicatorHit, Reason, Span, State, band_of
from zorya.domain.languages import CONTENT_LANGUAGES

if TYPE_CHECKING:
    from zorya.settings import Settings

UNFLAGGED_CEILING = 0.5499
"""Just below *likely*: no score passes it while fewer than two indicators outside the sector group F are present."""
_EVEN = 0.45
"""From here up held scores are drawn together below the ceiling in their order: the gravest is read first."""
_CONTEXT_GROUP = "F"
UNSURE = "Unsure: ads of both kinds have read like this one"
"""What an analyst reads where the answers left possible are no answer."""
PAY = "C1"
"""Indicator of pay that is far above what is usual."""


def load_scorer(settings: "Settings", *, as_of: datetime) -> "Scorer":
    """The model in use with the shipped catalogue; trained on first use."""
    scorer = stored_scorer(settings.models_dir, settings.model_recipe)
    if scorer is None:
        from models import train  # brings scikit-learn

        version = train.train(settings, as_of=as_of)[0].version
        scorer = Scorer(*load_model(settings.models_dir, settings.model_recipe, version))
    return scorer


def stored_scorer(folder: Path, name: str) -> "Scorer | None":
    """The model in use of a name; None when none was ever trained."""
    version = champion(folder, name)
    return None if version is None else Scorer(*load_model(folder, name, version))


class Scorer:
    """A loaded model and the shipped catalogue."""

    def __init__(self, model: Served, manifest: Manifest) -> None:
        self.model, self.manifest = model, manifest
        self._sure = surenesses(manifest.metrics)

    @property
    def ruleset(self) -> str:
        """Hash of the compiled indicators."""
        return catalogue().ruleset

    @property
    def reference(self) -> str:
        """name@version of the model."""
        return self.manifest.reference

    def assess(self, readings: Sequence[Reading], version_ids: Sequence[str], *, as_of: datetime) -> list[Assessment]:
        """Assess read ads, one assessment each. Same input, same output."""
        return [
            self._assessment(reading, version, probability, as_of)
            for reading, version, probability in zip(
                readings, version_ids, self.model.probabilities_of(readings), strict=True
            )
        ]

    def _assessment(self, reading: Reading, version: str, probability: dict[str, float], as_of: datetime) -> Assessment:
        hits = reading.indicators.hits
        present = [hit for hit in hits if hit.state is State.PRESENT]
        unsure = is_unsure(self.model.answers_left(probability["concern"]))
        probability = {name: self._told(name, p) for name, p in probability.items()}
        score = probability.pop("concern")
        flags = may_flag(reading)
        if not flags:
            score = held(score)
        reasons = [*self._reasons(reading, present, held=not flags), *([Reason(UNSURE, 0)] if unsure else [])]
        if not any(reason.direction > 0 for reason in reasons):
            score = min(score, 0.4499)
        band = band_of(score)
        return Assessment(
            id=ids.assessment_id(version, self.ruleset, self.reference),
            version_id=version,
            ruleset=self.ruleset,
            model=self.reference,
            language=reading.language,
            score=round(score, 6),
            band=band,
            abstain=unsure or abstains(reading, score, least_letters=int(self.manifest.recipe.get("min_letters", 0))),
            patterns={
                name: round(min(p, 1.0), 4) for name, p in probability.items() if name in (*PATTERNS, *MODIFIERS)
            },
            hits=hits,
            reasons=tuple(reasons),
            created_at=as_of,
        )

    def _told(self, target: str, probability: float) -> float:
        """A calibrated probability as sure as the model's labels bear out (`models.sureness`)."""
        return self._sure[target].told(probability) if target in self._sure else probability

    def _reasons(self, reading: Reading, present: list[IndicatorHit], *, held: bool) -> list[Reason]:
        order = {"strong": 0, "medium": 1, "weak": 2}
        ranked = sorted(present, key=lambda hit: (order[hit.strength], hit.code))
        reasons = [Reason(reason_text(hit, reading.facts), 1, hit.code, hit.spans) for hit in ranked]
        words = self.model.telling_words(reading)
        if words:
            spans = _spans_of(reading, [word for word, _ in words])
            if spans:
                told = ", ".join(f"“{reading.text[a:b].strip()}”" for a, b in spans[:3])
                reasons.append(Reason(f"Wording that reviewed concern ads use: {told}", 1, None, spans))
        reasons += [
            Reason(f"Denied or answered in the text: {hit.title}", -1, hit.code, hit.spans)
            for hit in reading.indicators.hits
            if hit.state is State.CONTRADICTED
        ]
        if reading.indicators.warns or reading.indicators.quoted:
            quoted = ", ".join(reading.indicators.quoted)
            says = "The text warns about, reports on or asks about such offers"
            reasons.append(Reason(f"{says}; it only quotes {quoted or 'them'}", -1))
        if reading.cut:
            reasons.append(Reason(f"Only the first {READ_LIMIT:,} characters were read", -1))
        if held and present:
            reasons.append(Reason("Fewer than two indicators beside the sector: never flagged on one alone", -1))
        decision = decide(present, catalogue().dimension_of)
        if decision:
            reasons.append(Reason(decision.sentence, 0))
        return reasons


def held(score: float) -> float:
    """A score that may not flag: unchanged up to even odds, above them on a line that ends at the ceiling."""
    return min(score, _EVEN + (score - _EVEN) * (UNFLAGGED_CEILING - _EVEN) / (1 - _EVEN))


def may_flag(reading: Reading) -> bool:
    """Whether an ad may be flagged at all: never on one indicator, nor on the sector alone."""
    present = (hit for hit in reading.indicators.hits if hit.state is State.PRESENT)
    return sum(hit.code[0] != _CONTEXT_GROUP for hit in present) >= 2


def is_unsure(left: tuple[bool, bool] | None) -> bool:
    """Whether the answers left possible (`Served.answers_left`) are no answer: both, or neither."""
    return left is not None and left[0] == left[1]


def abstains(reading: Reading, score: float, *, least_letters: int) -> bool:
    """Too little text, a language nobody taught the model, or even odds: insufficient information."""
    letters = sum(char.isalpha() for char in reading.text)
    even = band_of(score) is Band.ROUGHLY_EVEN_CHANCE
    return letters < least_letters or reading.language not in CONTENT_LANGUAGES or even


def reason_text(hit: IndicatorHit, facts: Facts) -> str:
    """What an analyst reads of an indicator present: its title, and of unusual pay the numbers."""
    pay = facts.plausibility
    return f"{hit.title}: {pay.why}" if hit.code == PAY and pay.verdict == "far_above" else hit.title


def _spans_of(reading: Reading, words: list[str]) -> tuple[Span, ...]:
    """First place of each word or pair in the original text."""
    normalised = reading.indicators.normalised
    spans = []
    for word in words:
        at = normalised.text.find(word)
        if at >= 0:
            spans.append(normalised.original_span(at, at + len(word)))
    return tuple(sorted(set(spans)))

"""The indicator catalogue: loads `models/indicators/*.yml` and reads texts with it.

An indicator is *present* when one of its phrases stands in the text and nothing denies it (a denying phrase that
overlaps, or words of negation beside it), *contradicted* when only denials stand there, else *not stated*. In a text
that warns about or reports on lures, what it quotes is not stated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.indicator_spec import IndicatorFile, IndicatorSpec, Language, WarningFrame
from models.negation import negation
from models.normalise import Normalised, normalise
from models.phrases import Words
from models.signs import Sign, SignFinder
from zorya.datafiles import load
from zorya.domain.findings import IndicatorHit, Span, State, Strength
from zorya.domain.ids import content_digest
from zorya.domain.languages import Part
from zorya.errors import DataFileError

FOLDER = Path(__file__).parent / "indicators"
WARNING_FRAME = Path(__file__).parent / "lexicons" / "warning_frame.yml"
OBFUSCATION = "E6"
"""Coded wording: also present when the normaliser had to repair hidden words."""
_FRAME = "frame"
_TOLD = {"titles", "whys", "drafts"}
"""Translations: a better word for people reads no ad anew."""
_FRAME_PHRASES_NEEDED = 2
"""Two different warning phrases: one alone ("beware of fakes") is also what a recruiter writes."""


@dataclass(frozen=True, slots=True)
class TextReading:
    """What the catalogue says of one text: hits present or contradicted (others are not stated), and whether it
    warns.
    """

    hits: tuple[IndicatorHit, ...]
    warns: bool
    quoted: tuple[str, ...]
    """Codes found only as quotations in a warning."""
    normalised: Normalised


class Catalogue:
    """Compiled indicators of one ruleset."""

    def __init__(self, specs: Sequence[IndicatorSpec], frame: WarningFrame) -> None:
        self.specs = tuple(sorted(specs, key=lambda spec: (spec.code[0], int(spec.code[1:]))))
        self.frame = frame
        self.by_code = {spec.code: spec for spec in self.specs}
        self.dimension_of = {spec.code: spec.dimension for spec in self.specs}
        self.ruleset = content_digest(
            {
                "specs": [spec.model_dump(mode="json", exclude=_TOLD) for spec in self.specs],
                "frame": frame.model_dump(mode="json"),
                "negation": negation().model_dump(mode="json"),
            }
        )[:16]
        lists: dict[str, dict[Language, Sequence[str]]] = {}
        for name, phrases in [*((spec.code, spec.phrases) for spec in self._active()), (_FRAME, frame.phrases)]:
            lists[name] = {language: each.present for language, each in phrases.items()}
            lists[_denying(name)] = {language: each.contradicted for language, each in phrases.items()}
        self._finder = SignFinder(lists, says_no=frozenset(spec.code for spec in self._active() if spec.says_no))

    def _active(self) -> list[IndicatorSpec]:
        return [spec for spec in self.specs if spec.status == "active"]

    def read(self, text: str, language: str | None = None, parts: Sequence[Part] = ()) -> TextReading:
        """Indicators of a text; spans are offsets into it.

        Phrases of several words count in any language (ads mix them); a single word only in its own, because
        `sponsor` or `escort` mean different things in different languages: that of the part it stands in, or of the
        whole text where no `parts` are given. Where the language is unknown, every word counts.
        """
        normalised = normalise(text)
        found = self._finder.find(Words(text, normalised, language=language, parts=parts))
        signs, _ = _weigh(found, _FRAME)
        warns = len({sign.phrase for sign in signs}) >= _FRAME_PHRASES_NEEDED
        hits: list[IndicatorHit] = []
        quoted: list[str] = []
        for spec in self._active():
            signs, denials = _weigh(found, spec.code)
            spans = [sign.span for sign in signs]
            if spec.code == OBFUSCATION:
                spans += normalised.repairs
            if spans and warns:
                quoted.append(spec.code)
            elif spans:
                hits.append(_hit(spec, State.PRESENT, spans))
            elif denials:
                hits.append(_hit(spec, State.CONTRADICTED, denials))
        return TextReading(tuple(hits), warns, tuple(quoted), normalised)


def _hit(spec: IndicatorSpec, state: State, spans: list[Span]) -> IndicatorHit:
    merged: list[Span] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return IndicatorHit(spec.code, spec.revision, spec.title, state, Strength(spec.strength), tuple(merged))


def _denying(name: str) -> str:
    return f"-{name}"


def _weigh(found: dict[str, list[Sign]], name: str) -> tuple[list[Sign], list[Span]]:
    """(signs that state a list, spans that deny it): a denying phrase cancels what it overlaps."""
    cancelling = [sign.span for sign in found.get(_denying(name), ())]
    stated = [sign for sign in found.get(name, ()) if not _overlaps(sign.span, cancelling)]
    return [sign for sign in stated if not sign.denied], cancelling + [sign.span for sign in stated if sign.denied]


def _overlaps(span: Span, others: list[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def load_specs(folder: Path = FOLDER) -> list[IndicatorSpec]:
    """Every entry of every file; a code used twice is an error."""
    specs: list[IndicatorSpec] = []
    seen: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yml")):
        for spec in load(path, IndicatorFile).indicators:
            if spec.code in seen:
                raise DataFileError(
                    path, f"indicator {spec.code} is already in {seen[spec.code].name}; codes are unique"
                )
            seen[spec.code] = path
            specs.append(spec)
    return specs


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue, compiled once in a process."""
    return Catalogue(load_specs(), load(WARNING_FRAME, WarningFrame))

"""The indicator catalogue: loads `models/indicators/*.yml` and reads texts with it.

An indicator is *present* when one of its phrases stands in the text and nothing denies it (a denying phrase that
overlaps, or words of negation beside it), *contradicted* when only denials stand there, else *not stated*. In a text
that warns about, reports on or asks about lures, what it quotes is not stated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.condition_check import faults, in_order
from models.conditions import OWN
from models.contacts import find_contacts
from models.contacts.hiding import hidden_spans
from models.evaluation import Evidence, evaluate
from models.fact_values import fact_values
from models.facts import Facts, find_facts
from models.indicator_lock import NAME as LOCK
from models.indicator_spec import CHECKED, IndicatorFile, IndicatorSpec, Language, WarningFrame
from models.normalise import Normalised, normalise
from models.phrases import PhraseMatcher, Words
from models.places import distinct, find_mentions
from models.quotation import asks, reported_parts, split, stated_outside
from models.signs import Lists, Sign, SignFinder
from zorya.compiled import compiled
from zorya.datafiles import load
from zorya.domain.ads import Contact
from zorya.domain.findings import IndicatorHit, Span, State, Strength
from zorya.domain.ids import content_digest, sha256_hex
from zorya.domain.language_profile import TABLE as LANGUAGE_TABLE
from zorya.domain.languages import Part
from zorya.errors import DataFileError

FOLDER = Path(__file__).parent / "indicators"
LEXICONS = Path(__file__).parent / "lexicons"
WARNING_FRAME = LEXICONS / "warning_frame.yml"
DECISION_RULE = Path(__file__).parent / "decision_rule.yml"
"""Its outcome stands among the reasons of an assessment."""
_FRAME, _REPORTING, _ASKING = "frame", "reporting", "asking"
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
    """Codes found only as quotations: in a warning, a report or a question."""
    normalised: Normalised


class Catalogue:
    """Compiled indicators of one ruleset."""

    def __init__(
        self,
        specs: Sequence[IndicatorSpec],
        frame: WarningFrame,
        *,
        ruleset: str | None = None,
        matcher: PhraseMatcher[Any] | None = None,
    ) -> None:
        """`ruleset` and `matcher` of the same entries, where they are known."""
        self.specs = tuple(sorted(specs, key=lambda spec: (spec.code[0], int(spec.code[1:]))))
        self.frame = frame
        self.by_code = {spec.code: spec for spec in self.specs}
        self.dimension_of = {spec.code: spec.dimension for spec in self.specs}
        self._reading_order = in_order([spec for spec in self.specs if spec.status == "active"])
        self.ruleset = ruleset or _ruleset(self.specs, frame)
        says_no = frozenset(spec.code for spec in self._reading_order if spec.says_no)
        self._finder = (
            SignFinder.sharing(matcher, says_no=says_no)
            if matcher
            else SignFinder(_lists(self._reading_order, frame), says_no=says_no)
        )

    @classmethod
    def restored(cls, kept: dict[str, Any], matcher: PhraseMatcher[Any]) -> "Catalogue":
        """From what `kept` gave, whose entries were valid then, and a matcher of their phrases."""
        specs = [IndicatorSpec.model_validate(spec, context=CHECKED) for spec in kept["specs"]]
        frame = WarningFrame.model_validate(kept["frame"], context=CHECKED)
        return cls(specs, frame, ruleset=kept["ruleset"], matcher=matcher)

    def kept(self) -> dict[str, Any]:
        """The entries in plain values."""
        return {
            "specs": [spec.model_dump(mode="json", by_alias=True, exclude_unset=True) for spec in self.specs],
            "frame": self.frame.model_dump(mode="json"),
            "ruleset": self.ruleset,
        }

    def read(
        self,
        text: str,
        language: str | None = None,
        parts: Sequence[Part] = (),
        *,
        words: Words | None = None,
        facts: Facts | None = None,
        contacts: Sequence[Contact] | None = None,
    ) -> TextReading:
        """Indicators of a text; spans are offsets into it. `words`, `facts`, `contacts` of it save finding them again.

        Phrases of several words count in any language (ads mix them); a single word only in its own, because
        `sponsor` or `escort` mean different things in different languages: that of the part it stands in, or of the
        whole text where no `parts` are given. Where the language is unknown, every word counts.
        """
        if words is None or facts is None:
            words, facts = _understand(text, language, parts)
        found = self._finder.find(words)
        frame, _ = _weigh(found, _FRAME)
        warns = len({sign.phrase for sign in frame}) >= _FRAME_PHRASES_NEEDED or asks(text, found.get(_ASKING, ()))
        reported = reported_parts(text, found.get(_REPORTING, ()))
        found, quoting = split(found, reported)
        present: dict[str, Sequence[Span]] = {}
        denied: dict[str, Sequence[Span]] = {}
        reached = find_contacts(text, language=language) if contacts is None else contacts
        values = stated_outside(fact_values(facts, words.normalised, hidden_spans(reached)), reported)
        for spec in self._reading_order:
            own, denied[spec.code] = _weigh(found, spec.code)
            signs = {name: [s for s in found.get(_listed(spec, name), ()) if not s.denied] for name in spec.lists}
            spans = evaluate(spec.when, Evidence(words, {**signs, OWN: own}, present, values))
            if spans is not None:
                present[spec.code] = spans
        hits = self._hits(Evidence(words, {}, present, values), denied, warns=warns)
        quoted = present.keys() | quoting if warns else quoting - present.keys()
        codes = tuple(spec.code for spec in self.specs if spec.code in quoted)
        return TextReading(tuple(hits), warns, codes, words.normalised)

    def _hits(self, evidence: Evidence, denied: Mapping[str, Sequence[Span]], *, warns: bool) -> Iterator[IndicatorHit]:
        """In the order of the codes; a text that warns has nothing present."""
        for spec in self.specs:
            if spec.code in evidence.present:
                if not warns:
                    strength = _strength(spec, evidence)
                    yield _hit(spec, State.PRESENT, evidence.present[spec.code], strength)
            elif denied.get(spec.code):
                yield _hit(spec, State.CONTRADICTED, denied[spec.code], spec.strength)


def _ruleset(specs: Sequence[IndicatorSpec], frame: WarningFrame) -> str:
    return content_digest(
        {
            "specs": [spec.model_dump(mode="json", exclude=_TOLD) for spec in specs],
            "frame": frame.model_dump(mode="json"),
            "decision": sha256_hex(DECISION_RULE.read_bytes()),
            "languages": sha256_hex(LANGUAGE_TABLE.read_bytes()),
            "words": {file.relative_to(LEXICONS).as_posix(): sha256_hex(file.read_bytes()) for file in word_files()},
        }
    )[:16]


def _understand(text: str, language: str | None, parts: Sequence[Part]) -> tuple[Words, Facts]:
    normalised = normalise(text)
    mentions = find_mentions(text, normalised)
    words = Words(text, normalised, places=[span for _, span in mentions], language=language, parts=parts)
    return words, find_facts(text, language=language, words=words, places=distinct(mentions))


def shipped_lists() -> Lists:
    """Every phrase list of the shipped files that is looked for."""
    return _lists(
        in_order([spec for spec in load_specs() if spec.status == "active"]), load(WARNING_FRAME, WarningFrame)
    )


def _lists(specs: Sequence[IndicatorSpec], frame: WarningFrame) -> Lists:
    """Every phrase list under a name of its own."""
    lists: dict[str, Mapping[Language, Sequence[str]]] = {}
    for name, phrases in [*((spec.code, spec.phrases) for spec in specs), (_FRAME, frame.phrases)]:
        lists[name] = {language: each.present for language, each in phrases.items()}
        lists[_denying(name)] = {language: each.contradicted for language, each in phrases.items()}
    lists |= {_REPORTING: frame.reporting, _ASKING: frame.asking}
    return lists | {_listed(spec, name): spec.lists[name] for spec in specs for name in spec.lists}


def _listed(spec: IndicatorSpec, name: str) -> str:
    return f"{spec.code}.{name}"


def _strength(spec: IndicatorSpec, evidence: Evidence) -> Strength:
    """Raised where another condition of the entry holds, to medium at most: text alone is never strong."""
    raised = spec.strength_with.get(Strength.MEDIUM)
    return Strength.MEDIUM if raised and evaluate(raised, evidence) is not None else Strength(spec.strength)


def _hit(spec: IndicatorSpec, state: State, spans: Sequence[Span], strength: Strength) -> IndicatorHit:
    merged: list[Span] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return IndicatorHit(spec.code, spec.revision, spec.title, state, strength, tuple(merged))


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
    for path in sorted(set(folder.glob("*.yml")) - {folder / LOCK}):
        for spec in load(path, IndicatorFile).indicators:
            if spec.code in seen:
                raise DataFileError(
                    path, f"indicator {spec.code} is already in {seen[spec.code].name}; codes are unique"
                )
            seen[spec.code] = path
            specs.append(spec)
    for spec, word, why in faults(specs):
        raise DataFileError(seen[spec.code], why, line=_line_of(seen[spec.code], spec.code, word))
    return specs


def _line_of(path: Path, code: str, word: str) -> int | None:
    """Line of an entry's `when` that holds a word."""
    lines = path.read_text(encoding="utf-8").splitlines()
    entry = next(number for number, line in enumerate(lines) if line.strip(" -") == f"code: {code}")
    return next((number + 1 for number in range(entry, len(lines)) if word in lines[number]), entry + 1)


def files() -> tuple[Path, ...]:
    """Every data file that the shipped catalogue is compiled from."""
    return (*FOLDER.glob("*.yml"), *word_files(), DECISION_RULE, LANGUAGE_TABLE)


def word_files() -> list[Path]:
    """Every word list that decides how an ad is read: to edit one is to read by another ruleset."""
    return sorted(LEXICONS.rglob("*.yml"))


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue, compiled once in a process."""
    from models.shared_pass import shared_pass  # it asks here which phrases there are: no circle

    return Catalogue.restored(compiled("catalogue", files(), FOLDER.parent, _compiled), shared_pass().matcher)


def _compiled() -> dict[str, Any]:
    return Catalogue(load_specs(), load(WARNING_FRAME, WarningFrame)).kept()

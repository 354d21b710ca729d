"""The indicator catalogue: loads `models/indicators/*.yml` and reads texts with it.

An indicator is *present* when one of its phrases stands in the text and nothing denies it (a denying phrase that
overlaps, or words of negation beside it), *contradicted* when only denials stand there, else *not stated*. In a text
that warns about, reports on or asks about lures, what it quotes is not stated.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from models.comparisons import OWN, Plain, may_hold_alone
from models.condition_evaluation import Evidence, evaluate
from models.contacts import find_contacts
from models.fact_values import fact_values
from models.facts import Facts, find_facts
from models.normalise import Normalised, normalise
from models.phrases import PhraseMatcher, Words
from models.places import distinct, find_mentions
from models.quotation import asks, reported_parts, split, stated_outside
from models.signs import Sign, SignFinder
from zorya.compiled import compiled
from zorya.domain.ads import Contact
from zorya.domain.findings import IndicatorHit, Span, State, Strength
from zorya.domain.ids import sha256_hex
from zorya.domain.language_profile import TABLE as LANGUAGE_TABLE
from zorya.domain.languages import Part

if TYPE_CHECKING:
    from models.indicator_spec import IndicatorSpec, WarningFrame

FOLDER = Path(__file__).parent / "indicators"
LEXICONS = Path(__file__).parent / "lexicons"
WARNING_FRAME = LEXICONS / "warning_frame.yml"
DECISION_RULE = Path(__file__).parent / "decision_rule.yml"
"""Its outcome stands among the reasons of an assessment."""
FRAME, REPORTING, ASKING = "frame", "reporting", "asking"
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


class Entry(NamedTuple):
    """What reading an ad needs of an indicator."""

    code: str
    revision: int
    title: str
    strength: str
    dimension: str
    lists: Sequence[str]
    """Names of its lists."""
    when: Plain
    raised_when: Plain | None
    """A weak indicator is medium where this holds."""


class Catalogue:
    """Compiled indicators of one ruleset."""

    def __init__(self, specs: Sequence["IndicatorSpec"], frame: "WarningFrame") -> None:
        from models import catalogue_files as entries
        from models.condition_check import in_order

        self.specs = tuple(sorted(specs, key=lambda spec: (spec.code[0], int(spec.code[1:]))))
        self.frame = frame
        read = in_order([spec for spec in self.specs if spec.status == "active"])
        says_no = frozenset(spec.code for spec in read if spec.says_no)
        self._take([entries.entry_of(spec) for spec in self.specs], [spec.code for spec in read], says_no)
        self.ruleset = entries.ruleset(self.specs, frame)
        self._finder = SignFinder(entries.lists(read, frame), says_no=says_no)

    def _take(self, entries: Sequence[Entry], order: Sequence[str], says_no: frozenset[str]) -> None:
        """`order`: codes of the active ones, each after those that its `when` asks for."""
        by_code = {entry.code: entry for entry in entries}
        self._entries, self._says_no = entries, says_no
        self._reading_order = [by_code[code] for code in order]
        self._own_lists = {entry.code: _own_lists(entry) for entry in self._reading_order}
        self._hold_alone = frozenset(entry.code for entry in self._reading_order if may_hold_alone(entry.when))
        self.dimension_of = {entry.code: entry.dimension for entry in entries}

    @classmethod
    def restored(cls, kept: dict[str, Any], matcher: PhraseMatcher[Any]) -> "Catalogue":
        """The shipped one, from what `kept` gave and a matcher of its phrases."""
        made = cls.__new__(cls)
        made._take([Entry(*entry) for entry in kept["entries"]], kept["order"], frozenset(kept["says_no"]))
        made.ruleset = kept["ruleset"]
        made._finder = SignFinder.sharing(matcher, says_no=made._says_no)
        return made

    def kept(self) -> dict[str, Any]:
        """The entries in plain values."""
        return {
            "entries": [tuple(entry) for entry in self._entries],
            "order": [entry.code for entry in self._reading_order],
            "says_no": sorted(self._says_no),
            "ruleset": self.ruleset,
        }

    @cached_property
    def specs(self) -> tuple["IndicatorSpec", ...]:
        """All that the files say of the indicators, in the order of their codes."""
        from models import catalogue_files

        return catalogue_files.shipped()[0]

    @cached_property
    def frame(self) -> "WarningFrame":
        """The words of warnings, reports and questions."""
        from models import catalogue_files

        return catalogue_files.shipped()[1]

    @cached_property
    def by_code(self) -> Mapping[str, "IndicatorSpec"]:
        """`specs` by code."""
        return {spec.code: spec for spec in self.specs}

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
        frame, _ = _weigh(found, FRAME)
        warns = len({sign.phrase for sign in frame}) >= _FRAME_PHRASES_NEEDED or asks(text, found.get(ASKING, ()))
        reported = reported_parts(text, found.get(REPORTING, ()))
        found, quoting = split(found, reported)
        present: dict[str, Sequence[Span]] = {}
        denied: dict[str, Sequence[Span]] = {}
        reached = find_contacts(text, language=language) if contacts is None else contacts
        values = stated_outside(fact_values(facts, words.normalised, reached), reported)
        for entry in self._reading_order:
            if entry.code not in self._hold_alone and found.keys().isdisjoint(self._own_lists[entry.code]):
                continue
            own, denied[entry.code] = _weigh(found, entry.code)
            signs = {name: [s for s in found.get(listed(entry.code, name), ()) if not s.denied] for name in entry.lists}
            spans = evaluate(entry.when, Evidence(words, {**signs, OWN: own}, present, values))
            if spans is not None:
                present[entry.code] = spans
        hits = self._hits(Evidence(words, {}, present, values), denied, warns=warns)
        quoted = present.keys() | quoting if warns else quoting - present.keys()
        codes = tuple(entry.code for entry in self._entries if entry.code in quoted)
        return TextReading(tuple(hits), warns, codes, words.normalised)

    def _hits(self, evidence: Evidence, denied: Mapping[str, Sequence[Span]], *, warns: bool) -> Iterator[IndicatorHit]:
        """In the order of the codes; a text that warns has nothing present."""
        for entry in self._entries:
            if entry.code in evidence.present:
                if not warns:
                    strength = _strength(entry, evidence)
                    yield _hit(entry, State.PRESENT, evidence.present[entry.code], strength)
            elif denied.get(entry.code):
                yield _hit(entry, State.CONTRADICTED, denied[entry.code], Strength(entry.strength))


def _understand(text: str, language: str | None, parts: Sequence[Part]) -> tuple[Words, Facts]:
    normalised = normalise(text)
    mentions = find_mentions(text, normalised)
    words = Words(text, normalised, places=[span for _, span in mentions], language=language, parts=parts)
    return words, find_facts(text, language=language, words=words, places=distinct(mentions))


def listed(code: str, name: str) -> str:
    """Under what one of an entry's own lists is looked for."""
    return f"{code}.{name}"


def _own_lists(entry: Entry) -> frozenset[str]:
    """Names under which the phrases of an entry are looked for."""
    return frozenset((entry.code, denying(entry.code), *(listed(entry.code, name) for name in entry.lists)))


def _strength(entry: Entry, evidence: Evidence) -> Strength:
    """Raised where another condition of the entry holds, to medium at most: text alone is never strong."""
    raised = entry.raised_when is not None and evaluate(entry.raised_when, evidence) is not None
    return Strength.MEDIUM if raised else Strength(entry.strength)


def _hit(entry: Entry, state: State, spans: Sequence[Span], strength: Strength) -> IndicatorHit:
    merged: list[Span] = []
    for start, end in sorted(set(spans)):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return IndicatorHit(entry.code, entry.revision, entry.title, state, strength, tuple(merged))


def denying(name: str) -> str:
    """Under what the phrases that deny a list are looked for."""
    return f"-{name}"


def _weigh(found: dict[str, list[Sign]], name: str) -> tuple[list[Sign], list[Span]]:
    """(signs that state a list, spans that deny it): a denying phrase cancels what it overlaps."""
    cancelling = [sign.span for sign in found.get(denying(name), ())]
    if name not in found:
        return [], cancelling
    stated = [sign for sign in found.get(name, ()) if not _overlaps(sign.span, cancelling)]
    return [sign for sign in stated if not sign.denied], cancelling + [sign.span for sign in stated if sign.denied]


def _overlaps(span: Span, others: list[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def files() -> tuple[Path, ...]:
    """Every data file that the shipped catalogue is compiled from."""
    return (*FOLDER.glob("*.yml"), *word_files(), DECISION_RULE, LANGUAGE_TABLE)


def digests() -> dict[str, Any]:
    """SHA-256 of every file beside the indicators' own that decides how an ad is read."""
    return {
        "decision": sha256_hex(DECISION_RULE.read_bytes()),
        "languages": sha256_hex(LANGUAGE_TABLE.read_bytes()),
        "words": {file.relative_to(LEXICONS).as_posix(): sha256_hex(file.read_bytes()) for file in word_files()},
    }


def word_files() -> list[Path]:
    """Every word list that decides how an ad is read: to edit one is to read by another ruleset."""
    return sorted(LEXICONS.rglob("*.yml"))


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue, compiled once in a process."""
    from models.shared_pass import shared_pass  # it asks here which phrases there are: no circle

    return Catalogue.restored(compiled("catalogue", files(), FOLDER.parent, _compiled), shared_pass().matcher)


def _compiled() -> dict[str, Any]:
    from models.catalogue_files import load_specs, warning_frame

    return Catalogue(load_specs(), warning_frame()).kept()

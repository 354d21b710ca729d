"""What an indicator does on the ads in the store, before and after somebody edits it.

The texts are read again with the files as they are now, so an edit shows without a screening. Vocabulary of labelling
functions (Ratner et al., Snorkel, 2017): *coverage* is the share of ads an indicator speaks about, *overlap* the share
of its ads where another one is present too, *conflicts* the campaigns whose ads contradict each other about it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from models.catalogue import Catalogue
from models.conditions import OWN
from models.indicator_spec import IndicatorSpec, Language, PhraseLists
from models.phrases import PhraseMatcher, Words, parse_phrase
from zorya.domain.ads import PostingVersion
from zorya.domain.findings import Span, State
from zorya.domain.languages import identify
from zorya.redact import redact

SHOWN_EXAMPLES = 8
_AROUND = 60
"""Characters shown on each side of what matched."""


@dataclass(slots=True)
class Tally:
    """Ads read, and in how many of them an indicator is present or contradicted."""

    ads: int = 0
    present: int = 0
    contradicted: int = 0

    def count(self, state: State | None) -> None:
        """Add one ad."""
        self.ads += 1
        self.present += state is State.PRESENT
        self.contradicted += state is State.CONTRADICTED

    @property
    def share(self) -> float:
        """Base rate: share of ads in which it is present, 0 when there are no ads."""
        return self.present / self.ads if self.ads else 0.0


@dataclass(frozen=True, slots=True)
class Example:
    """One hit as an editor reads it: contacts masked, `phrase` is what the file says (empty for a computed sign)."""

    source: str
    language: str | None
    phrase: str
    before: str
    matched: str
    after: str


@dataclass(slots=True)
class Preview:
    """One indicator over the ads read. `phrases`: phrase → source → ads in which it stands."""

    spec: IndicatorSpec
    total: Tally = field(default_factory=Tally)
    sources: dict[str, Tally] = field(default_factory=dict)
    languages: dict[str, Tally] = field(default_factory=dict)
    phrases: dict[str, Counter[str]] = field(default_factory=dict)
    examples: list[Example] = field(default_factory=list)

    def shares(self) -> list[tuple[str, str, int, float]]:
        """(phrase, source, ads, share of that source's ads), the most common first."""
        rows = [
            (phrase, source, ads, ads / self.sources[source].ads)
            for phrase, by_source in self.phrases.items()
            for source, ads in by_source.items()
        ]
        return sorted(rows, key=lambda row: (-row[3], -row[2], row[0], row[1]))


def preview(ads: Iterable[PostingVersion], catalogue: Catalogue, spec: IndicatorSpec) -> Preview:
    """Read `ads` with one indicator of `catalogue` and count per source, language and phrase."""
    shown = Preview(spec)
    matcher = PhraseMatcher(
        (source, parse_phrase(source)) for lists in spec.phrases.values() for source in lists.present
    )
    for version in ads:
        text, language = version.posting.text, _language_of(version)
        reading = catalogue.read(text, language)
        hit = next((hit for hit in reading.hits if hit.code == spec.code), None)
        state = hit.state if hit else None
        source = version.posting.source
        shown.total.count(state)
        shown.sources.setdefault(source, Tally()).count(state)
        shown.languages.setdefault(language or "unknown", Tally()).count(state)
        if hit is None or hit.state is not State.PRESENT:
            continue
        words = Words(text, reading.normalised)
        stand = {
            phrase: [words.original_span(match.first, match.after) for match in matches]
            for phrase, matches in matcher.find(words).items()
        }
        told = {phrase for phrase, spans in stand.items() if any(_within(span, hit.spans) for span in spans)}
        for phrase in told or {""}:
            shown.phrases.setdefault(phrase, Counter())[source] += 1
        if len(shown.examples) < SHOWN_EXAMPLES and hit.spans:
            shown.examples.append(_example(version, language, hit.spans[0], min(told, default="")))
    return shown


def with_phrase(spec: IndicatorSpec, phrase: str) -> IndicatorSpec:
    """A draft of an indicator that consists of one phrase only, to see what it would hit; raises PhraseError."""
    parse_phrase(phrase)
    phrases: dict[Language, PhraseLists] = dict.fromkeys(spec.phrases, PhraseLists(present=(phrase,)))
    alone = {"phrases": phrases, "status": "active", "lists": {}, "when": OWN, "strength_with": {}}
    return spec.model_copy(update=alone)


@dataclass(slots=True)
class Statistics:
    """Every active indicator over the ads read, by code (of pairs: in the order of the codes)."""

    ads: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    sources: dict[str, dict[str, Tally]] = field(default_factory=dict)
    languages: dict[str, dict[str, Tally]] = field(default_factory=dict)
    with_others: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    campaigns: int = 0
    conflicts: Counter[str] = field(default_factory=Counter)
    most_present: Counter[int] = field(default_factory=Counter)
    """Number of indicators present → ads with so many."""

    def lift(self, one: str, other: str) -> float:
        """How much more often two indicators stand together than if they knew nothing of each other; 1 is no tie."""
        expected = self.tallies[one].present * self.tallies[other].present
        return self.pairs[one, other] * self.ads / expected if expected else 0.0

    def at_least(self, number: int) -> float:
        """Share of ads with so many indicators present, or more."""
        return sum(n for present, n in self.most_present.items() if present >= number) / self.ads if self.ads else 0.0


def statistics(ads: Iterable[PostingVersion], catalogue: Catalogue, campaign_of: Mapping[str, str]) -> Statistics:
    """Coverage, base rates, overlaps and conflicts of the whole catalogue. `campaign_of`: posting id → campaign id."""
    found = Statistics()
    codes = [spec.code for spec in catalogue.specs if spec.status == "active"]
    found.tallies = {code: Tally() for code in codes}
    said: dict[tuple[str, str], set[State]] = {}
    campaigns: set[str] = set()
    for version in ads:
        language = _language_of(version)
        states = {hit.code: hit.state for hit in catalogue.read(version.posting.text, language).hits}
        found.ads += 1
        for tallies in (
            found.tallies,
            found.sources.setdefault(version.posting.source, {code: Tally() for code in codes}),
            found.languages.setdefault(language or "unknown", {code: Tally() for code in codes}),
        ):
            for code in codes:
                tallies[code].count(states.get(code))
        present = sorted((code for code, state in states.items() if state is State.PRESENT), key=codes.index)
        found.most_present[len(present)] += 1
        found.with_others.update(present if len(present) > 1 else ())
        found.pairs.update((one, other) for n, one in enumerate(present) for other in present[n + 1 :])
        campaign = campaign_of.get(version.posting_id)
        if campaign:
            campaigns.add(campaign)
            for code, state in states.items():
                said.setdefault((code, campaign), set()).add(state)
    found.campaigns = len(campaigns)
    found.conflicts.update(code for (code, _), states in said.items() if len(states) > 1)
    return found


def _language_of(version: PostingVersion) -> str | None:
    return version.posting.language or identify(version.posting.text)


def _within(span: Span, spans: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _example(version: PostingVersion, language: str | None, span: Span, phrase: str) -> Example:
    text, mask = version.posting.text, _masking(version)
    start, end = span
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    return Example(
        version.posting.source,
        language,
        phrase,
        mask(text[first:start]),
        mask(text[start:end]),
        mask(text[end:last]),
    )


def _masking(version: PostingVersion) -> Callable[[str], str]:
    """Hides the contacts that were read, wherever a cut of the text shows them, and whatever looks like one."""
    from models.contacts import find_contacts

    raws = sorted({contact.raw for contact in find_contacts(version.posting.text)}, key=len, reverse=True)

    def mask(part: str) -> str:
        for raw in raws:
            part = part.replace(raw, "[contact]")
        return " ".join(redact(part).split())

    return mask

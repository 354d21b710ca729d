"""What the indicator catalogue does, counted for its card: on its own examples, the seed corpus and ordinary ads.

Counted on what a person would see: states after negation and quotation. Agreement with the seed corpus says little (the
phrases were written beside it); ordinary ads are the test. Ads are read one by one and dropped.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from models.catalogue import Catalogue, catalogue
from models.decision_rule import decide
from models.indicator_spec import IndicatorSpec
from models.reading import Reading, read
from zorya.datafiles import DataModel, load
from zorya.domain.ads import Posting
from zorya.domain.findings import IndicatorHit, State
from zorya.domain.reviews import VerdictLabel
from zorya.labelled import Corpus
from zorya.redact import redact

REMEDIES = Path(__file__).parent / "cards" / "remedies.yml"
LEVELS = (1, 3, 5)
"""Numbers of indicators that Volodko et al. 2019 count by (with 3 between)."""
_LONGEST = 60


class Remedies(DataModel):
    """What to do about the false alarms of an indicator, by its code."""

    remedies: dict[str, str]


@cache
def remedies() -> dict[str, str]:
    """The shipped remedies."""
    return load(REMEDIES, Remedies).remedies


@dataclass(slots=True)
class Share:
    """Ads read; how many hold at least 1, 3, 5 indicators; in how many the ILO rule finds a positive dimension."""

    ads: int = 0
    at_least: Counter[int] = field(default_factory=Counter)
    rule: int = 0

    def count(self, present: int, *, rule: bool) -> None:
        """Add one ad."""
        self.ads += 1
        self.at_least.update(level for level in LEVELS if present >= level)
        self.rule += rule


@dataclass(slots=True)
class Labelled:
    """Seed corpus of one language: codes its writers put down, found or missed; codes found beside them."""

    found: int = 0
    missed: int = 0
    beside: int = 0
    concern: Share = field(default_factory=Share)
    no_concern: Share = field(default_factory=Share)


@dataclass(slots=True)
class Examples:
    """Sentences of the catalogue in one language and how many behave as their entry says."""

    hits: int = 0
    hits_held: int = 0
    misses: int = 0
    misses_held: int = 0


@dataclass(slots=True)
class Ordinary:
    """Ordinary ads by set and by language, and what was matched: (code, wording) → ads."""

    sets: dict[str, Share] = field(default_factory=dict)
    languages: dict[str, Share] = field(default_factory=dict)
    alarms: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    most: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    """(code, wording) → set → ads."""

    @property
    def total(self) -> Share:
        """All sets together."""
        whole = Share()
        for share in self.sets.values():
            whole.ads += share.ads
            whole.at_least += share.at_least
            whole.rule += share.rule
        return whole


def examples(specs: Iterable[IndicatorSpec], reader: Catalogue) -> dict[str, Examples]:
    """Every example of every active entry, read as the tests read it."""
    counted: dict[str, Examples] = {}
    for spec in specs:
        if spec.status != "active":
            continue
        wanted = State.CONTRADICTED if spec.contradicted_only else State.PRESENT
        for language, sentences in spec.examples.items():
            row = counted.setdefault(language, Examples())
            states = [
                {hit.code: hit.state for hit in reader.read(text, language).hits}.get(spec.code) is wanted
                for text in (*sentences.hit, *sentences.miss)
            ]
            row.hits += len(sentences.hit)
            row.misses += len(sentences.miss)
            row.hits_held += sum(states[: len(sentences.hit)])
            row.misses_held += sum(not state for state in states[len(sentences.hit) :])
    return counted


def labelled(corpus: Corpus) -> dict[str, Labelled]:
    """The seed corpus by language."""
    counted: dict[str, Labelled] = {}
    for ad in corpus.ads:
        row = counted.setdefault(ad.language or "unknown", Labelled())
        present = _present(read(ad.posting()))
        codes = {hit.code for hit in present}
        wanted = set(ad.indicators)
        row.found += len(codes & wanted)
        row.missed += len(wanted - codes)
        row.beside += len(codes - wanted)
        side = {VerdictLabel.CONCERN: row.concern, VerdictLabel.NO_CONCERN: row.no_concern}.get(ad.label)
        if side is not None:
            side.count(len(codes), rule=_rule_speaks(present))
    return counted


def count_ordinary(counted: Ordinary, name: str, postings: Iterable[Posting]) -> None:
    """Add the ads of one set."""
    by_set = counted.sets.setdefault(name, Share())
    for posting in postings:
        reading = read(posting)
        present = _present(reading)
        rule = _rule_speaks(present)
        by_language = counted.languages.setdefault(reading.language or "unknown", Share())
        for share in (by_set, by_language):
            share.count(len(present), rule=rule)
        counted.codes.update(hit.code for hit in present)
        for alarm in {(hit.code, wording) for hit in present for wording in _wordings(reading, hit)}:
            counted.alarms[alarm] += 1
            counted.most.setdefault(alarm, Counter())[name] += 1


def _present(reading: Reading) -> list[IndicatorHit]:
    return [hit for hit in reading.indicators.hits if hit.state is State.PRESENT]


def _rule_speaks(present: list[IndicatorHit]) -> bool:
    decision = decide(present, catalogue().dimension_of)
    return decision is not None and decision.outcome != "none"


def _wordings(reading: Reading, hit: IndicatorHit) -> set[str]:
    """What matched and nothing around it: lower case, contacts and digits masked, cut to size."""
    matched = (" ".join(reading.text[start:end].lower().split()) for start, end in hit.spans)
    return {re.sub(r"\d+", "0", redact(text))[:_LONGEST] for text in matched}

"""Facts told by phrases: what the files' phrases, found in an ad's words, state."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from models.facts.record import DENIED, Stated
from models.phrases import PhraseMatcher, Words, parse_phrase
from zorya.domain.findings import Span, State

if TYPE_CHECKING:
    from models.facts.fact_file import FactFile


class FactKey(NamedTuple):
    """What a phrase states. `language`: the only one in which it counts, where it is a single word."""

    fact: str
    value: str
    language: str | None


class FactReader:
    """Facts, found by a matcher that others may use as well. `cancels`: fact → value → the value that cancels it."""

    def __init__(self, cancels: Mapping[str, Mapping[str, str]], matcher: PhraseMatcher[Any]) -> None:
        self._cancels, self._matcher = cancels, matcher

    @classmethod
    def of(cls, files: Iterable["FactFile"]) -> "FactReader":
        """A reader of some files alone."""
        entries = ((key, parse_phrase(source)) for key, source in fact_entries(files))
        return cls(cancellations(files), PhraseMatcher[Any](entries))

    def read(self, words: Words) -> dict[str, Stated]:
        """Fact → what is stated of it. A phrase of several words counts in any language (ads mix them), a single word
        only in its own: that of the part it stands in, or of the whole text where no parts are known.
        """
        found: dict[str, list[tuple[Span, str]]] = {}
        for key, matches in self._matcher.find(words).items():
            if not isinstance(key, FactKey):
                continue
            for match in matches:
                if key.language is None or words.language_at(match.first) in {None, key.language}:
                    span = words.original_span(match.first, match.after)
                    found.setdefault(key.fact, []).append((span, key.value))
        return {fact: _settle(hits, self._cancels[fact]) for fact, hits in sorted(found.items())}


def fact_entries(files: Iterable["FactFile"]) -> Iterator[tuple[FactKey, str]]:
    """(what it states, phrase) of every phrase of some files."""
    for file in files:
        for language, values in file.phrases.items():
            for value, sources in values.items():
                for source in sources:
                    only = None if " " in source else language
                    yield FactKey(file.fact, value, only), file.spelled(language, source)


def cancellations(files: Iterable["FactFile"]) -> dict[str, dict[str, str]]:
    """Fact → value → the value that cancels it where the two overlap."""
    return {file.fact: file.cancelled_by for file in files}


def _settle(hits: list[tuple[Span, str]], cancels: Mapping[str, str]) -> Stated:
    """Hits → one statement."""
    if len(hits) == 1:
        (span, value) = hits[0]
        return Stated(State.CONTRADICTED, (), (span,)) if value == DENIED else Stated(State.PRESENT, (value,), (span,))
    hits.sort()
    denials = [span for span, value in hits if value == DENIED]
    against = {cancelled: [span for span, value in hits if value == by] for cancelled, by in cancels.items()}
    present = [
        (span, value)
        for span, value in hits
        if value != DENIED and not _overlaps(span, denials) and not _overlaps(span, against.get(value, []))
    ]
    spans = [span for span, _ in present] or denials
    values = tuple(dict.fromkeys(value for _, value in present))
    return Stated(State.PRESENT if present else State.CONTRADICTED, values, merged(spans))


def merged(spans: list[Span]) -> tuple[Span, ...]:
    """Spans in order, those that overlap made one."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


def _overlaps(span: Span, others: list[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


@cache
def fact_reader() -> FactReader:
    """The shipped facts, compiled once in a process."""
    from models.shared_pass import shared_pass  # it knows all phrases, the catalogue's too, which read facts: no circle

    shared = shared_pass()
    return FactReader(shared.cancels, shared.matcher)

"""Facts told by phrases: all files' phrases in one matcher, read once over an ad's words."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from models.facts.fact_file import DENIED, FOLDER, FactFile, fact_files
from models.facts.record import Stated
from models.phrases import PhraseMatcher, Words, parse_phrase
from zorya.compiled import compiled
from zorya.domain.findings import Span, State


class FactReader:
    """Compiled phrases of some facts."""

    def __init__(self, files: tuple[FactFile, ...]) -> None:
        self._cancels = {file.fact: file.cancelled_by for file in files}
        entries = (entry for file in files for entry in _entries(file))
        self._matcher = PhraseMatcher((key, parse_phrase(source)) for key, source in entries)

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> "FactReader":
        """From what `kept` gave."""
        made = cls.__new__(cls)
        made._cancels = kept["cancels"]
        made._matcher = PhraseMatcher.restored(kept["entries"], kept["index"])
        return made

    def kept(self) -> dict[str, Any]:
        """The reader in plain values."""
        return {"cancels": self._cancels, "entries": self._matcher.entries, "index": self._matcher.index}

    def read(self, words: Words, language: str | None) -> dict[str, Stated]:
        """Fact → what is stated of it. A phrase of several words counts in any language (ads mix them), a single word
        only in its own.
        """
        found: dict[str, list[tuple[Span, str]]] = {}
        for key, matches in self._matcher.find(words).items():
            fact, value, only = key.split(" ")
            if not only or language is None or only == language:
                told = found.setdefault(fact, [])
                told.extend((words.original_span(match.first, match.after), value) for match in matches)
        return {fact: _settle(hits, self._cancels[fact]) for fact, hits in found.items()}


def _entries(file: FactFile) -> Iterator[tuple[str, str]]:
    for language, values in file.phrases.items():
        for value, sources in values.items():
            for source in sources:
                yield f"{file.fact} {value} {'' if ' ' in source else language}", file.spelled(language, source)


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
    return FactReader.restored(compiled("facts", FOLDER.glob("*.yml"), FOLDER.parents[1], _compiled))


def _compiled() -> dict[str, Any]:
    return FactReader(fact_files()).kept()

"""Phrases that no text can match: a fault of the file that holds them, which no reading would ever show.

Each alternative is written out as an ad would write it and read as ads are: what does not find itself finds nothing.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from models.catalogue import FOLDER, WARNING_FRAME
from models.facts import fact_file
from models.indicator_lock import NAME as LOCK
from models.indicator_spec import IndicatorFile, PhraseLists, WarningFrame
from models.lexicon_files import NegationFile
from models.negation import NEGATION
from models.normalise import normalise
from models.phrases import Words, match_at, parse_phrase
from zorya.datafiles import load
from zorya.errors import DataFileError

_SAMPLES = {"{money}": "1500 euro", "{number}": "5", "{percent}": "10%", "{age}": "22", "{place}": "Berlin"}
"""What stands for a placeholder in a phrase written out."""

Choice = tuple[int, str]
"""Place of an element in a phrase, and one of its alternatives."""


def dead_phrases(sources: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(phrase, an alternative of it that can never match), in the order of the phrases."""
    for source in sources:
        parts = [(part.removesuffix("?").split("|"), part.endswith("?")) for part in source.split(" ")]
        waiting = {(at, word): None for at, (words, _) in enumerate(parts) for word in words if word != "..."}
        for choices in _ways(parts):
            if not waiting.keys().isdisjoint(choices) and _finds_itself([word for _, word in choices]):
                for choice in choices:
                    waiting.pop(choice, None)
        yield from ((source, word) for _, word in waiting)


def _ways(parts: list[tuple[list[str], bool]]) -> Iterator[list[Choice]]:
    """Ways of writing a phrase out that use every alternative: all that is optional, one of it, none of it."""
    optional = [at for at, (_, may_be_missing) in enumerate(parts) if may_be_missing]
    for turn in range(max(len(words) for words, _ in parts)):
        every = [(at, words[turn % len(words)]) for at, (words, _) in enumerate(parts) if words != ["..."]]
        for kept in (optional, *([at] for at in optional), []) if optional else (optional,):
            yield [choice for choice in every if choice[0] in kept or choice[0] not in optional]


def _finds_itself(written: list[str]) -> bool:
    text, places = "", []
    for alternative in written:
        text += (" " if text else "") + (word := _SAMPLES.get(alternative, alternative.removesuffix("*")))
        if alternative == "{place}":
            places.append((len(text) - len(word), len(text)))
    words = Words(text, normalise(text), places=places)
    match = match_at(parse_phrase(" ".join(written)), words, 0)
    return match is not None and match.after == len(words.words)


def check(path: Path) -> None:
    """Raise DataFileError at the first dead phrase of a data file that holds phrases."""
    written_as = dict(_phrases(path))
    for source, word in dead_phrases(written_as):
        why = f"{written_as[source]!r}: no text can match {word!r} in it; write it as ads do, or remove it"
        raise DataFileError(path, why, line=_line_of(path, written_as[source]))


def files() -> list[Path]:
    """Every shipped file that holds phrases."""
    return [*sorted(set(FOLDER.glob("*.yml")) - {FOLDER / LOCK}), *sorted(fact_file.FOLDER.glob("*.yml")), *_FRAMES]


_FRAMES = (WARNING_FRAME, NEGATION)


def _phrases(path: Path) -> Iterator[tuple[str, str]]:
    """(phrase, as the file writes it)."""
    if path.parent == fact_file.FOLDER:
        file = load(path, fact_file.FactFile)
        for language, values in file.phrases.items():
            yield from ((file.spelled(language, each), each) for sources in values.values() for each in sources)
        return
    yield from ((each, each) for sources in _lists(path) for each in sources)


def _lists(path: Path) -> Iterator[Iterable[str]]:
    if path == NEGATION:
        for negators in load(path, NegationFile).negation.values():
            yield from (negators.before, negators.after, negators.affirms)
    elif path == WARNING_FRAME:
        frame = load(path, WarningFrame)
        yield from _of(frame.phrases.values())
        yield from (*frame.reporting.values(), *frame.asking.values())
    else:
        for spec in load(path, IndicatorFile).indicators:
            yield from _of(spec.phrases.values())
            yield from (sources for lists in spec.lists.values() for sources in lists.values())


def _of(lists: Iterable[PhraseLists]) -> Iterator[Iterable[str]]:
    for each in lists:
        yield from (each.present, each.contradicted)


def _line_of(path: Path, phrase: str) -> int | None:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if phrase in line), None)

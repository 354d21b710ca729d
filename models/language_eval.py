"""How often each way of telling languages is right, on held-out invented ads and on given files."""

import gzip
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from models.language_spellings import spellings
from models.language_training import FOLDS, Sample, fold_of, train
from zorya.domain.language_profile import TABLE, parse_table
from zorya.domain.languages import CONTENT_LANGUAGES, cld2_names, identify
from zorya.errors import DataFileError

SHORT = 40
"""Characters of the short texts."""
_SAME = {"bs": "hr", "sr": "hr"}
"""Serbian and Croatian count as one: the same ad is often both."""

Identify = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A text, the language it should be found to be, and the row it counts in."""

    row: str
    language: str
    text: str


def held_out(texts: Sequence[Sample]) -> list[dict[str, Any]]:
    """Each corpus ad and sentence in every spelling, judged by a profile that saw no text of its group."""
    rounds = []
    for fold in range(FOLDS):
        made = train([sample for sample in texts if fold_of(sample) != fold])
        cases = [
            Case(variety, variety[:2], text)
            for number, sample in enumerate(texts)
            if fold_of(sample) == fold and not sample.group.startswith("example")
            for variety, text in dict.fromkeys(spellings(sample.language, sample.text, number))
        ]
        rounds.append((made, cases))
    return _judge_all(rounds)


def on_files(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Ads of JSON-lines files (gzip or not) that have a `language`, judged by the shipped profile."""
    cases = []
    for path in paths:
        try:
            with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
                ads = [json.loads(line) for line in lines]
        except (OSError, ValueError) as exc:
            raise DataFileError(path, f"is not a file of JSON lines ({exc})") from exc
        cases += [
            Case(ad["language"], ad["language"], f"{ad.get('title') or ''}\n{ad.get('body') or ''}")
            for ad in ads
            if ad.get("language")
        ]
    return _judge_all([(TABLE.read_text(encoding="utf-8"), cases)])


def _judge_all(rounds: Sequence[tuple[str, Sequence[Case]]]) -> list[dict[str, Any]]:
    """Share right of each way on whole and short texts by row and of all, share unknown, CPU µs a whole text."""
    right: defaultdict[str, Counter[str]] = defaultdict(Counter)
    spent: defaultdict[str, float] = defaultdict(float)
    for made, cases in rounds:
        for way, name in _ways(made).items():
            for length, texts in (("whole", [case.text for case in cases]), (f"{SHORT}", _cut(cases))):
                began = time.process_time()
                named = [name(text) for text in texts]
                spent[f"{way} {length}"] += time.process_time() - began
                for case, found in zip(cases, named, strict=True):
                    same = _same(found, case.language)
                    for row, counts in ((case.row, same), ("all", same), ("unknown", found is None)):
                        right[row][f"{way} {length}"] += counts
    counted = Counter(case.row for _, cases in rounds for case in cases)
    every = counted.total()
    columns = sorted(spent, key=lambda column: not column.endswith("whole"))
    rows: list[dict[str, Any]] = [
        {"language": row, "texts": counted.get(row, every)}
        | {column: round(right[row][column] / counted.get(row, every), 3) for column in columns}
        for row in (*sorted(counted, key=lambda row: (row[:2] not in CONTENT_LANGUAGES, row)), "all", "unknown")
    ]
    costs = {column: round(spent[column] / every * 1e6, 1) for column in columns}
    return [*rows, {"language": "CPU µs a text", "texts": every} | costs]


def _ways(made: str) -> dict[str, Identify]:
    """Each way with a profile of its own, so that none finds words the other looked up."""
    alone, known = parse_table(made), parse_table(made)
    ways: dict[str, Identify] = {
        "cld2": lambda text: cld2_names(text[:1000]),
        "profile": lambda text: alone.tally(text).best()[0],
        "both": lambda text: identify(text, known=known),
    }
    if find_spec("lingua"):
        ways["lingua"] = _lingua()
    return ways


@cache
def _lingua() -> Identify:
    """lingua held to our languages, in its accurate mode; measured only where it is installed."""
    lingua = import_module("lingua")  # only in the extra `bench`
    codes = [getattr(lingua.IsoCode639_1, code.upper()) for code in (*CONTENT_LANGUAGES, "sk", "sr", "hr")]
    detector = lingua.LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_preloaded_language_models().build()

    def name(text: str) -> str | None:
        found = detector.detect_language_of(text[:1000])
        return found.iso_code_639_1.name.lower() if found else None

    return name


def _cut(cases: Sequence[Case]) -> list[str]:
    """`SHORT` characters from a random word of each text on."""
    draw = random.Random(4)  # noqa: S311 — no secret
    cut = []
    for case in cases:
        text = " ".join(case.text.split())
        start = draw.randrange(max(1, len(text) - SHORT))
        start = text.rfind(" ", 0, start + 1) + 1
        cut.append(text[start : start + SHORT])
    return cut


def _same(found: str | None, language: str) -> bool:
    return _SAME.get(found or "", found) == _SAME.get(language, language)

"""One pass over an ad's words for all that is told by phrases: indicators, warnings, negation and facts.

Thousands of phrases of ten languages cost little more than a few when one index holds them, and the same words stand in
many lists. Who shares the matcher takes from what it found the keys that are its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson

from models.catalogue import FOLDER, files
from models.facts.telling import FactKey, cancellations, fact_entries
from models.phrases import PhraseMatcher, index, parse_phrase
from models.signs import Key, sign_entries
from models.vocabulary import Language
from zorya.compiled import compiled, lines, words_of


class SharedPass(NamedTuple):
    """The matcher of all shipped phrases, by `Key` and `FactKey`, and which facts cancel which."""

    matcher: PhraseMatcher[Any]
    cancels: Mapping[str, Mapping[str, str]]


@cache
def shared_pass() -> SharedPass:
    """The shipped phrases, compiled once in a process."""
    kept = compiled("phrases", files(), FOLDER.parent, _compiled)
    entries = _Entries(words_of(kept["signs"]), words_of(kept["facts"]))
    return SharedPass(PhraseMatcher.restored(entries, index.restored(kept["index"])), kept["cancels"])


class _Entries(Sequence[tuple[Key | FactKey, str]]):
    """Phrases of signs and of facts, each made of its line when it is asked for: an ad holds few of them."""

    def __init__(self, signs: Sequence[str], facts: Sequence[str]) -> None:
        self._signs, self._facts = signs, facts
        self._made: dict[int, tuple[Key | FactKey, str]] = {}
        self._spoken: dict[tuple[Language, ...], frozenset[Language]] = {}

    def __len__(self) -> int:
        return len(self._signs) + len(self._facts)

    def __getitem__(self, number: Any) -> Any:
        entry = self._made.get(number)
        if entry is None:
            entry = self._made[number] = self._entry(number)
        return entry

    def _entry(self, number: int) -> tuple[Key | FactKey, str]:
        if number >= len(self._signs):
            key, source = orjson.loads(self._facts[number - len(self._signs)])
            return FactKey(*key), source
        name, languages, source = orjson.loads(self._signs[number])
        same = self._spoken.setdefault(tuple(languages), frozenset(languages))
        return Key(name, same, " " not in source), source


def _lines(values: Iterable[Any]) -> str:
    return lines([orjson.dumps(value).decode() for value in values])


def _compiled() -> dict[str, Any]:
    from models.catalogue_files import shipped_lists
    from models.facts.fact_file import fact_files

    signs = dict.fromkeys(sign_entries(shipped_lists()))
    facts = dict.fromkeys(fact_entries(fact_files()))
    matcher = PhraseMatcher[Any]((key, parse_phrase(source)) for key, source in (*signs, *facts))
    return {
        "signs": _lines((key.list, sorted(key.languages), source) for key, source in signs),
        "facts": _lines((tuple(key), source) for key, source in facts),
        "index": index.kept(matcher.index),
        "cancels": cancellations(fact_files()),
    }

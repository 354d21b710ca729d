"""One pass over an ad's words for all that is told by phrases: indicators, warnings, negation and facts.

Thousands of phrases of ten languages cost little more than a few when one index holds them, and the same words stand in
many lists. Who shares the matcher takes from what it found the keys that are its own.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from models.catalogue import FOLDER, files
from models.facts.telling import FactKey, cancellations, fact_entries
from models.phrases import PhraseMatcher, parse_phrase
from models.signs import Key, sign_entries
from models.vocabulary import Language
from zorya.compiled import compiled


class SharedPass(NamedTuple):
    """The matcher of all shipped phrases, by `Key` and `FactKey`, and which facts cancel which."""

    matcher: PhraseMatcher[Any]
    cancels: Mapping[str, Mapping[str, str]]


@cache
def shared_pass() -> SharedPass:
    """The shipped phrases, compiled once in a process."""
    kept = compiled("phrases", files(), FOLDER.parent, _compiled)
    spoken: dict[tuple[Language, ...], frozenset[Language]] = {}
    entries: list[tuple[Key | FactKey, str]] = []
    for name, languages, source in kept["signs"]:
        same = spoken.setdefault(tuple(languages), frozenset(languages))
        entries.append((Key(name, same, " " not in source), source))
    entries += [(FactKey(*key), source) for key, source in kept["facts"]]
    return SharedPass(PhraseMatcher.restored(entries, kept["index"]), kept["cancels"])


def _compiled() -> dict[str, Any]:
    from models.catalogue_files import shipped_lists
    from models.facts.fact_file import fact_files

    signs = dict.fromkeys(sign_entries(shipped_lists()))
    facts = dict.fromkeys(fact_entries(fact_files()))
    matcher = PhraseMatcher[Any]((key, parse_phrase(source)) for key, source in (*signs, *facts))
    return {
        "signs": [(key.list, sorted(key.languages), source) for key, source in signs],
        "facts": [(tuple(key), source) for key, source in facts],
        "index": matcher.index,
        "cancels": cancellations(fact_files()),
    }

"""The contract of `lexicons/facts/*.yml`: one fact, its values, and the phrases that state or deny it by language.

Phrases follow models/indicators/README.md. `denied` holds what denies the fact; a denial that overlaps a statement
cancels it. `<name>` in a phrase stands for the language's `words` of that name: one of them. Every sentence under
`examples` is a test: it names the values found in it, `denied`, or `not_stated`.
"""

import re
from functools import cache
from pathlib import Path
from typing import get_args

from pydantic import Field, model_validator

from models.facts.record import DENIED as DENIED
from models.phrases import PhraseError, parse_phrase
from models.vocabulary import Language
from zorya.datafiles import DataModel, load

FOLDER = Path(__file__).parents[1] / "lexicons" / "facts"
NOT_STATED = "not_stated"
_EXAMPLES = 3
_LANGUAGES: tuple[Language, ...] = get_args(Language)
_WORDS = re.compile(r"<(\w+)>")


class FactFile(DataModel):
    """One fact in ten languages."""

    fact: str = Field(pattern=r"^[a-z]+$")
    title: str
    values: dict[str, str]
    """Value → what it means."""
    cancelled_by: dict[str, str] = Field(default_factory=dict)
    """Value → the value that cancels it where the two overlap: `days off` in `no days off`."""
    words: dict[Language, dict[str, str]] = Field(default_factory=dict)
    """Language → name → words with spaces between, for `<name>` in its phrases."""
    phrases: dict[Language, dict[str, tuple[str, ...]]]
    examples: dict[Language, dict[str, str]]
    """Sentence → values found in it with spaces between, `denied` or `not_stated`."""

    @model_validator(mode="after")
    def _complete(self) -> "FactFile":
        known = {*self.values, DENIED}
        if unknown := {*self.cancelled_by, *self.cancelled_by.values()} - known:
            raise ValueError(f"cancelled_by: no value {', '.join(sorted(unknown))}; `values` says which there are")
        for language in _LANGUAGES:
            sentences = self.examples.get(language, {})
            told = {value for line in sentences.values() for value in line.split()}
            if unknown := {*self.phrases.get(language, {}), *(told - {NOT_STATED})} - known:
                raise ValueError(f"{language}: no value {', '.join(sorted(unknown))}; `values` says which there are")
            if len(sentences) < _EXAMPLES or NOT_STATED not in told or told == {NOT_STATED}:
                raise ValueError(f"{language}: give {_EXAMPLES} example sentences or more, hits and misses among them")
        try:
            for language, values in self.phrases.items():
                for source in (source for sources in values.values() for source in sources):
                    parse_phrase(self.spelled(language, source))
        except PhraseError as exc:
            raise ValueError(f"{language}: {exc}") from exc
        return self

    def spelled(self, language: Language, phrase: str) -> str:
        """A phrase with the words that its `<name>` marks stand for."""
        lists = self.words.get(language, {})

        def listed(match: re.Match[str]) -> str:
            if match[1] not in lists:
                raise PhraseError(f"{phrase!r}: `words` has no list {match[1]!r}")
            return "|".join(lists[match[1]].split())

        return _WORDS.sub(listed, phrase)


@cache
def fact_files() -> tuple[FactFile, ...]:
    """Every shipped file, by name of the fact."""
    return tuple(load(path, FactFile) for path in sorted(FOLDER.glob("*.yml")))

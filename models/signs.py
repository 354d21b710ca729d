"""Where a text says what: matches of named phrase lists, each with what denies it.

The lists of all indicators, of the warning frame and of the negation lexicon are one matcher. What the lists mean
together is the catalogue's business.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypedDict

from models.indicator_spec import Language
from models.negation import Denial, Denials, negation
from models.phrases import Index, Match, PhraseMatcher, Words, parse_phrase
from zorya.domain.findings import Span

Lists = Mapping[str, Mapping[Language, Sequence[str]]]
"""Name of a list → language → its phrases."""

_BEFORE, _AFTER, _AFFIRMS = "negation before", "negation after", "negation affirms"


class Key(NamedTuple):
    """What a phrase stands for: its list, and the languages whose list holds it."""

    list: str
    languages: frozenset[Language]
    single: bool
    """One word: it counts only in its own languages, because `sponsor` or `escort` mean different things."""


class Sign(NamedTuple):
    """One match of a list: words [first, after) of the text, the characters they cover, and whether it is denied."""

    first: int
    after: int
    span: Span
    denied: bool
    phrase: str


class KeptSigns(TypedDict):
    """A compiled finder in plain values: (list, languages, phrase) and the matcher's index of them."""

    entries: list[tuple[str, list[Language], str]]
    index: Index
    says_no: list[str]


class SignFinder:
    """Named lists, compiled. Words of negation deny nothing of the lists named in `says_no`."""

    def __init__(self, lists: Lists, *, says_no: frozenset[str] = frozenset()) -> None:
        self._says_no = says_no
        of_negation: dict[str, dict[Language, Sequence[str]]] = {_BEFORE: {}, _AFTER: {}, _AFFIRMS: {}}
        for language, negators in negation().negation.items():
            of_negation[_BEFORE][language] = negators.before
            of_negation[_AFTER][language] = negators.after
            of_negation[_AFFIRMS][language] = negators.affirms
        self._matcher = PhraseMatcher((key, parse_phrase(source)) for key, source in _entries({**lists, **of_negation}))

    def kept(self) -> KeptSigns:
        """What `restored` takes."""
        entries = [(key.list, sorted(key.languages), source) for key, source in self._matcher.entries]
        return {"entries": entries, "index": self._matcher.index, "says_no": sorted(self._says_no)}

    @classmethod
    def restored(cls, kept: KeptSigns) -> "SignFinder":
        """A finder compiled before."""
        made = cls.__new__(cls)
        made._says_no = frozenset(kept["says_no"])
        spoken: dict[tuple[Language, ...], frozenset[Language]] = {}
        entries = []
        for name, languages, source in kept["entries"]:
            same = spoken.setdefault(tuple(languages), frozenset(languages))
            entries.append((Key(name, same, " " not in source), source))
        made._matcher = PhraseMatcher.restored(entries, kept["index"])
        return made

    def find(self, words: Words) -> dict[str, list[Sign]]:
        """List → its signs in the order of the text. Lists that say nothing are missing."""
        stated: dict[str, list[tuple[Key, Match]]] = {}
        for key, matches in self._matcher.find(words).items():
            counting = [match for match in matches if _counts(key, words.language_at(match.first))]
            stated.setdefault(key.list, []).extend((key, match) for match in counting)
        denials = Denials(words, *(_denials(stated.pop(name, ())) for name in (_BEFORE, _AFTER, _AFFIRMS)))
        return {
            name: sorted(self._sign(words, key, match, denials) for key, match in matches)
            for name, matches in stated.items()
        }

    def _sign(self, words: Words, key: Key, match: Match, denials: Denials) -> Sign:
        spoken = words.language_at(match.first)
        languages = key.languages | {spoken} if spoken else key.languages
        denied = key.list not in self._says_no and denials.deny(match, frozenset(languages))
        span = words.original_span(match.first, match.after)
        return Sign(match.first, match.after, span, denied, match.phrase.source)


def _entries(lists: Lists) -> Iterable[tuple[Key, str]]:
    languages: dict[tuple[str, str], set[Language]] = {}
    for name, by_language in lists.items():
        for language, sources in by_language.items():
            for source in sources:
                languages.setdefault((name, source), set()).add(language)
    for (name, source), spoken in languages.items():
        yield Key(name, frozenset(spoken), " " not in source), source


def _counts(key: Key, language: str | None) -> bool:
    """Phrases of several words count in any language (ads mix them), unless they are negation's."""
    return not key.single or language is None or language in key.languages or key.list in (_BEFORE, _AFTER, _AFFIRMS)


def _denials(matches: Iterable[tuple[Key, Match]]) -> list[Denial]:
    return [Denial(language, match.first, match.after) for key, match in matches for language in sorted(key.languages)]

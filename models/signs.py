"""Where a text says what: matches of named phrase lists, each with what denies it.

The lists of all indicators, of the warning frame and of the negation lexicon are found by one matcher
(`models.shared_pass` adds the facts' to it). What the lists mean together is the catalogue's business.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from models.negation import Denial, Denials, negation
from models.phrases import Match, PhraseMatcher, Words, parse_phrase
from models.vocabulary import Language
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


class SignFinder:
    """Named lists, compiled. Words of negation deny nothing of the lists named in `says_no`."""

    def __init__(self, lists: Lists, *, says_no: frozenset[str] = frozenset()) -> None:
        entries = ((key, parse_phrase(source)) for key, source in sign_entries(lists))
        self._says_no, self._matcher = says_no, PhraseMatcher[Any](entries)

    @classmethod
    def sharing(cls, matcher: PhraseMatcher[Any], *, says_no: frozenset[str] = frozenset()) -> "SignFinder":
        """A finder of the `sign_entries` in a matcher that others use as well."""
        made = cls.__new__(cls)
        made._says_no, made._matcher = says_no, matcher
        return made

    def find(self, words: Words) -> dict[str, list[Sign]]:
        """List → its signs in the order of the text. Lists that say nothing are missing."""
        stated: dict[str, list[tuple[Key, Match]]] = {}
        for key, matches in self._matcher.find(words).items():
            if isinstance(key, Key) and (counting := _counting(key, matches, words)):
                stated.setdefault(key.list, []).extend((key, match) for match in counting)
        denials = Denials(words, *(_denials(stated.pop(name, ())) for name in (_BEFORE, _AFTER, _AFFIRMS)))
        return {
            name: sorted(self._sign(words, key, match, denials) for key, match in matches)
            for name, matches in stated.items()
        }

    def _sign(self, words: Words, key: Key, match: Match, denials: Denials) -> Sign:
        denied = denials.any and key.list not in self._says_no and self._is_denied(words, key, match, denials)
        span = words.original_span(match.first, match.after)
        return Sign(match.first, match.after, span, denied, match.phrase.source)

    @staticmethod
    def _is_denied(words: Words, key: Key, match: Match, denials: Denials) -> bool:
        spoken = words.language_at(match.first)
        return denials.deny(match, key.languages | {spoken} if spoken else key.languages)


def sign_entries(lists: Lists) -> Iterable[tuple[Key, str]]:
    """(what it stands for, phrase) of every phrase of the lists and of the negation lexicon."""
    of_negation: dict[str, dict[Language, Sequence[str]]] = {_BEFORE: {}, _AFTER: {}, _AFFIRMS: {}}
    for language, negators in negation().negation.items():
        of_negation[_BEFORE][language] = negators.before
        of_negation[_AFTER][language] = negators.after
        of_negation[_AFFIRMS][language] = negators.affirms
    return _entries({**lists, **of_negation})


def _entries(lists: Lists) -> Iterable[tuple[Key, str]]:
    languages: dict[tuple[str, str], set[Language]] = {}
    for name, by_language in lists.items():
        for language, sources in by_language.items():
            for source in sources:
                languages.setdefault((name, source), set()).add(language)
    for (name, source), spoken in languages.items():
        yield Key(name, frozenset(spoken), " " not in source), source


def _counting(key: Key, matches: list[Match], words: Words) -> list[Match]:
    """Those that count: a single word only in its own languages (or where the language is unknown), unless it is
    negation's; phrases of several words in any, because ads mix them.
    """
    if not key.single or key.list in (_BEFORE, _AFTER, _AFFIRMS):
        return matches
    spoken = ((match, words.language_at(match.first)) for match in matches)
    return [match for match, language in spoken if language is None or language in key.languages]


def _denials(matches: Iterable[tuple[Key, Match]]) -> list[Denial]:
    return [Denial(language, match.first, match.after) for key, match in matches for language in sorted(key.languages)]

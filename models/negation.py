"""Which phrases of a text are denied by the words beside them: `no fee`, `fără taxe`, `без посредников`.

Data: `models/lexicons/negation.yml`. The words are looked for by the matcher that finds everything else; this module
says what they reach.
"""

from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from models.normalise import normalise
from models.phrases import Match, Words
from models.phrases.language import TOKEN
from models.vocabulary import Language
from zorya.compiled import compiled

if TYPE_CHECKING:
    from models.lexicon_files import NegationFile

NEGATION = Path(__file__).parent / "lexicons" / "negation.yml"
_REACH = 4
"""Words that may stand between a denial and what it denies; each must be one of the file's `between`."""


@cache
def negation() -> "NegationFile":
    """The shipped file."""
    from models.lexicon_files import NegationFile
    from zorya.datafiles import load

    return load(NEGATION, NegationFile)


@cache
def _between(language: Language) -> frozenset[str]:
    return frozenset(_words_between()[language])


@cache
def _words_between() -> dict[Language, list[str]]:
    from models.catalogue import word_files  # it reads what is denied: no circle

    kept: dict[Language, list[str]] = compiled("negation", word_files(), NEGATION.parents[1], _compiled)
    return kept


def _compiled() -> dict[str, list[str]]:
    return {
        language: sorted({token for word in negators.between for token in TOKEN.findall(normalise(word).text)})
        for language, negators in negation().negation.items()
    }


class Denial(NamedTuple):
    """One denying phrase in a text: words [first, after) of `language`."""

    language: Language
    first: int
    after: int


class Denials:
    """The denials of one text. `before`, `after_` and `affirming` are what the matcher found of each list."""

    def __init__(self, words: Words, before: list[Denial], after: list[Denial], affirming: list[Denial]) -> None:
        self._words, self._before, self._after, self._affirming = words, before, after, affirming
        self.any = bool(before or after)

    def deny(self, match: Match, languages: AbstractSet[str]) -> bool:
        """Whether a match is denied; only denials of one of `languages` count. A phrase that holds a denial itself
        (`no experience`) is not: a second one beside it makes it stronger in most of the ten (`nu … nici`, `не … ни`).
        """
        low, high = match.first - _REACH, match.after + _REACH
        before = [each for each in self._before if low <= each.after and each.first < match.after]
        after = [each for each in self._after if match.first <= each.first <= high]
        if not before and not after:  # nothing near enough, as beside most phrases
            return False
        before = [denial for denial in before if denial.language in languages]
        after = [denial for denial in after if denial.language in languages]
        if any(self._held(denial, match) for denial in (*before, *after)):
            return False
        return any(self._reaches(denial, match) for denial in before) or any(
            self._follows(denial, match) for denial in after
        )

    @staticmethod
    def _held(denial: Denial, match: Match) -> bool:
        within = match.first <= denial.first and denial.after <= match.after
        return within and set(match.skipped).isdisjoint(range(denial.first, denial.after))

    def _reaches(self, denial: Denial, match: Match) -> bool:
        """Before the match with nothing but `between` words up to it, or among the words its `...` passed over."""
        if denial.first in match.skipped:
            return not self._affirms(denial)
        if denial.after > match.first or not self._joined(denial.language, denial.after, match.first):
            return False
        clause = range(denial.first + 1, match.first + 1)
        return not any(self._words.clause_ends_before(index) for index in clause) and not self._affirms(denial)

    def _follows(self, denial: Denial, match: Match) -> bool:
        """After the match in its clause (`fees: none` counts as one). A word that also denies what comes after it
        (`нет`) must end the clause.
        """
        if denial.first < match.after or not self._joined(denial.language, match.after, denial.first):
            return False
        words = self._words
        if any(words.clause_ends_before(index, but=":–—-") for index in range(match.after, denial.after)):
            return False
        if denial in self._before and not words.clause_ends_before(denial.after):
            return False
        return not self._affirms(denial)

    def _joined(self, language: Language, first: int, after: int) -> bool:
        return after - first <= _REACH and _between(language).issuperset(self._words.words[first:after])

    def _affirms(self, denial: Denial) -> bool:
        """`not only`, `не без`: the denial is part of words that deny nothing."""
        return any(
            each.language == denial.language and each.first <= denial.first and denial.after <= each.after
            for each in self._affirming
        )

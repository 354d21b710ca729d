"""The words of one text, as phrases see them: with numbers, ages, pay, places, and where sentences and clauses end."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from models.folding import fold
from models.normalise import Normalised
from models.phrases.language import TOKEN
from zorya.domain.findings import Span
from zorya.domain.languages import Part, language_at
from zorya.domain.pay import Pay, find_pay

_NUMBER = re.compile(r"\+?\d+(?:[.,]\d+)*")
_PERCENT = re.compile(r"\s?(?:%|percent|procent|процент|вiдсотк|відсотк|szazalek|/\s?\d)")
_SENTENCE_END = re.compile(r"[.!?…\n;]")
_REWRITTEN = frozenset({"leet", "lookalike", "transliteration"})
"""What makes another word of one."""
_CLAUSE_END = re.compile(r"[^\w\s'+\-/]|\s[-/]\s|\n")


class Words:
    """The words of a normalised text. `places` are the original spans of the places it names; without them no
    `{place}` matches. `language` is the one it is written in, None when unknown; `parts` tell the languages
    of its stretches.
    """

    def __init__(
        self,
        original: str,
        normalised: Normalised,
        *,
        places: Sequence[Span] = (),
        language: str | None = None,
        parts: Sequence[Part] = (),
    ) -> None:
        self.original, self.normalised, self._language = original, normalised, language
        found = list(TOKEN.finditer(normalised.text))
        self.words = [match.group() for match in found]
        self.spans = [match.span() for match in found]
        self._places, self._parts = places, parts
        self._pays: dict[str | None, tuple[Pay, ...]] = {}
        self.found: dict[Any, Any] = {}
        """By matcher, what it found here."""

    @cached_property
    def _bounds(self) -> tuple[list[int], list[int]]:
        """Original offsets at which words begin and end."""
        starts, ends = self.normalised.starts, self.normalised.ends
        return [starts[first] for first, _ in self.spans], [ends[last - 1] for _, last in self.spans]

    def word_range(self, span: Span) -> tuple[int, int]:
        """Indexes [first, after) of the words that an original span covers or touches."""
        begins, ends = self._bounds
        first, after = bisect_left(begins, span[0]), bisect_left(ends, span[1])
        return first, after + 1 if after < len(ends) and begins[after] < span[1] else after

    @cached_property
    def written(self) -> Mapping[int, str]:
        """Index of each word that the normaliser made another of → the word as the ad wrote it, folded: `g€ld` beside
        `geld`, `rabota` beside `работа`. A phrase may be written either way.
        """
        if self.normalised.undone.isdisjoint(_REWRITTEN):
            return {}
        as_written = (fold(self.original[slice(*self.original_span(at, at + 1))]) for at in range(len(self.words)))
        return {at: written for at, written in enumerate(as_written) if written != self.words[at]}

    def pays(self, country: str | None = None) -> tuple[Pay, ...]:
        """Mentions of pay; `country` (ISO alpha-2) decides what `lei` are."""
        if country not in self._pays:
            self._pays[country] = tuple(find_pay(self.original, country=country))
        return self._pays[country]

    @cached_property
    def _mentions(self) -> dict[str, dict[int, tuple[int, ...]]]:
        """`{money}` and `{place}` → first word of each mention → the words after which it may end, the last first:
        `100 euro per day` is also `100 euro`, so that a phrase can name the period itself, and in `80 to 100 euro`
        stands `to 100 euro` too.
        """
        money: dict[int, tuple[int, ...]] = {}
        for pay in next(iter(self._pays.values())) if self._pays else self.pays():  # anywhere at the same places
            first, after = self.word_range((pay.start, pay.end))
            amount_after = self.word_range((pay.start, pay.amount_end))[1]
            numbers = (at for at in range(first + 1, amount_after) if self._begins_number(at))
            money |= dict.fromkeys((first, *numbers), (after, amount_after))
        return {"{money}": money, "{place}": {first: (after,) for first, after in map(self.word_range, self._places)}}

    def _begins_number(self, index: int) -> bool:
        """Not the second group of `4 000`."""
        return self.words[index][0].isdecimal() and not self.words[index - 1][-1].isdecimal()

    def placeholder_ends(self, name: str, index: int) -> Iterator[int]:
        """Word indexes after the placeholder that begins at word `index`, none where it does not."""
        if name in {"{money}", "{place}"}:
            ends = self._mentions[name].get(index, ())
            yield from (end for end in dict.fromkeys(ends) if end > index)
            return
        word = self.words[index]
        if not _NUMBER.fullmatch(word):
            return
        if name == "{age}":
            fits = word.isdigit() and 16 <= int(word) <= 45
        else:
            fits = name != "{percent}" or bool(_PERCENT.match(self.normalised.text, self.spans[index][1]))
        if fits:
            yield index + 1

    def original_span(self, first: int, after: int) -> Span:
        """Original characters of the words [first, after)."""
        return self.normalised.original_span(self.spans[first][0], self.spans[after - 1][1])

    def language_at(self, index: int) -> str | None:
        """Language of the text around word `index`, ISO 639-1; None when unknown."""
        if not self._parts:
            return self._language
        return language_at(self._parts, self.normalised.starts[self.spans[index][0]])

    def clause_ends_before(self, index: int, *, but: str = "") -> bool:
        """Whether word `index` opens a clause: punctuation (`but` that given) or a dash stands before it, or nothing
        at all. True as well after the last word.
        """
        if index in {0, len(self.words)}:
            return True
        between = self._between(index)
        return bool(_CLAUSE_END.search("".join(char for char in between if char not in but) if but else between))

    @cached_property
    def sentences(self) -> list[int]:
        """Number of the sentence each word stands in, counted from 0."""
        numbers, number = [], 0
        for index in range(len(self.words)):
            number += index > 0 and bool(_SENTENCE_END.search(self._between(index)))
            numbers.append(number)
        return numbers

    def _between(self, index: int) -> str:
        return self.normalised.text[self.spans[index - 1][1] : self.spans[index][0]]

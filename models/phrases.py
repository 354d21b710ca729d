"""The phrase language of indicators: what a native speaker edits instead of regular expressions.

`word` exact · `stem*` any ending · `a|b` alternatives · `word?` optional · `...` up to three words between ·
`{money}` `{number}` `{percent}` `{age}`. Phrases are matched on normalised words (`models.normalise`), whatever
stands between them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from models.normalise import Normalised, normalise
from zorya.domain.findings import Span
from zorya.domain.pay import find_pay

PLACEHOLDERS = frozenset({"{money}", "{number}", "{percent}", "{age}"})
_GAP = 3
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[\w'+]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_PERCENT = re.compile(r"\s?(?:%|percent|procent|процент|вiдсотк|відсотк|szazalek|/\s?\d)")


class PhraseError(ValueError):
    """A phrase does not follow the syntax; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase: its alternatives, split into exact words, stems, compounds (`kvk-nummer`) and
    placeholders.
    """

    exact: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()
    compounds: tuple[tuple[str, ...], ...] = ()
    """Alternatives of several words; the last word may carry the `*`."""
    placeholders: frozenset[str] = frozenset()
    optional: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A parsed phrase. `source` is what the file says."""

    source: str
    elements: tuple[Element, ...]


def parse_phrase(source: str) -> Phrase:
    """Parse one phrase; raises PhraseError."""
    parts = source.split(" ")
    elements = tuple(_parse_element(part, source) for part in parts)
    first = elements[0]
    if first.gap or first.optional or first.placeholders:
        raise PhraseError(f"{source!r}: the first element must be a word or stem (no placeholder, `?` or `...`)")
    if any(len(stem) < 3 for stem in first.stems):
        raise PhraseError(f"{source!r}: the stem that opens a phrase needs three letters or more")
    if elements[-1].gap:
        raise PhraseError(f"{source!r}: `...` at the end does nothing; remove it")
    return Phrase(source, elements)


def _parse_element(part: str, source: str) -> Element:
    if part == "...":
        return Element(gap=True)
    optional = part.endswith("?")
    exact, stems, compounds, placeholders = set(), [], [], set()
    for alternative in part.removesuffix("?").split("|"):
        word = alternative.removesuffix("*")
        if alternative.startswith("{"):
            if alternative not in PLACEHOLDERS:
                raise PhraseError(
                    f"{source!r}: unknown placeholder {alternative}; use {', '.join(sorted(PLACEHOLDERS))}"
                )
            placeholders.add(alternative)
            continue
        tokens = _TOKEN.findall(normalise(word).text)
        if not tokens:
            raise PhraseError(f"{source!r}: {alternative!r} holds no word; separate words by single spaces")
        star = "*" if alternative.endswith("*") else ""
        if len(tokens) > 1:
            compounds.append((*tokens[:-1], tokens[-1] + star))
        elif star:
            stems.append(tokens[0])
        else:
            exact.add(tokens[0])
    return Element(frozenset(exact), tuple(stems), tuple(compounds), frozenset(placeholders), optional)


class Words:
    """The words of a normalised text, with the numbers, ages and pay among them."""

    def __init__(self, original: str, normalised: Normalised) -> None:
        self.original, self.normalised = original, normalised
        found = list(_TOKEN.finditer(normalised.text))
        self.words = [match.group() for match in found]
        self.spans = [match.span() for match in found]

    @cached_property
    def money(self) -> dict[int, int]:
        """First word of each mention of pay → the word after it."""
        begins = [self.normalised.starts[start] for start, _ in self.spans]
        ends = [self.normalised.ends[end - 1] for _, end in self.spans]
        mentions = {}
        for pay in find_pay(self.original):
            first, after = bisect_left(begins, pay.start), bisect_left(ends, pay.end)
            mentions[first] = after + 1 if after < len(ends) and begins[after] < pay.end else after
        return mentions

    def placeholder_end(self, name: str, index: int) -> int | None:
        """Word index after the placeholder that begins at word `index`, or None."""
        if name == "{money}":
            end = self.money.get(index)
            return end if end is not None and end > index else None
        word = self.words[index]
        if not _NUMBER.fullmatch(word):
            return None
        if name == "{age}":
            return index + 1 if word.isdigit() and 16 <= int(word) <= 45 else None
        if name == "{percent}":
            return index + 1 if _PERCENT.match(self.normalised.text, self.spans[index][1]) else None
        return index + 1

    def original_span(self, first: int, after: int) -> Span:
        """Original characters of the words [first, after)."""
        return self.normalised.original_span(self.spans[first][0], self.spans[after - 1][1])


def _element_ends(element: Element, words: Words, index: int) -> Iterator[int]:
    if index >= len(words.words):
        return
    word = words.words[index]
    if word in element.exact or any(word.startswith(stem) for stem in element.stems):
        yield index + 1
    for compound in element.compounds:
        found = words.words[index : index + len(compound)]
        *head, last = compound
        whole = len(found) == len(compound) and found[:-1] == head
        if whole and (found[-1] == last or (last.endswith("*") and found[-1].startswith(last[:-1]))):
            yield index + len(compound)
    for name in element.placeholders:
        end = words.placeholder_end(name, index)
        if end is not None:
            yield end


def _match_from(elements: tuple[Element, ...], position: int, words: Words, index: int) -> int | None:
    """Word index after the shortest match of elements[position:] at `index`, or None."""
    if position == len(elements):
        return index
    element = elements[position]
    if element.gap:
        for skipped in range(_GAP + 1):
            end = _match_from(elements, position + 1, words, index + skipped)
            if end is not None:
                return end
        return None
    for after in _element_ends(element, words, index):
        end = _match_from(elements, position + 1, words, after)
        if end is not None:
            return end
    return _match_from(elements, position + 1, words, index) if element.optional else None


class PhraseMatcher:
    """All phrases at once: a text's words look up the phrases they could open.

    `entries` are (key, phrase) pairs; a key says what the phrase stands for.
    """

    def __init__(self, entries: Iterable[tuple[str, Phrase]]) -> None:
        self._exact: dict[str, list[tuple[str, Phrase]]] = {}
        self._stems: dict[str, list[tuple[str, Phrase]]] = {}
        for key, phrase in entries:
            first = phrase.elements[0]
            for word in {*first.exact, *(compound[0] for compound in first.compounds)}:
                self._exact.setdefault(word, []).append((key, phrase))
            for stem in first.stems:
                self._stems.setdefault(stem, []).append((key, phrase))
        self._longest = max((len(stem) for stem in self._stems), default=0)

    def find(self, words: Words) -> dict[str, list[tuple[Span, str]]]:
        """key → [(original span, phrase that matched)], in the order of the text."""
        found: dict[str, list[tuple[Span, str]]] = {}
        for index, word in enumerate(words.words):
            for key, phrase in self._openers(word):
                end = _match_from(phrase.elements, 0, words, index)
                if end is not None:
                    found.setdefault(key, []).append((words.original_span(index, end), phrase.source))
        return found

    def _openers(self, word: str) -> Iterator[tuple[str, Phrase]]:
        yield from self._exact.get(word, ())
        for length in range(3, min(len(word), self._longest) + 1):
            yield from self._stems.get(word[:length], ())

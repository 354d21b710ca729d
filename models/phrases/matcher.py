"""All phrases of all languages in one pass over a text's words.

Each phrase waits at its *anchor*, the element that the fewest other phrases share: most texts lack it, and then the
phrase costs nothing. Where the anchor and the next rarest element both stand in the text, the phrase is tried at the
places that its anchor allows. `find_one_by_one` is the same answer the plain way; a test and `zorya bench patterns`
hold the two against each other.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from models.phrases.language import GAP, NUMERIC, Element, Phrase
from models.phrases.words import Words

_KNOWN_WORDS = 200_000
"""Words whose anchors are remembered between texts: some 40 MB at most, reached by spam rather than by language."""


K = TypeVar("K", bound=Hashable)


_SHORT, _SHORT_SHARE, _NUMBER_SHARE = 3, 200, 1000
"""Words up to this length are prepositions and the like, which every text holds however few phrases do; nearly every
text holds numbers."""


class Match(NamedTuple):
    """A phrase in a text, from word `first` up to word `after`; `skipped` are the words that its `...` passed over."""

    first: int
    after: int
    phrase: Phrase
    skipped: tuple[int, ...]


def match_at(phrase: Phrase, words: Words, index: int) -> Match | None:
    """The phrase beginning at word `index`: the first way it fits, trying short gaps and present options first."""
    found = _fit(phrase.elements, 0, words, index)
    return Match(index, found[0], phrase, found[1]) if found else None


def find_one_by_one(entries: Iterable[tuple[K, Phrase]], words: Words) -> dict[K, list[Match]]:
    """What `PhraseMatcher(entries).find(words)` says, by trying every phrase at every word."""
    found: dict[K, list[Match]] = {}
    for key, phrase in dict.fromkeys(entries):
        for index in range(len(words.words)):
            match = match_at(phrase, words, index)
            if match:
                found.setdefault(key, []).append(match)
    return _in_order(found)


def _in_order(found: dict[K, list[Match]]) -> dict[K, list[Match]]:
    for matches in found.values():
        matches.sort(key=lambda match: (match.first, match.after, match.phrase.source))
    return found


def _fit(elements: tuple[Element, ...], position: int, words: Words, index: int) -> tuple[int, tuple[int, ...]] | None:
    """(word after elements[position:] at word `index`, words skipped), or None."""
    texts = words.words
    while position < len(elements):
        element = elements[position]
        if not element.plain:
            return (
                _fit_gap(elements, position, words, index)
                if element.gap
                else _fit_any(elements, position, words, index)
            )
        if index >= len(texts) or not (texts[index] in element.exact or texts[index].startswith(element.stems)):
            return None
        position += 1
        index += 1
    return index, ()


def _fit_gap(
    elements: tuple[Element, ...], position: int, words: Words, index: int
) -> tuple[int, tuple[int, ...]] | None:
    for count in range(GAP + 1):
        rest = _fit(elements, position + 1, words, index + count)
        if rest:
            return rest[0], (*range(index, index + count), *rest[1])
    return None


def _fit_any(
    elements: tuple[Element, ...], position: int, words: Words, index: int
) -> tuple[int, tuple[int, ...]] | None:
    element = elements[position]
    for after in _element_ends(element, words, index) if index < len(words.words) else ():
        rest = _fit(elements, position + 1, words, after)
        if rest:
            return rest
    return _fit(elements, position + 1, words, index) if element.optional else None


def _element_ends(element: Element, words: Words, index: int) -> Iterator[int]:
    word = words.words[index]
    if word in element.exact or word.startswith(element.stems):
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


class _Waiting(NamedTuple, Generic[K]):
    """A phrase at its anchor: it begins `least` to `most` words before it (`most` None: anywhere before it, because a
    mention of pay or of a place may be long). `number` is its place among the entries.
    """

    number: int
    key: K
    phrase: Phrase
    least: int
    most: int | None


class _Begun(NamedTuple):
    """What a word can begin: numbers of elements, and those of them that are anchors."""

    elements: frozenset[int]
    anchors: tuple[int, ...]


_Window = tuple[int, int | None]
"""Least and most words from an anchor on to its partner; negative before it, `None` for any distance."""


class PhraseMatcher(Generic[K]):
    """Compiled phrases. `entries` are (key, phrase) pairs; a key says what the phrase stands for."""

    def __init__(self, entries: Iterable[tuple[K, Phrase]]) -> None:
        distinct = list(dict.fromkeys(entries))
        shares = _Shares(phrase for _, phrase in distinct)
        self._numbers: dict[Element, int] = {}
        self._exact: dict[str, list[int]] = {}
        self._stems: dict[str, list[int]] = {}
        self._numeric: list[int] = []
        self._waiting: dict[int, dict[_Window, dict[int, list[_Waiting[K]]]]] = {}
        for number, (key, phrase) in enumerate(distinct):
            anchor = min(_demanded(phrase), key=lambda place: shares.of(phrase.elements[place]))
            window, partner = _partner(phrase, anchor, shares)
            waiting = _Waiting(number, key, phrase, *_width(phrase.elements[:anchor]))
            windows = self._waiting.setdefault(self._number(phrase.elements[anchor]), {})
            windows.setdefault(window, {}).setdefault(self._number(phrase.elements[partner]), []).append(waiting)
        self._longest = max((len(stem) for stem in self._stems), default=0)
        self._known: dict[str, _Begun] = {}

    def _number(self, element: Element) -> int:
        """The element's number; words that can begin it are noted with it. Bare placeholders share one."""
        if not (element.exact or element.stems or element.compounds):
            element = Element(placeholders=tuple(sorted(NUMERIC)))
        number = self._numbers.get(element)
        if number is None:
            number = self._numbers[element] = len(self._numbers)
            for word in {*element.exact, *(compound[0] for compound in element.compounds)}:
                self._exact.setdefault(word, []).append(number)
            for stem in element.stems:
                self._stems.setdefault(stem, []).append(number)
            if element.placeholders:
                self._numeric.append(number)
        return number

    def _begun_by(self, word: str) -> _Begun:
        numbers = set(self._exact.get(word, ()))
        for length in range(1, min(len(word), self._longest) + 1):
            numbers.update(self._stems.get(word[:length], ()))
        if word[0].isdecimal():
            numbers.update(self._numeric)
        begun = _Begun(frozenset(numbers), tuple(number for number in numbers if number in self._waiting))
        if len(self._known) < _KNOWN_WORDS:
            self._known[word] = begun
        return begun

    def find(self, words: Words) -> dict[K, list[Match]]:
        """key → its matches in the order of the text, at most one for each phrase and first word."""
        known = self._known
        begun = [known[word] if word in known else self._begun_by(word) for word in words.words]
        found: dict[K, list[Match]] = {}
        tried: set[tuple[int, int]] = set()
        for index, word in enumerate(begun):
            for anchor in word.anchors:
                for number, key, phrase, least, most in self._awaited(anchor, index, begun):
                    for first in range(0 if most is None else max(0, index - most), index - least + 1):
                        if (number, first) not in tried:
                            tried.add((number, first))
                            match = match_at(phrase, words, first)
                            if match:
                                found.setdefault(key, []).append(match)
        return _in_order(found)

    def _awaited(self, anchor: int, index: int, begun: list[_Begun]) -> Iterator[_Waiting[K]]:
        """Phrases whose anchor stands at word `index` and whose partner stands where it may."""
        for (least, most), partners in self._waiting[anchor].items():
            if least == most:  # one place: by far the commonest, and a slice costs more than the look
                place = index + least
                around = [begun[place]] if 0 <= place < len(begun) else []
            else:
                around = begun if most is None else begun[max(0, index + least) : max(0, index + most + 1)]
            for word in around:
                if not word.elements.isdisjoint(partners):
                    for partner in partners.keys() & word.elements:
                        yield from partners[partner]


def _partner(phrase: Phrase, anchor: int, shares: "_Shares") -> tuple[_Window, int]:
    """The other element to look for before a phrase is tried, and how far from the anchor: the one whose distance is
    most certain, of these the rarest; the anchor itself where there is no other.
    """
    windows: dict[int, _Window] = {}
    for place in _demanded(phrase):
        least, most = _width(phrase.elements[min(place, anchor) : max(place, anchor)])
        if most is None:
            windows[place] = (0, None)
        else:
            windows[place] = (least, most) if place > anchor else (-most, -least)
    others = [place for place in windows if place != anchor] or [anchor]

    def preference(place: int) -> tuple[float, int]:
        least, most = windows[place]
        return float("inf") if most is None else most - least, shares.of(phrase.elements[place])

    partner = min(others, key=preference)
    return windows[partner], partner


def _demanded(phrase: Phrase) -> list[int]:
    """Places of the elements that every match of a phrase needs and that one word can show."""
    return [
        place
        for place, element in enumerate(phrase.elements)
        if not (element.gap or element.optional) and NUMERIC.issuperset(element.placeholders)
    ]


def _width(elements: Sequence[Element]) -> tuple[int, int | None]:
    """Least and most words that elements take up; most is None where a mention of pay or a place is among them."""
    least, most = 0, 0
    bounded = True
    for element in elements:
        lengths = [len(compound) for compound in element.compounds]
        lengths += [1] if element.exact or element.stems or element.placeholders else []
        least += 0 if element.gap or element.optional else min(lengths)
        most += GAP if element.gap else max(lengths)
        bounded = bounded and NUMERIC.issuperset(element.placeholders)
    return least, most if bounded else None


class _Shares:
    """How many elements of all phrases an element has a word in common with: a guess at how often texts hold it."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._exact: Counter[str] = Counter()
        stems: Counter[str] = Counter()
        for phrase in phrases:
            for element in phrase.elements:
                self._exact.update(element.exact)
                self._exact.update(compound[0] for compound in element.compounds)
                self._exact.update(element.placeholders)
                stems.update(element.stems)
        self._words = sorted((self._exact + stems).items())
        self._sums = [0]
        for _, count in self._words:
            self._sums.append(self._sums[-1] + count)

    def of(self, element: Element) -> int:
        """Small for rare words; a stem counts every word it begins."""
        words = [*element.exact, *(compound[0] for compound in element.compounds), *element.placeholders]
        short = _SHORT_SHARE * sum(len(word) <= _SHORT for word in words) + _NUMBER_SHARE * len(element.placeholders)
        return sum(self._exact[word] for word in words) + short + sum(map(self._beginning_with, element.stems))

    def _beginning_with(self, stem: str) -> int:
        low = bisect_left(self._words, (stem,))
        high = bisect_right(self._words, (stem + "\U0010ffff",))
        return self._sums[high] - self._sums[low]

"""Where each phrase waits: what is worked out once of all phrases, so that a text is asked little.

A phrase waits at its *anchor*, the element that the fewest other phrases share, for its *partner*, the next telling
one. The index is plain lists and words, so that it can be kept between processes (`zorya.compiled`).
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from models.phrases.language import GAP, NUMERIC, Element, Phrase
from zorya.compiled import Table

_SHORT, _SHORT_SHARE, _NUMBER_SHARE = 3, 200, 1000
"""Words up to this length are prepositions and the like, which every text holds however few phrases do; nearly every
text holds numbers."""

Window = tuple[int, int | None]
"""Least and most words from an anchor on to its partner; negative before it, `None` for any distance."""
Waiting = tuple[int, int | None, int, int, int, int | None, int]
"""One phrase at its anchor: least, most of its window; the partner's element; the phrase; least, most words that the
phrase begins before its anchor; its words where anchor and partner are all of it, else 0."""


class Index(TypedDict):
    """Elements and phrases by number, a phrase's being its place among those indexed."""

    exact: Mapping[str, Sequence[int]]
    """Word → the elements that it can begin."""
    stems: Mapping[str, Sequence[int]]
    numeric: Sequence[int]
    """Elements that a number can begin."""
    waiting: Mapping[str, Sequence[Waiting]]
    """Number of an anchor's element, in digits → what waits there."""
    reach: int
    """Most words from an anchor to a partner that has one place."""


def kept(index: Index) -> dict[str, Any]:
    """An index in plain values."""
    return index | {"exact": Table.of(index["exact"]), "waiting": Table.of(index["waiting"])}


def restored(kept: dict[str, Any]) -> Index:
    """From what `kept` gave: most words of it are never met."""
    return {
        "exact": Table(kept["exact"]),
        "stems": kept["stems"],
        "numeric": kept["numeric"],
        "waiting": Table(kept["waiting"]),
        "reach": kept["reach"],
    }


def index_of(phrases: Sequence[Phrase]) -> Index:
    """The index of some phrases."""
    shares, elements = _Shares(phrases), _Elements()
    waiting: dict[str, list[Waiting]] = {}
    reach = 0
    for number, phrase in enumerate(phrases):
        anchor = min(_demanded(phrase), key=lambda place: shares.of(phrase.elements[place]))
        window, partner = _partner(phrase, anchor, shares)
        begins = _width(phrase.elements[:anchor])
        whole = len(phrase.elements) <= 2 and all(element.plain for element in phrase.elements)
        waits = (*window, elements.number(phrase.elements[partner]), number, *begins, whole * len(phrase.elements))
        waiting.setdefault(str(elements.number(phrase.elements[anchor])), []).append(waits)
        least, most = window
        reach = max(reach, abs(least) if least == most else 0)
    return {
        "exact": elements.exact,
        "stems": elements.stems,
        "numeric": elements.numeric,
        "waiting": waiting,
        "reach": reach,
    }


class _Elements:
    """Elements by number, and the words that can begin them."""

    def __init__(self) -> None:
        self._numbers: dict[Element, int] = {}
        self.exact: dict[str, list[int]] = {}
        self.stems: dict[str, list[int]] = {}
        self.numeric: list[int] = []

    def number(self, element: Element) -> int:
        """The element's number; bare placeholders share one."""
        if not (element.exact or element.stems or element.compounds):
            element = Element(placeholders=tuple(sorted(NUMERIC)))
        number = self._numbers.get(element)
        if number is None:
            number = self._numbers[element] = len(self._numbers)
            for word in sorted({*element.exact, *(compound[0] for compound in element.compounds)}):
                self.exact.setdefault(word, []).append(number)
            for stem in element.stems:
                self.stems.setdefault(stem, []).append(number)
            if element.placeholders:
                self.numeric.append(number)
        return number


def _partner(phrase: Phrase, anchor: int, shares: "_Shares") -> tuple[Window, int]:
    """The other element to look for before a phrase is tried, and how far from the anchor: the one whose distance is
    most certain, of these the rarest; the anchor itself where there is no other.
    """
    windows: dict[int, Window] = {}
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

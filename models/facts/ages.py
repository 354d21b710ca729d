"""The ages an ad wants: `18-35 ani`, `од 18 до 35`, `ab 18`, `18+`, `do 30 let`, `18 éves kortól`.

A number is an age when a word of years follows, or when a word for age or for persons stands before it; what follows
must not say that it counts something else, and what stands before must not be children.
"""

from dataclasses import dataclass
from typing import Literal

from models.facts.numbers import Around, lists, whole
from models.facts.record import AgeBand
from models.phrases import Words
from models.word_list import WordList

_YOUNGEST, _OLDEST = 14, 75
_LEAST_ALONE = frozenset({16, 17, 18, 19, 21})
"""Lower bounds that are ages without a word for age or persons: `от 20 лет` may be how long a firm exists."""
_MOST = 22
"""Least upper bound: `до 21 г` is more often an hour."""
_NEAR = 4
_SIGNS = "€$£₴₽%"


def find_age(words: Words, numbers: list[int]) -> AgeBand | None:
    """The first band with both sides, else the first upper bound (with a lower one, if there is), else a lower one."""
    candidates = [index for index in numbers if _YOUNGEST <= whole(words.words[index]) <= _OLDEST]
    if not candidates:
        return None
    ages = _Ages(words, Around(words), lists("age"))
    for index in candidates:
        if band := ages.band(index):
            return band
    sides = [side for index in candidates if (side := ages.side(index))]
    upper = next((band for kind, band in sides if kind == "at_most"), None)
    lower = next((band for kind, band in sides if kind == "at_least"), None)
    if upper and lower and lower.low and upper.high and lower.low < upper.high:
        return AgeBand(lower.low, upper.high, upper.span)
    return upper or lower


@dataclass(frozen=True, slots=True)
class _Ages:
    """One text under search."""

    words: Words
    around: Around
    lists: dict[str, WordList]

    def band(self, index: int) -> AgeBand | None:
        """The band that begins at a number."""
        end = self.around.range_end(index, self.lists["joined"])
        low, high = whole(self.words.words[index]), whole(self.words.words[end]) if end else -1
        if end is None or not low < high <= _OLDEST or not self._is_age(index, end):
            return None
        return AgeBand(low, high, self.words.original_span(self._opening(index), self._closing(end)))

    def side(self, index: int) -> tuple[Literal["at_most", "at_least"], AgeBand] | None:
        """The one side a number gives."""
        age = whole(self.words.words[index])
        kind = self._side(index)
        if (
            kind is None
            or (kind == "at_most" and age < _MOST)
            or not self._is_age(index, index, alone=kind == "at_most" or age in _LEAST_ALONE)
        ):
            return None
        low, high = (None, age) if kind == "at_most" else (age, None)
        return kind, AgeBand(low, high, self.words.original_span(self._opening(index), self._closing(index)))

    def _side(self, index: int) -> Literal["at_most", "at_least"] | None:
        after = [word for word in self.around.after(index, _NEAR) if word not in self.lists["fill"]][:2]
        for position, word in enumerate(after):
            if word in self.lists["years_up_to"] or word in self.lists["at_most_after"]:
                return "at_most"
            if word in self.lists["years_from"] or word in self.lists["at_least_after"]:
                return "at_least"
            if position == 0 and word not in self.lists["years"]:
                break
        opening = self._opening(index)
        if opening == index:
            return None
        word = self.words.words[opening]
        denied = opening > 0 and self.words.words[opening - 1] in self.lists["negation"]
        most = word in self.lists["at_most"]
        return "at_most" if most is not denied else "at_least"

    def _opening(self, index: int) -> int:
        """Index of the word before a number that names a side of the band, or of the number itself."""
        for back, word in enumerate(self.around.before(index, 3), start=1):
            if word in self.lists["at_most"] or word in self.lists["at_least"]:
                return index - back
            if word not in self.lists["fill"]:
                break
        return index

    def _years(self, index: int) -> int | None:
        """Index after the word of years that follows a number, or None."""
        for ahead, word in enumerate(self.around.after(index, 2), start=1):
            if any(word in self.lists[name] for name in ("years", "years_up_to", "years_from")):
                return index + ahead + 1
            if word not in self.lists["fill"]:
                break
        return None

    def _closing(self, index: int) -> int:
        """Index after the last word that belongs to an age: `18 éves kortól`, `18 Jahre und älter`, `18+`."""
        last = (self._years(index) or index + 1) - 1
        for ahead, word in enumerate(self.around.after(last, 3), start=1):
            if word in self.lists["at_least_after"] or word in self.lists["at_most_after"]:
                return last + ahead + 1
            if word not in self.lists["fill"]:
                break
        return last + 1

    def _is_age(self, first: int, last: int, *, alone: bool = True) -> bool:
        """True when the numbers from `first` to `last` are ages of who is wanted. `alone`: years are enough."""
        years = self._years(last)
        following = self.around.after(last if years is None else years - 1, 3)
        if any(word in self.lists["never"] for word in following):
            return False
        text = self.words.normalised.text
        start, end = self.words.spans[first][0], self.words.spans[last][1]
        if text[end : end + 2].strip()[:1] in tuple(_SIGNS) or text[max(0, start - 2) : start].strip()[-1:] in tuple(
            _SIGNS
        ):
            return False
        before = self.around.before(first, _NEAR + 2)
        if any(word in self.lists["minors"] or word in self.lists["never"] for word in before):
            return False
        if years is not None and alone:
            return True
        plus = alone and self.words.words[last + 1 : last + 2] == ["+"]
        named = any(word in self.lists["announce"] or word in self.lists["persons"] for word in before)
        return named or plus

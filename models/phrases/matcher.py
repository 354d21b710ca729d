"""All phrases of all languages in one pass over a text's words.

Each phrase waits at its *anchor*, the element that the fewest other phrases share: most texts lack it, and then the
phrase costs nothing. Where the anchor and the next rarest element both stand in the text, the phrase is tried at the
places that its anchor allows. `find_one_by_one` is the same answer the plain way; a test and `zorya bench patterns`
hold the two against each other.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from models.phrases.index import Index, index_of
from models.phrases.language import GAP, Element, Phrase, parse_phrase
from models.phrases.words import Words

_KNOWN_WORDS = 200_000
"""Words whose anchors are remembered between texts: some 40 MB at most, reached by spam rather than by language."""


K = TypeVar("K", bound=Hashable)


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
        if len(matches) > 1:
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
        if index >= len(texts) or not (
            texts[index] in element.exact
            or texts[index].startswith(element.stems)
            or _as_written(element, words, index)
        ):
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


def _as_written(element: Element, words: Words, index: int) -> bool:
    """Whether one word of the element is how the ad wrote a word that the normaliser made another of."""
    written = words.written.get(index)
    return written is not None and (written in element.exact or written.startswith(element.stems))


def _element_ends(element: Element, words: Words, index: int) -> Iterator[int]:
    word = words.words[index]
    if word in element.exact or word.startswith(element.stems) or _as_written(element, words, index):
        yield index + 1
    for compound in element.compounds:
        after = index + len(compound)
        if after <= len(words.words) and all(_is(part, words, index + at) for at, part in enumerate(compound)):
            yield after
    for name in element.placeholders:
        yield from words.placeholder_ends(name, index)


def _is(part: str, words: Words, index: int) -> bool:
    """Whether word `index` is one part of a compound, whose last may be a stem."""
    stem = part[:-1] if part.endswith("*") else None
    readings = (words.words[index], words.written.get(index, ""))
    return part in readings if stem is None else any(word.startswith(stem) for word in readings)


_Try = tuple[int, int, int | None, int]
"""A phrase, and where it begins: as in `Waiting`."""


class _Begun(NamedTuple):
    """What a word can begin: numbers of elements, and what waits at those of them that are anchors."""

    elements: frozenset[int]
    near: tuple[tuple[int, int, _Try], ...]
    """What waits for a partner at one place: (place, counted from `reach` words before the anchor, partner, phrase)."""
    far: tuple[tuple[int, int | None, int, _Try], ...]
    """What waits for one at any of several places: (least, most words from the anchor, partner, phrase)."""


_NOTHING: frozenset[int] = frozenset()
_BEGINS_NOTHING = _Begun(_NOTHING, (), ())


def _either(one: _Begun, other: _Begun) -> _Begun:
    near, far = dict.fromkeys((*one.near, *other.near)), dict.fromkeys((*one.far, *other.far))
    return _Begun(one.elements | other.elements, tuple(near), tuple(far))


class PhraseMatcher(Generic[K]):
    """Compiled phrases. `entries` are (key, phrase) pairs; a key says what the phrase stands for."""

    def __init__(self, entries: Iterable[tuple[K, Phrase]]) -> None:
        distinct = list(dict.fromkeys(entries))
        phrases = [phrase for _, phrase in distinct]
        self._take([(key, phrase.source) for key, phrase in distinct], index_of(phrases))

    @classmethod
    def restored(cls, entries: Sequence[tuple[K, str]], index: Index) -> "PhraseMatcher[K]":
        """From `entries` and `index` of a matcher built before. A phrase is parsed when a text may hold it."""
        made = cls.__new__(cls)
        made._take(entries, index)
        return made

    def _take(self, entries: Sequence[tuple[K, str]], index: Index) -> None:
        self.entries, self.index = entries, index
        self._waiting, self._reach = index["waiting"], index["reach"]
        self._longest = max((len(stem) for stem in index["stems"]), default=0)
        self._known: dict[str, _Begun] = {}

    def _begun_by(self, word: str) -> _Begun:
        """What a word can begin, remembered."""
        stems, exact = self.index["stems"], self.index["exact"]
        numbers = set(exact.get(word, ()))
        for length in range(1, min(len(word), self._longest) + 1):
            if word[:length] in stems:
                numbers.update(stems[word[:length]])
        if word.lstrip("+")[:1].isdecimal():
            numbers.update(self.index["numeric"])
        begun = self._begun(numbers) if numbers else _BEGINS_NOTHING
        if len(self._known) < _KNOWN_WORDS:
            self._known[word] = begun
        return begun

    def _begun(self, numbers: set[int]) -> _Begun:
        near: list[tuple[int, int, _Try]] = []
        far: list[tuple[int, int | None, int, _Try]] = []
        for number in numbers:
            for least, most, partner, phrase, before, up_to, length in self._waiting.get(str(number), ()):
                if least == most:
                    near.append((self._reach + least, partner, (phrase, before, up_to, length)))
                else:
                    far.append((least, most, partner, (phrase, before, up_to, length)))
        return _Begun(frozenset(numbers), tuple(near), tuple(far))

    def find(self, words: Words) -> dict[K, list[Match]]:
        """key → its matches in the order of the text, at most one for each phrase and first word. Who asks again of
        the same words is told the same: those who share a matcher share its pass. Not to be changed.
        """
        found: dict[K, list[Match]] | None = words.found.get(self)
        if found is None:
            found = words.found[self] = self._find(words)
        return found

    def _find(self, words: Words) -> dict[K, list[Match]]:
        found: dict[K, list[Match]] = {}
        tried: set[tuple[int, int]] = set()
        for index, (number, least, most, length) in self._candidates(words):
            key, source = self.entries[number]
            if length:
                first = index - least
                found.setdefault(key, []).append(Match(first, first + length, parse_phrase(source), ()))
                continue
            for first in range(0 if most is None else max(0, index - most), index - least + 1):
                if (number, first) not in tried:
                    tried.add((number, first))
                    match = match_at(parse_phrase(source), words, first)
                    if match:
                        found.setdefault(key, []).append(match)
        return _in_order(found)

    def _candidates(self, words: Words) -> list[tuple[int, _Try]]:
        """(word of an anchor, phrase that waits there) where the partner stands where it may."""
        known, reach = self._known, self._reach
        begun = [known[word] if word in known else self._begun_by(word) for word in words.words]
        for index, written in words.written.items():
            begun[index] = _either(begun[index], self._begun_by(written))
        around = [_NOTHING] * reach
        standing = [*around, *(word.elements for word in begun), *around]
        found: list[tuple[int, _Try]] = []
        for index, (_, near, far) in enumerate(begun):
            for place, partner, phrase in near:
                if partner in standing[index + place]:
                    found.append((index, phrase))
            for least, most, partner, phrase in far:
                low, high = (0, len(begun)) if most is None else (max(0, index + least), max(0, index + most + 1))
                for elements in standing[reach + low : reach + high]:
                    if partner in elements:
                        found.append((index, phrase))
                        break
        return found

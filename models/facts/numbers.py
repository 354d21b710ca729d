"""Numbers among an ad's words, and the word lists that give them a meaning (`lexicons/numbers.yml`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from models.phrases import Words
from models.word_list import WordList
from zorya.compiled import compiled

FILE = Path(__file__).parents[1] / "lexicons" / "numbers.yml"
_DIGITS = frozenset("0123456789")
_STOPS = frozenset(",.;:!?\n•|()[]")
_DASHES = frozenset("-–—−‒/")


@cache
def lists(section: str) -> dict[str, WordList]:
    """The word lists of `age` or `hours`, compiled once in a process."""
    kept = compiled("number_words", [FILE], FILE.parents[1], _compiled)
    return {name: WordList.restored(words) for name, words in kept[section].items()}


def _compiled() -> dict[str, Any]:
    from models.lexicon_files import NumberFile
    from zorya.datafiles import load

    sections = load(FILE, NumberFile).model_dump()
    return {
        section: {name: WordList.of(text).kept() for name, text in texts.items()} for section, texts in sections.items()
    }


def numbers(words: Words) -> list[int]:
    """Indices of the words that begin with a digit."""
    return [index for index, word in enumerate(words.words) if word[0] in _DIGITS]


def whole(word: str) -> int:
    """The whole number a word is, or -1."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 3 else -1


@dataclass(frozen=True, slots=True)
class Around:
    """The words around a number, within its clause."""

    words: Words

    def gap(self, index: int) -> str:
        """What stands between a word and the one after it."""
        spans = self.words.spans
        return self.words.normalised.text[spans[index][1] : spans[index + 1][0]] if index + 1 < len(spans) else "\n"

    def after(self, index: int, count: int) -> Sequence[str]:
        """Up to `count` words after one."""
        last = index
        if self.gap(index).strip() == "." and self.words.words[index].isdigit():  # `do 30. roku`
            last = min(index + 1, len(self.words.words) - 1)
        while last - index < count and last + 1 < len(self.words.words) and _STOPS.isdisjoint(self.gap(last)):
            last += 1
        return self.words.words[index + 1 : last + 1]

    def before(self, index: int, count: int) -> Sequence[str]:
        """Up to `count` words before one, nearest first."""
        first = index
        while index - first < count and first > 0 and self._joined(self.gap(first - 1)):
            first -= 1
        return self.words.words[first:index][::-1]

    @staticmethod
    def _joined(gap: str) -> bool:
        """`Age:\\n18-30`: what a colon announces belongs to the number after it."""
        return ":" in gap or _STOPS.isdisjoint(gap)

    def range_end(self, index: int, joined: WordList) -> int | None:
        """Index of the number that ends a range which begins at one: `18-25`, `18 до 25`, `18 t/m 25`."""
        words, gap = self.words.words, self.gap(index)
        if index + 1 >= len(words):
            return None
        if words[index + 1][0] in _DIGITS:
            return index + 1 if len(gap.strip()) == 1 and not _DASHES.isdisjoint(gap) else None
        for other in (index + 2, index + 3):
            if other < len(words) and words[other][0] in _DIGITS:
                return other if all(word in joined for word in words[index + 1 : other]) else None
        return None

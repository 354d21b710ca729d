"""Russian, Ukrainian and Bulgarian written with Latin letters: `rabota v germanii`, `jitlo`, `ezhednevno`.

An ad is judged as a whole: only when enough of it turns into known Cyrillic words, and it does not speak a Latin
language, are its words read that way, and then only those that become known. An English, Romanian, Polish or Czech ad
is never turned. Works on folded text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.known_words import LONGEST_ENDING, KnownWords, known_words
from models.known_words import files as known_files
from models.offsets import Edit
from zorya.compiled import compiled, lines, words_of

if TYPE_CHECKING:
    from models.lexicon_files import Spellings

FILE = Path(__file__).parent / "lexicons" / "transliteration.yml"
_WORD = re.compile(r"(?<![\w@/.'])[a-z](?:[a-z0-9']*[a-z0-9])?'?(?![\w@/']|\.[a-z])")
_PLAIN_WORD = re.compile(r"[a-z]{5,}")
_LONGEST = 30
_LONG = 4
"""Letters from which a word counts as evidence."""
_FEWEST, _SHARE = 3, 0.4
"""Distinct long words that become known, and their share of the long words, from which an ad is transliterated."""
_OPENING, _PLAINLY_FOREIGN = 400, 5
"""Characters in which that many small words of a Latin language settle it."""
_SHORT_TEXT = 80
"""Characters up to which two words are enough, if they are most of it."""
_SILENT = "ьъ'"
_CYRILLIC = re.compile("[а-яіїєґ']+")


class Transliteration:
    """Reads Latin words as the Cyrillic ones they spell."""

    def __init__(self, letters: Mapping[str, Sequence[str]], known: KnownWords) -> None:
        """`letters`: spelling → the Cyrillic letters it may stand for, the usual one first."""
        self._letters, self._known = letters, known
        self._spans = sorted({len(spelling) for spelling in letters}, reverse=True)
        self._cache: dict[str, str | None] = {}
        self._marks: frozenset[str] = frozenset()
        """Common spellings of known words: an ad without any is not looked at further."""
        self._foreign: frozenset[str] = frozenset()
        """Small words of Latin languages that spell nothing in Cyrillic."""

    @classmethod
    def of(cls, spellings: "Spellings", known: KnownWords) -> "Transliteration":
        """From the file's tables."""
        tables = [spellings.ru, spellings.uk, spellings.bg]
        letters: dict[str, list[str]] = {}
        for table in tables:
            for letter, line in table.items():
                for spelling in line.split():
                    spelt = letters.setdefault(spelling, [])
                    if letter not in spelt:
                        spelt.append(letter)
        made = cls(letters, known)
        long = [word for word in made._words if len(word) > _LONG]
        written = {word.translate(table) for table in (*_tables(tables, 0), *_tables(tables, 1)) for word in long}
        made._marks = frozenset(written) - known.latin
        made._foreign = frozenset(word for word in known.small_latin if not made.read(word))
        return made

    @classmethod
    def restored(cls, kept: dict[str, Any], known: KnownWords) -> "Transliteration":
        """From what `kept` gave, and the same words."""
        made = cls(kept["letters"], known)
        made._marks, made._foreign = frozenset(words_of(kept["marks"])), frozenset(words_of(kept["foreign"]))
        return made

    def kept(self) -> dict[str, Any]:
        """The spellings in plain values."""
        marks, foreign = (lines(sorted(words)) for words in (self._marks, self._foreign))
        return {"letters": self._letters, "marks": marks, "foreign": foreign}

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(filter(_CYRILLIC.fullmatch, self._known.words | self._known.small_cyrillic))

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(filter(_CYRILLIC.fullmatch, self._known.stems))

    @cached_property
    def _prefixes(self) -> frozenset[str]:
        return frozenset(word[:end] for word in self._words | self._stems for end in range(1, len(word) + 1))

    def edits(self, text: str) -> list[Edit]:
        """Edits of a transliterated ad; none for any other."""
        plain = text.isascii()
        if plain and len(self._foreign.intersection(text[:_OPENING].split())) >= _PLAINLY_FOREIGN:
            return []
        marks = self._marks.intersection(text.split() if plain else _PLAIN_WORD.findall(text))
        if len(marks) < (1 if len(text) <= _SHORT_TEXT else 2):
            return []
        found = list(_WORD.finditer(text))
        if not self._is_transliterated({match.group() for match in found}, len(text)):
            return []
        return list(self._turned(text, found))

    def _turned(self, text: str, found: list[re.Match[str]]) -> Iterator[Edit]:
        for match in found:
            start, end = match.span()
            if end - start == 1 and not (
                text[max(0, start - 3) : start - 1].isalpha() and text[end + 1 : end + 3].isalpha()
            ):
                continue  # a letter by itself, perhaps of a word spaced out
            new = self.read(match.group())
            if new:
                yield start, end, new

    def _is_transliterated(self, words: set[str], length: int) -> bool:
        long = [word for word in words if len(word) >= _LONG]
        turned = [word for word in long if not self._known.is_latin(word) and self.read(word)]
        foreign = words & self._foreign
        enough = 2 if length <= _SHORT_TEXT else _FEWEST
        return len(turned) >= enough and len(turned) >= _SHARE * len(long) and len(turned) > 2 * len(foreign)

    def read(self, word: str) -> str | None:
        """The known Cyrillic word a Latin word spells, or None."""
        if word not in self._cache:
            if len(self._cache) > 50_000:
                self._cache.clear()
            self._cache[word] = self._search(word) if len(word) <= _LONGEST else None
        return self._cache[word]

    def _place(self, word: str) -> str | None:
        usual = self._ending(word)
        return usual if self._known.is_place(usual) else None

    def _search(self, word: str) -> str | None:
        best, stem = None, ""
        waiting, seen = [(0, "")], {(0, "")}
        while waiting:
            at, prefix = waiting.pop()
            if at == len(word) and prefix in self._words:
                return prefix
            if prefix in self._stems and len(prefix) > len(stem) and len(word) - at <= LONGEST_ENDING:
                best, stem = prefix + self._ending(word[at:]), prefix
            for after, longer in self._steps(word, at, prefix):
                if longer in self._prefixes and (after, longer) not in seen:
                    seen.add((after, longer))
                    waiting.append((after, longer))
        return best or self._place(word)

    def _steps(self, word: str, at: int, prefix: str) -> Iterator[tuple[int, str]]:
        """Later ones are tried first: long spellings before short, the usual letter before others."""
        for silent in _SILENT:
            yield at, prefix + silent
        for span in reversed(self._spans):
            for letter in reversed(self._letters.get(word[at : at + span], ())) if at + span <= len(word) else ():
                yield at + span, prefix + letter

    def _ending(self, rest: str) -> str:
        """An ending by the usual spellings: phrases look at the stem only."""
        out, at = "", 0
        while at < len(rest):
            span = next((span for span in self._spans if rest[at : at + span] in self._letters), 1)
            out += self._letters.get(rest[at : at + span], [rest[at]])[0]
            at += span
        return out


def _tables(tables: list[dict[str, str]], choice: int) -> list[dict[int, str]]:
    """Whole ways of writing: the usual spelling of every letter, or everywhere the next one."""
    return [
        str.maketrans({letter: (line.split() or [""])[: choice + 1][-1] for letter, line in table.items()})
        for table in tables
    ]


@cache
def transliteration() -> Transliteration:
    """The shipped spellings with the known words, worked out once in a process."""
    kept = compiled("transliteration", (FILE, *known_files()), FILE.parents[1], _compiled)
    return Transliteration.restored(kept, known_words())


def _compiled() -> dict[str, Any]:
    from models.lexicon_files import Spellings
    from zorya.datafiles import load

    return Transliteration.of(load(FILE, Spellings), known_words()).kept()

"""Words the normaliser may read out of a disguise: those of the indicators' phrases, and the field's own.

The phrases' words are taken from the catalogue itself, so that an edited phrase is known at once;
`lexicons/field_words.yml` adds what ads say besides.
"""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from models.folding import fold
from models.gazetteer import gazetteer
from zorya.compiled import compiled, lines, words_of

if TYPE_CHECKING:
    from models.lexicon_files import FieldWords

FILE = Path(__file__).parent / "lexicons" / "field_words.yml"
SHORTEST = 4
"""Letters of a known word or stem, `short` ones apart: three letters turn up by chance."""
LONGEST_ENDING = 5
_CYRILLIC = frozenset({"ru", "uk", "bg"})
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"[^\W\d_]+\*?")


@dataclass(frozen=True)
class KnownWords:
    """Folded words and stems. `word in known` is what every repair asks."""

    words: frozenset[str]
    stems: frozenset[str]
    latin: frozenset[str]
    """Exact words and stems of languages in Latin letters."""
    german: frozenset[str]
    small_cyrillic: frozenset[str]
    small_latin: frozenset[str]
    places: Container[str] = frozenset()
    """Names of places of one word, short ones too."""

    def __contains__(self, word: str) -> bool:
        return word in self.words or self.is_place(word) or _has_stem(word, self.stems)

    def is_place(self, word: str) -> bool:
        """True of the name of a place that is long enough to be no accident."""
        return len(word) > SHORTEST and word in self.places

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """Beginnings of words and stems: a search for readings of a word stops where none is left."""
        return frozenset(word[:end] for word in self.words | self.stems for end in range(1, len(word) + 1))

    def is_latin(self, word: str) -> bool:
        """True when a language in Latin letters has the word."""
        return word in self.latin or word in self.small_latin or _has_stem(word, self.latin)

    def is_german(self, word: str) -> bool:
        """True of a German word of the field, or one with a German stem."""
        return word in self.german or _has_stem(word, self.german)


def _has_stem(word: str, stems: frozenset[str]) -> bool:
    shortest = max(SHORTEST, len(word) - LONGEST_ENDING)
    return any(word[:length] in stems for length in range(len(word), shortest - 1, -1))


def gather(phrases: Iterable[tuple[str, str]], lists: "FieldWords") -> dict[str, Iterable[str]]:
    """The sets of `KnownWords` but the places, of (language, phrase in the phrase language) pairs and of the field's
    lists.
    """
    sources = [*phrases, *lists.words.items()]
    found = _words(text for _, text in sources)
    german = _words(text for language, text in sources if language == "de")
    latin = _words(text for language, text in sources if language not in _CYRILLIC)
    exact = {word for word in found if not word.endswith("*") and len(word) >= SHORTEST}
    exact |= set(fold(lists.short).split())
    stems = {word[:-1] for word in found if word.endswith("*") and len(word) > SHORTEST}
    return {
        "words": exact,
        "stems": stems,
        "latin": {word.rstrip("*") for word in latin if len(word) >= SHORTEST},
        "german": {word.rstrip("*") for word in german},
        "small_cyrillic": fold(lists.small.cyrillic).split(),
        "small_latin": fold(lists.small.latin).split(),
    }


def _words(texts: Iterable[str]) -> set[str]:
    return set(_WORD.findall(fold(_PLACEHOLDER.sub(" ", "\n".join(texts)))))


def files() -> tuple[Path, ...]:
    """Every data file that the shipped words, places apart, are gathered from."""
    from models import catalogue  # it normalises ads, but folds its own phrases: no circle

    return catalogue.files()


@cache
def known_words() -> KnownWords:
    """The shipped words, gathered once in a process."""
    kept = compiled("known_words", files(), FILE.parents[1], _compiled)
    sets = {name: frozenset(words_of(words)) for name, words in kept.items()}
    return KnownWords(**sets, places=gazetteer().single)


def _compiled() -> dict[str, str]:
    from models.catalogue import catalogue
    from models.lexicon_files import FieldWords
    from zorya.datafiles import load

    phrases = (
        (language, source)
        for spec in catalogue().specs
        for language, lists in spec.phrases.items()
        for source in (*lists.present, *lists.contradicted)
    )
    found = gather(phrases, load(FILE, FieldWords))
    return {name: lines(sorted(words)) for name, words in found.items()}

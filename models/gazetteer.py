"""The gazetteer: `models/lexicons/places/*.yml` → every form under which a place may stand in a text.

A line of a file names one place: its usual name, then its other names with commas between. Names are declined by
`endings.yml`; a mark before a name changes how it is read:
`=` exactly so, not declined · `^` with a capital only (of an all-capital abbreviation: all capitals) ·
`~` with a capital and after a preposition only, for names that are also words (Nice, Bar, Essen).
A name in brackets after a name (`Roman (RO)`) only tells two places apart.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from models.folding import fold
from zorya.compiled import Table, compiled, lines, words_of

if TYPE_CHECKING:
    from models.lexicon_files import Endings

FOLDER = Path(__file__).parent / "lexicons" / "places"
FILES = tuple(FOLDER / f"{name}.yml" for name in ("countries", "cities_origin", "cities_destination"))
ENDINGS = FOLDER / "endings.yml"
WORD = re.compile(r"[\w']+")
_SHORTEST_DECLINED = 4
_CYRILLIC = re.compile(r"[а-яіїєґ]")
_HUNGARIAN_HOME = frozenset({"hu", "ro", "sk", "ua", "rs"})


class Name(NamedTuple):
    """One name of a place: `place` is its usual name, `words` are folded, as the file has them."""

    place: str
    country: str
    words: tuple[str, ...]
    exact: bool
    capital: bool
    preposition: bool
    abbreviation: bool


_Forms = list[tuple[Sequence[str], int]]


class Gazetteer:
    """Every form of every name, by its first word."""

    def __init__(self) -> None:
        from models.lexicon_files import Endings
        from zorya.datafiles import load

        decline = _Declension(load(ENDINGS, Endings))
        names = list(dict.fromkeys(name for path in FILES for name in _names(path)))
        single: dict[str, int] = {}
        longer: dict[str, _Forms] = {}

        def add(words: tuple[str, ...], number: int) -> None:
            if len(words) == 1:
                single.setdefault(words[0], number)
            else:
                longer.setdefault(words[0], []).append((words, number))

        for number, name in enumerate(names):  # what a file writes comes before what declension makes of another name
            add(name.words, number)
        for number, name in enumerate(names):
            if not name.exact:
                for last in sorted(decline(name)):
                    add((*name.words[:-1], last), number)
        for forms in longer.values():
            forms.sort(key=lambda form: -len(form[0]))
        self._take(names, single, longer)

    @classmethod
    def restored(cls, kept: dict[str, Any]) -> "Gazetteer":
        """From what `kept` gave."""
        made = cls.__new__(cls)
        made._take(words_of(kept["names"]), Table(kept["single"]), Table(kept["longer"]))
        return made

    def _take(self, names: Sequence[Name | str], single: Mapping[str, int], longer: Mapping[str, _Forms]) -> None:
        self._names, self.single, self._longer = names, single, longer
        self.first = frozenset((*single, *longer))

    def kept(self) -> dict[str, Any]:
        """The gazetteer in plain values, each name once."""
        names = [orjson.dumps(tuple(self._name(number))).decode() for number in range(len(self._names))]
        return {"names": lines(names), "single": Table.of(self.single), "longer": Table.of(self._longer)}

    def named(self, word: str) -> Name | None:
        """The name that one word is a form of."""
        return self._name(self.single[word]) if word in self.single else None

    def forms(self, first: str) -> list[tuple[tuple[str, ...], Name]]:
        """(all words, name) of the names of several words that begin with a word, the longest first."""
        return [(tuple(words), self._name(number)) for words, number in self._longer.get(first, ())]

    def _name(self, number: int) -> Name:
        name = self._names[number]
        if isinstance(name, Name):
            return name
        place, country, words, *marks = orjson.loads(name)
        return Name(place, country, tuple(words), *marks)


@cache
def gazetteer() -> Gazetteer:
    """The shipped gazetteer, compiled once in a process."""
    return Gazetteer.restored(compiled("places", (*FILES, ENDINGS), FOLDER.parents[1], _compiled))


def _compiled() -> dict[str, Any]:
    return Gazetteer().kept()


def _names(path: Path) -> Iterator[Name]:
    from models.lexicon_files import PlaceFile
    from zorya.datafiles import load

    for country, places in load(path, PlaceFile).places.items():
        for key, line in places.items():
            usual = key.partition(" (")[0]
            listed = [part.strip() for part in line.split(",") if part.strip()]
            bare = {fold(part.lstrip("=^~").strip()) for part in listed}
            own = [] if usual != key or fold(usual) in bare else [usual]
            for written in (*own, *listed):
                plain = written.lstrip("=^~").strip()
                marks = written[: len(written) - len(written.lstrip("=^~"))]
                words = tuple(WORD.findall(fold(plain)))
                if words:
                    capital, shortened = "^" in marks or "~" in marks, plain.isupper() and len(plain) <= 4
                    yield Name(usual, country, words, "=" in marks, capital, "~" in marks, shortened)


class _Declension:
    """Forms of the last word of a name."""

    def __init__(self, endings: "Endings") -> None:
        self._tables = [
            {fold(ending): tuple(fold(form).strip("-") for form in forms.split()) for ending, forms in table.items()}
            for table in (endings.cyrillic, endings.latin)
        ]
        self._longest = [max(map(len, table)) for table in self._tables]
        self._hungarian = tuple(endings.hungarian.split())
        self._home = tuple(endings.hungarian_home.split())
        self._islands = frozenset(endings.hungarian_islands.split())
        self._on = tuple(endings.hungarian_on.split())

    def __call__(self, name: Name) -> set[str]:
        word = name.words[-1]
        if len(word) < _SHORTEST_DECLINED:
            return set()
        latin = not _CYRILLIC.search(word)
        table = self._tables[latin]
        for size in range(min(self._longest[latin], len(word) - 2), -1, -1):
            ending = word[len(word) - size :]
            if ending in table:
                found = {word[: len(word) - size] + form for form in table[ending]}
                break
        if latin:
            found |= {word + case for case in self._cases_of(name, word)}
        return found - {word}

    def _cases_of(self, name: Name, word: str) -> Iterator[str]:
        """The endings that Hungarian gives a name."""
        yield from self._hungarian
        if name.country in _HUNGARIAN_HOME:
            yield from self._home
        elif word in self._islands:
            yield from self._on

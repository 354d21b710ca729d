"""The gazetteer: `models/lexicons/places/*.yml` → every form under which a place may stand in a text.

A line of a file names one place: its usual name, then its other names with commas between. Names are declined by
`endings.yml`; a mark before a name changes how it is read:
`=` exactly so, not declined · `^` with a capital only (of an all-capital abbreviation: all capitals) ·
`~` with a capital and after a preposition only, for names that are also words (Nice, Bar, Essen).
A name in brackets after a name (`Roman (RO)`) only tells two places apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.folding import fold
from zorya.datafiles import DataModel, load

FOLDER = Path(__file__).parent / "lexicons" / "places"
FILES = tuple(FOLDER / f"{name}.yml" for name in ("countries", "cities_origin", "cities_destination"))
WORD = re.compile(r"[\w']+")
_SHORTEST_DECLINED = 4
_CYRILLIC = re.compile(r"[а-яіїєґ]")
_HUNGARIAN_HOME = frozenset({"hu", "ro", "sk", "ua", "rs"})


class PlaceFile(DataModel):
    """Country (ISO alpha-2) → usual name → other names."""

    places: dict[str, dict[str, str]]


class Endings(DataModel):
    """Ending → the endings of its declension, by script; the case endings of Hungarian."""

    cyrillic: dict[str, str]
    latin: dict[str, str]
    hungarian: str
    hungarian_home: str


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a place: `place` is its usual name, `words` are folded, as the file has them."""

    place: str
    country: str
    words: tuple[str, ...]
    exact: bool
    capital: bool
    preposition: bool
    abbreviation: bool


class Gazetteer:
    """Every form of every name, by its first word."""

    def __init__(self) -> None:
        self.single: dict[str, Name] = {}
        self.longer: dict[str, list[tuple[tuple[str, ...], Name]]] = {}
        """First word → (all words, name), the longest first."""
        decline = _Declension(load(FOLDER / "endings.yml", Endings))
        names = [name for path in FILES for name in _names(path)]
        for name in names:  # what a file writes comes before what declension makes of another name
            self._add(name.words, name)
        for name in names:
            if not name.exact:
                for last in decline(name.words[-1], home=name.country in _HUNGARIAN_HOME):
                    self._add((*name.words[:-1], last), name)
        for forms in self.longer.values():
            forms.sort(key=lambda form: -len(form[0]))
        self.first = frozenset(self.single.keys() | self.longer.keys())

    def _add(self, words: tuple[str, ...], name: Name) -> None:
        if len(words) == 1:
            self.single.setdefault(words[0], name)
        else:
            self.longer.setdefault(words[0], []).append((words, name))


@cache
def gazetteer() -> Gazetteer:
    """The shipped gazetteer, compiled once in a process."""
    return Gazetteer()


def _names(path: Path) -> Iterator[Name]:
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
    """Forms of one folded word."""

    def __init__(self, endings: Endings) -> None:
        self._tables = [
            {fold(ending): tuple(fold(form).strip("-") for form in forms.split()) for ending, forms in table.items()}
            for table in (endings.cyrillic, endings.latin)
        ]
        self._longest = [max(map(len, table)) for table in self._tables]
        self._hungarian = tuple(endings.hungarian.split())
        self._home = tuple(endings.hungarian_home.split())

    def __call__(self, word: str, *, home: bool) -> set[str]:
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
            found |= {word + case for case in (*self._hungarian, *(self._home if home else ()))}
        return found - {word}

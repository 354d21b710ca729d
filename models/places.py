"""Places an ad names: countries and well-known cities by their names in ten languages
(`models/lexicons/places.yml`).
"""

from functools import cache
from pathlib import Path

from models.normalise import Normalised, normalise
from models.phrases import PhraseMatcher, Words, parse_phrase
from zorya.datafiles import DataModel, load
from zorya.domain.ads import Place

LEXICON = Path(__file__).parent / "lexicons" / "places.yml"


class PlaceEntry(DataModel):
    """One place: its usual English name, country (ISO alpha-2) and the phrases that name it."""

    name: str
    country: str
    names: tuple[str, ...]


class PlaceFile(DataModel):
    """The gazetteer."""

    places: tuple[PlaceEntry, ...]


@cache
def _gazetteer() -> tuple[PhraseMatcher, dict[str, PlaceEntry]]:
    places = load(LEXICON, PlaceFile).places
    by_name = {place.name: place for place in places}
    return PhraseMatcher((place.name, parse_phrase(name)) for place in places for name in place.names), by_name


def find_places(text: str, normalised: Normalised | None = None) -> list[Place]:
    """Places in the order of the text, each once; `raw` is what the ad wrote."""
    matcher, by_name = _gazetteer()
    found = matcher.find(Words(text, normalised or normalise(text)))
    first = sorted((spans[0][0], name) for name, spans in found.items())
    return [Place(text[start:end], name, by_name[name].country) for (start, end), name in first]

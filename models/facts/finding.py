"""All facts of one ad text."""

from collections.abc import Iterable, Mapping, Sequence

from models.facts.ages import find_age
from models.facts.hours import find_hours
from models.facts.numbers import numbers
from models.facts.record import Facts, Stated
from models.facts.telling import fact_reader
from models.normalise import normalise
from models.pay_plausibility import judge_pay
from models.phrases import Words
from zorya.domain.ads import Place


def find_facts(
    text: str,
    *,
    language: str | None = None,
    country: str | None = None,
    words: Words | None = None,
    places: Sequence[Place] = (),
) -> Facts:
    """Facts of one ad text. `language` (ISO 639-1) decides which single words count, `country` (ISO alpha-2) what
    `lei` are; `words` are the text's words where they are known already, with the languages of its parts; `places`
    those the ad names, with roles.
    """
    found = words or Words(text, normalise(text), language=language)
    told = numbers(found)
    pays = found.pays(country)
    stated = fact_reader().read(found)
    destinations = _countries(place for place in places if place.role == "destination")
    named = destinations or _countries(place for place in places if place.role is None) or (country,)
    return Facts(
        age=find_age(found, told),
        pays=pays,
        hours=find_hours(found, told),
        stated=stated,
        destinations=destinations,
        plausibility=judge_pay(pays, filter(None, named), _occupation(stated)),
    )


def _countries(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.country for place in places if place.country))


def _occupation(stated: Mapping[str, Stated]) -> str | None:
    """The occupation named first, which is the title's where the title names one."""
    return next(iter(stated["occupation"].values), None) if "occupation" in stated else None
